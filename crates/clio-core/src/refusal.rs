//! The answers that are errors: Clio's own, in their several shapes, and those of what stands in front of Clio.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use clio_schema::OperationInfo;
use serde::Deserialize;
use serde_json::Value;

use crate::{Applied, Error, ErrorKind, InvalidField, response::RawResponse, retry::is_read};

/// What is known after a request of this operation was sent and its answer cannot be used: a read changed nothing.
pub(crate) fn doubt(operation: &OperationInfo) -> Applied {
    let read = operation.method.parse().is_ok_and(|method| is_read(&method));
    if read { Applied::No } else { Applied::Perhaps }
}

/// An answer that is an error.
pub(crate) struct Refusal {
    status: u16,
    /// What Clio itself said. Without it the answer may be of a proxy or a firewall, and proves nothing.
    told: Option<Told>,
}

#[derive(Default)]
struct Told {
    name: String,
    message: Option<String>,
    fields: Vec<InvalidField>,
}

impl Refusal {
    /// `None` for an answer that is none.
    pub(crate) fn of(answer: &RawResponse) -> Option<Self> {
        let status = answer.status.as_u16();
        if answer.status.is_success() {
            // Seen in production: a refusal by the rate limit, wrapped in base64.
            return unwrapped(&answer.body).map(|inner| Self { status: 429, told: told(&inner) });
        }
        let inner = unwrapped(&answer.body);
        Some(Self { status, told: told(inner.as_deref().unwrap_or(&answer.body)) })
    }

    pub(crate) fn is_clios(&self) -> bool {
        self.told.is_some()
    }

    /// Clio refused the token, in the words of OAuth: nothing was applied.
    pub(crate) fn is_of_token(&self) -> bool {
        self.status == 401 && self.told.as_ref().is_some_and(|told| told.name == "invalid_token")
    }

    pub(crate) fn into_error(self, answer: RawResponse, operation: &'static OperationInfo) -> Error {
        let read = doubt(operation) == Applied::No;
        let (kind, refused) = self.meaning(read);
        let Told { name, message, fields } = self.told.unwrap_or_default();
        let retired =
            "the version of the API that this client is pinned to is not served any more, update the library";
        let ours = if kind == ErrorKind::VersionRetired { retired } else { "" };
        let error = match message {
            Some(words) => Error::new(kind, ours).with_words(&words),
            None => Error::new(kind, in_our_words(kind, self.status)),
        };
        let request_id =
            answer.headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let retry_after = answer.retry_after();
        let error = error
            .with_applied(if read || refused { Applied::No } else { Applied::Perhaps })
            .with_operation(operation.id)
            .with_fields(fields)
            .with_answer(self.status, Some(name).filter(|name| !name.is_empty()), request_id, answer.body);
        match retry_after {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }

    /// What kind of error it is, and whether it proves that nothing was applied.
    fn meaning(&self, read: bool) -> (ErrorKind, bool) {
        let clios = self.is_clios();
        let kind = match (self.status, clios) {
            // To a write it is no answer of Clio's.
            (304, _) if read => ErrorKind::NotModified,
            (401, _) => ErrorKind::AuthorisationLost,
            (403, _) => ErrorKind::Forbidden,
            (404, _) => ErrorKind::NotFound,
            (429, _) => return (ErrorKind::RateLimited, false),
            // How Clio words these is not known.
            (409 | 412, _) => ErrorKind::Conflict,
            (410, _) => ErrorKind::VersionRetired,
            (400..=499, true) => ErrorKind::Invalid,
            _ => return (ErrorKind::Server, false),
        };
        (kind, clios)
    }
}

fn in_our_words(kind: ErrorKind, status: u16) -> String {
    match kind {
        ErrorKind::AuthorisationLost => "the token is not accepted".to_owned(),
        ErrorKind::RateLimited => "too many requests".to_owned(),
        ErrorKind::NotModified => "it is as it was".to_owned(),
        ErrorKind::VersionRetired => {
            "this version of the API is not served any more: update the library".to_owned()
        }
        _ => format!("the server answered {status} without an explanation"),
    }
}

/// Clio's errors come in two shapes: `error` is an object, or (for tokens) a text beside `error_description`.
#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(borrow)]
    error: Option<ErrorShape<'a>>,
    error_description: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorShape<'a> {
    Name(Cow<'a, str>),
    Object {
        r#type: Option<String>,
        message: Option<String>,
        #[serde(default)]
        errors: Value,
    },
}

fn told(body: &[u8]) -> Option<Told> {
    let body: ErrorBody<'_> = serde_json::from_slice(body).ok()?;
    match body.error? {
        ErrorShape::Name(name) => {
            Some(Told { name: name.into_owned(), message: body.error_description, ..Told::default() })
        }
        ErrorShape::Object { r#type: None, message: None, .. } => None,
        ErrorShape::Object { r#type, message, errors } => {
            Some(Told { name: r#type.unwrap_or_else(|| "Error".into()), message, fields: fields(&errors) })
        }
    }
}

/// `{"date": "is missing", "rate": ["is negative", "is no number"]}`.
fn fields(errors: &Value) -> Vec<InvalidField> {
    let Value::Object(errors) = errors else { return Vec::new() };
    let mut fields = Vec::new();
    for (field, told) in errors {
        let texts = match told {
            Value::String(text) => vec![text.clone()],
            Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            other => vec![other.to_string()],
        };
        fields.extend(texts.into_iter().map(|message| InvalidField { field: field.clone(), message }));
    }
    fields
}

/// What is wrapped in base64: `{"data": "...", "metadata": {"encodingDecoded": "text/plain"}}`, where an error is in it.
fn unwrapped(body: &[u8]) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        data: Cow<'a, str>,
        #[serde(rename = "metadata")]
        _metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        #[serde(rename = "encodingDecoded")]
        _decoded: String,
    }

    // Small, and hardly ever there: what is large or lacks the word is not looked at.
    const WORD: &[u8] = b"encodingDecoded";
    let small = body.len() <= 64 * 1024;
    if !small || !body.windows(WORD.len()).any(|part| part == WORD) {
        return None;
    }
    let wrapped: Wrapped<'_> = serde_json::from_slice(body).ok()?;
    let inner = STANDARD.decode(wrapped.data.trim()).ok()?;
    // Plain text, or Clio's JSON in text.
    match told(&inner) {
        Some(_) => Some(inner),
        None if std::str::from_utf8(&inner).is_ok_and(|text| text.contains("RateLimited")) => {
            Some(br#"{"error":{"type":"RateLimited"}}"#.to_vec())
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use clio_schema::{
        Operation,
        operations::{CreateActivity, ListMatters},
    };
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn check(status: u16, body: &str) -> Error {
        answer(status, body).check(CreateActivity::INFO).unwrap_err()
    }

    fn answer(status: u16, body: &str) -> RawResponse {
        let status = StatusCode::from_u16(status).unwrap();
        RawResponse { status, headers: HeaderMap::new(), body: body.to_owned().into() }
    }

    #[test]
    fn both_shapes_of_an_error_are_read() {
        let error = check(422, r#"{"error":{"type":"ArgumentError","message":"date is missing"}}"#);
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Invalid, Applied::No));
        assert_eq!(error.to_string(), "Activity#create: date is missing (422 ArgumentError)");
        for body in [
            r#"{"error":"invalid_token","error_description":"expired"}"#,
            r#"{"error":{"type":"invalid_token","message":"expired"}}"#,
        ] {
            let error = check(401, body);
            assert_eq!(
                (error.kind(), error.clio_type()),
                (ErrorKind::AuthorisationLost, Some("invalid_token"))
            );
            assert_eq!((error.message(), error.applied()), ("expired", Applied::No));
        }
    }

    #[test]
    fn each_field_that_was_refused_is_told() {
        let error = check(
            422,
            r#"{"error":{"type":"ValidationError","message":"Codes are missing",
                "errors":{"activity_description":["is missing","has no code"],"utbms_expense":"is missing"}}}"#,
        );
        let fields: Vec<_> =
            error.fields().iter().map(|field| (field.field.as_str(), field.message.as_str())).collect();
        let expected = [
            ("activity_description", "is missing"),
            ("activity_description", "has no code"),
            ("utbms_expense", "is missing"),
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_stands_in_front_of_clio_proves_nothing() {
        for (status, body) in [
            (401, "<html>who are you</html>"),
            (403, "<html>blocked</html>"),
            (404, ""),
            (410, "gone"),
            (412, ""),
            (422, r#"{"error":{"#),
            (500, "{}"),
            (502, "<html>"),
            (418, ""),
        ] {
            assert_eq!(check(status, body).applied(), Applied::Perhaps, "{status}");
            let read = answer(status, body).check(ListMatters::INFO).unwrap_err();
            assert_eq!(read.applied(), Applied::No, "a read changes nothing");
        }
    }

    #[test]
    fn a_rate_limit_in_base64_is_one_whatever_its_status() {
        for inner in [r#"{"error":{"type":"RateLimited","message":"slow down"}}"#, "RateLimited: slow down"] {
            let body = format!(
                r#"{{"data":"{}","metadata":{{"encodingDecoded":"text/plain"}}}}"#,
                STANDARD.encode(inner)
            );
            for status in [200, 429] {
                let error = check(status, &body);
                assert_eq!((error.kind(), error.clio_type()), (ErrorKind::RateLimited, Some("RateLimited")));
            }
        }
        for status in [200, 201] {
            let body = format!(
                r#"{{"data":"{}","metadata":{{"encodingDecoded":"text/plain"}}}}"#,
                STANDARD.encode("RateLimited")
            );
            let read = crate::response::one::<clio_schema::objects::Activity, crate::Stub<_>>(
                &answer(status, &body),
                CreateActivity::INFO,
            );
            assert_eq!(read.unwrap_err().kind(), ErrorKind::RateLimited);
            let base = crate::Base::parse("https://app.clio.com/api/v4").unwrap();
            let read = crate::response::list::<clio_schema::objects::Matter, crate::Stub<_>>(
                &answer(status, &body),
                ListMatters::INFO,
                &base,
            );
            assert_eq!(read.unwrap_err().kind(), ErrorKind::RateLimited);
        }
        let document = r#"{"data":{"name":"encodingDecoded"}}"#;
        assert!(answer(200, document).check(CreateActivity::INFO).is_ok());
    }

    #[test]
    fn a_status_alone_says_what_kind_it_is() {
        for (status, body, kind) in [
            (412, "", ErrorKind::Conflict),
            (410, "", ErrorKind::VersionRetired),
            (405, r#"{"error":{"type":"MethodNotAllowed","message":"no"}}"#, ErrorKind::Invalid),
            (405, "<html>", ErrorKind::Server),
        ] {
            let error = check(status, body);
            assert_eq!((error.kind(), error.is_retryable()), (kind, kind == ErrorKind::Server), "{status}");
        }
    }

    #[test]
    fn a_retired_version_is_explained() {
        let error = check(410, r#"{"error":{"type":"Gone","message":"4.0.1 is not supported"}}"#);
        assert_eq!(error.kind(), ErrorKind::VersionRetired);
        assert!(error.to_string().contains("update the library"), "{error}");
    }
}
