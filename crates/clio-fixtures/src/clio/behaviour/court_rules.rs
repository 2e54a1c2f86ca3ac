//! Court rules: the operations on them that lie below another record, or answer an address.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::{HeaderValue, Response, StatusCode, header};

use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Rows, list, show},
    store::{Resource, fnv},
};

const JURISDICTION: &str = "Jurisdiction";
const TRIGGER: &str = "JurisdictionsToTrigger";
const SERVICE: &str = "ServiceType";

fn named(name: &str) -> Resource {
    Resource::named(name).unwrap_or(Resource::NONE)
}

fn exists(firm: &Firm, resource: Resource, id: i64) -> Result<(), Refusal> {
    match firm.get(resource, id) {
        Some(_) => Ok(()),
        None => Err(Refusal::not_found(&format!("{} {id}", resource.name()))),
    }
}

/// `GET /court_rules/jurisdictions/{id}/triggers`. A trigger does not tell its jurisdiction: here every one has all of them.
pub(crate) fn triggers(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    exists(firm, named(JURISDICTION), ids.first().copied().unwrap_or(0))?;
    let view = View { firm, access, now: ask.now };
    list(view, ask, operation, named(TRIGGER), &Rows::Table(firm.table(named(TRIGGER))))
}

/// `GET /court_rules/jurisdictions/{id}/triggers/{id}`.
pub(crate) fn trigger(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    exists(firm, named(JURISDICTION), ids.first().copied().unwrap_or(0))?;
    let id = ids.last().copied().unwrap_or(0);
    let found = firm.get(named(TRIGGER), id);
    let found = found.ok_or_else(|| Refusal::not_found(&format!("JurisdictionsToTrigger {id}")))?;
    show(View { firm, access, now: ask.now }, ask, operation, named(TRIGGER), found)
}

/// `GET /court_rules/matter_dockets/preview`: 303 to the dates (Clio's document). What is at that address is not described, so
/// there is nothing at it here.
pub(crate) fn preview(
    firm: &mut Firm,
    _access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let missing = operation.parameters.iter().find(|one| one.required && ask.param(one.name).is_none());
    if let Some(missing) = missing {
        return Err(Refusal::argument(&format!("{} is required", missing.name)));
    }
    for (name, resource) in [
        ("jurisdiction[id]", named(JURISDICTION)),
        ("trigger[id]", named(TRIGGER)),
        ("service_type[id]", named(SERVICE)),
    ] {
        let id = ask.parsed(name, |text| text.parse().ok())?;
        exists(firm, resource, id.unwrap_or(0))?;
    }
    let name = fnv(format!("{:?}", ask.params()).as_bytes());
    let address = format!("{}/court_rules/previews/{name:016x}", ask.origin());
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(address) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}
