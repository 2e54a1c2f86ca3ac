//! The client: one account, one token, one road for every request.

mod authoriser;
mod builder;
mod observer;
mod send;

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use clio_core::{
    Base, Clock, Error, ErrorKind, Limits, RequestParts, RetryPolicy, Transport, response::RawResponse,
};
use http::HeaderValue;

use crate::{
    Permit, Priority, Region,
    budget::{Budget, Lane},
    call::Call,
};

pub use builder::ClioBuilder;
pub(crate) use send::Named;

use authoriser::Authoriser;
use observer::Observer;

/// A client of one Clio account, on behalf of one user. Cloning it is cheap and shares everything.
///
/// Made by [`Clio::builder`]. The groups of operations are methods, such as [`matters`](Clio::matters) and
/// [`activities`](Clio::activities); [`raw`](Clio::raw) sends what they do not cover.
#[derive(Clone)]
pub struct Clio {
    inner: Arc<Inner>,
    /// Where this clone's requests wait for their turn.
    lane: Lane,
}

struct Inner {
    region: Region,
    base: Base,
    limits: Limits,
    longest_wait: Duration,
    version: HeaderValue,
    clock: Arc<dyn Clock>,
    /// From outside in: retries, the budget, tracing, the deadline, the observer, the transport.
    api: Arc<dyn Transport>,
    budget: Budget,
    /// Tracing and the deadline around the transport alone: for what is not the API's.
    bare: Arc<dyn Transport>,
    observer: Arc<Observer>,
    authoriser: Authoriser,
}

/// How one call differs from the client's settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// In place of the client's limits.
    pub limits: Option<Limits>,
    /// No byte leaves after this moment of the clock's monotonic time; counts before `limits.send_by`.
    pub send_by: Option<Duration>,
    /// In place of the client's. A write is repeated only when it surely was not applied, whatever stands here.
    pub retry: Option<RetryPolicy>,
    /// In place of the client's.
    pub priority: Option<Priority>,
    /// The longest wait for the rate limit, in place of the client's.
    pub longest_wait: Option<Duration>,
}

impl CallOptions {
    /// With these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// With this last moment to send, in the clock's monotonic time.
    #[must_use]
    pub fn with_send_by(mut self, send_by: Duration) -> Self {
        self.send_by = Some(send_by);
        self
    }

    /// With this policy of repeating what may be repeated.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = Some(retry);
        self
    }

    /// With this priority where the rate limit is scarce.
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Waiting no longer than this for the rate limit.
    #[must_use]
    pub fn with_longest_wait(mut self, longest_wait: Duration) -> Self {
        self.longest_wait = Some(longest_wait);
        self
    }
}

impl Clio {
    /// Begins a client for an account of this region.
    pub fn builder(region: Region) -> ClioBuilder {
        ClioBuilder::new(region)
    }

    /// The same client for work that can wait, such as a nightly run. Its requests go after those that people wait for,
    /// and leave something of each window of the rate limit to them; several such flows take turns.
    ///
    /// Whatever else the two know, of the token and of the rate limit, they share.
    #[must_use]
    pub fn background(&self, flow: impl Into<Arc<str>>) -> Self {
        let lane = Lane { priority: Priority::Background, flow: Some(flow.into()) };
        Self { inner: self.inner.clone(), lane }
    }

    /// Sends one request and reads its answer completely. Every typed call ends here.
    ///
    /// It waits for its turn where the rate limit is scarce. The token is renewed when it is about to end, and when Clio
    /// answers 401; then the request is sent once more, even a write, because Clio's own 401 was surely not applied. A
    /// read that fails for a while is sent again, as the [`RetryPolicy`] says; a write only if no byte of it left.
    ///
    /// # Errors
    ///
    /// Every status that is not a success, and everything that kept the answer from coming, as an [`Error`] whose
    /// [`applied`](Error::applied) says whether the request may have changed anything.
    /// [`ErrorKind::RateLimited`] with [`Applied::No`](clio_core::Applied::No) when it would have had to wait too long for
    /// its turn, and [`ErrorKind::VersionMismatch`] when Clio answered by another version of its API.
    pub async fn execute(&self, parts: RequestParts, options: CallOptions) -> Result<RawResponse, Error> {
        self.run(parts, options, None).await
    }

    pub(crate) async fn run(
        &self,
        parts: RequestParts,
        options: CallOptions,
        permit: Option<Permit>,
    ) -> Result<RawResponse, Error> {
        let operation = parts.operation();
        let request = parts.into_http(&self.inner.base).map_err(|e| e.with_operation(operation.id))?;
        let named = Named { operation: operation.id, route: Some(operation.path) };
        let answer = self.send(named, request, options, permit).await?;
        // A download succeeds with 303.
        if answer.status.as_u16() == operation.success {
            return Ok(answer);
        }
        answer.check(operation)
    }

    /// The server's own time now, by the `Date` headers of its last answers and the time since; by the slowest, where they
    /// disagree. `None` before the first answer.
    pub fn server_time(&self) -> Option<DateTime<Utc>> {
        self.inner.observer.server_time()
    }

    /// The right to send one request now: waits for its turn where the rate limit is scarce, and renews a token that ends
    /// within `within`. Give it to the call with [`with_permit`](crate::One::with_permit).
    ///
    /// Whoever writes down that a write is about to be sent reserves first: what may take time is over then. It sends
    /// nothing to the API itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RateLimited`] when there is none within the [`longest_wait`](ClioBuilder::longest_wait), and
    /// [`ErrorKind::AuthorisationLost`] when the token ends within `within` and cannot be renewed; otherwise what kept it
    /// from being renewed for now. Nothing was applied.
    pub async fn reserve(&self, within: Duration) -> Result<Permit, Error> {
        let permit = self.inner.budget.permit(self.lane.clone(), self.inner.longest_wait).await;
        let permit = permit.map_err(|too_long| {
            let message = "the rate limit leaves no room for a request in time";
            let error = Error::new(ErrorKind::RateLimited, message);
            if let Some(wait) = too_long.wait { error.with_retry_after(wait) } else { error }
        })?;
        self.inner.authoriser.good_for(within).await?;
        Ok(permit)
    }

    /// The requests to Clio that were handed to the transport so far, those for tokens included; the bytes of files, which
    /// go to a storage host, are not.
    pub fn requests_sent(&self) -> u64 {
        self.inner.observer.requests_sent()
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.inner.region
    }

    /// The clock that this client goes by: [`CallOptions::send_by`] is a moment of its monotonic time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// A call of this operation.
    pub(crate) fn call<Op: clio_core::schema::Operation>(&self) -> Call {
        Call::new(self, Op::INFO)
    }

    /// The transport with tracing, its deadline and nothing else: no token, no budget, no count.
    pub(crate) fn bare_transport(&self) -> &Arc<dyn Transport> {
        &self.inner.bare
    }

    pub(crate) fn base(&self) -> &Base {
        &self.inner.base
    }
}

impl fmt::Debug for Clio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clio").field("region", &self.inner.region).finish_non_exhaustive()
    }
}
