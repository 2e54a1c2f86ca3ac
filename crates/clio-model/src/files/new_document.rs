use chrono::{DateTime, Utc};
use clio_core::{Field, Id, Members, ToJson, schema::objects};

use super::{ExternalProperties, FolderParent};
use crate::{
    Result,
    body::{checked, given, not_blank, shows, typed},
};

/// What a document is put into: a folder, the folder of a matter or of a contact, or another document, of which it
/// becomes a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentParent {
    /// A folder, or the one that each matter and each contact has.
    Folder(FolderParent),
    /// A document: a new version of it.
    Document(Id<objects::Document>),
}

impl<T: Into<FolderParent>> From<T> for DocumentParent {
    fn from(parent: T) -> Self {
        Self::Folder(parent.into())
    }
}

impl ToJson for DocumentParent {
    fn write(&self, json: &mut String) {
        match self {
            Self::Folder(parent) => parent.write(json),
            Self::Document(id) => typed("Document", id.get()).write(json),
        }
    }
}

/// What is said of a document before its bytes are sent. By itself it makes a record that nobody sees: `clio-api`
/// uploads files, and the sync engine takes this as the state of a document.
///
/// ```
/// use clio_core::{Body, Id, schema::{objects::Matter, operations::CreateDocument}};
/// use clio_model::files::NewDocument;
///
/// let matter: Id<Matter> = Id::new(7);
/// let draft = NewDocument::new("Retainer.pdf", matter).external_property("case-status", "f-1");
/// assert_eq!(
///     Body::<CreateDocument>::json(&draft)?,
///     r#"{"name":"Retainer.pdf","parent":{"id":7,"type":"Matter"},"external_properties":[{"name":"case-status","value":"f-1"}]}"#,
/// );
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewDocument {
    name: String,
    parent: DocumentParent,
    filename: Option<String>,
    content_type: Option<String>,
    received_at: Option<DateTime<Utc>>,
    category: Option<Id<objects::DocumentCategory>>,
    communication: Option<Id<objects::Communication>>,
    external_properties: ExternalProperties,
}

impl NewDocument {
    /// A draft of a document of this name, in this place.
    pub fn new(name: impl Into<String>, parent: impl Into<DocumentParent>) -> Self {
        Self {
            name: name.into(),
            parent: parent.into(),
            filename: None,
            content_type: None,
            received_at: None,
            category: None,
            communication: None,
            external_properties: ExternalProperties::default(),
        }
    }

    /// The name of the file.
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = Some(filename.into());
        self
    }

    /// The media type. Clio takes it from the ending of the file's name if it is not said (Clio's document).
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The firm received it then.
    pub const fn received_at(mut self, at: DateTime<Utc>) -> Self {
        self.received_at = Some(at);
        self
    }

    /// Its category.
    pub const fn category(mut self, category: Id<objects::DocumentCategory>) -> Self {
        self.category = Some(category);
        self
    }

    /// It came with this communication.
    pub const fn communication(mut self, communication: Id<objects::Communication>) -> Self {
        self.communication = Some(communication);
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
        not_blank("the name of a document", &self.name)?;
        self.external_properties.check()
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("name", Field::Value(self.name.clone()));
        members.set("parent", Field::Value(self.parent));
        members.set("filename", given(self.filename.clone()));
        members.set("content_type", given(self.content_type.clone()));
        members.set("received_at", given(self.received_at));
        members.set_reference("document_category", given(self.category));
        members.set("communication_id", given(self.communication));
        self.external_properties.put(&mut members);
        members
    }
}

checked! { NewDocument is the body of CreateDocument; }
shows! { NewDocument: parent; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    #[test]
    fn all_that_is_said_is_sent() {
        let draft = NewDocument::new("A", DocumentParent::Document(Id::new(3)))
            .filename("a.pdf")
            .content_type("application/pdf")
            .received_at("2026-03-02T09:00:00Z".parse().unwrap())
            .category(Id::new(4))
            .communication(Id::new(5));
        assert_eq!(
            draft.json().unwrap(),
            concat!(
                r#"{"name":"A","parent":{"id":3,"type":"Document"},"filename":"a.pdf","content_type":"application/pdf","#,
                r#""received_at":"2026-03-02T09:00:00Z","document_category":{"id":4},"communication_id":5}"#,
            ),
        );
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        let draft = NewDocument::new(" ", Id::<objects::Folder>::new(3));
        assert_eq!(draft.check().unwrap_err().to_string(), "the name of a document is blank");
        let six = (0..6).fold(NewDocument::new("A", Id::<objects::Folder>::new(3)), |draft, at| {
            draft.external_property(at.to_string(), "")
        });
        assert_eq!(six.check().unwrap_err().to_string(), "there are at most 5 external properties");
    }
}
