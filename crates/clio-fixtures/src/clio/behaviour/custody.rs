//! Safe custody: where paper documents are.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::Response;

use super::{Behaviour, contacts::CONTACT, users::USER};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Write, create, fields, one},
    store::{Record, Resource, handles},
};

handles!(CUSTODY: SafeCustodyRecord = safe_custody_record { stored_on });
handles!(STATE: SafeCustodyRecordState = safe_custody_record_state { date });

pub(crate) struct States;

impl Behaviour for States {
    fn resource(&self) -> Option<Resource> {
        Some(STATE.resource)
    }

    /// Clio's document: the actor is a user (1) or a contact (2).
    fn complete(&self, firm: &mut Firm, _record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let kind = write.data.get("actor_type").and_then(serde_json::Value::as_i64);
        let actor = write.data.get("actor_id").and_then(serde_json::Value::as_i64).unwrap_or(0);
        let resource = match kind {
            Some(1) => USER.resource,
            Some(2) => CONTACT.resource,
            _ => return Err(Refusal::unprocessable("actor_type must be 1 for a user or 2 for a contact")),
        };
        match firm.get(resource, actor) {
            Some(_) => Ok(()),
            None => Err(Refusal::unknown_reference(firm, &format!("{} {actor}", resource.name()))),
        }
    }
}

/// `POST /safe_custody/records/{id}/state_changes`: a new state of a record that exists. Which states follow which is not said,
/// so all do here. Without a date it is the day on which the document was stored (Clio's document).
pub(crate) fn change_state(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let id = ids.first().copied().unwrap_or(0);
    let record = firm.get(CUSTODY.resource, id);
    let record = record.ok_or_else(|| Refusal::not_found(&format!("SafeCustodyRecord {id}")))?;
    let stored_on = record.get(CUSTODY.stored_on).clone();
    let tree = fields(ask, operation)?;
    create(firm, access, ask, operation, STATE.resource)?;
    let made = firm.last_id;
    if firm.get(STATE.resource, made).is_some_and(|state| state.get(STATE.date).is_null()) {
        let by = ask.origin_of_writes();
        firm.tables.change(STATE.resource, made, ask.now, &by, |state| state.set(STATE.date, stored_on));
    }
    let state = firm.get(STATE.resource, made).ok_or_else(|| Refusal::not_found("SafeCustodyRecordState"))?;
    Ok(one(View { firm, access, now: ask.now }, tree.as_ref(), operation, STATE.resource, state))
}
