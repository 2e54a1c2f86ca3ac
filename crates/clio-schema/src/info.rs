//! The shapes of the tables, and the traits that lead from a type to its table.

/// A form of an object of Clio's: the object itself, or the form of it that nests inside another.
pub trait Object: 'static {
    /// The facts of this form.
    const INFO: &'static ObjectInfo;
}

/// A field of an object. Its implementors are the markers in [`objects`](crate::objects).
pub trait Field: 'static {
    /// What the field holds: one of [`kind`](crate::kind).
    type Kind;
    /// Its name on the wire.
    const NAME: &'static str;
}

/// The form has the field `F`: it may be asked for there.
pub trait Has<F: Field>: Object {}

/// An operation of the API. Its implementors are the markers in [`operations`](crate::operations).
pub trait Operation: 'static {
    /// The object that the operation answers.
    type Object: Object;
    /// The facts of this operation.
    const INFO: &'static OperationInfo;
}

/// The facts of one form of an object.
#[derive(Debug)]
pub struct ObjectInfo {
    /// Its name: `Matter`, or `MatterBase` for the form that nests.
    pub name: &'static str,
    /// Its fields, sorted by name.
    pub fields: &'static [FieldInfo],
}

impl ObjectInfo {
    /// The field of this name, if the form has it.
    ///
    /// ```
    /// use clio_schema::objects::{MATTER, MATTER_BASE};
    ///
    /// assert!(MATTER.field("client").is_some());
    /// assert!(MATTER_BASE.field("client").is_none(), "associations end after one level");
    /// ```
    pub fn field(&self, name: &str) -> Option<&'static FieldInfo> {
        self.fields.binary_search_by(|field| field.name.cmp(name)).ok().map(|at| &self.fields[at])
    }
}

/// The facts of one field.
#[derive(Debug)]
pub struct FieldInfo {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a field or a parameter holds, for work at run time.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// The numeric id of a record.
    Id,
    /// A whole number that is not an id.
    Integer,
    /// A decimal number that is not money.
    Number,
    /// An amount of money.
    Money,
    /// Text.
    Text,
    /// A calendar date.
    Date,
    /// A moment with its offset.
    DateTime,
    /// Text out of this list, which Clio may extend.
    Choice(&'static [&'static str]),
    /// Another object.
    Object(&'static ObjectInfo),
    /// A list.
    List(&'static Kind),
}

/// The facts of one operation.
#[derive(Debug)]
pub struct OperationInfo {
    /// Its id in Clio's document: `Activity#create`.
    pub id: &'static str,
    /// Its HTTP method.
    pub method: &'static str,
    /// Its path below the base of the API.
    pub path: &'static str,
    /// The object that it answers.
    pub object: &'static ObjectInfo,
    /// The most records in one page, for a list.
    pub page_size: Option<u16>,
    /// The list can be ordered by `id(asc)`, which gives cursor paging without an upper bound.
    pub order_by_id: bool,
    /// Its query parameters, sorted by name.
    pub parameters: &'static [ParameterInfo],
    /// The members of its body's `data`, sorted by name.
    pub body: &'static [BodyField],
}

/// The facts of one query parameter.
#[derive(Debug)]
pub struct ParameterInfo {
    /// Its name; one that ends in `[]` may repeat.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
}

/// The facts of one member of a body.
#[derive(Debug)]
pub struct BodyField {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it takes.
    pub kind: BodyKind,
    /// Clio refuses the body without it.
    pub required: bool,
}

/// What a member of a body takes.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyKind {
    /// A plain value.
    Value(Kind),
    /// An object with these members.
    Object(&'static [BodyField]),
    /// A list.
    List(&'static BodyKind),
}
