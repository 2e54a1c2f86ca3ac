//! From a request to an answer: token, limit, version, operation.

use std::{collections::HashMap, sync::LazyLock};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::schema::{Answer, Kind, OperationInfo, ParameterInfo, Style, objects, operations};
use http::{HeaderValue, Request, Response, StatusCode, header};

use super::{
    access::Access,
    answer::View,
    ask::{Answered, Ask, Refusal},
    behaviour, files,
    firm::Firm,
    generic::{Rows, create, delete, list, show, update},
    limits::{RateLimits, Window},
    oauth, pages,
    store::{Resource, fnv},
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
    files::tick(firm, now);
    if files::is_storage(&ask) {
        return files::answer(firm, &ask);
    }
    firm.files.base = files::base_of(&ask);
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
    if ask.path() == "/" {
        return Ok(pages::front(firm, ask));
    }
    let path = ask.path().strip_prefix("/api/v4/").ok_or_else(Refusal::no_route)?;
    let (access, over) = enter(firm, ask, window)?;
    if over && !firm.settings.rate_limited_calls_apply {
        return Err(Refusal::too_many());
    }
    let answer = behind_the_door(firm, &access, ask, path);
    if over { Err(Refusal::too_many()) } else { answer }
}

/// What an authorised call gets.
fn behind_the_door(firm: &mut Firm, access: &Access, ask: &Ask<'_>, path: &str) -> Answered {
    if let Some(id) = behaviour::webhooks::activation(ask.method(), path) {
        return behaviour::webhooks::activate(firm, access, ask, id);
    }
    let (operation, ids) = find(ask.method(), path)?;
    perform(firm, access, ask, operation, &ids)
}

/// Token, rate limit and version: what comes before any operation. The flag says that the limit is used up.
fn enter(firm: &mut Firm, ask: &Ask<'_>, window: &mut Option<Window>) -> Result<(Access, bool), Refusal> {
    let token = ask.bearer().unwrap_or_default();
    let user = firm.tokens.user_of(token, ask.now).ok_or_else(Refusal::invalid_token)?;
    let mut over = false;
    if let Some(limit) = firm.settings.rate_limit {
        let (counted, used_up) = firm.limits.count(token, limit, ask.now);
        *window = Some(counted);
        over = used_up;
    }
    if ask.header("x-api-version").is_some_and(|version| !known(version)) {
        return Err(Refusal::new(StatusCode::GONE, "UnsupportedApiVersion", "this version does not exist"));
    }
    Ok((Access::new(firm, user, &firm.settings.permissions), over))
}

fn perform(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Answered {
    let resource = Resource::named(operation.object.name).unwrap_or(Resource::NONE);
    access.allows(resource, ask.method() != "GET")?;
    if let Some(handler) = behaviour::handler(operation) {
        return handler(firm, access, ask, operation, ids);
    }
    let id = ids.last().copied().unwrap_or(0);
    match (ask.method(), operation.answer) {
        ("GET", Answer::List | Answer::ListBare) => {
            let view = View { firm, access, now: ask.now };
            list(view, ask, operation, resource, &Rows::Table(firm.table(resource)))
        }
        ("GET", _) => {
            let record = firm.get(resource, id).filter(|record| access.sees(firm, resource, record));
            let record = record.ok_or_else(|| Refusal::not_found(&format!("{} {id}", resource.name())))?;
            show(View { firm, access, now: ask.now }, ask, operation, resource, record)
        }
        ("POST", _) => create(firm, access, ask, operation, resource),
        ("DELETE", _) => delete(firm, access, ask, operation, resource, id),
        _ => update(firm, access, ask, operation, resource, id),
    }
}

/// Not in Clio's document; users call it, and it works for them.
static SHOW_LINE_ITEM: OperationInfo = OperationInfo {
    id: "LineItem#show",
    group: "line_items",
    method: "GET",
    path: "/line_items/{id}.json",
    object: &objects::LINE_ITEM,
    answer: Answer::One,
    success: 200,
    statuses: &[200, 400, 401, 403, 404, 429],
    page_size: None,
    default_page_size: None,
    order_by_id: false,
    path_parameters: &[],
    parameters: &[ParameterInfo { name: "fields", kind: Kind::Text, style: Style::Single, required: false }],
    headers: &[],
    body: &[],
};

/// The segments of an operation's path.
struct Route {
    operation: &'static OperationInfo,
    segments: Vec<&'static str>,
}

/// The operations by the first segment of their paths; those with fewer placeholders first.
static ROUTES: LazyLock<HashMap<&'static str, Vec<Route>>> = LazyLock::new(|| {
    let mut routes: HashMap<_, Vec<Route>> = HashMap::new();
    for operation in operations::ALL.iter().copied().chain([&SHOW_LINE_ITEM]) {
        let path = operation.path.trim_start_matches('/');
        let segments: Vec<_> = path.strip_suffix(".json").unwrap_or(path).split('/').collect();
        routes
            .entry(segments.first().copied().unwrap_or_default())
            .or_default()
            .push(Route { operation, segments });
    }
    let placeholders =
        |route: &Route| route.segments.iter().filter(|segment| segment.starts_with('{')).count();
    for same in routes.values_mut() {
        same.sort_by_key(placeholders);
    }
    routes
});

/// The operation at a path, with the ids in it. The suffix `.json` may be left out, as users do.
fn find(method: &str, path: &str) -> Result<(&'static OperationInfo, Vec<i64>), Refusal> {
    let segments: Vec<_> = path.strip_suffix(".json").unwrap_or(path).split('/').collect();
    let same = ROUTES.get(segments.first().copied().unwrap_or_default());
    let fits = |route: &&Route| {
        route.operation.method == method
            && route.segments.len() == segments.len()
            && route
                .segments
                .iter()
                .zip(&segments)
                .all(|(known, sent)| known.starts_with('{') || known == sent)
    };
    let route = same.into_iter().flatten().find(fits).ok_or_else(Refusal::no_route)?;
    let placeholders = route.segments.iter().zip(&segments).filter(|(known, _)| known.starts_with('{'));
    // What is no number is the id of nothing.
    let ids = placeholders.map(|(_, sent)| sent.parse().unwrap_or(-1)).collect();
    Ok((route.operation, ids))
}

/// `4.0.` and a number up to that of the newest version.
fn known(version: &str) -> bool {
    let minor = |version: &str| version.strip_prefix("4.0.")?.parse::<u32>().ok();
    minor(version).is_some_and(|number| Some(number) <= minor(VERSION))
}
