//! The wrapper that sends once more what may be sent once more.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{Request, Response};

use crate::{
    Clock, Decision, Failure, Limits, Payload, Random, RetryPolicy, Stop, Transport, TransportError,
    resendable, retry::is_read, retry_after,
};

/// Repeats requests as a [`RetryPolicy`] says, over any transport.
///
/// It stands outside whatever limits one exchange, so that each attempt is measured by itself: outside
/// [`Deadline`](crate::Deadline), and outside what counts requests. [`Limits::send_by`] holds for all attempts together.
///
/// A [`RetryPolicy`] among the extensions of a request counts in place of the wrapper's own.
///
/// A read that may be repeated is answered with its body in memory, because a body that breaks off midway is a failure
/// as well. A body that comes as a stream is sent once, as is every request under [`RetryPolicy::never`], whose answer
/// keeps its stream.
#[derive(Debug, Clone)]
pub struct Retry {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    policy: RetryPolicy,
}

/// How often a request was sent before: in the extensions of each attempt but the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resent(pub u32);

impl Retry {
    /// Wraps `inner`, which never repeats a request itself.
    pub fn new(
        inner: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        policy: RetryPolicy,
    ) -> Self {
        Self { inner, clock, random, policy }
    }

    /// A number from 0 to 1.
    fn jitter(&self) -> f64 {
        let mut bytes = [0; 2];
        self.random.fill(&mut bytes);
        f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
    }

    /// How long to wait before the next attempt; `None` when there is none. Each decision is told.
    fn wait(&self, policy: &RetryPolicy, attempt: u32, failed: &Failed, limits: Limits) -> Option<Duration> {
        let Failed { method, failure, hint, resendable } = failed;
        let mut decision = policy.decide(method, *failure, attempt, *hint, self.jitter());
        if let Decision::Again(wait) = decision {
            let too_late = limits.send_by.is_some_and(|send_by| self.clock.monotonic() + wait > send_by);
            if too_late {
                decision = Decision::Stop(Stop::TooLate);
            } else if !resendable {
                decision = Decision::Stop(Stop::BodyGone);
            }
        }
        match decision {
            Decision::Again(wait) => {
                tracing::debug!(attempt, ?failure, ?wait, "the request is sent again");
                Some(wait)
            }
            Decision::Stop(reason) => {
                tracing::debug!(attempt, ?failure, ?reason, "the request is not sent again");
                None
            }
        }
    }
}

struct Failed {
    method: http::Method,
    failure: Failure,
    hint: Option<Duration>,
    /// There is a copy of the request.
    resendable: bool,
}

#[async_trait]
impl Transport for Retry {
    async fn send(
        &self,
        mut request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let policy = request.extensions().get::<RetryPolicy>().copied().unwrap_or(self.policy);
        let method = request.method().clone();
        let before = request.extensions().get::<Resent>().map_or(0, |resent| resent.0);
        let mut attempt = 1;
        loop {
            let again = if attempt < policy.attempts { resendable(&request) } else { None };
            let mut outcome = self.inner.send(request, limits).await;
            if is_read(&method) && policy.attempts > 1 {
                outcome = collected(outcome, limits.max_body).await;
            }
            let (failure, hint) = match &outcome {
                Ok(response) => (Failure::of_status(response.status()), retry_after(response.headers())),
                Err(error) => (Failure::of_error(error), None),
            };
            let Some(failure) = failure else { return outcome };
            let failed = Failed {
                method: method.clone(),
                failure,
                hint,
                // The last attempt has no copy, and needs none.
                resendable: again.is_some() || attempt >= policy.attempts,
            };
            let (Some(wait), Some(mut next)) = (self.wait(&policy, attempt, &failed, limits), again) else {
                return outcome;
            };
            drop(outcome);
            self.clock.sleep(wait).await;
            next.extensions_mut().insert(Resent(before + attempt));
            (request, attempt) = (next, attempt + 1);
        }
    }
}

/// The answer with its body in memory.
async fn collected(
    outcome: Result<Response<Payload>, TransportError>,
    max_body: u64,
) -> Result<Response<Payload>, TransportError> {
    let (head, body) = outcome?.into_parts();
    let body = body.into_bytes(max_body).await?;
    Ok(Response::from_parts(head, if body.is_empty() { Payload::Empty } else { Payload::Bytes(body) }))
}
