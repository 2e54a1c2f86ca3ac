//! The storage host: bytes in by `PUT`, out by `GET`, errors in the XML of S3.
//!
//! Clio's put_urls lead to Amazon S3 (its documentation shows `x-amz-` headers and query parameters), so this follows S3's
//! public reference: two ways to sign in are one too many, a signature covers the headers, `Content-MD5` is checked.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::{
    Content,
    content::is_md5,
    hex,
    sign::{Permit, Void},
};
use crate::{
    clio::{ask::Ask, firm::Firm},
    run::http_date,
};

/// Where it is in memory.
pub(super) const HOST: &str = "https://storage.clio.test";

/// Where it is on a socket: the same port, below this path.
const PATH: &str = "/_storage";

/// Whether a request is for the storage host.
pub(crate) fn is_storage(ask: &Ask<'_>) -> bool {
    key_of(ask).is_some()
}

/// Where a caller who came this way finds it.
pub(crate) fn base_of(ask: &Ask<'_>) -> String {
    let origin = ask.origin();
    if origin.ends_with("clio.test") { HOST.to_owned() } else { format!("{origin}{PATH}") }
}

fn key_of<'a>(ask: &Ask<'a>) -> Option<&'a str> {
    let own = ask.origin() == HOST;
    let path = if own { ask.path() } else { ask.path().strip_prefix(PATH)? };
    path.strip_prefix('/')
}

/// Answers a request to it. Nothing here looks like an answer of the API: no version, no limit, no JSON.
pub(crate) fn answer(firm: &mut Firm, ask: &Ask<'_>) -> Response<Bytes> {
    let key = key_of(ask).unwrap_or_default();
    let mut response = act(firm, ask, key).unwrap_or_else(Fault::response);
    response.headers_mut().insert(header::DATE, http_date(ask.now));
    response
}

fn act(firm: &mut Firm, ask: &Ask<'_>, key: &str) -> Result<Response<Bytes>, Fault> {
    if ask.header("authorization").is_some() {
        return Err(Fault(400, "InvalidArgument", "Only one auth mechanism allowed"));
    }
    let part = ask.param("partNumber").and_then(|number| number.parse().ok());
    let permit = Permit { method: ask.method(), key, part };
    firm.files.permits(ask, permit).map_err(|void| match void {
        Void::Forged => Fault(403, "SignatureDoesNotMatch", "The signature is not one for this request"),
        Void::Expired => Fault(403, "AccessDenied", "Request has expired"),
    })?;
    match (ask.method(), key.strip_prefix("uploads/")) {
        ("PUT", Some(uuid)) => put(firm, ask, uuid, part),
        ("GET", None) => get(firm, ask, key),
        _ => Err(Fault(405, "MethodNotAllowed", "The method does not fit the resource")),
    }
}

/// Every header that the address came with has to be there as it was given: the signature covers them.
fn put(firm: &mut Firm, ask: &Ask<'_>, uuid: &str, part: Option<i64>) -> Result<Response<Bytes>, Fault> {
    let keep = firm.settings.files.keep;
    let upload = firm.files.uploads.get_mut(uuid).ok_or(MISSING)?;
    let body = ask.bytes();
    let length = body.len().to_string();
    for (name, value) in upload.headers(part).ok_or(MISSING)? {
        // A caller's library sets the length when it sends; the body itself says what it was.
        let sent = if name == "Content-Length" { Some(length.as_str()) } else { ask.header(name) };
        if sent != Some(value.as_str()) {
            return Err(Fault(403, "SignatureDoesNotMatch", "A signed header is missing or another"));
        }
    }
    let content = Content::of(&body, &upload.mime, keep);
    if let Some(md5) = ask.header("content-md5") {
        if !is_md5(md5) {
            return Err(Fault(400, "InvalidDigest", "The Content-MD5 is not one"));
        }
        if md5 != content.md5_base64() {
            return Err(Fault(400, "BadDigest", "The Content-MD5 does not match the bytes"));
        }
    }
    let tag = tag(&content);
    upload.put(part, content);
    let mut response = Response::new(Bytes::new());
    response.headers_mut().extend(tag.map(|tag| (header::ETAG, tag)));
    Ok(response)
}

fn get(firm: &Firm, ask: &Ask<'_>, key: &str) -> Result<Response<Bytes>, Fault> {
    let content = firm.files.contents.get(key).ok_or(MISSING)?;
    let bytes = content.bytes.as_ref().ok_or(MISSING)?;
    let all = bytes.len();
    let range = Range::read(ask.header("range"), all);
    let mut response = match range {
        Range::All => Response::new(bytes.clone()),
        Range::Part(from, to) => Response::new(bytes.slice(from..=to)),
        Range::Outside => return Err(Fault(416, "InvalidRange", "The range cannot be satisfied")),
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(tag(content).map(|tag| (header::ETAG, tag)));
    headers.extend(HeaderValue::from_str(&content.mime).ok().map(|mime| (header::CONTENT_TYPE, mime)));
    if let Range::Part(from, to) = range {
        let shown = HeaderValue::from_str(&format!("bytes {from}-{to}/{all}"));
        headers.extend(shown.ok().map(|shown| (header::CONTENT_RANGE, shown)));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn tag(content: &Content) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{}\"", hex(&content.md5))).ok()
}

/// What a `Range` header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    All,
    /// The first and the last byte.
    Part(usize, usize),
    /// Nothing that is there.
    Outside,
}

impl Range {
    /// One range of bytes; a header that says anything else does not count, as in HTTP.
    fn read(text: Option<&str>, all: usize) -> Self {
        let range = text.and_then(|text| text.strip_prefix("bytes=")?.split_once('-'));
        let Some((from, to)) = range else { return Self::All };
        let last = all.saturating_sub(1);
        let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
            (Ok(from), Ok(to)) if from <= to => (from, to.min(last)),
            (Ok(from), Err(_)) if to.is_empty() => (from, last),
            (Err(_), Ok(count)) if from.is_empty() && count > 0 => (all.saturating_sub(count), last),
            _ => return Self::All,
        };
        if from < all { Self::Part(from, to) } else { Self::Outside }
    }
}

/// A status, a code and a message.
#[derive(Debug)]
struct Fault(u16, &'static str, &'static str);

const MISSING: Fault = Fault(404, "NoSuchKey", "The key does not exist");

impl Fault {
    fn response(self) -> Response<Bytes> {
        let Self(status, code, message) = self;
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        );
        let mut response = Response::new(Bytes::from(text));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        response
    }
}
