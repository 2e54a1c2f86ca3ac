//! The facts with every name decided and every kind resolved: what emitters read.

use super::facts::{AnswerKind, Paging};

/// Everything that code is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The version of the API: `4.0.13`.
    pub version: String,
    /// The month in which that edition was published.
    pub published: String,
    /// The objects, sorted by module.
    pub families: Vec<Family>,
    /// The enums, sorted by name.
    pub choices: Vec<Choice>,
    /// The groups of operations, sorted by module.
    pub groups: Vec<Group>,
    /// Remarks for whoever runs the generator: overrides that name nothing, and the like.
    pub remarks: Vec<String>,
}

/// The forms of one object, which share a module and its markers.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// The object's name: `Matter`.
    pub name: String,
    /// Its module: `matter`.
    pub module: String,
    /// The module of the operations that are about it, if there are any.
    pub group: Option<String>,
    /// Its forms; its own before the one that nests.
    pub forms: Vec<Form>,
}

/// One form of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Its type: `MatterBase`.
    pub name: String,
    /// Its table: `MATTER_BASE`.
    pub table: String,
    /// Its name in the document: `Matter_base`.
    pub wire: String,
    /// It only stands inside other objects.
    pub nests: bool,
    /// Its fields, sorted by name.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name on the wire.
    pub name: String,
    /// Its marker: `r#type`.
    pub marker: String,
    /// What it holds.
    pub kind: Kind,
    /// It is known to be null at times.
    pub nullable: bool,
    /// Our own remark, such as its unit.
    pub note: Option<String>,
}

/// What a field, a parameter or a member of a body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// The numeric id of a record.
    Id,
    /// The text id of a record.
    TextId,
    /// A whole number.
    Integer,
    /// A decimal number that is neither money nor a time.
    Number,
    /// A time in seconds, or of an expense a count.
    Seconds,
    /// A time in hours, or of an expense a count.
    Hours,
    /// Money.
    Money,
    /// Text.
    Text,
    /// A calendar date.
    Date,
    /// A moment with its offset.
    DateTime,
    /// A word out of a list.
    Choice {
        /// The enum: `MatterStatus`.
        name: String,
        /// The words at this place, spelled as here.
        words: Vec<String>,
    },
    /// A form of an object, by its type: `ContactBase`.
    Object(String),
    /// A list.
    List(Box<Kind>),
    /// JSON of no known shape.
    Json,
}

/// An enum over the words of one list or of several joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name: `MatterStatus`.
    pub name: String,
    /// Its words, in the document's order.
    pub variants: Vec<Variant>,
    /// Where it is used: `Matter.status`.
    pub places: Vec<String>,
}

/// A word of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its name: `AwaitingPayment`.
    pub name: String,
    /// The word as Clio answers it.
    pub read: String,
    /// The word as Clio takes it.
    pub write: String,
}

/// The operations of one tag.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its module: `bill_themes`.
    pub module: String,
    /// Its tag: `Bill Themes`.
    pub tag: String,
    /// The larger groups that the document sorts it into: `Billing`.
    pub domains: Vec<String>,
    /// Its operations, sorted by path and method.
    pub operations: Vec<Operation>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its marker: `CreateActivity`.
    pub name: String,
    /// Its id in the document: `Activity#create`.
    pub id: String,
    /// Its method, in capitals.
    pub method: String,
    /// Its path, with `{names}` in braces.
    pub path: String,
    /// The parameters of the path, in its order.
    pub path_parameters: Vec<Parameter>,
    /// The parameters after the question mark, sorted by name.
    pub parameters: Vec<Parameter>,
    /// The headers that it looks at, in the document's spelling, sorted.
    pub headers: Vec<String>,
    /// It takes `fields`.
    pub selects: bool,
    /// How it pages, if it is a list.
    pub paging: Option<Paging>,
    /// The members of its body's `data`, sorted by name.
    pub body: Option<Vec<Member>>,
    /// Every status that the document lists, sorted.
    pub statuses: Vec<u16>,
    /// The status of success.
    pub success: u16,
    /// What it answers.
    pub answer: AnswerKind,
    /// The document shows its record without the `data` around it.
    pub bare: bool,
    /// The form that it answers or, where it answers none, is about.
    pub object: Option<String>,
    /// Our own remark.
    pub note: Option<String>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name on the wire: `ids[]`.
    pub name: String,
    /// As an identifier: `ids`.
    pub ident: String,
    /// The document lists it as required.
    pub required: bool,
    /// What one value is.
    pub kind: Kind,
    /// How several are written.
    pub style: Style,
    /// Our own remark.
    pub note: Option<String>,
}

/// How the values of a parameter are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Once.
    Single,
    /// As often as there are values; the name ends in `[]`.
    Repeated,
    /// Once, with commas between the values.
    Commas,
    /// As often as there are values, each with an id in brackets after the name: `custom_field_values[7]`.
    KeyedById,
}

/// A member of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// As an identifier.
    pub ident: String,
    /// The document lists it as required.
    pub required: bool,
    /// What it takes.
    pub kind: MemberKind,
    /// Our own remark.
    pub note: Option<String>,
}

/// What a member of a body takes.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberKind {
    /// A plain value.
    Value(Kind),
    /// An object with these members, sorted by name.
    Object(Vec<Member>),
    /// A list.
    List(Box<MemberKind>),
}

impl Model {
    /// Every operation, sorted by path and method within its group.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.groups.iter().flat_map(|group| &group.operations)
    }

    /// Every form with its family.
    pub fn forms(&self) -> impl Iterator<Item = (&Family, &Form)> {
        self.families.iter().flat_map(|family| family.forms.iter().map(move |form| (family, form)))
    }

    /// The form of this name.
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.forms().find(|(_, form)| form.name == name).map(|(_, form)| form)
    }
}
