use chrono::{DateTime, Utc};
use clio_core::{Etag, Field, Id, Members, Reference, Selection, ToJson, schema::objects};

use super::{ExternalProperties, ExternalProperty};
use crate::{
    Result,
    body::{checked, given, not_blank, shows, typed},
};

/// A folder of documents.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Folder")]
pub struct Folder {
    /// The folder.
    pub id: Id<objects::Folder>,
    /// The version of the record.
    pub etag: Etag,
    /// Its name.
    pub name: Option<String>,
    /// It is the one that all others are in.
    pub root: Option<bool>,
    /// Locked: it cannot be changed.
    pub locked: Option<bool>,
    /// The folder that it is in.
    pub parent: Option<Reference<objects::LinkedFolderBase>>,
    /// The matter that it is of, or in.
    pub matter: Option<Reference<objects::Matter>>,
    /// The contact that it is of, or in.
    pub contact: Option<Reference<objects::Contact>>,
    /// What other systems left on it.
    pub external_properties: Option<Vec<ExternalProperty>>,
    /// It was made then.
    pub created_at: Option<DateTime<Utc>>,
    /// It is in the trash since then.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// What a folder is put into. Each matter and each contact has a folder of its own (Clio's document): naming the matter
/// means that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FolderParent {
    /// Another folder.
    Folder(Id<objects::Folder>),
    /// The folder of a matter.
    Matter(Id<objects::Matter>),
    /// The folder of a contact.
    Contact(Id<objects::Contact>),
}

macro_rules! parents {
    ($($kind:ident)+) => {$(
        impl From<Id<objects::$kind>> for FolderParent {
            fn from(id: Id<objects::$kind>) -> Self {
                Self::$kind(id)
            }
        }
    )+};
}
parents! { Folder Matter Contact }

impl ToJson for FolderParent {
    fn write(&self, json: &mut String) {
        let (kind, id) = match self {
            Self::Folder(id) => ("Folder", id.get()),
            Self::Matter(id) => ("Matter", id.get()),
            Self::Contact(id) => ("Contact", id.get()),
        };
        typed(kind, id).write(json);
    }
}

/// A folder to be created.
///
/// ```
/// use clio_core::{Body, Id, schema::{objects::Matter, operations::CreateFolder}};
/// use clio_model::files::NewFolder;
///
/// let matter: Id<Matter> = Id::new(7);
/// let json = Body::<CreateFolder>::json(&NewFolder::new("Evidence", matter))?;
/// assert_eq!(json, r#"{"name":"Evidence","parent":{"id":7,"type":"Matter"}}"#);
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewFolder {
    name: String,
    parent: FolderParent,
    category: Option<Id<objects::DocumentCategory>>,
    external_properties: ExternalProperties,
}

impl NewFolder {
    /// A draft of a folder of this name, in this place.
    pub fn new(name: impl Into<String>, parent: impl Into<FolderParent>) -> Self {
        let external_properties = ExternalProperties::default();
        Self { name: name.into(), parent: parent.into(), category: None, external_properties }
    }

    /// Its category.
    pub const fn category(mut self, category: Id<objects::DocumentCategory>) -> Self {
        self.category = Some(category);
        self
    }

    /// Leaves a name and a value on it, to find it again.
    pub fn external_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.external_properties.add(name, value);
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a blank name, and more external properties than there can
    /// be.
    pub fn check(&self) -> Result<()> {
        not_blank("the name of a folder", &self.name)?;
        self.external_properties.check()
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("name", Field::Value(self.name.clone()));
        members.set("parent", Field::Value(self.parent));
        members.set_reference("document_category", given(self.category));
        self.external_properties.put(&mut members);
        members
    }
}

checked! { NewFolder is the body of CreateFolder; }
shows! {
    Folder: id, etag;
    NewFolder: parent;
}

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    #[test]
    fn all_that_is_said_is_sent() {
        let contact = Id::<objects::Contact>::new(3);
        let draft = NewFolder::new("A", contact).category(Id::new(4)).external_property("n", "v");
        assert_eq!(
            draft.json().unwrap(),
            concat!(
                r#"{"name":"A","parent":{"id":3,"type":"Contact"},"document_category":{"id":4},"#,
                r#""external_properties":[{"name":"n","value":"v"}]}"#,
            ),
        );
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        let folder = Id::<objects::Folder>::new(3);
        assert_eq!(
            NewFolder::new("", folder).check().unwrap_err().to_string(),
            "the name of a folder is blank"
        );
        let unnamed = NewFolder::new("A", folder).external_property("", "v");
        assert_eq!(unnamed.json().unwrap_err().kind(), clio_core::ErrorKind::Invalid);
    }
}
