//! A ready selection of the people of a matter.

use chrono::{DateTime, Utc};
use clio_core::{Etag, Id, Reference, Selection, schema::objects};

use crate::{body::shows, people::ContactBrief};

/// What a contact is in a matter, besides its client: a witness, the other side.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Relationship")]
pub struct Relationship {
    /// The relationship.
    pub id: Id<objects::Relationship>,
    /// The version of the record.
    pub etag: Etag,
    /// What the contact is in the matter, in words of the firm.
    pub description: Option<String>,
    /// The contact.
    pub contact: Option<ContactBrief>,
    /// The matter.
    pub matter: Option<Reference<objects::Matter>>,
    /// It was created then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then.
    pub updated_at: Option<DateTime<Utc>>,
}

shows! { Relationship: id, matter; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_it_is_shown() {
        let json =
            r#"{"id":1,"etag":"","description":"Witness","contact":{"id":3,"name":"Ida"},"matter":{"id":7}}"#;
        let witness: Relationship = clio_core::decode::<objects::Relationship, _>(json).unwrap();
        assert_eq!(witness.contact.as_ref().unwrap().name.as_deref(), Some("Ida"));
        let shown = format!("{witness:?}");
        assert!(!shown.contains("Witness") && !shown.contains("Ida"), "{shown}");
    }
}
