//! Document templates.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::{Behaviour, documents::mime_of, users::USER};
use crate::clio::{
    ask::Refusal,
    files::{self, Content},
    firm::Firm,
    generic::Write,
    store::{Record, Resource, Value, handles},
};

handles!(TEMPLATE: DocumentTemplate = document_template { content_type, filename, last_modified_by, size });

pub(crate) struct Templates;

impl Behaviour for Templates {
    fn resource(&self) -> Option<Resource> {
        Some(TEMPLATE.resource)
    }

    /// A file that comes as base64 in JSON needs a filename (Clio's document). Forms are not read here.
    fn complete(&self, _firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let Some(content) = content(record, write) else { return Ok(()) };
        if record.get(TEMPLATE.filename).is_null() {
            return Err(Refusal::unprocessable("filename is required"));
        }
        record.set(TEMPLATE.size, i64::try_from(content.size).unwrap_or(i64::MAX));
        record.set(TEMPLATE.content_type, content.mime);
        record.set(TEMPLATE.last_modified_by, Value::Link(USER.resource, write.user));
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let content = firm.get(TEMPLATE.resource, id).and_then(|record| content(record, write));
        if let Some(content) = content {
            firm.files.contents.insert(files::key(TEMPLATE.resource, id), content);
        }
    }
}

/// The file. A text that is no base64 is taken as it is, which is our choice. Templates are small and always kept.
fn content(record: &Record, write: &Write<'_>) -> Option<Content> {
    let text = write.text("file")?;
    let bytes = STANDARD.decode(text).map_or_else(|_| Bytes::copy_from_slice(text.as_bytes()), Bytes::from);
    let mime = mime_of(record.get(TEMPLATE.filename).as_str().unwrap_or_default());
    Some(Content::of(&bytes, &mime.unwrap_or_else(|| "application/octet-stream".to_owned()), true))
}
