//! A request as the fake reads it, and the two kinds of answer.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{firm::Firm, records::Origin};
use crate::run::JSON;

/// What a handler gives: an answer, or what makes one.
pub(crate) type Answered = Result<Response<Bytes>, Refusal>;

/// A request at its moment.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) call: u64,
    pub(crate) now: DateTime<Utc>,
    request: &'a Request<Bytes>,
    params: Vec<(String, String)>,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(call: u64, request: &'a Request<Bytes>, now: DateTime<Utc>) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let params = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { call, now, request, params }
    }

    pub(crate) fn method(&self) -> &'a str {
        self.request.method().as_str()
    }

    pub(crate) fn path(&self) -> &'a str {
        self.request.uri().path()
    }

    pub(crate) fn body(&self) -> &'a [u8] {
        self.request.body()
    }

    /// The body, shared and not copied.
    pub(crate) fn bytes(&self) -> Bytes {
        self.request.body().clone()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    pub(crate) fn bearer(&self) -> Option<&'a str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    pub(crate) fn params(&self) -> &[(String, String)] {
        &self.params
    }

    /// The last value of a parameter; Rails takes the last one too.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter read as something else.
    pub(crate) fn parsed<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.param(name) {
            None => Ok(None),
            Some(text) => match read(text) {
                Some(value) => Ok(Some(value)),
                None => Err(Refusal::argument(&format!("{name} cannot be {text:?}"))),
            },
        }
    }

    /// Who makes what this call writes.
    pub(crate) fn origin_of_writes(&self) -> Origin {
        Origin::Token { call: self.call }
    }

    /// Scheme and host that the caller used, for links back. Loopback is served without TLS.
    pub(crate) fn origin(&self) -> String {
        let authority = self.request.uri().authority().map(http::uri::Authority::as_str);
        let host = self.header("host").or(authority).unwrap_or("clio.test");
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let loopback = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
        format!("{}://{host}", if loopback { "http" } else { "https" })
    }
}

/// An answer of an error.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    /// The shape of Clio's own errors: an object with a type and a message.
    pub(crate) fn new(status: StatusCode, name: &str, message: &str) -> Self {
        Self { status, body: json!({"error": {"type": name, "message": message}}) }
    }

    /// The shape of OAuth errors: a text.
    pub(crate) fn plain(status: StatusCode, error: &str) -> Self {
        Self { status, body: json!({"error": error}) }
    }

    pub(crate) fn invalid_token() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            body: json!({
                "error": "invalid_token",
                "error_description": "The access token is unknown, expired or revoked.",
            }),
        }
    }

    pub(crate) fn argument(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ArgumentError", message)
    }

    pub(crate) fn unprocessable(message: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "UnprocessableEntity", message)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "RecordNotFound", &format!("{what} was not found"))
    }

    /// A body names a record that does not exist. Which status that has is a knob.
    pub(crate) fn unknown_reference(firm: &Firm, what: &str) -> Self {
        match firm.settings.unknown_reference {
            422 => Self::unprocessable(&format!("{what} does not exist")),
            _ => Self::not_found(what),
        }
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "there is nothing at this path")
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "ForbiddenError", "User is forbidden from taking that action")
    }

    pub(crate) fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsError", "the rate limit is used up")
    }

    pub(crate) fn response(&self) -> Response<Bytes> {
        ok(self.status, &self.body)
    }
}

/// An answer with a JSON body.
pub(crate) fn ok(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}
