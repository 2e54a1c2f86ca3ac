//! From what was sent to what is kept.

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::schema::Kind;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::clio::store::Value;

/// A plain value as a field of this kind keeps it; `None` when it cannot.
pub(super) fn plain(kind: Kind, sent: &Json) -> Option<Value> {
    Some(match (kind, sent) {
        (_, Json::Null) => Value::Null,
        (Kind::Boolean, Json::Bool(flag)) => Value::Bool(*flag),
        // Clio's own sample sends a flag in quotes.
        (Kind::Boolean, Json::String(text)) => Value::Bool(text.parse().ok()?),
        (Kind::Id | Kind::Integer, _) => Value::Whole(whole(sent)?),
        (Kind::TextId, _) => whole(sent).map_or_else(|| text(sent), |id| Some(Value::Whole(id)))?,
        (Kind::Number | Kind::Seconds | Kind::Hours | Kind::Money, _) => Value::Decimal(decimal(sent)?),
        (Kind::Text, _) => text(sent)?,
        (Kind::Date, Json::String(text)) => Value::Date(day(text)?),
        (Kind::DateTime, Json::String(text)) => Value::Moment(moment(text)?),
        (Kind::Choice(words), Json::String(text)) => Value::Word(word(words, text)?),
        (Kind::List(kind), Json::Array(items)) => {
            Value::List(items.iter().map(|item| plain(*kind, item)).collect::<Option<_>>()?)
        }
        (Kind::Json, _) => Value::Json(Box::new(sent.clone())),
        _ => return None,
    })
}

/// The word of a list that this is, whatever the casing.
pub(super) fn word(words: &[&'static str], text: &str) -> Option<&'static str> {
    let letters = |word: &str| word.replace('_', "").to_lowercase();
    let exact = words.iter().find(|word| **word == text);
    exact.or_else(|| words.iter().find(|word| letters(word) == letters(text))).copied()
}

/// A whole number, or one in quotes.
fn whole(sent: &Json) -> Option<i64> {
    match sent {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A number, or one in quotes.
pub(crate) fn decimal(sent: &Json) -> Option<Decimal> {
    let text = match sent {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.clone(),
        _ => return None,
    };
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}

fn text(sent: &Json) -> Option<Value> {
    match sent {
        Json::String(text) => Some(Value::text(text)),
        Json::Number(number) => Some(Value::text(number.to_string())),
        _ => None,
    }
}

/// A day, or a moment of which the day counts.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().or_else(|| text.get(..10)?.parse().ok())
}

/// A moment, or a day as which its first moment counts.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let exact = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
    exact.or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc()))
}
