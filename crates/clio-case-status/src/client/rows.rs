//! What rows of lists and reports say. Columns that are not known are passed over; a number where a text was expected, or a text
//! where a number was, is read all the same.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use crate::{
    Case, CaseClient, CaseFields, CaseFile, CaseId, ClientName, FileId, Message, MessageId, Party, Unreadable,
};

/// A text that says something, or a number as text.
fn text(row: &Value, name: &str) -> Option<String> {
    match row.get(name)? {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A time. One without a zone is taken for UTC.
fn time(row: &Value, name: &str) -> Option<DateTime<Utc>> {
    let text = text(row, name)?;
    let zoned = DateTime::parse_from_rfc3339(&text).map(|time| time.to_utc());
    let naive = || NaiveDateTime::parse_from_str(&text.replacen(' ', "T", 1), "%Y-%m-%dT%H:%M:%S%.f");
    zoned.or_else(|_| naive().map(|time| time.and_utc())).ok()
}

pub(super) fn id(row: &Value) -> Option<String> {
    text(row, "id")
}

/// When a message was sent, or a file uploaded.
pub(super) fn created(row: &Value) -> Option<DateTime<Utc>> {
    time(row, "created_at").or_else(|| time(row, "sent_at"))
}

/// The newest time of a row: whichever of its times a list is ordered by, it is no newer.
pub(super) fn moment(row: &Value) -> Option<DateTime<Utc>> {
    ["created_at", "sent_at", "updated_at"].into_iter().filter_map(|name| time(row, name)).max()
}

/// A row that cannot be read, by its id, or by its content if it has none: so that it is the same wherever it stands.
fn unreadable(row: &Value, reason: &str) -> Unreadable {
    let id = id(row)
        .unwrap_or_else(|| format!("without-id-{}", clio_sync::fingerprint([row.to_string().as_str()])));
    Unreadable { id, reason: reason.to_owned() }
}

pub(super) fn message(row: &Value) -> Result<Message, Unreadable> {
    let Some(id) = id(row) else { return Err(unreadable(row, "the message has no id")) };
    let Some(sent_at) = time(row, "sent_at").or_else(|| created(row)) else {
        return Err(unreadable(row, "the message does not say when it was sent"));
    };
    let content = row.get("content").and_then(Value::as_str).unwrap_or_default();
    // What the words of `type` mean is not public, so that nobody's side is known.
    let sender = text(row, "sender_name").map(Party::named).unwrap_or_default();
    let integration_id = text(row, "integration_id");
    Ok(Message { integration_id, ..Message::new(MessageId::new(id), sender, content, sent_at) })
}

pub(super) fn file(row: &Value) -> Result<CaseFile, Unreadable> {
    let Some(id) = id(row) else { return Err(unreadable(row, "the file has no id")) };
    let Some(created_at) = created(row).or_else(|| moment(row)) else {
        return Err(unreadable(row, "the file does not say when it was uploaded"));
    };
    let Some(name) = text(row, "file_name") else { return Err(unreadable(row, "the file has no name")) };
    let name = match text(row, "extension") {
        Some(extension) if !name.contains('.') => format!("{name}.{}", extension.trim_start_matches('.')),
        _ => name,
    };
    Ok(CaseFile {
        integration_id: text(row, "case_integration_id"),
        content_type: text(row, "content_type"),
        size: text(row, "size").and_then(|size| size.parse().ok()),
        updated_at: time(row, "updated_at").unwrap_or(created_at),
        ..CaseFile::new(FileId::new(id), name, created_at)
    })
}

/// Where the content of a file is.
pub(super) fn address(row: &Value) -> Option<(String, String)> {
    Some((id(row)?, text(row, "url")?))
}

pub(super) fn case_id(row: &Value) -> Option<String> {
    text(row, "Internal ID")
}

pub(super) fn integration_id(row: &Value) -> Option<String> {
    text(row, "Integration ID")
}

/// A row of the report of cases. It does not tell what a case is about, nor when its matter was opened.
pub(super) fn case(row: &Value) -> Option<Case> {
    let nothing = Value::Null;
    let (clients, attorneys) =
        (row.get("Clients").unwrap_or(&nothing), row.get("Attorneys").unwrap_or(&nothing));
    let client = |part: &str| {
        text(clients, &format!("Client 1 {part}")).or_else(|| text(row, &format!("Client {part}")))
    };
    let name = match (client("First Name"), client("Last Name")) {
        (None, Some(name)) | (Some(name), None) => ClientName::Company(name),
        (first, last) => {
            ClientName::Person { first: first.unwrap_or_default(), last: last.unwrap_or_default() }
        }
    };
    let fields = CaseFields {
        title: text(row, "Case Name").unwrap_or_default(),
        integration_id: integration_id(row).unwrap_or_default(),
        client: CaseClient { name, phone: client("Cell Phone"), email: client("Email") },
        practice_area: text(row, "Practice Area"),
        description: None,
        opened_on: None,
        attorney_email: text(attorneys, "Attorney 1 Email").or_else(|| text(row, "Attorney Email")),
    };
    let (status, deleted) = (text(row, "Status"), text(row, "Case Deleted At").is_some());
    Some(Case { status, deleted, ..Case::new(CaseId::new(case_id(row)?), fields) })
}
