//! Requests taken apart and answers put together.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::{
    Poll,
    run::{JSON, http_date},
};

/// What an operation answers: 200 with a body, 204 for [`Value::Null`], or a refusal.
pub(crate) type Answered = Result<Value, Refusal>;

/// A status that is no success, and its body.
///
/// WiseTime's document describes the body of one refusal only, that of `POST /tag/batch`: a list of `errors` with
/// `index` and `errorDescription`. The others are `{"message": ..}`, which is our choice.
pub(crate) type Refusal = (StatusCode, Value);

pub(crate) fn refuse(status: StatusCode, message: &str) -> Refusal {
    (status, json!({ "message": message }))
}

/// 400 with this message.
#[expect(clippy::needless_pass_by_value, reason = "it is the target of `map_err`")]
pub(crate) fn invalid(message: String) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, &message)
}

/// 500: for a body that makes no sense, where the document names no status for it.
#[expect(clippy::needless_pass_by_value, reason = "it is the target of `map_err`")]
pub(crate) fn unexpected(message: String) -> Refusal {
    refuse(StatusCode::INTERNAL_SERVER_ERROR, &message)
}

/// 400 with an entry for each faulty item.
pub(crate) fn faulty_items(errors: &[(usize, String)]) -> Refusal {
    (StatusCode::BAD_REQUEST, json!({ "errors": items(errors) }))
}

/// The `ErrorItem`s of the document.
pub(crate) fn items(errors: &[(usize, String)]) -> Value {
    errors.iter().map(|(index, text)| json!({"index": index, "errorDescription": text})).collect()
}

pub(crate) fn reply(answer: Answered, now: DateTime<Utc>) -> Poll {
    let (status, body) = match answer {
        Ok(Value::Null) => (StatusCode::NO_CONTENT, Value::Null),
        Ok(body) => (StatusCode::OK, body),
        Err(refusal) => refusal,
    };
    Poll::Ready(response(status, &body, now))
}

pub(crate) fn response(status: StatusCode, body: &Value, now: DateTime<Utc>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response.headers_mut().insert(header::DATE, http_date(now));
    if status == StatusCode::TOO_MANY_REQUESTS {
        // After a whole window there is room for sure.
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    if !body.is_null() {
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        *response.body_mut() = Bytes::from(body.to_string());
    }
    response
}

/// An object of a request, whose members are read with their types checked. A null is the same as nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

/// The reason for which something is refused.
pub(crate) type Read<T> = Result<T, String>;

/// The body as JSON.
pub(crate) fn parse(body: &[u8]) -> Read<Value> {
    serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())
}

impl<'a> Fields<'a> {
    pub(crate) fn of(value: &'a Value) -> Read<Self> {
        value.as_object().map(Self).ok_or_else(|| "an object is required".to_owned())
    }

    fn get<T>(self, name: &str, what: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Read<Option<T>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| format!("{name} has to be {what}")),
        }
    }

    /// A text, which may be empty.
    pub(crate) fn text(self, name: &str) -> Read<Option<&'a str>> {
        self.get(name, "a text", Value::as_str)
    }

    /// A text with something in it.
    pub(crate) fn full(self, name: &str) -> Read<Option<&'a str>> {
        Ok(self.text(name)?.filter(|text| !text.trim().is_empty()))
    }

    /// A text that has to be there, with something in it.
    pub(crate) fn required(self, name: &str) -> Read<&'a str> {
        self.full(name)?.ok_or_else(|| format!("{name} is required"))
    }

    pub(crate) fn flag(self, name: &str) -> Read<bool> {
        Ok(self.get(name, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    pub(crate) fn integer(self, name: &str) -> Read<Option<i64>> {
        self.get(name, "a whole number", Value::as_i64)
    }

    pub(crate) fn list(self, name: &str) -> Read<Option<&'a Vec<Value>>> {
        self.get(name, "a list", Value::as_array)
    }

    /// A list of texts; empty without one.
    pub(crate) fn texts(self, name: &str) -> Read<Option<Vec<&'a str>>> {
        self.get(name, "a list of texts", |value| value.as_array()?.iter().map(Value::as_str).collect())
    }

    /// An object of texts; empty without one.
    pub(crate) fn named_texts(self, name: &str) -> Read<Vec<(&'a str, &'a str)>> {
        let read = |value: &'a Value| {
            let members = value.as_object()?.iter();
            members.map(|(name, text)| Some((name.as_str(), text.as_str()?))).collect()
        };
        Ok(self.get(name, "an object of texts", read)?.unwrap_or_default())
    }
}
