//! Notes of matters and of contacts.

use serde_json::{Map, Value as Json};

use super::{
    Behaviour, Compute,
    attached::{count, flag, name_subscribers, time_entries},
    users::USER,
};
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write},
    store::{Record, Resource, Value, handles},
};

handles!(NOTE: Note = note {
    author,
    contact,
    date,
    detail,
    detail_text_type,
    matter,
    notification_event_subscribers,
    subject,
    r#type,
});

pub(crate) struct Notes;

impl Behaviour for Notes {
    fn resource(&self) -> Option<Resource> {
        Some(NOTE.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "time_entries" => entries,
            "time_entries_count" => |view, resource, note| count(&entries(view, resource, note)),
            _ => return None,
        })
    }

    /// The document requires a matter and a contact of every note; in use it is the one that the type names.
    fn requires(&self, member: &str, data: &Map<String, Json>) -> bool {
        let of_matter = data.get("type").is_some_and(|kind| kind == "Matter");
        match member.split('.').next() {
            Some("matter") => of_matter,
            Some("contact") => !of_matter,
            _ => true,
        }
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let of_matter = record.get(NOTE.r#type).as_str() == Some("Matter");
        record.set(if of_matter { NOTE.contact } else { NOTE.matter }, Value::Null);
        // The document takes any text for the kind of text: what is none of the two counts as plain, which is our choice.
        if record.get(NOTE.detail_text_type).as_str() != Some("rich_text") {
            record.set(NOTE.detail_text_type, Value::Word("plain_text"));
        }
        name_subscribers(firm, record, NOTE.notification_event_subscribers)?;
        if write.creates() {
            record.set(NOTE.author, Value::Link(USER.resource, write.user));
            if record.get(NOTE.date).is_null() {
                record.set(NOTE.date, write.now.date_naive());
            }
        }
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["has_time_entries"]
    }

    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        flag(value, |view, note| !entries(view, NOTE.resource, note).links().is_empty())
    }

    /// Clio's document: subject and detail.
    fn searched(&self, _view: View<'_>, note: &Record) -> Option<String> {
        let text = |slot| note.get(slot).as_str().unwrap_or_default();
        Some(format!("{}\n{}", text(NOTE.subject), text(NOTE.detail)))
    }
}

fn entries(view: View<'_>, resource: Resource, note: &Record) -> Value {
    let of_matter = note.get(NOTE.r#type).as_str() == Some("Matter");
    time_entries(view, if of_matter { "matter_note" } else { "contact_note" }, resource, note)
}
