//! JSON as it came, with the text of its numbers.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor},
    ser::{self, SerializeMap},
};
use serde_json::value::RawValue;

use crate::Amount;

/// How deep lists and objects may stand in each other. Clio's answers are three deep.
const DEEPEST: usize = 64;

/// Any JSON. Numbers are kept as their text, so that no digit of an amount of money is lost.
///
/// Read and write it with `serde_json` only: no other format lets the text of a number through.
///
/// ```
/// use clio_core::Json;
///
/// let json: Json = serde_json::from_str(r#"{"name":"Ada","total":19.90}"#)?;
/// assert_eq!(json.get("total").and_then(Json::as_amount).unwrap().to_string(), "19.90");
/// assert_eq!(serde_json::to_string(&json)?, r#"{"name":"Ada","total":19.90}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// The text of a number.
    Number(Box<str>),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order of the wire.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find_map(|(member, value)| (member == name).then_some(value))
    }

    /// The text of a string.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, exact.
    pub fn as_amount(&self) -> Option<Amount> {
        if let Self::Number(text) = self { text.parse().ok() } else { None }
    }

    /// True or false.
    pub fn as_boolean(&self) -> Option<bool> {
        if let Self::Boolean(value) = self { Some(*value) } else { None }
    }

    /// The elements of a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// It is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    fn parse(json: &str, depth: usize) -> Result<Self, serde_json::Error> {
        if depth > DEEPEST {
            return Err(<serde_json::Error as de::Error>::custom(
                "lists and objects stand too deep in each other",
            ));
        }
        Ok(match json.as_bytes().first() {
            Some(b'{') => Self::Object(
                serde_json::from_str::<Members<'_>>(json)?
                    .0
                    .into_iter()
                    .map(|(name, raw)| Ok((name, Self::parse(raw.get(), depth + 1)?)))
                    .collect::<Result<_, serde_json::Error>>()?,
            ),
            Some(b'[') => Self::List(
                serde_json::from_str::<Vec<&RawValue>>(json)?
                    .into_iter()
                    .map(|raw| Self::parse(raw.get(), depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            Some(b't' | b'f') => Self::Boolean(serde_json::from_str(json)?),
            Some(b'n') => Self::Null,
            _ => Self::Number(json.into()),
        })
    }
}

/// The members of an object, in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Each).map(Members)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(raw.get(), 0).map_err(de::Error::custom)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(text) => {
                RawValue::from_string(text.to_string()).map_err(ser::Error::custom)?.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl fmt::Debug for Json {
    /// Shows names and kinds only: values are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(list) => f.debug_list().entries(list).finish(),
            Self::Object(members) => f.debug_map().entries(members.iter().map(|(k, v)| (k, v))).finish(),
            value => f.write_str(value.kind()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_of_numbers_and_the_order_of_members() {
        let text = r#"{"b":12345678901234567890.10,"a":[1e5,-0,true,null,"é\n"],"b":{}}"#;
        let json: Json = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
        assert!(!format!("{json:?}").contains("123"));
    }

    #[test]
    fn depth_has_an_end() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(serde_json::from_str::<Json>(&deep(DEEPEST)).is_ok());
        for depth in [DEEPEST + 2, 100_000] {
            assert!(serde_json::from_str::<Json>(&deep(depth)).is_err());
        }
    }
}
