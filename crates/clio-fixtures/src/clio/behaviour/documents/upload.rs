//! The third step of an upload, and the parts of one that comes in parts.

use http::StatusCode;
use serde_json::Value as Json;

use super::{
    DOCUMENT,
    versions::{self, VERSION},
};
use crate::clio::{
    ask::Refusal,
    files::{self, Announced, Content, Incomplete},
    firm::Firm,
    generic::Write,
    store::{Record, Value},
};

/// How many parts one request announces at most, and the highest number of a part (Clio's document).
const MOST_PARTS: usize = 50;
const HIGHEST: i64 = 10_000;

/// The parts that a body announces. A length that is no number is signed as it is, so that no bytes fit it: our choice.
pub(super) fn announced(write: &Write<'_>) -> Result<Vec<Announced>, Refusal> {
    let parts = write.data.get("multiparts").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    if parts.len() > MOST_PARTS {
        return Err(Refusal::unprocessable(&format!("multiparts takes {MOST_PARTS} parts at most")));
    }
    let text = |part: &Json, name: &str| match part.get(name) {
        Some(Json::String(text)) => Some(text.clone()),
        Some(Json::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let read = |part: &Json| {
        let number = text(part, "part_number").and_then(|number| number.parse().ok());
        let number = number.filter(|number| (1..=HIGHEST).contains(number));
        let number = number.ok_or_else(|| Refusal::unprocessable("part_number is from 1 to 10000"))?;
        let length = text(part, "content_length");
        let length = length.ok_or_else(|| Refusal::unprocessable("content_length is required"))?;
        Ok(Announced { number, length, md5: text(part, "content_md5") })
    };
    parts.iter().map(read).collect()
}

/// Further parts need an upload that is under way.
pub(super) fn check_parts(firm: &Firm, document: &Record, write: &Write<'_>) -> Result<(), Refusal> {
    if write.flag("fully_uploaded") || !write.sends("multiparts") {
        return Ok(());
    }
    announced(write)?;
    upload_of(firm, document, write).map(|_| ())
}

/// Adds them. Who calls an upload complete in the same breath adds none, which is our choice.
pub(super) fn add_parts(firm: &mut Firm, write: &Write<'_>) {
    if write.flag("fully_uploaded") {
        return;
    }
    let parts = announced(write).unwrap_or_default();
    let upload = write.text("uuid").and_then(|uuid| firm.files.uploads.get_mut(uuid));
    if let Some(upload) = upload {
        upload.announce(parts, write.now);
    }
}

/// Checks that all bytes are there, and lets the document show them. The errors are those of Clio's documentation: no bytes,
/// `UploadNotFoundError`; a storage host that takes its time, `UploadTimeoutError`; done before, an error without a name.
pub(super) fn complete(firm: &mut Firm, document: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
    if !write.flag("fully_uploaded") {
        return Ok(());
    }
    let uuid = upload_of(firm, document, write)?.to_owned();
    let Some(upload) = firm.files.uploads.get(&uuid) else { return Err(not_found()) };
    let version = upload.version;
    let content = upload.complete(&firm.settings.files).map_err(|incomplete| match incomplete {
        Incomplete::Missing => not_found(),
        Incomplete::TooSmall(number) => {
            Refusal::unprocessable(&format!("part {number} is too small, and not the last"))
        }
    })?;
    if firm.files.timed_out < firm.settings.files.time_outs {
        firm.files.timed_out += 1;
        return Err(refused("UploadTimeoutError", "the upload is not confirmed yet"));
    }
    if let Some(version) = firm.get(VERSION.resource, version) {
        show(document, version, &content, write);
    }
    Ok(())
}

/// What a document shows of its latest version.
pub(super) fn show(document: &mut Record, version: &Record, content: &Content, write: &Write<'_>) {
    document.set(DOCUMENT.size, size(content));
    document.set(DOCUMENT.filename, version.get(VERSION.filename).clone());
    document.set(DOCUMENT.content_type, version.get(VERSION.content_type).clone());
    if !write.sends("received_at") {
        document.set(DOCUMENT.received_at, version.get(VERSION.received_at).clone());
    }
}

pub(super) fn size(content: &Content) -> i64 {
    i64::try_from(content.size).unwrap_or(i64::MAX)
}

/// Makes the bytes those of the version.
pub(super) fn apply(firm: &mut Firm, write: &Write<'_>) {
    let Some(uuid) = write.text("uuid").filter(|_| write.flag("fully_uploaded")) else { return };
    let Some(upload) = firm.files.uploads.remove(uuid) else { return };
    let Ok(content) = upload.complete(&firm.settings.files) else { return };
    firm.tables.change(VERSION.resource, upload.version, write.now, write.by, |version| {
        version.set(VERSION.fully_uploaded, true);
        version.set(VERSION.size, size(&content));
    });
    firm.files.contents.insert(files::version_key(upload.version), content);
}

/// The uuid of an upload of this document that is under way.
fn upload_of<'w>(firm: &Firm, document: &Record, write: &'w Write<'_>) -> Result<&'w str, Refusal> {
    let uuid = write.text("uuid").ok_or_else(|| Refusal::unprocessable("uuid is required"))?;
    let mine = |version: i64| {
        let version = firm.get(VERSION.resource, version);
        version.is_some_and(|one| one.get(VERSION.document_id).as_whole() == Some(document.id))
    };
    if firm.files.uploads.get(uuid).is_some_and(|upload| mine(upload.version)) {
        return Ok(uuid);
    }
    let known = |version: &Record| *version.get(VERSION.uuid) == Value::from(uuid);
    if versions::of(firm, document.id).any(known) {
        return Err(Refusal::unprocessable("the upload is complete already"));
    }
    Err(not_found())
}

fn not_found() -> Refusal {
    refused("UploadNotFoundError", "the file, or a part of it, was not uploaded")
}

fn refused(name: &str, message: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, name, message)
}
