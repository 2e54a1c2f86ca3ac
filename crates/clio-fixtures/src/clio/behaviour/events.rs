//! What waits for a user: the counts of unread things.

use bytes::Bytes;
use clio_core::schema::OperationInfo;
use http::Response;

use super::{attached::many, conversations};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{fields, one},
    records::Origin,
    store::{Record, handles},
};

handles!(METRICS: EventMetrics = event_metrics {
    unread_client_portal_messages,
    unread_mobile_events,
    unread_secure_messages,
    unread_text_messages,
    unread_web_events,
});

/// `GET /internal_notifications/event_metrics`: of the caller. Only messages of conversations wait in the fake firm, and they
/// are counted whatever matter or contact the call is about.
pub(crate) fn metrics(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let tree = fields(ask, operation)?;
    let mut record = Record::new(0, ask.now, Origin::Seed);
    for slot in [
        METRICS.unread_client_portal_messages,
        METRICS.unread_mobile_events,
        METRICS.unread_text_messages,
        METRICS.unread_web_events,
    ] {
        record.set(slot, 0);
    }
    record.set(METRICS.unread_secure_messages, many(conversations::unread(firm, access.user)));
    Ok(one(View { firm, access, now: ask.now }, tree.as_ref(), operation, METRICS.resource, &record))
}
