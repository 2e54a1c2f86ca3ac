//! What one field of a record holds.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::Resource;

/// What one field holds. Small: a firm of 100 000 activities has millions of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Value {
    #[default]
    Null,
    Bool(bool),
    /// A whole number or an id.
    Whole(i64),
    Decimal(Decimal),
    Text(Box<str>),
    /// A word of a list that the schema knows.
    Word(&'static str),
    Date(NaiveDate),
    Moment(DateTime<Utc>),
    /// Another record.
    Link(Resource, i64),
    /// Other records of one resource.
    Links(Resource, Box<[i64]>),
    /// An object that lives inside this record only.
    Part(Box<Part>),
    Parts(Vec<Part>),
    /// Plain values.
    List(Vec<Value>),
    /// JSON of no known shape.
    Json(Box<serde_json::Value>),
}

static NULL: Value = Value::Null;

impl Value {
    pub(crate) fn null() -> &'static Self {
        &NULL
    }

    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(text.as_ref().into())
    }

    /// A text, or null for none.
    pub(crate) fn maybe_text(text: Option<impl AsRef<str>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// `true` only if it is; everything else counts as `false`.
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn as_whole(&self) -> Option<i64> {
        if let Self::Whole(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(number) => Some(*number),
            Self::Whole(number) => Some(Decimal::from(*number)),
            _ => None,
        }
    }

    pub(crate) fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(day) => Some(*day),
            Self::Moment(moment) => Some(moment.date_naive()),
            _ => None,
        }
    }

    pub(crate) fn as_moment(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Moment(moment) => Some(*moment),
            Self::Date(day) => day.and_hms_opt(0, 0, 0).map(|moment| moment.and_utc()),
            _ => None,
        }
    }

    /// The id of the record that it leads to.
    pub(crate) fn link(&self) -> Option<i64> {
        if let Self::Link(_, id) = self { Some(*id) } else { None }
    }

    /// The ids of all records that it leads to.
    pub(crate) fn links(&self) -> &[i64] {
        match self {
            Self::Link(_, id) => std::slice::from_ref(id),
            Self::Links(_, ids) => ids,
            _ => &[],
        }
    }

    pub(crate) fn parts(&self) -> &[Part] {
        match self {
            Self::Part(part) => std::slice::from_ref(&**part),
            Self::Parts(parts) => parts,
            _ => &[],
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Self {
        Self::Date(day)
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(moment: DateTime<Utc>) -> Self {
        Self::Moment(moment)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// An object that lives inside a record: an address, a line of a custom rate. Its fields by name, because there are few.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Part(Vec<(&'static str, Value)>);

impl Part {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value.into());
        self
    }

    pub(crate) fn get(&self, name: &str) -> &Value {
        self.0.iter().find(|(known, _)| *known == name).map_or(Value::null(), |(_, value)| value)
    }

    pub(crate) fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    pub(crate) fn id(&self) -> Option<i64> {
        self.get("id").as_whole()
    }
}
