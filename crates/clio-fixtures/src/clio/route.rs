//! From a request to an answer: token, limit, version, path.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{
    FieldTree,
    schema::{
        Operation, OperationInfo,
        operations::{ListActivities, ListActivityDescriptions, ListMatters, ListUsers, WhoAmI},
    },
};
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::json;

use super::{
    ask::{Answered, Ask, Refusal, ok},
    create,
    limits::{RateLimits, Window},
    list, oauth,
    render::Node,
    state::{Firm, fnv},
};
use crate::run::http_date;

/// The version that Clio answers with when none was asked for (4.0.13 in its document of August 2026).
const VERSION: &str = "4.0.13";

pub(crate) fn answer(
    firm: &mut Firm,
    call: u64,
    request: &Request<Bytes>,
    now: DateTime<Utc>,
) -> Response<Bytes> {
    let ask = Ask::new(call, request, now);
    let mut window = firm.settings.rate_limit.map(|limit| RateLimits::fresh(limit, now));
    let response = route(firm, &ask, &mut window).unwrap_or_else(|refusal| refusal.response());
    finish(response, &ask, window)
}

/// 429 without a look at the request.
pub(crate) fn too_many(firm: &Firm, call: u64, now: DateTime<Utc>) -> Response<Bytes> {
    let request = Request::new(Bytes::new());
    let window = RateLimits::fresh(firm.settings.rate_limit.unwrap_or(50), now).used_up();
    finish(Refusal::too_many().response(), &Ask::new(call, &request, now), Some(window))
}

fn finish(mut response: Response<Bytes>, ask: &Ask<'_>, window: Option<Window>) -> Response<Bytes> {
    let refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    headers.insert(header::DATE, http_date(ask.now));
    if let Some(window) = window {
        window.write(headers);
        if refused {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(window.wait(ask.now)));
        }
    }
    let version = ask.header("x-api-version").unwrap_or(VERSION);
    if let Ok(version) = HeaderValue::from_str(version) {
        headers.insert("x-api-version", version);
    }
    let hash = fnv(&ask.call.to_be_bytes());
    if let Ok(id) = HeaderValue::from_str(&format!("{:08x}-{hash:016x}", ask.call)) {
        headers.insert("x-request-id", id);
    }
    response
}

fn route(firm: &mut Firm, ask: &Ask<'_>, window: &mut Option<Window>) -> Answered {
    if let Some(path) = ask.path().strip_prefix("/oauth/") {
        return oauth::route(firm, ask, path);
    }
    let path = ask.path().strip_prefix("/api/v4/").ok_or_else(Refusal::no_route)?;
    let token = ask.bearer().filter(|token| firm.tokens.valid(token, ask.now));
    let token = token.ok_or_else(Refusal::invalid_token)?;
    if let Some(limit) = firm.settings.rate_limit {
        let (counted, over) = firm.limits.count(token, limit, ask.now);
        *window = Some(counted);
        if over {
            return Err(Refusal::too_many());
        }
    }
    if ask.header("x-api-version").is_some_and(|version| !known(version)) {
        return Err(Refusal::new(StatusCode::GONE, "UnsupportedApiVersion", "this version does not exist"));
    }
    match (ask.method(), path.strip_suffix(".json").unwrap_or(path)) {
        ("GET", "users/who_am_i") => who_am_i(firm, ask),
        ("GET", "users") => list::list(firm, ask, ListUsers::INFO, firm.users.iter().map(Node::User)),
        ("GET", "matters") => list::list(firm, ask, ListMatters::INFO, firm.matters.iter().map(Node::Matter)),
        ("GET", "activity_descriptions") => {
            let records = firm.categories.iter().map(Node::Category);
            list::list(firm, ask, ListActivityDescriptions::INFO, records)
        }
        ("GET", "activities") => {
            list::list(firm, ask, ListActivities::INFO, firm.activities.values().map(Node::Activity))
        }
        ("POST", "activities") => create::create(firm, ask),
        _ => Err(Refusal::no_route()),
    }
}

/// The user of the token: the administrator, who is the only one to consent.
fn who_am_i(firm: &Firm, ask: &Ask<'_>) -> Answered {
    let tree = fields(ask, WhoAmI::INFO)?;
    let user = firm.users.first().ok_or_else(|| Refusal::not_found("User"))?;
    let data = Node::User(user).render(firm, tree.as_ref());
    let mut response = ok(StatusCode::OK, &json!({ "data": data }));
    if let Ok(etag) = HeaderValue::from_str(&user.stamp.etag("User", user.id)) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::LAST_MODIFIED, http_date(user.stamp.updated));
    Ok(response)
}

/// The `fields` parameter, checked against what the operation answers.
pub(crate) fn fields(ask: &Ask<'_>, operation: &OperationInfo) -> Result<Option<FieldTree>, Refusal> {
    let Some(text) = ask.param("fields").filter(|text| !text.is_empty()) else { return Ok(None) };
    FieldTree::parse(operation.object, text)
        .map(Some)
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, "InvalidFields", &error.to_string()))
}

/// `4.0.` and a number up to that of the newest version.
fn known(version: &str) -> bool {
    let minor = |version: &str| version.strip_prefix("4.0.")?.parse::<u32>().ok();
    minor(version).is_some_and(|number| Some(number) <= minor(VERSION))
}
