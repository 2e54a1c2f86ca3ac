//! What the records of a page are known by: a second, light look at its bytes, whatever they decode as.

use std::{borrow::Cow, fmt};

use clio_core::{Json, schema::OperationInfo};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// What a record is known by within its list: its id. A text that is a number is that number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Key {
    Number(i64),
    Text(Box<str>),
}

impl Key {
    fn of_text(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Self::Number(number),
            _ => Self::Text(text.into()),
        }
    }
}

/// The lists whose records nothing is known by: an event has no id, and a contact may be related to a matter twice.
const UNKNOWN: &[&str] = &["MatterContacts#index", "RelatedContacts#index"];

/// The list of folders and documents, each kind with ids of its own.
pub(super) const MIXED: &str = "Folder#list";

/// The records of this list can be told apart by their keys.
pub(super) fn tells_apart(operation: &OperationInfo) -> bool {
    operation.object.field("id").is_some() && !UNKNOWN.contains(&operation.id)
}

/// The fields to ask for, so that the keys come with them. The decoder of `fields` passes over what it does not know.
pub(super) fn with_keys(operation: &OperationInfo, fields: Cow<'static, str>) -> Cow<'static, str> {
    if fields.is_empty() || !tells_apart(operation) {
        return fields;
    }
    let wanted: &[&str] = if operation.id == MIXED { &["type", "id"] } else { &["id"] };
    wanted.iter().fold(fields, |fields, name| {
        if names(&fields, name) { fields } else { Cow::Owned(format!("{name},{fields}")) }
    })
}

/// `fields` has this name outside of all braces.
fn names(fields: &str, name: &str) -> bool {
    let mut depth = 0_u32;
    fields.split_inclusive([',', '{', '}']).any(|part| {
        let at_top = depth == 0;
        match part.chars().last() {
            Some('{') => depth += 1,
            Some('}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        at_top && part.trim_end_matches([',', '{', '}']).trim() == name
    })
}

/// The key of each record in the body, as far as it can be read.
pub(super) fn keys(operation: &OperationInfo, body: &[u8], records: usize) -> Vec<Option<Key>> {
    let mut keys = Vec::new();
    if tells_apart(operation) {
        let mixed = operation.id == MIXED;
        keys = fast(body, mixed).unwrap_or_else(|| slow(body, mixed));
    }
    // One for each record, whatever was found.
    keys.resize(records, None);
    keys
}

fn fast(body: &[u8], mixed: bool) -> Option<Vec<Option<Key>>> {
    #[derive(Deserialize)]
    struct Page {
        data: Vec<Keyed>,
    }
    #[derive(Deserialize)]
    struct Keyed {
        #[serde(default)]
        id: Word,
        #[serde(default)]
        r#type: Word,
    }
    let page: Page = serde_json::from_slice(body).ok()?;
    let records = page.data.into_iter().map(|record| {
        let id = record.id.0?;
        Some(if mixed { of_kind(&record.r#type.0?, &id) } else { id })
    });
    Some(records.collect())
}

/// A key, or anything else, which is none.
#[derive(Default)]
struct Word(Option<Key>);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_i64<E>(self, number: i64) -> Result<Word, E> {
                Ok(Word(Some(Key::Number(number))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Word, E> {
                Ok(Word(i64::try_from(number).ok().map(Key::Number)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Word, E> {
                Ok(Word(Some(Key::of_text(text))))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Word, E> {
                Ok(Word(None))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Word, E> {
                Ok(Word(None))
            }
            fn visit_unit<E>(self) -> Result<Word, E> {
                Ok(Word(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Word, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Word, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

/// Something on the page is no object, or says its id twice.
fn slow(body: &[u8], mixed: bool) -> Vec<Option<Key>> {
    let Ok(page) = serde_json::from_slice::<Json>(body) else { return Vec::new() };
    let Some(Json::List(records)) = page.get("data") else { return Vec::new() };
    let key = |value: &Json| match value {
        Json::Number(text) => text.parse().ok().map(Key::Number),
        Json::Text(text) => Some(Key::of_text(text)),
        _ => None,
    };
    let of = |record: &Json| {
        let id = key(record.get("id")?)?;
        let kind = record.get("type").and_then(key);
        Some(if mixed { of_kind(&kind?, &id) } else { id })
    };
    records.iter().map(of).collect()
}

fn of_kind(kind: &Key, id: &Key) -> Key {
    let text = |key: &Key| match key {
        Key::Number(number) => number.to_string(),
        Key::Text(text) => text.to_string(),
    };
    Key::Text(format!("{} {}", text(kind), text(id)).into())
}

#[cfg(test)]
mod tests {
    use clio_core::schema::{Operation, operations as op};

    use super::*;

    #[test]
    fn ids_are_asked_for_where_they_are_not() {
        let asked = |info, fields: &'static str| with_keys(info, Cow::Borrowed(fields)).into_owned();
        let matters = op::ListMatters::INFO;
        assert_eq!(asked(matters, "display_number,client{id,name}"), "id,display_number,client{id,name}");
        assert_eq!(asked(matters, "client{name},id"), "client{name},id");
        assert_eq!(asked(matters, "id"), "id");
        assert_eq!(asked(matters, ""), "");
        assert_eq!(asked(op::ListMyEvents::INFO, "event"), "event");
    }

    #[test]
    fn keys_are_read_whatever_else_is_wrong() {
        let read = |body: &str| keys(op::ListMatters::INFO, body.as_bytes(), 3);
        let (one, text) = (Some(Key::Number(1)), Some(Key::Text("1-2".into())));
        let expected = [one.clone(), text.clone(), None];
        assert_eq!(read(r#"{"data":[{"x":{"id":9},"id":1},{"id":"1-2"},{"id":null}]}"#), expected);
        assert_eq!(read(r#"{"data":[{"id":"1"},{"id":"1-2"},7]}"#), expected);
        assert_eq!(read(r#"{"data":[{"id":1,"id":1},{"id":"1-2"},{"id":[1]}]}"#), [one, text, None]);
        assert_eq!(read("[]"), [None, None, None]);
    }

    #[test]
    fn only_the_plain_text_of_a_number_is_that_number() {
        assert_eq!(Key::of_text("7"), Key::Number(7));
        assert_eq!(Key::of_text("007"), Key::Text("007".into()));
        assert_eq!(Key::of_text("+7"), Key::Text("+7".into()));
    }
}
