//! The struct is the query.

use clio_schema::Object;
use serde::{Deserialize, Deserializer};

use crate::{Etag, Id};

/// A struct that says which fields of `O` it wants, and decodes just those.
///
/// Clio answers with `id` and `etag` only, unless a request names `fields`; so what is asked and what is decoded are one
/// thing here. `O` is a *form* of an object: a struct that only uses plain fields can be a `Selection` of both
/// `User` and `UserBase`, and so nest inside another selection.
///
/// # Writing one by hand
///
/// `serde`'s derive decodes; `FIELDS` has to name the same fields, which [`FieldTree::parse`](crate::FieldTree::parse)
/// checks in a test:
///
/// ```
/// use clio_core::{FieldTree, Id, Selection, schema::{Object, objects::Matter}};
/// use serde::{Deserialize, Deserializer};
///
/// #[derive(Deserialize)]
/// struct ClientName { name: String }
///
/// #[derive(Deserialize)]
/// struct OpenMatter { id: Id<Matter>, display_number: String, client: Option<ClientName> }
///
/// impl Selection<Matter> for OpenMatter {
///     const FIELDS: &'static str = "id,display_number,client{name}";
///     fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
///         Self::deserialize(deserializer)
///     }
/// }
///
/// FieldTree::parse(Matter::INFO, OpenMatter::FIELDS)?;
/// # Ok::<(), clio_core::FieldError>(())
/// ```
///
/// A field without `Option` that is null or absent is an error of that record, with its path.
pub trait Selection<O: Object>: Sized {
    /// The value of the `fields` parameter: `id,display_number,client{id,name}`.
    const FIELDS: &'static str;

    /// Decodes one record.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// What Clio answers when nothing is asked for: the id and the version of a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(bound = "")]
pub struct Stub<O> {
    /// The record.
    pub id: Id<O>,
    /// Its version.
    pub etag: Etag,
}

impl<O: Object> Selection<O> for Stub<O> {
    const FIELDS: &'static str = "id,etag";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}
