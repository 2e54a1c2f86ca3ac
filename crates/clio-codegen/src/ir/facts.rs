//! What is kept of the document: names, types, words, statuses. No prose.
//!
//! The names are the document's own. Its order is kept, so that a new edition shows up as a small difference.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;

/// The format of the file; raised when an older one would be misread.
pub const FORMAT: u32 = 1;

/// JSON that this crate has no word for, as it stood in the document, without its prose.
pub type Extra = BTreeMap<String, Value>;

/// Everything that is kept of one edition of the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of OpenAPI.
    pub openapi: String,
    /// The version that the document gives itself: `v4`.
    pub version: String,
    /// Where the API is served, one address a region.
    pub servers: Vec<String>,
    /// Its tags, in its order.
    pub groups: Vec<Group>,
    /// The operations, sorted by path and method.
    pub operations: Vec<Operation>,
    /// The schemas that describe records.
    pub objects: Vec<Object>,
    /// The schemas around records: an object with the one member `data`.
    pub envelopes: Vec<Object>,
    /// The schemas that only errors refer to.
    pub errors: Vec<Object>,
    /// What stands in the document and cannot be said in this format, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inexpressible: Vec<Inexpressible>,
    /// The rest.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

/// Something that cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inexpressible {
    /// Where: `Matter.status`, `Matter#create.client`, `Matter#index?status`.
    pub at: String,
    /// What: `oneOf`.
    pub what: String,
}

/// A tag of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name: `Bill Themes`.
    pub tag: String,
    /// The larger groups that it stands in: `Billing`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
}

/// A schema that is an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Its name: `Matter_base`.
    pub name: String,
    /// The schemas whose members it has too; its own win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<String>,
    /// Its own members.
    pub members: Vec<Member>,
    /// The rest.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

/// A member of an object or of a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// The document lists it as required.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// What it holds.
    pub shape: Shape,
}

/// What a member or a parameter holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Its type.
    pub kind: Basic,
    /// The document's format, known or not: `date-time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The words that the document lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The numbers that the document lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<i64>,
    /// What stands for it when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// `minimum`, `maxLength` and their like.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub limits: Extra,
    /// It may be null.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// The schema that a reference names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What a list holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Shape>>,
    /// The members of an object; empty where the document says nothing about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// The rest.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

/// The types of OpenAPI, and what stands beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basic {
    /// Anything.
    #[default]
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
    /// Another schema.
    Reference,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Its id: `Activity#create`.
    pub id: String,
    /// Its method, in capitals.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its tag.
    pub group: String,
    /// Its parameters, in the document's order.
    pub parameters: Vec<Parameter>,
    /// How it pages, for a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// What it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Every status that the document lists, sorted.
    pub statuses: Vec<u16>,
    /// What it answers when it succeeds.
    pub answer: Answer,
    /// The rest.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The document lists it as required.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// What it takes.
    pub shape: Shape,
    /// The rest.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the path.
    Path,
    /// After the question mark.
    Query,
    /// Among the headers.
    Header,
}

/// How a list pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The records of a page when nothing is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_size: Option<u16>,
    /// The most records of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_size: Option<u16>,
    /// It can be ordered by `id(asc)`.
    pub order_by_id: bool,
}

/// What an operation takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The document lists it as required.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// The forms in which it may be sent.
    pub media: Vec<String>,
    /// The members of its `data`.
    pub data: Vec<Member>,
    /// The rest.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

/// What an operation answers when it succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Its shape.
    pub kind: AnswerKind,
    /// The schema of the record or of the records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The document shows the record by itself, without the `data` around it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bare: bool,
}

/// The shapes of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// One record.
    One,
    /// A list of records.
    List,
    /// 204.
    NoContent,
    /// 303: the address of what was asked for.
    Redirect,
    /// A success that the document says nothing more about.
    Empty,
    /// HTML. The document does not say so; the overrides do.
    Html,
}

impl Document {
    /// Reads the facts that the repository holds.
    ///
    /// # Errors
    ///
    /// When the text is not in this format.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let document: Self = serde_json::from_str(text)
            .map_err(|source| Error::Unreadable { what: "the file of facts".to_owned(), source })?;
        if document.format != FORMAT {
            return Err(Error::Broken(format!("format {} of the facts is not {FORMAT}", document.format)));
        }
        Ok(document)
    }

    /// The text of the file of facts: the same facts, the same bytes.
    ///
    /// # Panics
    ///
    /// Never: every key is text.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("facts have text keys only");
        text.push('\n');
        text
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
