use clio_core::{Field, Id, Members, Selection, schema::objects};

use crate::{
    Error, Result,
    body::{list, not_blank, shows},
};

/// The most external properties of one record: Clio's document.
pub const MOST_EXTERNAL_PROPERTIES: usize = 5;

/// A name and a value that another system leaves on a record, to find it again. Documents, folders, communications and
/// calendar entries have them.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "ExternalPropertyBase")]
pub struct ExternalProperty {
    /// The property.
    pub id: Id<objects::ExternalPropertyBase>,
    /// Its name.
    pub name: Option<String>,
    /// Its value.
    pub value: Option<String>,
}

shows! { ExternalProperty: id; }

/// The external properties of a draft.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ExternalProperties(Vec<(String, String)>);

impl ExternalProperties {
    pub(crate) fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.0.len() > MOST_EXTERNAL_PROPERTIES {
            return Err(Error::invalid(format!(
                "there are at most {MOST_EXTERNAL_PROPERTIES} external properties"
            )));
        }
        self.0.iter().try_for_each(|(name, _)| not_blank("the name of an external property", name))
    }

    pub(crate) fn put(&self, members: &mut Members) {
        let each = |(name, value): &(String, String)| {
            let mut members = Members::default();
            members.set("name", Field::Value(name.clone()));
            members.set("value", Field::Value(value.clone()));
            members
        };
        members.set("external_properties", list(self.0.iter().map(each)));
    }
}
