//! What an activity contains, as it is written and as it is read back.

use chrono::NaiveDate;
use clio_core::{Amount, Etag, Id, Selection, schema::objects};
use clio_model::Activity;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::Value;

use crate::{Content, Found, Result};

/// What comes before a marker at the end of a note, and after it.
const MARK: (&str, &str) = (" [#", "]");

/// How many signs a marker has.
const MARKER: usize = 16;

/// The note with this marker.
pub(super) fn marked(note: &str, marker: &str) -> String {
    format!("{}{}{marker}{}", bare(note), MARK.0, MARK.1)
}

/// The note without its marker.
fn bare(note: &str) -> &str {
    marker_at(note).map_or(note, |at| &note[..at])
}

/// The marker at the end of the note.
pub(super) fn marker_in(note: &str) -> Option<String> {
    let at = marker_at(note)? + MARK.0.len();
    Some(note[at..at + MARKER].to_owned())
}

fn marker_at(note: &str) -> Option<usize> {
    let inner = note.trim_end().strip_suffix(MARK.1)?;
    let at = inner.rfind(MARK.0)?;
    let marker = &inner[at + MARK.0.len()..];
    let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (marker.len() == MARKER && marker.bytes().all(is_sign)).then_some(at)
}

/// An activity as a look sees it. Records of others are among them, and of those anything may be strange: what cannot be
/// read is not there, and so agrees with nothing.
pub(super) struct Seen {
    id: Id<objects::Activity>,
    fields: serde_json::Map<String, Value>,
}

impl Selection<objects::Activity> for Seen {
    const FIELDS: &'static str = <Activity as Selection<objects::Activity>>::FIELDS;

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = serde_json::Map::deserialize(deserializer)?;
        let id = fields.get("id").and_then(Value::as_i64).ok_or_else(|| D::Error::missing_field("id"))?;
        Ok(Self { id: Id::new(id), fields })
    }
}

impl Seen {
    /// The record, with its marker taken out of the note.
    pub(super) fn found(self) -> Found {
        let text = |name: &str| self.fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let (etag, marker) = (text("etag").map(Etag::new), text("note").and_then(|note| marker_in(&note)));
        let remote_id = self.id.to_string();
        Found { marker, ..Found::new(remote_id, etag, self.content()) }
    }

    fn content(self) -> Content {
        let mut fields = self.fields;
        let mut take = |name: &str| fields.remove(name);
        Fields {
            r#type: read(take("type")),
            date: read(take("date")),
            quantity: read(take("quantity")),
            price: read(take("price")),
            note: read(take("note")),
            non_billable: read(take("non_billable")),
            matter: read(take("matter")),
            user: read(take("user")),
            activity_description: read(take("activity_description")),
        }
        .content()
    }
}

/// The value, if it is one of this kind. By way of its text, which is exact for what Clio sends.
fn read<T: DeserializeOwned>(value: Option<Value>) -> Option<T> {
    serde_json::from_str(&value?.to_string()).ok()
}

/// The fields of an activity that are written and read back alike.
#[derive(Deserialize)]
pub(super) struct Fields {
    r#type: Option<String>,
    date: Option<NaiveDate>,
    quantity: Option<Amount>,
    price: Option<Amount>,
    note: Option<String>,
    non_billable: Option<bool>,
    matter: Option<Ref>,
    user: Option<Ref>,
    activity_description: Option<Ref>,
}

#[derive(Deserialize)]
struct Ref {
    id: i64,
}

impl From<Activity> for Fields {
    fn from(activity: Activity) -> Self {
        Self {
            r#type: Some(activity.kind.to_string()),
            date: activity.date,
            quantity: activity.quantity,
            price: activity.price,
            note: activity.note,
            non_billable: activity.non_billable,
            matter: activity.matter.map(|matter| Ref { id: matter.id.get() }),
            user: activity.user.map(|user| Ref { id: user.id.get() }),
            activity_description: activity.activity_description.map(|category| Ref { id: category.id.get() }),
        }
    }
}

impl Fields {
    /// Only what is there: a field that was not written is not compared.
    pub(super) fn content(self) -> Content {
        // 1800 and 1800.0 are one number.
        let number = |number: Amount| number.get().normalize().to_string();
        let id = |reference: Ref| reference.id.into();
        let fields = [
            ("type", self.r#type.map(Into::into)),
            ("date", self.date.map(|date| date.to_string().into())),
            ("quantity", self.quantity.map(number).map(Into::into)),
            ("price", self.price.map(number).map(Into::into)),
            // Blanks are not what makes a note: some systems trim them, and a lost note must be found all the same.
            (
                "note",
                self.note.map(|note| bare(&note).split_whitespace().collect::<Vec<_>>().join(" ").into()),
            ),
            ("non_billable", self.non_billable.map(Into::into)),
            ("matter.id", self.matter.map(id)),
            ("user.id", self.user.map(id)),
            ("activity_description.id", self.activity_description.map(id)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use clio_core::{Id, Seconds};
    use clio_model::TimeEntry;

    use super::*;

    #[test]
    fn what_is_written_compares_with_what_is_read_back() {
        let draft = TimeEntry::on(Id::new(7), NaiveDate::from_ymd_opt(2026, 3, 2).unwrap())
            .duration(Seconds(1_800))
            .note("n")
            .user(Id::new(3));
        let written = super::super::activity(&draft, "n").unwrap().content;
        let echo = r#"{"id":1,"etag":"e","type":"TimeEntry","date":"2026-03-02","quantity":1800.0,"price":250.0,
            "note":"n","non_billable":false,"matter":{"id":7},"user":{"id":3},"activity_description":null}"#;
        let echo = Fields::from(clio_core::decode::<objects::Activity, Activity>(echo).unwrap()).content();
        for (name, value) in &written {
            assert_eq!(echo.get(name), Some(value), "{name}");
        }
        assert!(!written.contains_key("price"), "a price that Clio finds is not compared");
    }

    #[test]
    fn a_marker_comes_and_goes_without_a_trace() {
        let marker = crate::marker("a key");
        for note in ["Draft SHA", "", "ends in [#ABC]", "ünïcode"] {
            let with = marked(note, &marker);
            assert_eq!(marker_in(&with).as_deref(), Some(marker.as_str()), "{note}");
            assert_eq!(bare(&with), note);
            assert_eq!(marked(&with, &marker), with, "only one");
            assert_eq!(marker_in(note), None);
            assert_eq!(bare(note), note);
        }
    }
}
