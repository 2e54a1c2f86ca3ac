//! What a user writes whose only dependency is `clio-api`: selections, with nothing else in scope that they might need.

use clio_api::{
    Amount, Id, MatterStatus, Reference, Selection,
    chrono::{DateTime, NaiveDate, Utc},
    objects::{Contact, Matter, User},
};

/// An open matter.
#[derive(Debug, PartialEq, Selection)]
#[clio(object = "Matter")]
pub struct OpenMatter {
    /// The matter.
    pub id: Id<Matter>,
    /// Its number as people see it.
    pub display_number: String,
    /// Where it stands.
    pub status: MatterStatus,
    /// When it was opened.
    pub open_date: Option<NaiveDate>,
    /// When it changed.
    pub updated_at: DateTime<Utc>,
    /// Whose it is.
    pub client: Option<ClientName>,
    /// Who answers for it.
    pub responsible_attorney: Option<Reference<User>>,
}

/// The name of a client.
#[derive(Debug, PartialEq, Selection)]
#[clio(object = "Contact")]
pub struct ClientName {
    /// The contact.
    pub id: Id<Contact>,
    /// Its name.
    pub name: String,
}

/// What was done, and what it costs.
#[derive(Debug, PartialEq, Selection)]
#[clio(object = "Activity")]
pub struct Cost {
    #[clio(flatten)]
    /// The price.
    pub price: Price,
    /// What was done.
    #[clio(default)]
    pub note: String,
}

/// A price.
#[derive(Debug, PartialEq, Selection)]
#[clio(object = "Activity")]
pub struct Price {
    /// The whole price, where the user may see it.
    #[clio(rename = "total")]
    pub amount: Option<Amount>,
}

#[cfg(test)]
mod tests {
    use clio_api::objects::Activity;

    use super::*;

    #[test]
    fn one_dependency_is_enough() {
        assert_eq!(
            OpenMatter::FIELDS,
            "id,display_number,status,open_date,updated_at,client{id,name},responsible_attorney{id}"
        );
        let matter: OpenMatter = clio_api::decode::<Matter, _>(
            r#"{"id":7,"display_number":"7","status":"Open","open_date":"2026-03-14","updated_at":"2026-03-14T09:26:53Z",
                "client":{"id":1,"name":"Ada"},"responsible_attorney":{"id":2}}"#,
        )
        .unwrap();
        assert_eq!(matter.client, Some(ClientName { id: Id::new(1), name: "Ada".into() }));
        let cost: Cost = clio_api::decode::<Activity, _>(r#"{"total":19.90,"note":null}"#).unwrap();
        assert_eq!((cost.price.amount, cost.note.as_str()), ("19.90".parse().ok(), ""));
    }
}
