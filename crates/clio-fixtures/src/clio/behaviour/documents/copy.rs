//! Copies of documents, and of versions under a new name.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::Response;
use serde_json::{Map, Value as Json};

use super::{
    DOCUMENT, mime_of, received,
    versions::{self, NewVersion, VERSION},
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    behaviour::{
        folders::FOLDER,
        tree::{self, Place},
        users::USER,
    },
    firm::Firm,
    generic::{Write, absorb, body, check, fields, one},
    store::{Record, Value},
};

/// `POST /documents/{id}/copy`: the latest version becomes a document of its own, or a new version of the document that is named
/// as its parent. Name and filename are those of the source, unless others are sent (Clio's document).
pub(crate) fn copy(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let tree = fields(ask, operation)?;
    let data = without_old_properties(body(ask)?);
    check(operation.body, &data, &|_| true, "")?;
    let id = ids.first().copied().unwrap_or(0);
    let source = firm.get(DOCUMENT.resource, id).cloned();
    let source = source.ok_or_else(|| Refusal::not_found(&format!("Document {id}")))?;
    let new = versions::uploaded(firm, &source).and_then(|version| versions::again(firm, id, version));
    let mut new = new.ok_or_else(|| Refusal::unprocessable("nothing was uploaded that could be copied"))?;
    let by = ask.origin_of_writes();
    let write = Write { old: None, data: &data, now: ask.now, user: access.user, by: &by };
    if let Some(filename) = write.text("filename") {
        filename.clone_into(&mut new.filename);
    }
    let place = tree::place(firm, &write)?.ok_or_else(|| Refusal::unprocessable("parent is required"))?;
    let document = match place {
        Place::Document(id) => {
            let old = firm.get(DOCUMENT.resource, id).cloned();
            let old = old.ok_or_else(|| Refusal::not_found("Document"))?;
            tree::may_change(DOCUMENT.resource, &old, &Write { old: Some(&old), ..write })?;
            id
        }
        _ => make(firm, &source, operation, place, &write)?,
    };
    new.document = document;
    versions::add(firm, new, &write);
    let written = firm.get(DOCUMENT.resource, document).ok_or_else(|| Refusal::not_found("Document"))?;
    Ok(one(View { firm, access, now: ask.now }, tree.as_ref(), operation, DOCUMENT.resource, written))
}

/// A document without a version.
fn make(
    firm: &mut Firm,
    source: &Record,
    operation: &'static OperationInfo,
    place: Place,
    write: &Write<'_>,
) -> Result<i64, Refusal> {
    let mut record = Record::new(0, write.now, write.by.clone());
    record.set(DOCUMENT.name, source.get(DOCUMENT.name).clone());
    absorb(firm, DOCUMENT.resource, &mut record, operation.body, write.data)?;
    tree::may_change(DOCUMENT.resource, &record, write)?;
    record.set(DOCUMENT.received_at, received(write));
    record.set(DOCUMENT.creator, Value::Link(USER.resource, write.user));
    let folder = tree::folder(firm, place, write.now, write.by);
    record.set(DOCUMENT.parent, folder.map(|id| Value::Link(FOLDER.resource, id)));
    record.id = firm.next_id();
    let id = record.id;
    firm.tables.insert(DOCUMENT.resource, record);
    Ok(id)
}

/// The external properties of the source do not come along (Clio's document names what is copied): what is said about one of
/// them by its id says nothing of a copy.
fn without_old_properties(mut data: Map<String, Json>) -> Map<String, Json> {
    if let Some(Json::Array(properties)) = data.get_mut("external_properties") {
        properties.retain(|one| one.get("id").is_none_or(Json::is_null));
    }
    data
}

/// `copy_version` (Clio's document): a rename to another extension makes a new version under the new name; one that keeps the
/// extension makes none.
pub(super) fn check_rename(firm: &Firm, record: &mut Record, write: &Write<'_>) {
    if let Some(new) = renamed(firm, record, write) {
        record.set(DOCUMENT.filename, new.filename);
        record.set(DOCUMENT.content_type, new.mime);
    }
}

pub(super) fn apply_rename(firm: &mut Firm, id: i64, write: &Write<'_>) {
    let new = write.old.and_then(|old| renamed(firm, old, write));
    if let Some(new) = new {
        versions::add(firm, NewVersion { document: id, ..new }, write);
    }
}

fn renamed(firm: &Firm, document: &Record, write: &Write<'_>) -> Option<NewVersion> {
    let name = write.text("name").filter(|_| write.flag("copy_version"))?;
    let version = versions::uploaded(firm, document)?;
    let old = firm.get(VERSION.resource, version)?.get(VERSION.filename).as_str().unwrap_or_default();
    let extension = |name: &str| name.rsplit_once('.').map(|(_, end)| end.to_lowercase());
    if extension(name) == extension(old) {
        return None;
    }
    let again = versions::again(firm, document.id, version)?;
    Some(NewVersion { filename: name.to_owned(), mime: mime_of(name).unwrap_or(again.mime), ..again })
}
