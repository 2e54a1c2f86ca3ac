//! Ready selections of matters.

use clio_core::{Etag, Id, Selection, schema::objects, values::MatterStatus};

use crate::body::shows;

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

/// The client of a matter.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Contact")]
pub struct MatterClient {
    /// The contact.
    pub id: Id<objects::Contact>,
    /// Its name.
    pub name: Option<String>,
}

shows! {
    Matter: id, etag;
    MatterClient: id;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_kept() {
        let json = r#"{"id":1,"etag":"\"e\"","display_number":"1","status":"Archived"}"#;
        let matter: Matter = clio_core::decode::<objects::Matter, _>(json).unwrap();
        assert_eq!(matter.status, MatterStatus::Unknown("Archived".into()));
    }
}
