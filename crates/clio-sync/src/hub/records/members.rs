//! What a record contains, as it is written and as it is read back.

use chrono::DateTime;
use clio_core::Amount;
use serde_json::{Map, Value};

use crate::Content;

/// A member of a record that is written and read back.
#[derive(Debug)]
pub struct Member {
    /// Its path in a payload, in a record that was read, and, with dots, in a [`Content`].
    path: &'static [&'static str],
    form: Form,
}

/// How a member is compared.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Blanks are not what makes a text: some systems trim them.
    Text,
    /// One of a few words, whose casing does not count.
    Word,
    /// A moment, to the second.
    Moment,
    /// A day. Clio takes a moment for some of them and keeps the day.
    Day,
    /// `5` and `5.0` are one number.
    Number,
    /// As it is: `true`, an id.
    Plain,
}

pub(super) const fn member(path: &'static [&'static str], form: Form) -> Member {
    Member { path, form }
}

/// The members that are there. What was not written is not compared, and what is null is not there.
pub(super) fn content(members: &[Member], record: &Map<String, Value>) -> Content {
    members.iter().filter_map(|member| member.of(record)).collect()
}

impl Member {
    fn of(&self, record: &Map<String, Value>) -> Option<(String, Value)> {
        let (first, rest) = self.path.split_first()?;
        let value = rest.iter().try_fold(record.get(*first)?, |value, name| value.get(name))?;
        Some((self.path.join("."), self.form.of(value)?))
    }
}

impl Form {
    /// What cannot be read in this form is not there, and so agrees with nothing.
    fn of(self, value: &Value) -> Option<Value> {
        let text = value.as_str();
        Some(match self {
            Self::Text => text?.split_whitespace().collect::<Vec<_>>().join(" ").into(),
            Self::Word => text?.replace(['_', ' '], "").to_lowercase().into(),
            Self::Moment => DateTime::parse_from_rfc3339(text?).ok()?.timestamp().into(),
            Self::Day => text?.get(..10)?.into(),
            Self::Number => {
                let number: Amount = serde_json::from_str(&value.to_string()).ok()?;
                number.get().normalize().to_string().into()
            }
            Self::Plain if value.is_null() => return None,
            Self::Plain => value.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MEMBERS: &[Member] = &[
        member(&["subject"], Form::Text),
        member(&["type"], Form::Word),
        member(&["received_at"], Form::Moment),
        member(&["due_at"], Form::Day),
        member(&["price"], Form::Number),
        member(&["matter", "id"], Form::Plain),
    ];

    #[test]
    fn what_is_written_compares_with_what_is_read_back() {
        let read = |record: Value| content(MEMBERS, record.as_object().unwrap());
        let written =
            read(json!({"subject": " a  b", "type": "to_do", "received_at": "2026-03-02T10:00:00+01:00",
            "due_at": "2026-03-02T00:00:00Z", "price": "5.00", "matter": {"id": 7}, "unknown": 1}));
        let echo = read(json!({"subject": "a b", "type": "ToDo", "received_at": "2026-03-02T09:00:00Z",
            "due_at": "2026-03-02", "price": 5.0, "matter": {"id": 7, "etag": "e"}}));
        assert_eq!(written, echo);
        assert_eq!(written.len(), MEMBERS.len());
        assert_eq!(read(json!({"subject": null, "matter": null, "price": "x"})), Content::new());
    }
}
