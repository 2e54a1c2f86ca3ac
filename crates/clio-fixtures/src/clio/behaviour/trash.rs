//! The trash: where documents and folders go first.

use chrono::{DateTime, TimeDelta, Utc};

use super::{documents::DOCUMENT, documents::versions, tree};
use crate::clio::{
    ask::Refusal,
    files::Due,
    firm::Firm,
    records::Origin,
    store::{Record, Resource, Value},
};

/// After this many days what is in the trash is gone (Clio's document).
const DAYS: i64 = 30;

/// Puts a record into the trash. What is there already is not found.
pub(crate) fn trash(
    firm: &mut Firm,
    resource: Resource,
    record: &Record,
    now: DateTime<Utc>,
    by: &Origin,
) -> Result<(), Refusal> {
    let slot = tree::slots(resource).deleted_at;
    if !record.get(slot).is_null() {
        return Err(Refusal::not_found(&format!("{} {}", resource.name(), record.id)));
    }
    put(firm, resource, record.id, now, by);
    Ok(())
}

/// Puts one record in, unless it is there.
pub(crate) fn put(firm: &mut Firm, resource: Resource, id: i64, now: DateTime<Utc>, by: &Origin) {
    let slot = tree::slots(resource).deleted_at;
    if firm.get(resource, id).is_none_or(|record| !record.get(slot).is_null()) {
        return;
    }
    firm.tables.change(resource, id, now, by, |record| record.set(slot, now));
    firm.files.agenda.note(end(now), Due { resource, id, by: by.clone(), detail: String::new() });
}

/// Takes out of a record, before it is stored, that it is in the trash. If its folder still is there, or is gone, it comes back
/// into the root, which is our choice.
pub(crate) fn restore(firm: &Firm, resource: Resource, record: &mut Record) {
    let slots = tree::slots(resource);
    if record.get(slots.deleted_at).is_null() {
        return;
    }
    record.set(slots.deleted_at, Value::Null);
    let folders = super::folders::FOLDER.resource;
    let folder = record.get(slots.parent).link().and_then(|id| firm.get(folders, id));
    if folder.is_none_or(|folder| !folder.get(tree::slots(folders).deleted_at).is_null()) {
        record.set(slots.parent, Value::Link(folders, firm.files.root));
    }
}

/// Empties the trash of one record that has been there for 30 days. One that was taken out meanwhile, or came back in later,
/// stays.
pub(crate) fn purge(firm: &mut Firm, due: &Due, at: DateTime<Utc>) {
    let slot = tree::slots(due.resource).deleted_at;
    let since = firm.get(due.resource, due.id).and_then(|record| record.get(slot).as_moment());
    if since.is_none_or(|since| end(since) > at) {
        return;
    }
    if due.resource == DOCUMENT.resource {
        versions::forget(firm, due.id, at, &due.by);
    }
    firm.tables.remove(due.resource, due.id, at, &due.by);
}

fn end(since: DateTime<Utc>) -> DateTime<Utc> {
    since.checked_add_signed(TimeDelta::days(DAYS)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
