//! What all targets at Clio have in common: how a call is sent on the engine's behalf, and what its error says.

use chrono::{DateTime, Utc};
use clio_api::{Clio, Done, Limits, One, Permit, RetryPolicy};
use clio_core::{Applied, ErrorKind as ClioErrorKind, Id, Selection, schema::Operation};
use serde_json::{Map, Value};

use crate::{Error, ErrorKind, Outcome, Ready, Result, SendLimits};

/// Sends calls within the limits of one send. The first has what was reserved for it.
pub(super) struct Sender {
    limits: SendLimits,
    permit: Option<Permit>,
}

impl Sender {
    pub(super) fn new(limits: SendLimits, ready: Ready) -> Self {
        Self { limits, permit: ready.take() }
    }

    /// Sends the call once: whether it is sent again is for the engine to say, which has written down what was sent before.
    pub(super) async fn dress<Op: Operation, T: Selection<Op::Object> + 'static>(
        &mut self,
        call: One<Op, T>,
    ) -> Result<T, clio_core::Error> {
        let mut call = call
            .with_limits(Limits { total: self.limits.answer_within, ..Limits::default() })
            .with_retry(RetryPolicy::never());
        if let Some(permit) = self.permit.take() {
            // What follows the first call of a send is sent upon its answer, later than the first had to leave.
            call = call.with_permit(permit).with_send_by(self.limits.send_by);
        }
        call.await
    }

    /// The same for a call that answers nothing.
    pub(super) async fn dress_done<Op: Operation>(&mut self, call: Done<Op>) -> Result<(), clio_core::Error> {
        let mut call = call
            .with_limits(Limits { total: self.limits.answer_within, ..Limits::default() })
            .with_retry(RetryPolicy::never());
        if let Some(permit) = self.permit.take() {
            call = call.with_permit(permit).with_send_by(self.limits.send_by);
        }
        call.await
    }

    /// Those members of the payload that this operation takes: what can be created cannot always be changed.
    #[expect(clippy::unused_self, reason = "reads as one")]
    pub(super) fn body_of<Op: Operation>(&self, payload: &str) -> Map<String, Value> {
        let members: Map<String, Value> = serde_json::from_str(payload).unwrap_or_default();
        members.into_iter().filter(|(name, _)| Op::INFO.body.iter().any(|field| field.name == name)).collect()
    }
}

/// The newest time that Clio told; asks it, if none is known yet.
pub(super) async fn server_time(clio: &Clio) -> Result<DateTime<Utc>> {
    if let Some(time) = clio.server_time() {
        return Ok(time);
    }
    clio.users().who_am_i().await?;
    clio.server_time().ok_or_else(|| {
        Error::new(ErrorKind::Protocol, "Clio's answers carry no Date header, so no look is safe")
    })
}

/// The id at Clio. `None` for what cannot be one.
pub(super) fn remote<O>(id: &str) -> Option<Id<O>> {
    id.parse().ok().map(Id::new)
}

/// What an error says of a creation.
pub(super) fn outcome(error: clio_core::Error) -> Outcome {
    match (error.kind(), error.applied()) {
        (ClioErrorKind::RateLimited, Applied::Perhaps) => Outcome::RateLimited(error.retry_after()),
        (
            ClioErrorKind::Invalid
            | ClioErrorKind::NotFound
            | ClioErrorKind::Forbidden
            | ClioErrorKind::Conflict,
            Applied::No,
        ) => Outcome::Refused(error.message().to_owned()),
        (_, Applied::No) => Outcome::NotSent(error.into()),
        (_, Applied::Perhaps) => Outcome::Unknown(error.to_string()),
    }
}

/// What an error says of a change or a deletion.
pub(super) fn outcome_upon(error: clio_core::Error) -> Outcome {
    match (error.kind(), error.applied(), error.status()) {
        (ClioErrorKind::NotFound, Applied::No, _) => Outcome::Gone,
        // 409 says that the record is in use, which is no change by others.
        (ClioErrorKind::Conflict, Applied::No, Some(412)) => Outcome::Changed,
        _ => outcome(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_refusal_is_one() {
        let error = |kind, applied| clio_core::Error::new(kind, "x").with_applied(applied);
        let refused = outcome(error(ClioErrorKind::Invalid, Applied::No));
        assert!(matches!(refused, Outcome::Refused(_)));
        let proxy = outcome(error(ClioErrorKind::Forbidden, Applied::Perhaps));
        assert!(matches!(proxy, Outcome::Unknown(_)));
        let lost = outcome(error(ClioErrorKind::AuthorisationLost, Applied::No));
        assert!(matches!(lost, Outcome::NotSent(error) if error.kind() == ErrorKind::AuthorisationLost));
        let ours = outcome(error(ClioErrorKind::RateLimited, Applied::No));
        assert!(matches!(ours, Outcome::NotSent(error) if error.kind() == ErrorKind::RateLimited));
        let clios = outcome(error(ClioErrorKind::RateLimited, Applied::Perhaps));
        assert!(matches!(clios, Outcome::RateLimited(_)));
    }
}
