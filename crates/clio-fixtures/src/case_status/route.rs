//! From a request to an answer.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{firm::Firm, render};
use crate::run::{JSON, http_date};

type Refusal = (StatusCode, &'static str);

pub(crate) fn answer(firm: &Firm, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
    match route(firm, request) {
        Ok(body) => response(StatusCode::OK, &body, now),
        Err((status, message)) => response(status, &json!({ "message": message }), now),
    }
}

/// No limit of Case Status's is known; this is how one would look.
pub(crate) fn too_many(now: DateTime<Utc>) -> Response<Bytes> {
    let mut answer = response(StatusCode::TOO_MANY_REQUESTS, &json!({"message": "too many requests"}), now);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    answer
}

fn route(firm: &Firm, request: &Request<Bytes>) -> Result<Value, Refusal> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|given| given.strip_prefix("ApiKey ")) != Some(firm.key.as_str()) {
        return Err((StatusCode::UNAUTHORIZED, "an API key is required"));
    }
    if request.method() != http::Method::GET {
        return Err(NOTHING);
    }
    let page = Page { number: number(request, "page[number]")?.unwrap_or(1), firm };
    match request.uri().path() {
        "/reporting/cases" => {
            let most = firm.settings.largest_page;
            let size = number(request, "size")?.unwrap_or(most).min(most);
            let rows = page.of(&firm.cases, size).into_iter().map(|case| render::case(firm, case));
            Ok(json!({ "results": rows.collect::<Vec<_>>() }))
        }
        "/reporting/firm" => {
            let row = render::firm(firm);
            Ok(json!({ "results": page.of(&[row], 1) }))
        }
        "/v1/api/messages" => {
            let rows = page.of(&firm.messages, firm.settings.page);
            Ok(rows.into_iter().map(|one| render::message(firm, one)).collect())
        }
        "/v1/api/files" => {
            let rows = page.of(&firm.files, firm.settings.page);
            Ok(rows.into_iter().map(|one| render::file(firm, one)).collect())
        }
        _ => Err(NOTHING),
    }
}

const NOTHING: Refusal = (StatusCode::NOT_FOUND, "nothing public is known at this path");

/// A page of a list, in the order of the settings.
struct Page<'a> {
    number: usize,
    firm: &'a Firm,
}

impl Page<'_> {
    fn of<'a, T>(&self, all: &'a [T], size: usize) -> Vec<&'a T> {
        let before = (self.number - 1).saturating_mul(size);
        if self.firm.settings.newest_first {
            all.iter().rev().skip(before).take(size).collect()
        } else {
            all.iter().skip(before).take(size).collect()
        }
    }
}

/// A parameter that is a number from 1 on.
fn number(request: &Request<Bytes>, name: &str) -> Result<Option<usize>, Refusal> {
    let query = request.uri().query().unwrap_or_default();
    let Some((_, text)) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| *number >= 1);
    number.map(Some).ok_or((StatusCode::BAD_REQUEST, "pages and sizes are numbers from 1 on"))
}

fn response(status: StatusCode, body: &Value, now: DateTime<Utc>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response.headers_mut().insert(header::DATE, http_date(now));
    response
}
