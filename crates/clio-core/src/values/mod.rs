//! Values that cannot be mixed up: ids know their object, time knows its unit, money is never a float.

mod amount;
mod hours;
mod id;
mod seconds;

pub use amount::Amount;
pub use clio_schema::choices::{ActivityType, Choice, MatterStatus};
pub use hours::Hours;
pub use id::{Etag, Id, TextId};
pub use seconds::Seconds;

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};
use serde_json::value::RawValue;

/// Decodes an enum that keeps unknown words. For `#[serde(deserialize_with = "clio_core::values::choice")]`.
pub fn choice<'de, D: Deserializer<'de>, C: Choice>(deserializer: D) -> Result<C, D::Error> {
    struct Word<C>(PhantomData<C>);

    impl<C: Choice> Visitor<'_> for Word<C> {
        type Value = C;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a word")
        }

        fn visit_str<E>(self, word: &str) -> Result<C, E> {
            Ok(C::from_wire(word))
        }
    }

    deserializer.deserialize_str(Word(PhantomData))
}

/// Decodes a whole number of any width, also where it is written as `5.0` or in a string.
pub(crate) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i128>>(deserializer: D) -> Result<T, D::Error> {
    struct Whole<T>(PhantomData<T>);

    impl<T: TryFrom<i128>> Visitor<'_> for Whole<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number that the type of the field can hold")
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
            T::try_from(value.into()).map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
            T::try_from(value.into()).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
            let refused = || E::invalid_value(Unexpected::Float(value), &self);
            // Beyond 2^53 a float stands for more than one whole number.
            let exact = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
            let whole = exact.then_some(value as i128).ok_or_else(refused)?;
            T::try_from(whole).map_err(|_| refused())
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
            let number =
                value.parse::<i64>().map_err(|_| E::custom("expected a whole number, found a string"))?;
            self.visit_i64(number)
        }
    }

    deserializer.deserialize_any(Whole(PhantomData))
}

/// Reads the text of a JSON number, or of a string that holds one. Only `serde_json` knows the text.
fn number_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(&str) -> Result<T, D::Error>,
) -> Result<T, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => read(text),
        Some(b'"') => read(&serde_json::from_str::<String>(text).map_err(D::Error::custom)?),
        _ => Err(D::Error::custom(format!("expected a number, found `{}`", kind_of(text)))),
    }
}

fn kind_of(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'[') => "a list",
        _ => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: TryFrom<i128>>(json: &str) -> Result<T, serde_json::Error> {
        whole(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn a_whole_number_is_read_in_every_spelling() {
        for (json, value) in [("5", 5), ("5.0", 5), ("\"5\"", 5), ("-1", -1)] {
            assert_eq!(read::<i64>(json).unwrap(), value, "{json}");
        }
        assert_eq!(read::<u64>("18446744073709551615").unwrap(), u64::MAX);
        for wrong in ["5.5", "-1", "4294967296", "1e300", "\"x\"", "null", "true"] {
            assert!(read::<u32>(wrong).is_err(), "{wrong}");
        }
    }
}
