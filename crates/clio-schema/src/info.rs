//! The shapes of the tables, and the traits that lead from a type to its table.

/// A form of an object of Clio's: the object itself, or the form of it that nests inside another.
pub trait Object: 'static {
    /// The facts of this form.
    const INFO: &'static ObjectInfo;
}

/// A field of an object. Its implementors are the markers in [`objects`](crate::objects).
pub trait Field: 'static {
    /// What the field holds: one of [`kind`](crate::kind).
    ///
    /// This is what it holds in its object's own form. A handful of associations, such as the currency of a matter, have
    /// no known shape where the object nests, because nothing can be chosen of them there; the tables tell.
    type Kind;
    /// Its name on the wire.
    const NAME: &'static str;
}

/// The form has the field `F`: it may be asked for there.
pub trait Has<F: Field>: Object {}

/// An operation of the API. Its implementors are the markers in [`operations`](crate::operations).
pub trait Operation: 'static {
    /// The object that the operation answers or, where it answers none, is about.
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
    /// It is known to be null at times, and the derive does not take it without `Option`. Clio's document does not say so
    /// of any field; `false` promises nothing.
    pub nullable: bool,
}

/// What a field or a parameter holds, for work at run time.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// The numeric id of a record.
    Id,
    /// An id of one of the few objects whose ids are text: `"text_line-1"`.
    TextId,
    /// A whole number that is not an id.
    Integer,
    /// A decimal number that is neither money nor a time.
    Number,
    /// A time in seconds, or of an expense a count.
    Seconds,
    /// A time in hours, or of an expense a count.
    Hours,
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
    /// JSON of no known shape.
    Json,
}

/// The facts of one operation.
#[derive(Debug)]
pub struct OperationInfo {
    /// Its id in Clio's document: `Activity#create`.
    pub id: &'static str,
    /// The module of its group: `activities`.
    pub group: &'static str,
    /// Its HTTP method.
    pub method: &'static str,
    /// Its path below the base of the API, with the names of its path parameters in braces.
    pub path: &'static str,
    /// The object that it answers or, where it answers none, is about.
    pub object: &'static ObjectInfo,
    /// What it answers when it succeeds.
    pub answer: Answer,
    /// The status of success.
    pub success: u16,
    /// Every status that Clio's document lists for it, sorted. 304 and 412 stand where a condition can be sent.
    pub statuses: &'static [u16],
    /// The most records in one page, for a list.
    pub page_size: Option<u16>,
    /// The records in one page when no limit is asked for, for a list.
    pub default_page_size: Option<u16>,
    /// The list can be ordered by `id(asc)`, which gives cursor paging without an upper bound.
    pub order_by_id: bool,
    /// The parameters of its path, in its order.
    pub path_parameters: &'static [ParameterInfo],
    /// Its query parameters, sorted by name.
    pub parameters: &'static [ParameterInfo],
    /// The headers that it looks at, in the spelling of Clio's document, sorted: `IF-MATCH`, `X-API-VERSION`.
    pub headers: &'static [&'static str],
    /// The members of its body's `data`, sorted by name.
    pub body: &'static [BodyField],
}

impl OperationInfo {
    /// The query parameter of this name, if the operation has it.
    pub fn parameter(&self, name: &str) -> Option<&'static ParameterInfo> {
        let parameters = self.parameters;
        parameters.binary_search_by(|parameter| parameter.name.cmp(name)).ok().map(|at| &parameters[at])
    }

    /// It takes `fields`, so a selection says what it answers.
    pub fn selects(&self) -> bool {
        self.parameter("fields").is_some()
    }

    /// It looks at the header of this name, whatever its casing.
    ///
    /// ```
    /// use clio_schema::{Operation, operations::UpdateMatter};
    ///
    /// assert!(UpdateMatter::INFO.takes_header("If-Match"));
    /// ```
    pub fn takes_header(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header.eq_ignore_ascii_case(name))
    }
}

/// What an operation answers when it succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// One record: `{"data": {..}}`.
    One,
    /// A list of records: `{"data": [..], "meta": {..}}`.
    List,
    /// One record which Clio's document shows without the `data` around it.
    OneBare,
    /// A list which Clio's document shows as one record, without the `data` around it.
    ListBare,
    /// Nothing, with status 204.
    NoContent,
    /// The address of what was asked for, with status 303.
    Redirect,
    /// A success of which Clio's document says no more.
    Empty,
    /// A page of HTML.
    Html,
}

/// The facts of one parameter.
#[derive(Debug)]
pub struct ParameterInfo {
    /// Its name; one that ends in `[]` may repeat.
    pub name: &'static str,
    /// What one value is.
    pub kind: Kind,
    /// How several values are written.
    pub style: Style,
    /// Clio's document lists it as required.
    pub required: bool,
}

/// How the values of a parameter are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// One value.
    Single,
    /// As often as there are values; the name ends in `[]`.
    Repeated,
    /// Once, with commas between the values.
    Commas,
    /// As often as there are values, each with an id in brackets after the name: `custom_field_values[7]`.
    KeyedById,
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
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum BodyKind {
    /// A plain value.
    Value(Kind),
    /// An object with these members.
    Object(&'static [BodyField]),
    /// A list.
    List(&'static BodyKind),
}

/// Stands where an operation is about no object that the tables know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nothing;

impl Object for Nothing {
    const INFO: &'static ObjectInfo = &NOTHING;
}

/// The table of [`Nothing`]: no fields.
pub static NOTHING: ObjectInfo = ObjectInfo { name: "Nothing", fields: &[] };
