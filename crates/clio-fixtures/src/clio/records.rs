//! What a test sees of the records of a fake firm.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::prelude::ToPrimitive;

use super::{
    behaviour::{
        activities::{self, ACTIVITY},
        categories::{self, CATEGORY},
        matters::MATTER,
        users::{self, USER},
    },
    store::{Happened, Record, What},
};

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

/// One change of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The object, by its name in Clio's document: `Activity`.
    pub object: &'static str,
    /// The id of the record.
    pub id: i64,
    /// What was done.
    pub kind: ChangeKind,
    /// Who did it.
    pub by: Origin,
    /// When, by the clock of the world.
    pub at: DateTime<Utc>,
    /// The names of the fields that an update changed.
    pub fields: Vec<&'static str>,
}

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was made.
    Created,
    /// At least one field changed.
    Updated,
    /// It is gone.
    Deleted,
}

pub(super) fn change(one: &Happened) -> Change {
    let fields = one.resource.info().fields;
    let name = |slot: &u16| fields.get(usize::from(*slot)).map(|field| field.name);
    Change {
        object: one.resource.name(),
        id: one.id,
        kind: match one.what {
            What::Created => ChangeKind::Created,
            What::Updated => ChangeKind::Updated,
            What::Deleted => ChangeKind::Deleted,
        },
        by: one.by.clone(),
        at: one.at,
        fields: one.fields.iter().filter_map(name).collect(),
    }
}

pub(super) fn activity(one: &Record) -> ActivityRecord {
    ActivityRecord {
        id: one.id,
        matter: one.get(ACTIVITY.matter).link(),
        user: one.get(ACTIVITY.user).link().unwrap_or(0),
        date: one.get(ACTIVITY.date).as_date().unwrap_or_default(),
        quantity_seconds: activities::quantity(one).round().to_i64().unwrap_or(i64::MAX),
        note: text(one, ACTIVITY.note),
        category: one.get(ACTIVITY.activity_description).link(),
        non_billable: one.get(ACTIVITY.non_billable).is_true(),
        origin: one.origin.clone(),
        created_at: one.stamp.created,
    }
}

pub(super) fn matter(one: &Record) -> MatterRecord {
    MatterRecord {
        id: one.id,
        display_number: text(one, MATTER.display_number),
        description: text(one, MATTER.description),
        status: text(one, MATTER.status),
    }
}

pub(super) fn user(one: &Record) -> UserRecord {
    UserRecord { id: one.id, name: users::full_name(one), email: text(one, USER.email) }
}

pub(super) fn category(one: &Record) -> CategoryRecord {
    let flat_rate = categories::kind(one) == "FlatRate";
    CategoryRecord { id: one.id, name: text(one, CATEGORY.name), flat_rate }
}

fn text(one: &Record, slot: u16) -> String {
    one.get(slot).as_str().unwrap_or_default().to_owned()
}
