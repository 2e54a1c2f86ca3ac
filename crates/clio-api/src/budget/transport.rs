//! The wrapper that takes a permit for each request.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use clio_core::{Clock, Limits, Payload, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};

use super::{Budget, Lane, Permit};

/// What a request wants of the budget: among its extensions.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) lane: Lane,
    /// The longest that it waits for its turn.
    pub(crate) longest_wait: Duration,
    /// A permit that was reserved for its first attempt.
    pub(crate) reserved: Option<Arc<Mutex<Option<Permit>>>>,
}

/// Sends within the budget, over any transport. It stands inside whatever repeats a request, so that each attempt counts,
/// and outside the deadline, so that waiting for one's turn is not measured as waiting for the server.
#[derive(Debug)]
pub(crate) struct Budgeted {
    inner: Arc<dyn Transport>,
    budget: Budget,
    clock: Arc<dyn Clock>,
}

impl Budgeted {
    pub(crate) fn new(inner: Arc<dyn Transport>, budget: Budget, clock: Arc<dyn Clock>) -> Self {
        Self { inner, budget, clock }
    }

    async fn permit(&self, wanted: &Wanted, limits: Limits) -> Result<Permit, TransportError> {
        let reserved = wanted.reserved.as_ref();
        let reserved = reserved.and_then(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).take());
        // What does not hold any more goes back, and the request waits as others do.
        if let Some(permit) = reserved.filter(|permit| permit.holds(&self.budget)) {
            return Ok(permit);
        }
        let rest = limits.send_by.map(|send_by| send_by.saturating_sub(self.clock.monotonic()));
        let longest = rest.map_or(wanted.longest_wait, |rest| rest.min(wanted.longest_wait));
        self.budget.permit(wanted.lane.clone(), longest).await.map_err(|too_long| {
            tracing::debug!(wait = ?too_long.wait, "the rate limit leaves no room in time");
            let error = TransportError::not_sent(
                TransportErrorKind::Throttled,
                "the rate limit leaves no room for this request in time",
            );
            match too_long.wait {
                Some(wait) => error.with_retry_after(wait),
                None => error,
            }
        })
    }
}

#[async_trait]
impl Transport for Budgeted {
    async fn send(
        &self,
        mut request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let Some(wanted) = request.extensions_mut().remove::<Wanted>() else {
            return self.inner.send(request, limits).await;
        };
        let mut permit = self.permit(&wanted, limits).await?;
        permit.sent();
        match self.inner.send(request, limits).await {
            Ok(response) => {
                permit.answered(response.status(), response.headers());
                Ok(response)
            }
            Err(error) => {
                if error.nothing_left() {
                    permit.not_sent();
                }
                Err(error)
            }
        }
    }
}
