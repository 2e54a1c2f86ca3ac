//! Creating, changing and deleting records.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::schema::OperationInfo;
use http::{Response, StatusCode};
use serde_json::{Map, Value as Json};

use super::{
    absorb::absorb,
    check::check,
    one::{fields, matches, one},
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Answered, Ask, Refusal},
    behaviour,
    firm::Firm,
    records::Origin,
    store::{Record, Resource},
};

/// A write in the making, as a behaviour sees it.
#[derive(Debug)]
pub(crate) struct Write<'a> {
    /// The record as it stands; `None` when it is being created.
    pub(crate) old: Option<&'a Record>,
    /// What was sent.
    pub(crate) data: &'a Map<String, Json>,
    pub(crate) now: DateTime<Utc>,
    /// Whose token it is.
    pub(crate) user: i64,
    pub(crate) by: &'a Origin,
}

impl Write<'_> {
    pub(crate) fn creates(&self) -> bool {
        self.old.is_none()
    }

    /// The member was sent, be it as null.
    pub(crate) fn sends(&self, name: &str) -> bool {
        self.data.contains_key(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.data.get(name)?.as_str()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.data.get(name).is_some_and(|flag| *flag == true || flag == "true")
    }

    /// The id of `{"matter": {"id": 1}}`.
    pub(crate) fn id_of(&self, name: &str) -> Option<i64> {
        self.data.get(name)?.get("id")?.as_i64()
    }
}

/// The `data` object of a body.
pub(crate) fn body(ask: &Ask<'_>) -> Result<Map<String, Json>, Refusal> {
    let body: Json =
        serde_json::from_slice(ask.body()).map_err(|_| Refusal::argument("the body is not JSON"))?;
    match body {
        Json::Object(mut members) => match members.remove("data") {
            Some(Json::Object(data)) => Ok(data),
            _ => Err(Refusal::argument("the body has no data object")),
        },
        _ => Err(Refusal::argument("the body has no data object")),
    }
}

/// `POST` to a collection.
pub(crate) fn create(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    resource: Resource,
) -> Answered {
    // A bad list of fields is refused before anything is written.
    let tree = fields(ask, operation)?;
    let mut data = body(ask)?;
    let behaviour = behaviour::of(resource);
    behaviour.prepare(&mut data);
    check(operation.body, &data, &|name| behaviour.requires(name, &data), "")?;
    let by = ask.origin_of_writes();
    let mut record = Record::new(0, ask.now, by.clone());
    absorb(firm, resource, &mut record, operation.body, &data)?;
    let write = Write { old: None, data: &data, now: ask.now, user: access.user, by: &by };
    behaviour.complete(firm, &mut record, &write)?;
    record.id = firm.next_id();
    let id = record.id;
    firm.tables.insert(resource, record);
    behaviour.written(firm, id, &write);
    let view = View { firm, access, now: ask.now };
    let written = firm.get(resource, id).ok_or_else(|| Refusal::not_found(resource.name()))?;
    Ok(one(view, tree.as_ref(), operation, resource, written))
}

/// `PATCH` of a record, or a `POST` that changes one.
pub(crate) fn update(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    resource: Resource,
    id: i64,
) -> Answered {
    let tree = fields(ask, operation)?;
    let mut data = body(ask)?;
    let found = firm.get(resource, id).filter(|record| access.sees(firm, resource, record));
    let old = found.cloned().ok_or_else(|| Refusal::not_found(&format!("{} {id}", resource.name())))?;
    condition(ask, resource, &old)?;
    let behaviour = behaviour::of(resource);
    behaviour.prepare(&mut data);
    check(operation.body, &data, &|_| false, "")?;
    let mut record = old.clone();
    absorb(firm, resource, &mut record, operation.body, &data)?;
    let by = ask.origin_of_writes();
    let write = Write { old: Some(&old), data: &data, now: ask.now, user: access.user, by: &by };
    behaviour.complete(firm, &mut record, &write)?;
    firm.tables.change(resource, id, ask.now, &by, |kept| {
        let stamp = kept.stamp;
        *kept = record;
        kept.stamp = stamp;
    });
    behaviour.written(firm, id, &write);
    let view = View { firm, access, now: ask.now };
    let written = firm.get(resource, id).ok_or_else(|| Refusal::not_found(resource.name()))?;
    Ok(one(view, tree.as_ref(), operation, resource, written))
}

/// `DELETE` of a record. A second time it is not found.
pub(crate) fn delete(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    resource: Resource,
    id: i64,
) -> Answered {
    let tree = fields(ask, operation)?;
    let found = firm.get(resource, id).filter(|record| access.sees(firm, resource, record));
    let old = found.cloned().ok_or_else(|| Refusal::not_found(&format!("{} {id}", resource.name())))?;
    condition(ask, resource, &old)?;
    let by = ask.origin_of_writes();
    let answer = if operation.success == 204 {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    } else {
        one(View { firm, access, now: ask.now }, tree.as_ref(), operation, resource, &old)
    };
    behaviour::of(resource).delete(firm, &old, ask.now, &by)?;
    Ok(answer)
}

/// `If-Match`: nothing is applied to a record that has changed. What Clio says in the body of a 412 is not known.
fn condition(ask: &Ask<'_>, resource: Resource, record: &Record) -> Result<(), Refusal> {
    let etag = record.stamp.etag(resource.name(), record.id);
    match ask.header("if-match") {
        Some(condition) if !matches(condition, &etag) => Err(Refusal::new(
            StatusCode::PRECONDITION_FAILED,
            "PreconditionFailed",
            "the record has changed since that etag",
        )),
        _ => Ok(()),
    }
}
