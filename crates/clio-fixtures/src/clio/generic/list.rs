//! Lists: one page of what the query lets through.

use std::ops::Bound;

use bytes::Bytes;
use clio_core::schema::{Answer, OperationInfo};
use http::{Response, StatusCode, header};

use super::{
    filter::Filters,
    one::fields,
    order::Order,
    paging::{link, token_after, token_for},
};
use crate::{
    clio::{
        answer::{Plan, View},
        ask::{Answered, Ask, Refusal},
        behaviour,
        store::{Record, Resource, Table},
    },
    run::JSON,
};

/// The most records that a list without a cursor can skip.
const MOST_OFFSET: usize = 10_000;

/// Where the records of a list come from.
#[derive(Debug)]
pub(crate) enum Rows<'a> {
    Table(&'a Table),
    /// Records that are made for this answer, such as what each client owes.
    Made(Vec<Record>),
}

/// One page of the records that the query lets through.
pub(crate) fn list(
    view: View<'_>,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    resource: Resource,
    rows: &Rows<'_>,
) -> Answered {
    let tree = fields(ask, operation)?;
    required(ask, operation)?;
    behaviour::of(resource).admits(ask)?;
    let limit = limit(ask, operation)?;
    let order = Order::read(ask, operation)?;
    let filters = Filters::read(view, ask, operation, resource)?;
    let offset = ask.parsed("offset", |text| text.parse::<usize>().ok())?;
    if offset.is_some_and(|offset| offset >= MOST_OFFSET) {
        return Err(Refusal::argument(&format!("offset has to be below {MOST_OFFSET}")));
    }
    let cursor = order.is_cursor() && offset.is_none();
    let after = match ask.param("page_token") {
        Some(token) => Some(token_after(ask, token)?),
        None => None,
    };
    let found = if cursor {
        by_cursor(rows, &filters, view, after.unwrap_or(i64::MIN), limit)
    } else {
        by_offset(rows, &filters, &order, view, resource, offset.unwrap_or(0), limit)
    };

    let plan = Plan::record(tree.as_ref(), operation.object, resource);
    let mut text = Vec::with_capacity(256 + found.page.len() * 128);
    let bare = operation.answer == Answer::ListBare;
    text.extend_from_slice(if bare { b"[" } else { b"{\"data\":[" });
    for (at, record) in found.page.iter().enumerate() {
        if at > 0 {
            text.push(b',');
        }
        view.record(&mut text, &plan, resource, record);
    }
    text.push(b']');
    if bare {
        return Ok(json(text));
    }
    let next = found.next.map(|next| match next {
        Next::After(id) => link(ask, "page_token", &token_for(ask, id)),
        Next::Offset(at) => link(ask, "offset", &at.to_string()),
    });
    let previous = offset.filter(|offset| *offset > 0);
    let previous = previous.map(|offset| link(ask, "offset", &offset.saturating_sub(limit).to_string()));
    Ok(enclose(text, next, previous, found.total))
}

/// How many records a page has at most.
pub(super) fn limit(ask: &Ask<'_>, operation: &OperationInfo) -> Result<usize, Refusal> {
    let most = usize::from(operation.page_size.unwrap_or(200));
    let limit = ask.parsed("limit", |text| text.parse().ok().filter(|n| (1..=most).contains(n)))?;
    Ok(limit.unwrap_or_else(|| operation.default_page_size.map_or(most, usize::from)))
}

/// The end of an answer that began with `{"data":[..]`: links and the number of all records.
pub(super) fn enclose(
    mut text: Vec<u8>,
    next: Option<String>,
    previous: Option<String>,
    total: usize,
) -> Response<Bytes> {
    let mut paging = serde_json::Map::new();
    for (name, link) in [("next", next), ("previous", previous)] {
        if let Some(link) = link {
            paging.insert(name.to_owned(), link.into());
        }
    }
    let meta = serde_json::json!({"paging": paging, "records": total});
    text.extend_from_slice(format!(",\"meta\":{meta}}}").as_bytes());
    json(text)
}

fn json(text: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// Parameters that Clio's document calls required. That a list without one is refused with 400 is a guess.
fn required(ask: &Ask<'_>, operation: &OperationInfo) -> Result<(), Refusal> {
    let in_path = |name| operation.path_parameters.iter().any(|parameter| parameter.name == name);
    let missing = |name| !in_path(name) && ask.param(name).is_none_or(str::is_empty);
    let found = operation.parameters.iter().find(|parameter| parameter.required && missing(parameter.name));
    match found {
        Some(parameter) => Err(Refusal::argument(&format!("{} is required", parameter.name))),
        None => Ok(()),
    }
}

struct Found<'a> {
    page: Vec<&'a Record>,
    total: usize,
    next: Option<Next>,
}

enum Next {
    After(i64),
    Offset(usize),
}

/// The next records behind an id. Without a filter only those are looked at.
fn by_cursor<'a>(
    rows: &'a Rows<'_>,
    filters: &Filters,
    view: View<'_>,
    after: i64,
    limit: usize,
) -> Found<'a> {
    let (mut page, total): (Vec<&Record>, usize) = match rows {
        Rows::Table(table) if filters.is_empty() => {
            let behind = table.range((Bound::Excluded(after), Bound::Unbounded));
            (behind.take(limit + 1).map(|(_, record)| record).collect(), table.len())
        }
        _ => {
            let mut page = Vec::new();
            let mut total = 0;
            for record in all(rows).filter(|record| filters.let_through(view, record)) {
                total += 1;
                if record.id > after && page.len() <= limit {
                    page.push(record);
                }
            }
            (page, total)
        }
    };
    let more = page.len() > limit;
    page.truncate(limit);
    let next = page.last().filter(|_| more).map(|last| Next::After(last.id));
    Found { page, total, next }
}

fn by_offset<'a>(
    rows: &'a Rows<'_>,
    filters: &Filters,
    order: &Order<'_>,
    view: View<'_>,
    resource: Resource,
    offset: usize,
    limit: usize,
) -> Found<'a> {
    let mut found: Vec<_> = all(rows).filter(|record| filters.let_through(view, record)).collect();
    order.sort(view, resource, &mut found);
    let total = found.len();
    let page: Vec<_> = found.into_iter().skip(offset).take(limit).collect();
    let end = offset + page.len();
    let next = (end < total).then_some(Next::Offset(end));
    Found { page, total, next }
}

/// Every record, by id.
fn all<'a>(rows: &'a Rows<'_>) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    match rows {
        Rows::Table(table) => Box::new(table.values()),
        Rows::Made(records) => Box::new(records.iter()),
    }
}
