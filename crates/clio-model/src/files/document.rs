//! Ready selections of documents.

use chrono::{DateTime, Utc};
use clio_core::{
    Etag, Id, Reference, Selection,
    schema::{choices::ClioCreatorType, objects},
};

use super::ExternalProperty;
use crate::body::shows;

/// A document, with its latest version.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Document")]
pub struct Document {
    /// The document.
    pub id: Id<objects::Document>,
    /// The version of the record.
    pub etag: Etag,
    /// Its name.
    pub name: Option<String>,
    /// The name of the file.
    pub filename: Option<String>,
    /// What kind of file it is, as a media type.
    pub content_type: Option<String>,
    /// So many bytes.
    pub size: Option<u64>,
    /// Locked: it cannot be changed.
    pub locked: Option<bool>,
    /// The matter that it is in.
    pub matter: Option<Reference<objects::Matter>>,
    /// The contact that it is in.
    pub contact: Option<Reference<objects::Contact>>,
    /// The folder that it is in.
    pub parent: Option<Reference<objects::LinkedFolderBase>>,
    /// Its category.
    pub document_category: Option<Reference<objects::DocumentCategory>>,
    /// Who put it there.
    pub creator: Option<DocumentCreator>,
    /// What other systems left on it.
    pub external_properties: Option<Vec<ExternalProperty>>,
    /// The version that a download gives.
    pub latest_document_version: Option<DocumentVersion>,
    /// The firm received it then.
    pub received_at: Option<DateTime<Utc>>,
    /// It was put there then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then.
    pub updated_at: Option<DateTime<Utc>>,
    /// It is in the trash since then.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Who put a document there: a user, or a client.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "ClioCreatorBase")]
pub struct DocumentCreator {
    /// The user or the client.
    pub id: Id<objects::ClioCreatorBase>,
    /// Which of them.
    #[clio(rename = "type")]
    pub kind: Option<ClioCreatorType>,
    /// The name.
    pub name: Option<String>,
}

/// A version of a document.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "DocumentVersion")]
pub struct DocumentVersion {
    /// The version.
    pub id: Id<objects::DocumentVersion>,
    /// The version of the record.
    pub etag: Etag,
    /// Its number: the first is 1.
    pub version_number: Option<u32>,
    /// The name of the file.
    pub filename: Option<String>,
    /// What kind of file it is, as a media type.
    pub content_type: Option<String>,
    /// So many bytes.
    pub size: Option<u64>,
    /// All of it is there.
    pub fully_uploaded: Option<bool>,
    /// The firm received it then.
    pub received_at: Option<DateTime<Utc>>,
    /// It was put there then.
    pub created_at: Option<DateTime<Utc>>,
}

shows! {
    Document: id, etag;
    DocumentCreator: id, kind;
    DocumentVersion: id, version_number, size;
}
