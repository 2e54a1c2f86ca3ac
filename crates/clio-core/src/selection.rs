//! The struct is the query.

use std::fmt;

use clio_schema::{Field, Object};
use serde::{Deserialize, Deserializer};

use crate::{
    Etag, Id, Json,
    fits::{Bare, Nested},
};

/// A struct that says which fields of `O` it wants, and decodes just those.
///
/// Clio answers with `id` and `etag` only, unless a request names `fields`; so what is asked and what is decoded are one
/// thing here. `O` is a *form* of an object: a struct that only uses plain fields is a `Selection` of both
/// `User` and `UserBase`, and so nests inside another selection.
///
/// The derive of the same name writes it:
///
/// ```
/// use clio_core::{Id, Selection, schema::objects::Matter, values::MatterStatus};
///
/// #[derive(Selection)]
/// #[clio(object = "Matter")]
/// struct OpenMatter {
///     id: Id<Matter>,
///     display_number: String,
///     status: MatterStatus,
///     client: Option<ClientName>,
/// }
///
/// #[derive(Selection)]
/// #[clio(object = "ContactBase")]
/// struct ClientName {
///     name: String,
/// }
///
/// assert_eq!(OpenMatter::FIELDS, "id,display_number,status,client{name}");
///
/// let json = r#"{"id":7,"display_number":"00007-Lovelace","status":"Open","client":{"name":"Ada"},"more":1}"#;
/// let matter: OpenMatter = clio_core::decode::<Matter, _>(json)?;
/// assert_eq!(matter.client.unwrap().name, "Ada");
/// # Ok::<(), clio_core::Error>(())
/// ```
///
/// A field without `Option` that is null or absent is an error of that record, with its path.
///
/// # Writing one by hand
///
/// Two things have to name the same fields: `FIELDS`, which [`FieldTree::parse`](crate::FieldTree::parse) checks in a
/// test, and the decoder. The decoder passes over members that it does not know: a walk through a list asks for `id` too,
/// to know the records by. For fields that are known at run time only there is [`Record`](crate::Record).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no selection of `{O}`",
    label = "not a selection of `{O}`",
    note = "a selection is a struct with `#[derive(Selection)]` and `#[clio(object = \"..\")]` that names the same object"
)]
pub trait Selection<O: Object>: Sized {
    /// The value of the `fields` parameter: `id,display_number,client{id,name}`.
    const FIELDS: &'static str;

    /// Decodes one record.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A [`Selection`] that is mostly of one object: the one that the derive was told. So that whoever has the struct need not
/// name the object once more.
///
/// ```
/// use clio_core::{Selected, Selection, schema::{Object, objects::Matter}};
///
/// #[derive(Selection)]
/// #[clio(object = "Matter")]
/// struct Numbered {
///     display_number: String,
/// }
///
/// fn object_of<S: Selected>() -> &'static str {
///     S::Object::INFO.name
/// }
/// assert_eq!(object_of::<Numbered>(), "Matter");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say of which object it is a selection",
    note = "`#[derive(Selection)]` says so; a selection written by hand implements `Selected` too"
)]
pub trait Selected: Selection<<Self as Selected>::Object> {
    /// The object.
    type Object: Object;
}

/// A [`Selection`] that takes the field `F`. The derive implements it for each field of its own, so that a function can
/// ask for the fields that it needs and leave the struct to its caller; one that lacks a field does not compile:
///
/// ```
/// use chrono::NaiveDate;
/// use clio_core::{Known, Selection, Takes, schema::objects::{bill, Bill}};
///
/// /// The days until a bill is due.
/// fn days_left<S>(bill: &S, today: NaiveDate) -> Option<i64>
/// where
///     S: Takes<bill::due_at, Value: Known<NaiveDate>>,
/// {
///     let due: &NaiveDate = bill.taken().known()?;
///     Some((*due - today).num_days())
/// }
///
/// #[derive(Selection)]
/// #[clio(object = "Bill")]
/// struct Mine {
///     due_at: Option<NaiveDate>,
/// }
///
/// let day = |n| NaiveDate::from_ymd_opt(2026, 3, n).unwrap();
/// assert_eq!(days_left(&Mine { due_at: Some(day(9)) }, day(2)), Some(7));
/// ```
///
/// Fields of a flattened selection are not counted: hand over that member.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take the field `{F}`, which is needed here",
    label = "the selection lacks a field",
    note = "name the field in the struct, or use one of the ready selections of `clio-model`"
)]
pub trait Takes<F: Field> {
    /// What the struct keeps the field in: `bool`, `Option<Amount>`, ..
    type Value;

    /// The value of the field.
    fn taken(&self) -> &Self::Value;
}

/// A value that may be missing: a `T`, or an `Option` of it. For functions over [`Takes`] that leave it to the caller's
/// struct whether a field may be null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither `{T}` nor an `Option` of it",
    note = "the field is needed here as that type: change it in the selection"
)]
pub trait Known<T> {
    /// The value, if there is one.
    fn known(&self) -> Option<&T>;
}

impl<T> Known<T> for T {
    fn known(&self) -> Option<&T> {
        Some(self)
    }
}

impl<T> Known<T> for Option<T> {
    fn known(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<O: Object> Selected for Stub<O> {
    type Object = O;
}

/// What Clio answers when nothing is asked for: the id and the version of a record.
///
/// Inside another selection the field is asked for by its name alone, which Clio answers alike.
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

impl<O, M> Nested<O, M> for Stub<M> {
    const ASKED: &'static str = "";

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl<O, M> Bare<O, M> for Stub<M> {}

/// Any association as JSON, in the form that Clio answers unasked.
impl<O, M> Nested<O, M> for Json {
    const ASKED: &'static str = "";

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl<O, M> Bare<O, M> for Json {}

/// A record that is only referred to, by its id. It stands for any association inside a selection:
///
/// ```
/// use clio_core::{Reference, Selection, schema::objects::{Matter, User}};
///
/// #[derive(Selection)]
/// #[clio(object = "Matter")]
/// struct Responsible {
///     responsible_attorney: Option<Reference<User>>,
/// }
///
/// assert_eq!(<Responsible as Selection<Matter>>::FIELDS, "responsible_attorney{id}");
/// ```
#[derive(PartialEq, Eq, Deserialize)]
#[serde(bound = "")]
pub struct Reference<O> {
    /// The record.
    pub id: Id<O>,
}

impl<O> Clone for Reference<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O> Copy for Reference<O> {}

impl<O> fmt::Debug for Reference<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference").field("id", &self.id).finish()
    }
}

impl<O, M> Nested<O, M> for Reference<M> {
    const ASKED: &'static str = "id";

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}
