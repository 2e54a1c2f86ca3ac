//! Ready selections of the common objects.

use chrono::NaiveDate;
use clio_core::{
    Amount, Etag, Id, Selection,
    schema::objects,
    values::{ActivityType, MatterStatus, choice},
};
use serde::{Deserialize, Deserializer};

/// Implements `Selection` by serde's derive. The fields are checked against the tables in this module's tests.
macro_rules! selection {
    ($name:ty, $object:ty, $fields:literal) => {
        impl Selection<$object> for $name {
            const FIELDS: &'static str = $fields;

            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    };
}

/// A person who works in the account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
selection!(User, objects::User, "id,etag,name,email,enabled");

/// A matter: the case that work is done for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    #[serde(deserialize_with = "choice")]
    pub status: MatterStatus,
    /// Whose it is.
    pub client: Option<MatterClient>,
}
selection!(Matter, objects::Matter, "id,etag,display_number,description,status,client{id,name}");

/// The client of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MatterClient {
    /// The contact.
    pub id: Id<objects::ContactBase>,
    /// Its name.
    pub name: Option<String>,
}
selection!(MatterClient, objects::ContactBase, "id,name");

/// A category of activities: what Clio's API calls an activity description, and other systems a charge code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
selection!(ActivityCategory, objects::ActivityDescription, "id,etag,name,rate{type}");

impl ActivityCategory {
    /// An entry in this category becomes a flat fee, whatever its duration.
    pub fn is_flat_rate(&self) -> bool {
        self.rate.as_ref().is_some_and(|rate| rate.kind.as_deref() == Some("FlatRate"))
    }
}

/// How an entry in a category is charged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CategoryRate {
    /// `User`, `Custom` or `FlatRate`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}
selection!(CategoryRate, objects::ActivityDescriptionRateBase, "type");

/// Any other record that is only referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(bound = "")]
pub struct Reference<O> {
    /// The record.
    pub id: Id<O>,
}

/// Recorded time or an expense, with every field that can be written and read back alike.
///
/// Almost all may be missing: Clio hides hours and rates from those who may not see them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Activity {
    /// The activity.
    pub id: Id<objects::Activity>,
    /// The version of the record.
    pub etag: Etag,
    /// What it is.
    #[serde(rename = "type", deserialize_with = "choice")]
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
    pub matter: Option<Reference<objects::MatterBase>>,
    /// Who did it.
    pub user: Option<Reference<objects::UserBase>>,
    /// Its category.
    pub activity_description: Option<Reference<objects::ActivityDescriptionBase>>,
}
selection!(
    Activity,
    objects::Activity,
    "id,etag,type,date,quantity,price,note,non_billable,matter{id},user{id},activity_description{id}"
);

#[cfg(test)]
mod tests {
    use clio_core::{FieldTree, schema::Object};

    use super::*;

    fn check<O: Object, S: Selection<O>>() {
        FieldTree::parse(O::INFO, S::FIELDS).unwrap();
    }

    #[test]
    fn every_field_exists() {
        check::<objects::User, User>();
        check::<objects::Matter, Matter>();
        check::<objects::ContactBase, MatterClient>();
        check::<objects::ActivityDescription, ActivityCategory>();
        check::<objects::ActivityDescriptionRateBase, CategoryRate>();
        check::<objects::Activity, Activity>();
    }

    #[test]
    fn an_unknown_word_is_kept() {
        let json = r#"{"id":1,"etag":"\"e\"","display_number":"1","status":"Archived"}"#;
        let matter: Matter = serde_json::from_str(json).unwrap();
        assert_eq!(matter.status, MatterStatus::Unknown("Archived".into()));
    }
}
