//! Versions of documents.

use bytes::Bytes as Body;
use chrono::{DateTime, Utc};
use clio_core::schema::OperationInfo;
use http::Response;

use super::{DOCUMENT, received, upload};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    behaviour::{Behaviour, Compute, tree, users::USER},
    files::{self, Announced, Content, Upload, UploadRecord},
    firm::Firm,
    generic::{Rows, Test, Write, list},
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(VERSION: DocumentVersion = document_version {
    content_type,
    creator,
    document_id,
    filename,
    fully_uploaded,
    multiparts,
    put_headers,
    put_url,
    received_at,
    size,
    uuid,
    version_number,
});

pub(crate) struct Versions;

impl Behaviour for Versions {
    fn resource(&self) -> Option<Resource> {
        Some(VERSION.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "put_url" => |view, _, one| {
                under_way(view, one, VERSION.put_url, |uuid, upload| {
                    let since = renewed(view).unwrap_or(one.stamp.created);
                    upload.put_url(&view.firm.files, &view.firm.settings.files, uuid, since)
                })
            },
            "put_headers" => {
                |view, _, one| under_way(view, one, VERSION.put_headers, |_, upload| upload.put_headers())
            }
            "multiparts" => |view, _, one| {
                under_way(view, one, VERSION.multiparts, |uuid, upload| {
                    upload.multiparts(&view.firm.files, &view.firm.settings.files, uuid, renewed(view))
                })
            },
            _ => return None,
        })
    }

    fn filters(&self) -> &'static [&'static str] {
        &["id"]
    }

    /// The list of versions has two parameters called `id`. That of the path is the document's; that of the query is the
    /// version's by Clio's document, which also calls it required. A caller who repeats the document's id there means all.
    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        let id: i64 = value.parse().ok()?;
        Some(Box::new(move |_, one| one.id == id || one.get(VERSION.document_id).as_whole() == Some(id)))
    }
}

/// What is only there while bytes are awaited. It is empty once the version is uploaded (Clio's document, `put_url`).
fn under_way(
    view: View<'_>,
    version: &Record,
    slot: u16,
    show: impl FnOnce(&str, &Upload) -> Value,
) -> Value {
    if version.get(VERSION.fully_uploaded).is_true() {
        return Value::Null;
    }
    let uuid = version.get(VERSION.uuid).as_str().unwrap_or_default();
    match view.firm.files.uploads.get(uuid) {
        Some(upload) => show(uuid, upload),
        None => version.get(slot).clone(),
    }
}

/// Whether a look gives new addresses is not known: a knob.
fn renewed(view: View<'_>) -> Option<DateTime<Utc>> {
    view.firm.settings.files.urls_renew.then_some(view.now)
}

/// Where the bytes of a version come from.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// They are still to come, in these parts or in one.
    Awaited(Vec<Announced>),
    There(Content),
}

#[derive(Debug)]
pub(crate) struct NewVersion {
    pub(crate) document: i64,
    pub(crate) filename: String,
    pub(crate) mime: String,
    pub(crate) bytes: Bytes,
}

/// Makes a version under an id that was taken for it. The caller makes it the document's latest.
pub(crate) fn make(firm: &mut Firm, id: i64, new: NewVersion, write: &Write<'_>) {
    let latest = firm.get(DOCUMENT.resource, new.document);
    let latest = latest.and_then(|one| one.get(DOCUMENT.latest_document_version).link());
    let latest = latest.and_then(|id| firm.get(VERSION.resource, id));
    let number = latest.and_then(|one| one.get(VERSION.version_number).as_whole()).unwrap_or(0) + 1;
    let uuid = files::uuid(firm);
    let mut version = Record::new(id, write.now, write.by.clone());
    version.set(VERSION.document_id, new.document);
    version.set(VERSION.version_number, number);
    version.set(VERSION.uuid, uuid.as_str());
    version.set(VERSION.filename, new.filename);
    version.set(VERSION.content_type, new.mime.as_str());
    version.set(VERSION.received_at, received(write));
    version.set(VERSION.creator, Value::Link(USER.resource, write.user));
    match new.bytes {
        Bytes::Awaited(parts) => {
            version.set(VERSION.fully_uploaded, false);
            let mut upload = Upload::new(id, &new.mime);
            upload.announce(parts, write.now);
            firm.files.uploads.insert(uuid, upload);
        }
        Bytes::There(content) => {
            version.set(VERSION.fully_uploaded, true);
            version.set(VERSION.size, upload::size(&content));
            firm.files.contents.insert(files::version_key(id), Content { mime: new.mime, ..content });
        }
    }
    firm.tables.insert(VERSION.resource, version);
}

/// Makes a version whose bytes are there the latest of its document, and answers its id.
pub(crate) fn add(firm: &mut Firm, new: NewVersion, write: &Write<'_>) -> i64 {
    let (id, document) = (firm.next_id(), new.document);
    make(firm, id, new, write);
    let version = firm.get(VERSION.resource, id).cloned();
    let content = firm.files.contents.get(&files::version_key(id)).cloned();
    firm.tables.change(DOCUMENT.resource, document, write.now, write.by, |document| {
        document.set(DOCUMENT.latest_document_version, Value::Link(VERSION.resource, id));
        if let (Some(version), Some(content)) = (version, content) {
            upload::show(document, &version, &content, write);
        }
    });
    id
}

/// The versions of a document, the oldest first.
pub(crate) fn of(firm: &Firm, document: i64) -> impl Iterator<Item = &Record> {
    let all = firm.table(VERSION.resource).values();
    all.filter(move |one| one.get(VERSION.document_id).as_whole() == Some(document))
}

/// The newest version whose bytes are there.
pub(crate) fn uploaded(firm: &Firm, document: &Record) -> Option<i64> {
    let done = |one: &&Record| one.get(VERSION.fully_uploaded).is_true();
    let latest = document.get(DOCUMENT.latest_document_version).link();
    let latest = latest.and_then(|id| firm.get(VERSION.resource, id)).filter(done);
    latest.or_else(|| of(firm, document.id).filter(done).last()).map(|one| one.id)
}

/// Removes every version of a document that is gone, and their bytes.
pub(crate) fn forget(firm: &mut Firm, document: i64, at: DateTime<Utc>, by: &Origin) {
    let gone: Vec<i64> = of(firm, document).map(|one| one.id).collect();
    for id in gone {
        firm.tables.remove(VERSION.resource, id, at, by);
        firm.files.contents.remove(&files::version_key(id));
        firm.files.uploads.retain(|_, upload| upload.version != id);
    }
}

/// `GET /documents/{id}/versions`.
pub(crate) fn index(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Body>, Refusal> {
    let document = ids.first().copied().unwrap_or(0);
    access.allows(DOCUMENT.resource, false)?;
    if firm.get(DOCUMENT.resource, document).is_none() {
        return Err(Refusal::not_found(&format!("Document {document}")));
    }
    let versions = Rows::Made(of(firm, document).cloned().collect());
    list(View { firm, access, now: ask.now }, ask, operation, VERSION.resource, &versions)
}

/// `POST /documents/{id}/versions/{document_version_id}/save_as_latest_version`: a new version with the bytes of an old one
/// (Clio's document).
pub(crate) fn save_as_latest(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    _operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Body>, Refusal> {
    let (Some(document), Some(version)) = (ids.first().copied(), ids.last().copied()) else {
        return Err(Refusal::no_route());
    };
    access.allows(DOCUMENT.resource, true)?;
    let old = firm.get(DOCUMENT.resource, document).cloned();
    let old = old.ok_or_else(|| Refusal::not_found(&format!("Document {document}")))?;
    let (by, data) = (ask.origin_of_writes(), serde_json::Map::new());
    let write = Write { old: Some(&old), data: &data, now: ask.now, user: access.user, by: &by };
    tree::may_change(DOCUMENT.resource, &old, &write)?;
    let new = again(firm, document, version)
        .ok_or_else(|| Refusal::not_found(&format!("DocumentVersion {version}")))?;
    add(firm, new, &write);
    Ok(Response::new(Body::new()))
}

/// A version like one that a document has.
pub(crate) fn again(firm: &Firm, document: i64, version: i64) -> Option<NewVersion> {
    let old = firm.get(VERSION.resource, version)?;
    if old.get(VERSION.document_id).as_whole() != Some(document) {
        return None;
    }
    Some(NewVersion {
        document,
        filename: old.get(VERSION.filename).as_str().unwrap_or_default().to_owned(),
        mime: old.get(VERSION.content_type).as_str().unwrap_or_default().to_owned(),
        bytes: Bytes::There(firm.files.contents.get(&files::version_key(version))?.clone()),
    })
}

/// Every version whose bytes are there, as a test sees it.
pub(crate) fn all_uploaded(firm: &Firm) -> Vec<UploadRecord> {
    let shown = firm.table(VERSION.resource).values().filter_map(|one| {
        let content = firm.files.contents.get(&files::version_key(one.id))?;
        Some(UploadRecord {
            document: one.get(VERSION.document_id).as_whole().unwrap_or(0),
            version: one.id,
            number: one.get(VERSION.version_number).as_whole().unwrap_or(0),
            size: content.size,
            sha256: files::hex(&content.sha256),
            parts: content.parts.clone(),
            bytes: content.bytes.clone(),
        })
    });
    shown.collect()
}
