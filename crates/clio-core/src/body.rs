//! What a write sends.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use clio_schema::{Operation, choices::Choice};

use crate::{Amount, Error, Id, Json, TextId};

/// A body that the operation `Op` takes.
///
/// Generated bodies and the drafts of `clio-model` implement it, so that `create(impl Body<op::CreateActivity>)` takes
/// either, and a draft of a time entry cannot be sent where Clio wants a contact.
pub trait Body<Op: Operation> {
    /// The JSON of the body's `data` member.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the values cannot be what Clio accepts.
    fn json(&self) -> Result<String, Error>;
}

/// JSON that was made before, such as a write that was planned and stored. Sent as it is.
#[derive(Clone)]
pub struct JsonBody(String);

impl JsonBody {
    /// Wraps the JSON of a body's `data` member.
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }
}

impl std::fmt::Debug for JsonBody {
    /// Shows the size only: bodies hold client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "JsonBody({} bytes)", self.0.len())
    }
}

impl<Op: Operation> Body<Op> for JsonBody {
    fn json(&self) -> Result<String, Error> {
        Ok(self.0.clone())
    }
}

/// What a member of a body is to be: left as it is, emptied, or set.
///
/// Setters take `impl Into<Field<T>>`, so that a value, an `Option` (whose `None` is a null) and each of the three can be
/// given:
///
/// ```
/// use clio_core::Field;
///
/// let fields: [Field<i64>; 3] = [7.into(), None.into(), Field::Absent];
/// assert_eq!(fields, [Field::Value(7), Field::Null, Field::Absent]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Not sent: an update leaves it as it is.
    #[default]
    Absent,
    /// Sent as `null`: an update empties it.
    Null,
    /// Sent with this value.
    Value(T),
}

impl<T> Field<T> {
    /// The same state with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => Field::Value(f(value)),
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<T, const N: usize> From<[T; N]> for Field<Vec<T>> {
    fn from(value: [T; N]) -> Self {
        Self::Value(value.into())
    }
}

/// A value that can stand in a body. It is written as text at once, so that no digit of an amount is lost.
pub trait ToJson {
    /// Appends the value as JSON.
    fn write(&self, json: &mut String);
}

macro_rules! written_as_text {
    ($($type:ty: $value:ident => $text:expr;)*) => {$(
        impl ToJson for $type {
            fn write(&self, json: &mut String) {
                let $value = self;
                let _ = write!(json, "{}", $text);
            }
        }
    )*};
}

written_as_text! {
    bool: value => value;
    i64: value => value;
    Amount: value => value;
    // `Value` writes a string in quotes, with what has to be escaped.
    String: value => serde_json::Value::from(value.as_str());
    NaiveDate: value => format_args!("\"{value}\"");
    DateTime<Utc>: value => format_args!("\"{}\"", value.to_rfc3339_opts(SecondsFormat::Secs, true));
    // Any JSON can be written: its numbers are the text of numbers.
    Json: value => serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
}

impl<T> ToJson for Id<T> {
    fn write(&self, json: &mut String) {
        self.get().write(json);
    }
}

impl<T> ToJson for TextId<T> {
    fn write(&self, json: &mut String) {
        self.as_str().to_owned().write(json);
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write(&self, json: &mut String) {
        json.push('[');
        for (at, value) in self.iter().enumerate() {
            if at > 0 {
                json.push(',');
            }
            value.write(json);
        }
        json.push(']');
    }
}

/// The members of a JSON object that is going to be sent, in the order in which they were first set.
///
/// ```
/// use clio_core::{Amount, Field, Members};
///
/// let mut members = Members::default();
/// members.set("note", Field::<String>::Null);
/// members.set("price", Field::Value("19.90".parse::<Amount>()?));
/// assert_eq!(members.to_json(), r#"{"note":null,"price":19.90}"#);
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Members(Vec<(&'static str, String)>);

impl Members {
    /// Sets a member, or takes it away when it is absent. The last value counts.
    pub fn set<T: ToJson>(&mut self, name: &'static str, value: Field<T>) {
        self.put(
            name,
            value.map(|value| {
                let mut json = String::new();
                value.write(&mut json);
                json
            }),
        );
    }

    /// Sets a member to a word, in the spelling of `words` or, where they lack it, as Clio takes it elsewhere.
    pub fn set_word<C: Choice>(&mut self, name: &'static str, value: Field<C>, words: &[&str]) {
        self.set(name, value.map(|word| word.spelled_as_in(words).to_owned()));
    }

    /// Sets a member to a list of words.
    pub fn set_words<C: Choice>(&mut self, name: &'static str, value: Field<Vec<C>>, words: &[&str]) {
        let spelled =
            |all: Vec<C>| all.iter().map(|word| word.spelled_as_in(words).to_owned()).collect::<Vec<_>>();
        self.set(name, value.map(spelled));
    }

    /// Sets a member to an object that holds an id only.
    pub fn set_reference<I: ToJson>(&mut self, name: &'static str, value: Field<I>) {
        self.set(name, value.map(Reference));
    }

    /// Sets a member to a list of objects that hold an id only.
    pub fn set_references<I: ToJson>(&mut self, name: &'static str, value: Field<Vec<I>>) {
        self.set(name, value.map(|ids| ids.into_iter().map(Reference).collect::<Vec<_>>()));
    }

    /// No member is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The object.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    fn put(&mut self, name: &'static str, value: Field<String>) {
        let at = self.0.iter().position(|(known, _)| *known == name);
        match (value, at) {
            (Field::Absent, None) => {}
            (Field::Absent, Some(at)) => drop(self.0.remove(at)),
            (value, at) => {
                let json = if let Field::Value(json) = value { json } else { "null".to_owned() };
                match at {
                    Some(at) => self.0[at].1 = json,
                    None => self.0.push((name, json)),
                }
            }
        }
    }
}

impl ToJson for Members {
    fn write(&self, json: &mut String) {
        json.push('{');
        for (at, (name, value)) in self.0.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(json, "{comma}\"{name}\":{value}");
        }
        json.push('}');
    }
}

impl std::fmt::Debug for Members {
    /// Shows the names only: bodies hold client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// `{"id":7}`.
struct Reference<I>(I);

impl<I: ToJson> ToJson for Reference<I> {
    fn write(&self, json: &mut String) {
        json.push_str("{\"id\":");
        self.0.write(json);
        json.push('}');
    }
}

#[cfg(test)]
mod tests {
    use clio_schema::{
        choices::MatterStatus,
        objects::{CalendarEntry, Matter},
    };

    use super::*;

    #[test]
    fn every_kind_of_value_is_written() {
        let mut inner = Members::default();
        inner.set("rate", "0.10".parse::<Amount>().unwrap().into());
        let mut members = Members::default();
        members.set("text", Field::<String>::from("a \"b\"\n\u{1}é"));
        members.set("flag", true.into());
        members.set("count", Field::<i64>::from(5));
        members.set("date", Field::Value(NaiveDate::from_ymd_opt(2026, 3, 14).unwrap()));
        members.set("at", Field::Value(DateTime::from_timestamp(1_767_323_045, 678_000_000).unwrap()));
        members.set("text_id", TextId::<CalendarEntry>::new("a-1").into());
        members.set("inner", Field::Value(vec![inner]));
        members.set_reference("matter", Id::<Matter>::new(7).into());
        members.set_references("groups", Field::Value(vec![Id::<Matter>::new(1), Id::new(2)]));
        members.set_word("status", MatterStatus::Open.into(), &[]);
        members.set_words("statuses", Field::Value(vec![MatterStatus::Closed]), &["CLOSED"]);
        members.set("json", serde_json::from_str::<Json>(r#"{"a":[1.50]}"#).unwrap().into());
        assert_eq!(
            members.to_json(),
            "{\"text\":\"a \\\"b\\\"\\n\\u0001é\",\"flag\":true,\"count\":5,\"date\":\"2026-03-14\",\
             \"at\":\"2026-01-02T03:04:05Z\",\"text_id\":\"a-1\",\"inner\":[{\"rate\":0.10}],\
             \"matter\":{\"id\":7},\"groups\":[{\"id\":1},{\"id\":2}],\"status\":\"open\",\
             \"statuses\":[\"CLOSED\"],\"json\":{\"a\":[1.50]}}"
        );
        assert!(!format!("{members:?}").contains("2026"));
    }

    #[test]
    fn the_last_value_of_a_member_counts() {
        let mut members = Members::default();
        members.set("a", Field::Value(1));
        members.set("b", Field::<i64>::Null);
        members.set("a", Field::Value(2));
        members.set("c", Field::<i64>::Absent);
        assert_eq!(members.to_json(), r#"{"a":2,"b":null}"#);
        members.set("a", Field::<i64>::Absent);
        members.set("b", Field::<i64>::Absent);
        assert!(members.is_empty());
    }
}
