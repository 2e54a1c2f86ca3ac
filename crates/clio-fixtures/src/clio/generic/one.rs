//! One record, and the conditions on it.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{
    FieldTree,
    schema::{Answer, OperationInfo},
};
use http::{HeaderValue, Response, StatusCode, header};

use crate::{
    clio::{
        answer::{Plan, View},
        ask::{Answered, Ask, Refusal},
        store::{Record, Resource},
    },
    run::{JSON, http_date},
};

/// The `fields` parameter, checked against what the operation answers.
pub(crate) fn fields(ask: &Ask<'_>, operation: &OperationInfo) -> Result<Option<FieldTree>, Refusal> {
    let Some(text) = ask.param("fields").filter(|text| !text.is_empty()) else { return Ok(None) };
    FieldTree::parse(operation.object, text)
        .map(Some)
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, "InvalidFields", &error.to_string()))
}

/// Answers one record that was asked for: 304 when the caller has it already.
///
/// Whether a 304 counts against the rate limit is not known; here every call does.
pub(crate) fn show(
    view: View<'_>,
    ask: &Ask<'_>,
    operation: &OperationInfo,
    resource: Resource,
    record: &Record,
) -> Answered {
    let tree = fields(ask, operation)?;
    let etag = record.stamp.etag(resource.name(), record.id);
    let mut response = if ask.method() == "GET" && unchanged(ask, &etag, record.stamp.updated) {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        one(view, tree.as_ref(), operation, resource, record)
    };
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::LAST_MODIFIED, http_date(record.stamp.updated));
    Ok(response)
}

/// The record with the operation's own status and envelope.
pub(crate) fn one(
    view: View<'_>,
    tree: Option<&FieldTree>,
    operation: &OperationInfo,
    resource: Resource,
    record: &Record,
) -> Response<Bytes> {
    let bare = operation.answer == Answer::OneBare;
    let mut text = Vec::with_capacity(256);
    if !bare {
        text.extend_from_slice(b"{\"data\":");
    }
    view.record(&mut text, &Plan::record(tree, operation.object, resource), resource, record);
    if !bare {
        text.push(b'}');
    }
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::from_u16(operation.success).unwrap_or(StatusCode::OK);
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// `If-None-Match` counts before `If-Modified-Since`, as in HTTP.
fn unchanged(ask: &Ask<'_>, etag: &str, updated: DateTime<Utc>) -> bool {
    if let Some(known) = ask.header("if-none-match") {
        return matches(known, etag);
    }
    let since = ask.header("if-modified-since").and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    since.is_some_and(|since| updated <= since)
}

/// One of the etags of a condition; quotes may be missing, as some callers take the `etag` member out of them.
pub(super) fn matches(condition: &str, etag: &str) -> bool {
    let plain = |text: &str| text.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    condition.split(',').any(|one| one.trim() == "*" || plain(one) == plain(etag))
}
