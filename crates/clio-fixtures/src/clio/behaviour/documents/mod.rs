//! Documents: made in three steps, moved, renamed, put into the trash.

pub(crate) mod copy;
pub(crate) mod download;
pub(crate) mod upload;
pub(crate) mod versions;

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use clio_core::schema::OperationInfo;
use http::{Response, StatusCode};

use super::{
    Behaviour, Compute,
    folders::FOLDER,
    trash,
    tree::{self, Place},
    users::USER,
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{self, Test, Write, body, check, fields, moment, one},
    records::Origin,
    store::{Record, Resource, Value, handles},
};
use versions::{Bytes as Of, NewVersion, VERSION};

handles!(DOCUMENT: Document = document {
    contact,
    content_type,
    creator,
    deleted_at,
    external_properties,
    filename,
    latest_document_version,
    locked,
    matter,
    name,
    parent,
    received_at,
    size,
});

pub(crate) struct Documents;

impl Behaviour for Documents {
    fn resource(&self) -> Option<Resource> {
        Some(DOCUMENT.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "contact" => |view, resource, one| tree::owner(view.firm, resource, one, FOLDER.contact),
            "matter" => |view, resource, one| tree::owner(view.firm, resource, one, FOLDER.matter),
            "type" => |_, _, _| Value::Word("Document"),
            _ => return None,
        })
    }

    /// The parent is a matter or a contact too.
    fn by_hand(&self) -> &'static [&'static str] {
        &["parent"]
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        tree::may_change(DOCUMENT.resource, record, write)?;
        let place = tree::place(firm, write)?;
        if write.creates() {
            let (filename, mime) = file_of(write)?;
            upload::announced(write)?;
            record.set(DOCUMENT.filename, filename);
            record.set(DOCUMENT.content_type, mime);
            if record.get(DOCUMENT.received_at).is_null() {
                record.set(DOCUMENT.received_at, write.now.trunc_subsecs(0));
            }
            record.set(DOCUMENT.creator, Value::Link(USER.resource, write.user));
            record.set(DOCUMENT.latest_document_version, Value::Link(VERSION.resource, firm.next_id()));
        } else {
            if write.flag("restore") {
                trash::restore(firm, DOCUMENT.resource, record);
            }
            upload::check_parts(firm, record, write)?;
            upload::complete(firm, record, write)?;
            copy::check_rename(firm, record, write);
        }
        // Nothing refuses the write from here on, so an automatic folder may be made. A document as the parent says of a change
        // nothing: it is for new versions.
        if let Some(folder) = place.and_then(|place| tree::folder(firm, place, write.now, write.by)) {
            record.set(DOCUMENT.parent, Value::Link(FOLDER.resource, folder));
        }
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        if write.creates() {
            let version = firm.get(DOCUMENT.resource, id);
            let version = version.and_then(|one| one.get(DOCUMENT.latest_document_version).link());
            if let (Some(version), Ok((filename, mime))) = (version, file_of(write)) {
                let parts = upload::announced(write).unwrap_or_default();
                let new = NewVersion { document: id, filename, mime, bytes: Of::Awaited(parts) };
                versions::make(firm, version, new, write);
            }
        } else {
            upload::add_parts(firm, write);
            upload::apply(firm, write);
            copy::apply_rename(firm, id, write);
        }
    }

    /// Into the trash. What is locked stays: 409, the one refusal that Clio's document lists here.
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        if record.get(DOCUMENT.locked).is_true() {
            return Err(Refusal::new(StatusCode::CONFLICT, "ConflictError", "the document is locked"));
        }
        trash::trash(firm, DOCUMENT.resource, record, now, by)
    }

    fn filters(&self) -> &'static [&'static str] {
        tree::FILTERS
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        tree::readable(parameter, value)
    }

    fn listed(&self, view: View<'_>, ask: &Ask<'_>) -> Option<Test> {
        Some(tree::listed(view, ask, DOCUMENT.resource))
    }

    /// Clio's document: the name.
    fn searched(&self, _view: View<'_>, one: &Record) -> Option<String> {
        one.get(DOCUMENT.name).as_str().map(str::to_owned)
    }
}

/// The name of the file and its content type: the one that was sent, else that of the extension, else none is accepted (Clio's
/// document). Without a filename the name of the document counts, which is our choice.
fn file_of(write: &Write<'_>) -> Result<(String, String), Refusal> {
    let filename = write.text("filename").or_else(|| write.text("name")).unwrap_or_default();
    let mime = write.text("content_type").map(str::to_owned).or_else(|| mime_of(filename));
    let mime = mime.ok_or_else(|| Refusal::unprocessable("content_type is required for this extension"))?;
    Ok((filename.to_owned(), mime))
}

/// The content type of an extension.
pub(crate) fn mime_of(filename: &str) -> Option<String> {
    mime_guess::from_path(filename).first_raw().map(str::to_owned)
}

/// `POST /documents`: a document, or with a document as the parent a new version of that.
pub(crate) fn create(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let tree = fields(ask, operation)?;
    let data = body(ask)?;
    if data.get("parent").and_then(|parent| parent.get("type")?.as_str()) != Some("Document") {
        return generic::create(firm, access, ask, operation, DOCUMENT.resource);
    }
    check(operation.body, &data, &|_| true, "")?;
    let by = ask.origin_of_writes();
    let mut write = Write { old: None, data: &data, now: ask.now, user: access.user, by: &by };
    let Some(Place::Document(id)) = tree::place(firm, &write)? else {
        return Err(Refusal::not_found("Document"));
    };
    let old = firm.get(DOCUMENT.resource, id).cloned().ok_or_else(|| Refusal::not_found("Document"))?;
    write.old = Some(&old);
    tree::may_change(DOCUMENT.resource, &old, &write)?;
    let (filename, mime) = file_of(&write)?;
    let parts = upload::announced(&write)?;
    let version = firm.next_id();
    let new = NewVersion { document: id, filename, mime, bytes: Of::Awaited(parts) };
    versions::make(firm, version, new, &write);
    // The newest version is the latest one, uploaded or not: the caller needs its address. The rest of the document, its name
    // among it, stays until the bytes are there. Both are our choice.
    firm.tables.change(DOCUMENT.resource, id, ask.now, &by, |document| {
        document.set(DOCUMENT.latest_document_version, Value::Link(VERSION.resource, version));
    });
    let document = firm.get(DOCUMENT.resource, id).ok_or_else(|| Refusal::not_found("Document"))?;
    Ok(one(View { firm, access, now: ask.now }, tree.as_ref(), operation, DOCUMENT.resource, document))
}

/// When the file came in: what was sent, else now.
fn received(write: &Write<'_>) -> DateTime<Utc> {
    write.text("received_at").and_then(moment).unwrap_or(write.now).trunc_subsecs(0)
}
