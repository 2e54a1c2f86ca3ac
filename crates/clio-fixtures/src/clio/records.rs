//! What a test sees of the records of a fake firm.

use chrono::{DateTime, NaiveDate, Utc};

/// Who made a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// It was there when the world started.
    Seed,
    /// It came in over the API.
    Token {
        /// The number of the call, as in [`CallRecord::number`](crate::CallRecord::number).
        call: u64,
    },
    /// A person made it in Clio's own pages.
    Person(String),
}

/// An activity of the world: time or an expense.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActivityRecord {
    /// Its id.
    pub id: i64,
    /// The id of its matter, if it has one.
    pub matter: Option<i64>,
    /// The id of the user whose time it is.
    pub user: i64,
    /// The day of the work.
    pub date: NaiveDate,
    /// Seconds of a time entry, rounded to whole ones; the count of an expense.
    pub quantity_seconds: i64,
    /// Its text.
    pub note: String,
    /// The id of its category (an activity description, in Clio's words).
    pub category: Option<i64>,
    /// It is kept off bills.
    pub non_billable: bool,
    /// Who made it.
    pub origin: Origin,
    /// When, in whole seconds, by the clock of the world.
    pub created_at: DateTime<Utc>,
}

/// A matter of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatterRecord {
    /// Its id.
    pub id: i64,
    /// The number that people use: `00001-Byron`.
    pub display_number: String,
    /// What it is about.
    pub description: String,
    /// `Open`, `Pending` or `Closed`, as Clio answers it.
    pub status: String,
}

/// A user of the world's firm.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserRecord {
    /// Its id.
    pub id: i64,
    /// First and last name.
    pub name: String,
    /// The address that the user signs in with.
    pub email: String,
}

/// A category of activities: what Clio's API calls an activity description.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CategoryRecord {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// An activity of this category costs a fixed amount, however long it took.
    pub flat_rate: bool,
}
