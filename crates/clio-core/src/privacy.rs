//! What an error shows of data: nothing that was sent, and nothing that came.

use std::borrow::Cow;

use serde_json::Value;
use url::form_urlencoded;

/// Whose values are Clio's own words, such as `TimeEntry` and `id(asc)`.
const WORDS: [&str; 5] = ["fields", "order", "status", "state", "type"];

/// In place of what is left out.
const LEFT_OUT: &str = "[..]";

/// serde's words without the value that it did not like: `invalid type: string "Ada", expected i64`.
pub(crate) fn without_value(told: &str) -> Cow<'_, str> {
    for prefix in ["invalid type: ", "invalid value: "] {
        let Some((found, expected)) =
            told.strip_prefix(prefix).and_then(|rest| rest.rsplit_once(", expected "))
        else {
            continue;
        };
        let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
        return format!("{prefix}{kind}, expected {expected}").into();
    }
    Cow::Borrowed(told)
}

/// Clio's words without any text of the request that they may quote: the values of its query, and the texts of its JSON.
pub(crate) fn without_sent(told: &str, query: Option<&str>, body: &[u8]) -> String {
    let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut sent: Vec<String> =
        query.filter(|(name, _)| !WORDS.contains(&&**name)).map(|(_, value)| value.into_owned()).collect();
    if let Ok(json) = serde_json::from_slice(body) {
        texts(&json, &mut sent);
    }
    // A text that holds another goes first, or a rest of it would stay.
    sent.sort_by_key(|text| std::cmp::Reverse(text.len()));
    sent.into_iter()
        .filter(|text| text.trim().len() >= 3)
        .fold(told.to_owned(), |told, text| told.replace(text.trim(), LEFT_OUT))
}

fn texts(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::String(text) => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|json| texts(json, found)),
        Value::Object(object) => {
            object
                .iter()
                .filter(|(name, _)| !WORDS.contains(&&***name))
                .for_each(|(_, json)| texts(json, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_not_told() {
        for (told, shown) in [
            (r#"invalid type: string "Ada, expected", expected i64"#, "invalid type: string, expected i64"),
            ("invalid value: integer `-5`, expected u64", "invalid value: integer, expected u64"),
            ("invalid type: map, expected i64", "invalid type: map, expected i64"),
            ("missing field `id`", "missing field `id`"),
        ] {
            assert_eq!(without_value(told), shown);
        }
    }

    #[test]
    fn what_was_sent_is_not_told_back() {
        let body = br#"{"data":{"note":"Ada Lovelace's will","type":"TimeEntry","client":{"name":"Ada"},"quantity":5}}"#;
        let told = r#""Ada Lovelace's will" of Ada is too long for TimeEntry; status must be one of ["open"]; q: Byron B."#;
        let shown = without_sent(told, Some("query=Byron+B.&status=open"), body);
        assert_eq!(
            shown,
            r#""[..]" of [..] is too long for TimeEntry; status must be one of ["open"]; q: [..]"#
        );
        assert_eq!(without_sent("date is missing", None, b"no json"), "date is missing");
    }
}
