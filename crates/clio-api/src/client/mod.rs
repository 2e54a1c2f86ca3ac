//! The client: one account, one token, one road for every request.

mod authoriser;
mod builder;
mod observer;
mod send;

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use clio_core::{Base, Clock, Error, Limits, RequestParts, Transport, response::RawResponse};

use crate::{Region, call::Call};

pub use builder::ClioBuilder;

use authoriser::Authoriser;
use observer::Observer;

/// A client of one Clio account, on behalf of one user. Cloning it is cheap and shares everything.
///
/// Made by [`Clio::builder`]. The groups of operations are methods, such as [`matters`](Clio::matters) and
/// [`activities`](Clio::activities); [`raw`](Clio::raw) sends what they do not cover.
#[derive(Clone)]
pub struct Clio(Arc<Inner>);

struct Inner {
    region: Region,
    base: Base,
    limits: Limits,
    clock: Arc<dyn Clock>,
    /// The deadline around the observer around the transport.
    transport: Arc<dyn Transport>,
    /// The deadline around the transport alone: for what is not the API's.
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
}

impl Clio {
    /// Begins a client for an account of this region.
    pub fn builder(region: Region) -> ClioBuilder {
        ClioBuilder::new(region)
    }

    /// Sends one request and reads its answer completely. Every typed call ends here.
    ///
    /// The token is renewed when it is about to end, and when Clio answers 401; then the request is sent once more, even a
    /// write, because a 401 was surely not applied. Nothing else is ever repeated.
    ///
    /// # Errors
    ///
    /// Every status that is not a success, and everything that kept the answer from coming, as an [`Error`] whose
    /// [`applied`](Error::applied) says whether the request may have changed anything.
    pub async fn execute(&self, parts: RequestParts, options: CallOptions) -> Result<RawResponse, Error> {
        let operation = parts.operation();
        let request = parts.into_http(&self.0.base).map_err(|e| e.with_operation(operation.id))?;
        let answer = self.send(operation.id, request, options).await?;
        // A download succeeds with 303.
        if answer.status.as_u16() == operation.success { Ok(answer) } else { answer.check(operation) }
    }

    /// The server's own time now, by the `Date` headers of its last answers and the time since; by the slowest, where they
    /// disagree. `None` before the first answer.
    pub fn server_time(&self) -> Option<DateTime<Utc>> {
        self.0.observer.server_time()
    }

    /// Makes sure that a request sent now will not be refused for reasons known beforehand: waits until a window of the
    /// rate limit that is known to be used up is over, and renews a token that ends within `within`.
    ///
    /// It waits for as long as the server said; wrap it to give up sooner. It sends nothing to the API itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AuthorisationLost`](clio_core::ErrorKind::AuthorisationLost) when the token ends within `within` and
    /// cannot be renewed; otherwise what kept it from being renewed for now. Nothing was applied.
    pub async fn ready(&self, within: Duration) -> Result<(), Error> {
        while let Some(wait) = self.0.observer.blocked_for() {
            tracing::debug!(seconds = wait.as_secs(), "waiting until the rate limit's window is over");
            self.0.clock.sleep(wait).await;
        }
        self.0.authoriser.good_for(within).await
    }

    /// The requests that were handed to the transport so far, those for tokens included.
    pub fn requests_sent(&self) -> u64 {
        self.0.observer.requests_sent()
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.0.region
    }

    /// The clock that this client goes by: [`CallOptions::send_by`] is a moment of its monotonic time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// A call of this operation.
    pub(crate) fn call<Op: clio_core::schema::Operation>(&self) -> Call {
        Call::new(self, Op::INFO)
    }

    /// The transport with its deadline and nothing else: no token, no budget, no count.
    pub(crate) fn bare_transport(&self) -> &Arc<dyn Transport> {
        &self.0.bare
    }

    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}

impl fmt::Debug for Clio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clio").field("region", &self.0.region).finish_non_exhaustive()
    }
}
