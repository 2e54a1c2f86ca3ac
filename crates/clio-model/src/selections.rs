//! Ready selections of the common objects.

use std::fmt;

use chrono::NaiveDate;
use clio_core::{
    Amount, Etag, Id, Reference, Selection,
    schema::objects,
    values::{ActivityType, MatterStatus},
};

/// A person who works in the account.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "User")]
pub struct User {
    /// The user.
    pub id: Id<objects::User>,
    /// The version of the record.
    pub etag: Etag,
    /// First and last name.
    pub name: String,
    /// The address that the user logs in with. Other systems match users by it.
    pub email: Option<String>,
    /// The user may log in.
    pub enabled: bool,
}

impl fmt::Debug for User {
    /// Shows which record it is: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A matter: the case that work is done for.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Matter")]
pub struct Matter {
    /// The matter.
    pub id: Id<objects::Matter>,
    /// The version of the record.
    pub etag: Etag,
    /// Its number as people see it: `00001-Byron`.
    pub display_number: String,
    /// What it is about.
    pub description: Option<String>,
    /// Where it stands.
    pub status: MatterStatus,
    /// Whose it is.
    pub client: Option<MatterClient>,
}

impl fmt::Debug for Matter {
    /// Shows which record it is: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matter").field("id", &self.id).field("etag", &self.etag).finish_non_exhaustive()
    }
}

/// The client of a matter.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Contact")]
pub struct MatterClient {
    /// The contact.
    pub id: Id<objects::Contact>,
    /// Its name.
    pub name: Option<String>,
}

impl fmt::Debug for MatterClient {
    /// Shows which record it is: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatterClient").field("id", &self.id).finish_non_exhaustive()
    }
}

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

impl fmt::Debug for ActivityCategory {
    /// Shows which record it is: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivityCategory").field("id", &self.id).finish_non_exhaustive()
    }
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

impl fmt::Debug for Activity {
    /// Shows which record it is, and nothing of what was done: that is client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activity").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use clio_core::schema::Object;

    use super::*;

    fn fields<O: Object, S: Selection<O>>() -> &'static str {
        S::FIELDS
    }

    #[test]
    fn every_selection_asks_for_its_fields() {
        assert_eq!(fields::<objects::User, User>(), "id,etag,name,email,enabled");
        assert_eq!(
            fields::<objects::Matter, Matter>(),
            "id,etag,display_number,description,status,client{id,name}"
        );
        assert_eq!(fields::<objects::ActivityDescription, ActivityCategory>(), "id,etag,name,rate{type}");
        assert_eq!(
            fields::<objects::Activity, Activity>(),
            "id,etag,type,date,quantity,price,note,non_billable,matter{id},user{id},activity_description{id}"
        );
    }

    #[test]
    fn an_unknown_word_is_kept() {
        let json = r#"{"id":1,"etag":"\"e\"","display_number":"1","status":"Archived"}"#;
        let matter: Matter = clio_core::decode::<objects::Matter, _>(json).unwrap();
        assert_eq!(matter.status, MatterStatus::Unknown("Archived".into()));
    }
}
