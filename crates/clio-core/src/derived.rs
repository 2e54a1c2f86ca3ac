//! What the expansion of the derive needs: the decoder that all selections share, and the text of `fields`.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};

/// A struct that is filled field by field. Only the derive implements it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    label = "only a struct with `#[derive(Selection)]` can be flattened"
)]
pub trait Fill: Sized {
    /// What has been read of a record so far.
    type Slots: Default;
    /// The names of the fields on the wire; those of flattened selections come last.
    const NAMES: &'static [&'static str];

    /// Reads the value of the field at this place in [`Self::NAMES`].
    fn put<'de, A: MapAccess<'de>>(slots: &mut Self::Slots, at: usize, map: &mut A) -> Result<(), A::Error>;

    /// The record, if nothing is missing.
    fn finish<E: Error>(slots: Self::Slots) -> Result<Self, E>;
}

/// Decodes one record.
#[inline]
pub fn decode<'de, S: Fill, D: Deserializer<'de>>(from: D) -> Result<S, D::Error> {
    from.deserialize_map(Record(PhantomData))
}

struct Record<S>(PhantomData<S>);

impl<'de, S: Fill> Visitor<'de> for Record<S> {
    type Value = S;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S, A::Error> {
        let mut slots = S::Slots::default();
        let mut expected = 0;
        while let Some(at) = map.next_key_seed(Key { names: S::NAMES, expected })? {
            match at {
                Some(at) => {
                    S::put(&mut slots, at, &mut map)?;
                    expected = at + 1;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        S::finish(slots)
    }
}

/// Finds a key among the names. Fields mostly come in the order in which they were asked for.
struct Key {
    names: &'static [&'static str],
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        if self.names.get(self.expected).is_some_and(|name| *name == key) {
            return Ok(Some(self.expected));
        }
        Ok(self.names.iter().position(|name| *name == key))
    }
}

/// The value of a field that has to be there.
#[inline]
pub fn required<T, E: Error>(slot: Option<T>, name: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| missing(name))
}

/// How the text of [`missing`] begins: the path of the error is completed by the name after it.
pub(crate) const MISSING: &str = "missing field `";

/// The error of a field that is not there.
#[cold]
pub fn missing<E: Error>(name: &'static str) -> E {
    E::custom(format_args!("{MISSING}{name}`, where the selection takes no `Option`"))
}

/// The number of bytes of [`join`].
pub const fn length(asked: &[(&str, &str)]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < asked.len() {
        let (name, inner) = asked[at];
        let comma = if at == 0 { 0 } else { 1 };
        let braces = if name.is_empty() || inner.is_empty() { 0 } else { 2 };
        length += comma + name.len() + inner.len() + braces;
        at += 1;
    }
    length
}

/// The text of `fields`: `id,client{id,name}`. Each entry is a name with what stands in its braces, if anything; without
/// a name it is the text of a flattened selection.
pub const fn join<const LENGTH: usize>(asked: &[(&str, &str)]) -> [u8; LENGTH] {
    let mut text = [0; LENGTH];
    let (mut end, mut at) = (0, 0);
    while at < asked.len() {
        let (name, inner) = asked[at];
        if at > 0 {
            text[end] = b',';
            end += 1;
        }
        end = copy(&mut text, end, name);
        let braces = !name.is_empty() && !inner.is_empty();
        if braces {
            text[end] = b'{';
            end += 1;
        }
        end = copy(&mut text, end, inner);
        if braces {
            text[end] = b'}';
            end += 1;
        }
        at += 1;
    }
    text
}

const fn copy(text: &mut [u8], start: usize, from: &str) -> usize {
    let from = from.as_bytes();
    let mut at = 0;
    while at < from.len() {
        text[start + at] = from[at];
        at += 1;
    }
    start + at
}

/// The bytes of [`join`] as text.
///
/// # Panics
///
/// While compiling, if they are none: but only names of fields are ever joined.
pub const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("the fields are not text"),
    }
}

/// The number of names in [`concat`].
pub const fn count(parts: &[&[&str]]) -> usize {
    let (mut count, mut part) = (0, 0);
    while part < parts.len() {
        count += parts[part].len();
        part += 1;
    }
    count
}

/// All names in one list.
///
/// # Panics
///
/// While compiling, when a name stands in it twice: only one of the two could be filled.
pub const fn concat<const COUNT: usize>(parts: &[&[&'static str]]) -> [&'static str; COUNT] {
    let mut names = [""; COUNT];
    let (mut end, mut part) = (0, 0);
    while part < parts.len() {
        let mut at = 0;
        while at < parts[part].len() {
            let name = parts[part][at];
            let mut before = 0;
            while before < end {
                assert!(
                    !same(names[before], name),
                    "a field is asked for twice: by the struct itself and by a selection that it flattens"
                );
                before += 1;
            }
            names[end] = name;
            end += 1;
            at += 1;
        }
        part += 1;
    }
    names
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_braces_around_what_nests_only() {
        const ASKED: &[(&str, &str)] =
            &[("id", ""), ("client", "id,name"), ("", "etag,number"), ("user", "")];
        const TEXT: [u8; length(ASKED)] = join(ASKED);
        assert_eq!(text(&TEXT), "id,client{id,name},etag,number,user");
    }
}
