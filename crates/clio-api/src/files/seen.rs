//! A document that is being uploaded, as Clio shows it.

use std::time::Duration;

use clio_core::{Error, ErrorKind, Etag, Selection, schema::objects::Document};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::{parts::Part, session::Job};

/// What the steps of an upload need to know of a document.
#[derive(Deserialize)]
pub(super) struct Seen {
    pub(super) etag: Option<Etag>,
    latest_document_version: Version,
}

#[derive(Deserialize)]
struct Version {
    uuid: String,
    put_url: Option<String>,
    put_headers: Option<Vec<PutHeader>>,
    multiparts: Option<Vec<Multipart>>,
    fully_uploaded: Option<bool>,
}

#[derive(Deserialize)]
struct PutHeader {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Multipart {
    part_number: u64,
    put_url: Option<String>,
    put_headers: Option<Vec<PutHeader>>,
}

/// By hand, because `put_headers` and `multiparts` are asked for by their names alone: they lie too deep for more.
impl Selection<Document> for Seen {
    const FIELDS: &'static str =
        "id,etag,latest_document_version{uuid,put_url,put_headers,multiparts,fully_uploaded}";

    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// Where bytes go, with which headers.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    /// When it was come by, in the clock's monotonic time.
    pub(super) since: Duration,
    /// It is not the first for these bytes.
    pub(super) renewed: bool,
}

impl Seen {
    pub(super) fn uuid(&self) -> &str {
        &self.latest_document_version.uuid
    }

    /// The version with this uuid is complete.
    pub(super) fn has_all_of(&self, uuid: &str) -> bool {
        self.uuid() == uuid && self.latest_document_version.fully_uploaded == Some(true)
    }

    /// All bytes are there.
    pub(super) fn is_complete(&self) -> bool {
        self.latest_document_version.fully_uploaded == Some(true)
    }

    /// Where the whole file goes.
    pub(super) fn address(&self, length: u64, job: &Job) -> Result<Address, Error> {
        let Version { put_url, put_headers, .. } = &self.latest_document_version;
        address(put_url.as_deref(), put_headers.as_deref(), length, job).map_err(|e| e.with_path("put_url"))
    }

    /// Where each of these parts goes, in their order.
    pub(super) fn addresses(&self, parts: &[Part], job: &Job) -> Result<Vec<Address>, Error> {
        let listed = self.latest_document_version.multiparts.as_deref().unwrap_or_default();
        let of = |part: &Part| {
            let found = listed.iter().find(|one| one.part_number == part.number);
            let found = found.ok_or_else(|| lacking("no address for a part").with_path("multiparts"))?;
            let (url, headers) = (found.put_url.as_deref(), found.put_headers.as_deref());
            address(url, headers, part.piece.length(), job)
        };
        parts.iter().map(of).collect()
    }
}

fn address(
    url: Option<&str>,
    put_headers: Option<&[PutHeader]>,
    length: u64,
    job: &Job,
) -> Result<Address, Error> {
    let url = job.safe_address(url.ok_or_else(|| lacking("no address to put the file to"))?)?;
    let mut headers = HeaderMap::new();
    for PutHeader { name, value } in put_headers.unwrap_or_default() {
        let pair = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
        let (name, mut value) =
            pair.ok_or_else(|| lacking("a header that is none").with_path("put_headers"))?;
        // It may be a key.
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    // A body that is a stream does not say how long it is, and the storage host takes no other.
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(Address { url, headers, since: job.clock().monotonic(), renewed: false })
}

fn lacking(what: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("the answer has {what}"))
}
