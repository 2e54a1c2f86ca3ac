//! The shape of the table of forms that is embedded in the macro.

/// One form of an object, as `clio-schema` names it.
#[derive(Debug)]
pub(crate) struct Form {
    pub name: &'static str,
    /// Sorted by name.
    pub fields: &'static [Field],
}

/// One field of a form.
#[derive(Debug)]
pub(crate) struct Field {
    pub name: &'static str,
    pub tag: Tag,
    /// It is known to be null at times.
    pub nullable: bool,
}

impl Field {
    pub(crate) const fn new(name: &'static str, tag: Tag) -> Self {
        Self { name, tag, nullable: false }
    }

    pub(crate) const fn nullable(name: &'static str, tag: Tag) -> Self {
        Self { name, tag, nullable: true }
    }
}

/// What a field holds.
#[derive(Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "the table is generated, and need not use every tag")]
pub(crate) enum Tag {
    Boolean,
    Id,
    TextId,
    Integer,
    Number,
    Seconds,
    Hours,
    Money,
    Text,
    Date,
    DateTime,
    /// The name of the enum in `clio_schema::choices`, or nothing where there is none.
    Choice(&'static str),
    /// The name of the form that nests here.
    Object(&'static str),
    List(&'static Tag),
    Json,
}
