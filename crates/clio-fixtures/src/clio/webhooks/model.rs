//! What a webhook can be about, and what can happen to that.

use serde_json::Value as Json;

use crate::clio::store::Resource;

/// The models by their number, from 1 on (Clio's documentation), each with its object and the object whose permission the
/// token needs.
const MODELS: &[(&str, &str, &str)] = &[
    ("matter", "Matter", "Matter"),
    ("activity", "Activity", "Activity"),
    ("bill", "Bill", "Bill"),
    ("calendar_entry", "CalendarEntry", "CalendarEntry"),
    ("communication", "Communication", "Communication"),
    ("contact", "Contact", "Contact"),
    ("task", "Task", "Task"),
    ("document", "Document", "Document"),
    ("folder", "Folder", "Document"),
    ("clio_payments_payment", "ClioPaymentsPayment", "ClioPaymentsPayment"),
];

/// The word for what was sent: Clio takes a model's number as well.
pub(crate) fn word(sent: &Json) -> Option<&'static str> {
    let number = sent.as_u64().or_else(|| sent.as_str()?.parse().ok());
    let at = usize::try_from(number?).ok()?.checked_sub(1)?;
    MODELS.get(at).map(|(word, ..)| *word)
}

/// The object of a model.
pub(crate) fn object(word: &str) -> Option<Resource> {
    find(word).and_then(|(_, object, _)| Resource::named(object))
}

/// The object whose permission a webhook of this model takes.
pub(crate) fn permission(word: &str) -> Option<Resource> {
    find(word).and_then(|(_, _, permission)| Resource::named(permission))
}

fn find(word: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    MODELS.iter().find(|(known, ..)| *known == word)
}

/// The events that a model has (Clio's documentation).
pub(crate) fn events(word: &str) -> &'static [&'static str] {
    match word {
        "clio_payments_payment" => &["created", "updated"],
        "matter" => &["created", "updated", "deleted", "matter_opened", "matter_pended", "matter_closed"],
        _ => STANDARD,
    }
}

/// What a webhook gets that named no events. That it is these is an assumption: nobody says.
pub(crate) fn unasked(word: &str) -> &'static [&'static str] {
    if word == "clio_payments_payment" { events(word) } else { STANDARD }
}

const STANDARD: &[&str] = &["created", "updated", "deleted"];
