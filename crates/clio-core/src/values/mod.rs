//! Values that cannot be mixed up: ids know their object, time knows its unit, money is never a float.

mod amount;
mod id;
mod seconds;

pub use amount::Amount;
pub use clio_schema::choices::{ActivityType, Choice, MatterStatus};
pub use id::{Etag, Id};
pub use seconds::Seconds;

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;

/// Decodes an enum that keeps unknown words. For `#[serde(deserialize_with = "clio_core::values::choice")]`.
pub fn choice<'de, D: Deserializer<'de>, C: Choice>(deserializer: D) -> Result<C, D::Error> {
    let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    Ok(C::from_wire(&word))
}

/// The text of a JSON number, or of a string that holds one. Only `serde_json` knows the text.
fn number_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => Ok(text.to_owned()),
        Some(b'"') => serde_json::from_str(text).map_err(D::Error::custom),
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
