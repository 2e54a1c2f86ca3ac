use std::{fmt, hash, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Unexpected, Visitor},
};

/// The id of a record of object `T`. The id of a matter is not the id of a user:
///
/// ```compile_fail
/// use clio_core::{Id, schema::objects::{Matter, User}};
/// let matter: Id<Matter> = Id::<User>::new(7);
/// ```
pub struct Id<T> {
    value: i64,
    object: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The id with this number.
    pub const fn new(value: i64) -> Self {
        Self { value, object: PhantomData }
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.value
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}
impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.value)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.value)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    /// Reads a number, and a string that holds one: Clio answers some ids so.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = i64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }

            fn visit_i64<E>(self, value: i64) -> Result<i64, E> {
                Ok(value)
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
                i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<i64, E> {
                value.parse().map_err(|_| E::custom("expected an id, found a string that is not a number"))
            }
        }

        // Formats that do not describe themselves hold what `serialize` wrote.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Number).map(Self::new)
        } else {
            i64::deserialize(deserializer).map(Self::new)
        }
    }
}

/// The id of a record of object `T`, for the few objects whose ids are text: calendar entries and the values of custom
/// fields.
///
/// ```
/// use clio_core::TextId;
///
/// let id: TextId<()> = serde_json::from_str(r#""text_line-1""#)?;
/// assert_eq!(id.as_str(), "text_line-1");
/// assert_eq!(serde_json::from_str::<TextId<()>>("17")?.as_str(), "17");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct TextId<T> {
    text: Box<str>,
    object: PhantomData<fn() -> T>,
}

impl<T> TextId<T> {
    /// The id with this text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self { text: text.into(), object: PhantomData }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T> Clone for TextId<T> {
    fn clone(&self) -> Self {
        Self::new(self.text.clone())
    }
}
impl<T> PartialEq for TextId<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl<T> Eq for TextId<T> {}
impl<T> PartialOrd for TextId<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for TextId<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}
impl<T> hash::Hash for TextId<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}
impl<T> fmt::Debug for TextId<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TextId({})", self.text)
    }
}
impl<T> fmt::Display for TextId<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl<T> Serialize for TextId<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
impl<'de, T> Deserialize<'de> for TextId<T> {
    /// Reads a string, and a number as the text of it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Box<str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id that is text")
            }

            fn visit_str<E>(self, value: &str) -> Result<Box<str>, E> {
                Ok(value.into())
            }

            fn visit_i64<E>(self, value: i64) -> Result<Box<str>, E> {
                Ok(value.to_string().into())
            }

            fn visit_u64<E>(self, value: u64) -> Result<Box<str>, E> {
                Ok(value.to_string().into())
            }
        }

        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Text).map(Self::new)
        } else {
            Box::<str>::deserialize(deserializer).map(Self::new)
        }
    }
}

/// The version of a record: changes whenever the record does. Sent back in `If-Match` to guard a write.
///
/// Clio's etags are themselves in quotes; they are kept as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Etag(String);

impl Etag {
    /// Wraps the text of an etag.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text of the etag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Etag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_stand_in_a_string() {
        let read = serde_json::from_str::<Id<()>>;
        assert_eq!(read("7").unwrap(), Id::new(7));
        assert_eq!(read("-7").unwrap(), Id::new(-7));
        assert_eq!(read("\"7\"").unwrap(), Id::new(7));
        for wrong in ["\"seven\"", "7.5", "18446744073709551615", "null", "[]"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
