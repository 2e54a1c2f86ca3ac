//! Downloads: a redirect to the storage host.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::{HeaderValue, Response, StatusCode, header};

use super::{
    DOCUMENT,
    versions::{self, VERSION},
};
use crate::clio::{
    access::Access,
    ask::{Ask, Refusal},
    behaviour::jobs,
    files::{self, Permit},
    firm::Firm,
    store::Resource,
};

/// `GET /documents/{id}/download`: the version of `document_version_id`, else the latest (Clio's document).
pub(crate) fn document(
    firm: &mut Firm,
    _access: &Access,
    ask: &Ask<'_>,
    _operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let id = ids.first().copied().unwrap_or(0);
    let document = firm.get(DOCUMENT.resource, id);
    let document = document.ok_or_else(|| Refusal::not_found(&format!("Document {id}")))?;
    let version = match ask.parsed("document_version_id", |text| text.parse::<i64>().ok())? {
        Some(version) => versions::of(firm, id)
            .find(|one| one.id == version && one.get(VERSION.fully_uploaded).is_true())
            .map(|one| one.id),
        None => versions::uploaded(firm, document),
    };
    let version = version.ok_or_else(|| Refusal::not_found("DocumentVersion"))?;
    Ok(redirect(firm, ask, &files::version_key(version)))
}

/// `GET` of the download of a report, a document archive or a document template. What is not complete is not found.
pub(crate) fn of_record(
    firm: &mut Firm,
    _access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let id = ids.first().copied().unwrap_or(0);
    let resource = Resource::named(operation.object.name).unwrap_or(Resource::NONE);
    let found = firm.get(resource, id).filter(|record| jobs::is_done(resource, record));
    if found.is_none() {
        return Err(Refusal::not_found(&format!("{} {id}", resource.name())));
    }
    Ok(redirect(firm, ask, &files::key(resource, id)))
}

/// How long such an address lives is not known: as long as one to put a file to.
fn redirect(firm: &Firm, ask: &Ask<'_>, key: &str) -> Response<Bytes> {
    let permit = Permit { method: "GET", key, part: None };
    let url = firm.files.sign(permit, ask.now, firm.settings.files.url_life);
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().extend(HeaderValue::from_str(&url).ok().map(|url| (header::LOCATION, url)));
    response
}
