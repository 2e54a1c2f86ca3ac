//! Timers: each user has one at most.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::Response;
use rust_decimal::Decimal;

use super::{Behaviour, Compute, money::hours};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Write, create, delete, show},
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(TIMER: Timer = timer { start_time });

pub(crate) struct Timers;

impl Behaviour for Timers {
    fn resource(&self) -> Option<Resource> {
        Some(TIMER.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        match field {
            // Hours since the start (Clio's document).
            "elapsed_time" => Some(|view, _, timer| {
                let start = timer.get(TIMER.start_time).as_moment().unwrap_or(view.now);
                let seconds = view.now.signed_duration_since(start).num_seconds().max(0);
                Value::Decimal(hours(Decimal::from(seconds)).round_dp(4))
            }),
            _ => None,
        }
    }

    fn complete(&self, _firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        record.set(TIMER.start_time, write.now);
        Ok(())
    }

    /// A second timer ends the first one. Clio says nothing of it: our choice.
    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        if let Some(old) = firm.timers.insert(write.user, id) {
            firm.tables.remove(TIMER.resource, old, write.now, write.by);
        }
    }
}

/// The timer of a user. One that was there before the world began is everybody's.
fn timer_of(firm: &Firm, user: i64) -> Result<&Record, Refusal> {
    let own = firm.timers.get(&user).and_then(|id| firm.get(TIMER.resource, *id));
    let seeded = || firm.table(TIMER.resource).values().find(|timer| timer.origin == Origin::Seed);
    own.or_else(seeded).ok_or_else(|| Refusal::not_found("Timer"))
}

/// `GET /timer`.
pub(crate) fn running(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let timer = timer_of(firm, access.user)?;
    show(View { firm, access, now: ask.now }, ask, operation, TIMER.resource, timer)
}

/// `POST /timer`.
pub(crate) fn start(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    create(firm, access, ask, operation, TIMER.resource)
}

/// `DELETE /timer`. Whether the time goes into the activity is not said: here it does not.
pub(crate) fn stop(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let id = timer_of(firm, access.user)?.id;
    delete(firm, access, ask, operation, TIMER.resource, id)
}
