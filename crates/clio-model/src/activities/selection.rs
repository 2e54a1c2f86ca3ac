//! Ready selections of activities and their categories.

use chrono::NaiveDate;
use clio_core::{Amount, Etag, Id, Reference, Selection, schema::objects, values::ActivityType};

use crate::body::shows;

/// A category of activities: what Clio's API calls an activity description, and other systems a charge code.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "ActivityDescription")]
pub struct ActivityCategory {
    /// The category.
    pub id: Id<objects::ActivityDescription>,
    /// The version of the record.
    pub etag: Etag,
    /// Its name.
    pub name: String,
    /// How an entry in it is charged.
    pub rate: Option<CategoryRate>,
}

impl ActivityCategory {
    /// An entry in this category becomes a flat fee, whatever its duration.
    pub fn is_flat_rate(&self) -> bool {
        self.rate.as_ref().is_some_and(|rate| rate.kind.as_deref() == Some("FlatRate"))
    }
}

/// How an entry in a category is charged.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "ActivityDescriptionRateBase")]
pub struct CategoryRate {
    /// `User`, `Custom` or `FlatRate`.
    #[clio(rename = "type")]
    pub kind: Option<String>,
}

/// Recorded time or an expense, with every field that can be written and read back alike.
///
/// Almost all may be missing: Clio hides hours and rates from those who may not see them.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Activity")]
pub struct Activity {
    /// The activity.
    pub id: Id<objects::Activity>,
    /// The version of the record.
    pub etag: Etag,
    /// What it is.
    #[clio(rename = "type")]
    pub kind: ActivityType,
    /// The day of the work.
    pub date: Option<NaiveDate>,
    /// Seconds for a time entry, a count for an expense.
    pub quantity: Option<Amount>,
    /// The rate of an hour, or the price of one; exact.
    pub price: Option<Amount>,
    /// What was done.
    pub note: Option<String>,
    /// It does not go on a bill.
    pub non_billable: Option<bool>,
    /// The matter it was done for.
    pub matter: Option<Reference<objects::Matter>>,
    /// Who did it.
    pub user: Option<Reference<objects::User>>,
    /// Its category.
    pub activity_description: Option<Reference<objects::ActivityDescription>>,
}

shows! {
    ActivityCategory: id;
    Activity: id, kind;
}
