//! Reading a record together with what it is known by: its id, its etag, and when it changed. In one go: what the
//! selection of somebody else decodes is overheard.

use std::{fmt, marker::PhantomData};

use chrono::{DateTime, Utc};
use clio_core::{Selection, schema::Object};
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer},
    },
};
use serde_json::value::RawValue;

use crate::JsonText;

/// What a record is known by, as far as it can be read.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) id: Option<String>,
    pub(super) etag: Option<String>,
    /// Only overheard.
    updated_at: Option<String>,
}

impl Keys {
    /// Id and etag of the record with this JSON. What was read before something is wrong counts.
    pub(super) fn of(json: &str) -> Self {
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(borrow)]
            id: Option<&'a RawValue>,
            #[serde(borrow)]
            etag: Option<&'a RawValue>,
        }
        match serde_json::from_str::<Raw<'_>>(json) {
            Ok(raw) => Self { id: raw.id.and_then(id), etag: raw.etag.and_then(text), updated_at: None },
            Err(_) => Self::overheard(json),
        }
    }

    /// The same of a record that says a key twice, or breaks off.
    #[cold]
    fn overheard(json: &str) -> Self {
        let mut keys = Self::default();
        let overhear = Overhear::<IgnoredAny> { keys: &mut keys, decoder: PhantomData };
        let _ = serde_json::Deserializer::from_str(json).deserialize_map(overhear);
        keys
    }

    fn updated_at(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(self.updated_at.as_deref()?).ok().map(|time| time.to_utc())
    }

    fn note(&mut self, key: Key, value: &RawValue) {
        match key {
            Key::Id => self.id = id(value),
            Key::Etag => self.etag = text(value),
            Key::UpdatedAt => self.updated_at = text(value),
        }
    }
}

/// A number, or a text.
fn id(value: &RawValue) -> Option<String> {
    let number = value.get().parse::<i64>().is_ok();
    if number { Some(value.get().to_owned()) } else { text(value) }
}

fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// A record that comes with its keys.
pub(super) trait Keyed<O>: Selection<O>
where
    O: Object,
{
    /// The record itself.
    type Record: Send;

    /// When it changed, if it says so.
    fn updated_at(&self) -> Option<DateTime<Utc>>;

    fn split(self) -> (Keys, Self::Record);
}

/// A record of this selection.
pub(super) struct Typed<S> {
    keys: Keys,
    record: S,
}

impl<O: Object, S: Selection<O> + Send> Selection<O> for Typed<S> {
    const FIELDS: &'static str = S::FIELDS;

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut keys = Keys::default();
        let decoder = PhantomData::<fn() -> (O, S)>;
        let record = from.deserialize_map(Overhear { keys: &mut keys, decoder })?;
        Ok(Self { keys, record })
    }
}

impl<O: Object, S: Selection<O> + Send> Keyed<O> for Typed<S> {
    type Record = S;

    fn updated_at(&self) -> Option<DateTime<Utc>> {
        self.keys.updated_at()
    }

    fn split(self) -> (Keys, S) {
        (self.keys, self.record)
    }
}

/// A record as text.
pub(super) struct Text {
    keys: Keys,
    record: JsonText,
}

impl<O: Object> Selection<O> for Text {
    const FIELDS: &'static str = "";

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(from)?;
        if !json.get().starts_with('{') {
            return Err(D::Error::custom("not an object"));
        }
        Ok(Self { keys: Keys::of(json.get()), record: json.into() })
    }
}

impl<O: Object> Keyed<O> for Text {
    type Record = JsonText;

    fn updated_at(&self) -> Option<DateTime<Utc>> {
        Keys::overheard(self.record.as_str()).updated_at()
    }

    fn split(self) -> (Keys, JsonText) {
        (self.keys, self.record)
    }
}

/// What decodes a record that is overheard.
trait Decoder {
    type Record;

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self::Record, D::Error>;
}

impl Decoder for IgnoredAny {
    type Record = Self;

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl<O: Object, S: Selection<O>> Decoder for (O, S) {
    type Record = S;

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<S, D::Error> {
        S::decode(from)
    }
}

/// Gives the members of an object to a decoder, and notes the keys among them.
struct Overhear<'k, R> {
    keys: &'k mut Keys,
    decoder: PhantomData<fn() -> R>,
}

impl<'de, R: Decoder> Visitor<'de> for Overhear<'_, R> {
    type Value = R::Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R::Record, A::Error> {
        R::decode(MapAccessDeserializer::new(Members { map, keys: self.keys, at: None }))
    }
}

#[derive(Clone, Copy)]
enum Key {
    Id,
    Etag,
    UpdatedAt,
}

struct Members<'k, A> {
    map: A,
    keys: &'k mut Keys,
    /// The member whose value comes next, if it is a key.
    at: Option<Key>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.map.next_key_seed(Name { seed, at: &mut self.at })
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.at {
            None => self.map.next_value_seed(seed),
            Some(key) => self.map.next_value_seed(Noted { seed, key, keys: self.keys }),
        }
    }
}

/// The name of a member, looked at on its way to the decoder.
struct Name<'n, K> {
    seed: K,
    at: &'n mut Option<Key>,
}

impl<K> Name<'_, K> {
    fn see(&mut self, name: &str) {
        *self.at = match name {
            "id" => Some(Key::Id),
            "etag" => Some(Key::Etag),
            "updated_at" => Some(Key::UpdatedAt),
            _ => None,
        };
    }
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Name<'_, K> {
    type Value = K::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<K::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Name<'_, K> {
    type Value = K::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(mut self, name: &'de str) -> Result<K::Value, E> {
        self.see(name);
        self.seed.deserialize(BorrowedStrDeserializer::new(name))
    }

    #[inline]
    fn visit_str<E: Error>(mut self, name: &str) -> Result<K::Value, E> {
        self.see(name);
        self.seed.deserialize(StrDeserializer::new(name))
    }
}

/// The value of a key, noted on its way to the decoder.
struct Noted<'k, V> {
    seed: V,
    key: Key,
    keys: &'k mut Keys,
}

impl<'de, V: DeserializeSeed<'de>> DeserializeSeed<'de> for Noted<'_, V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        // As its text, for the decoder may want it to the digit.
        let value = <&RawValue>::deserialize(from)?;
        self.keys.note(self.key, value);
        self.seed.deserialize(&mut serde_json::Deserializer::from_str(value.get())).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use clio_core::{Etag, Id, Stub, schema::objects::Matter};

    use super::*;

    fn read<S: Keyed<Matter>>(json: &str) -> (Keys, S::Record) {
        clio_core::decode::<Matter, S>(json).unwrap().split()
    }

    const JSON: &str =
        r#"{"id":7,"more":{"id":8,"etag":"x"},"etag":"\"e\"","updated_at":"2026-03-02T09:00:00+01:00"}"#;

    #[test]
    fn the_keys_are_overheard_and_the_selection_gets_them_too() {
        let (keys, stub) = read::<Typed<Stub<Matter>>>(JSON);
        assert_eq!((stub.id, stub.etag), (Id::new(7), Etag::new("\"e\"")));
        assert_eq!((keys.id.as_deref(), keys.etag.as_deref()), (Some("7"), Some("\"e\"")));
        assert_eq!(keys.updated_at().unwrap().to_rfc3339(), "2026-03-02T08:00:00+00:00");
    }

    #[test]
    fn a_text_is_what_was_answered() {
        let (keys, text) = read::<Text>(JSON);
        assert_eq!(text.as_str(), JSON);
        assert_eq!((keys.id.as_deref(), keys.etag.as_deref()), (Some("7"), Some("\"e\"")));
        assert!(clio_core::decode::<Matter, Text>("[7]").is_err(), "a record is an object");
    }

    #[test]
    fn odd_keys_are_none() {
        for json in [r#"{"id":null,"etag":7}"#, r#"{"id":[7],"etag":{}}"#, r#"{"id":1.5}"#, "[]", "7"] {
            let keys = Keys::of(json);
            assert_eq!((keys.id, keys.etag, keys.updated_at), (None, None, None), "{json}");
        }
        assert_eq!(Keys::of(r#"{"id":"text_line-1"}"#).id.as_deref(), Some("text_line-1"));
    }

    #[test]
    fn what_is_wrong_with_a_key_has_its_path() {
        let error = clio_core::decode::<Matter, Typed<Stub<Matter>>>(r#"{"id":[7],"etag":"e"}"#);
        assert_eq!(error.err().unwrap().path(), Some("id"));
    }
}
