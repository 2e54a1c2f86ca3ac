//! A fake WiseTime team.

mod activity_types;
mod answer;
mod categories;
mod connector;
mod deliver;
mod grouping;
mod members;
mod people;
mod posted;
mod records;
mod settings;
mod tags;
mod team;
#[cfg(test)]
mod tests;
mod timeline;
mod webhook;

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{Clock, Transport};
use http::{Request, Response};
use tokio::sync::Notify;
use wiremock::{Mock, MockServer, matchers};

pub use members::{Member, PostError};
pub use records::{
    ActivityTypeRecord, GroupRecord, GroupState, GroupStatus, HealthNotice, StatusRecord, TagCategoryRecord,
    TagRecord, Visibility,
};
pub use settings::WiseTimeWorldBuilder;
pub use timeline::{TimelineRow, Work};
pub use webhook::WiseTimeDelivery;

use crate::{
    CallRecord, Faults, Poll, ServeOptions, Served, WorldResponder,
    calls::Book,
    run::{InMemory, Machine, serve, serve_on},
};
use team::Team;

/// A fake WiseTime team: all 23 operations of the Connect API. A clone is the same team.
///
/// Its rules come from WiseTime's published description of its Connect API, version 1.3.0. What that leaves open is a
/// setting of [`WiseTimeWorldBuilder`], each with what it is unless said. These are our choices too:
///
/// - A refusal has the body `{"message": ..}`, except where the document describes another (faulty items of a batch).
///   A body that makes no sense is 400; where an operation documents no 400 it is 500, and for a sync session 404.
/// - A member that is null or empty is a member that is not there: it leaves what it would change.
/// - After `SUCCESS` or `FAILURE` later updates are answered 200 and kept in [`WiseTimeWorld::statuses`], and change
///   nothing. Groups that failed are not listed, because the document knows a pending and a successful status only.
/// - An activity type that was deleted stays so until it is sent with `reenableIfArchived`.
/// - A webhook's answer other than 2xx and 400 is tried again, as 500 is. A call that was never answered counts as one.
/// - A path of a tag begins with `/`.
///
/// ```
/// use clio_fixtures::{WiseTimeWorld, samples};
///
/// let world = WiseTimeWorld::team().start();
/// world.post(samples::group("g-1").seconds(1800).json());
/// assert_eq!(world.groups()[0].group_id.as_deref(), Some("g-1"));
/// ```
#[derive(Clone)]
pub struct WiseTimeWorld {
    inner: Arc<Inner>,
}

struct Inner {
    team: Mutex<Team>,
    clock: Arc<dyn Clock>,
    latency: Duration,
    book: Book,
    bell: Notify,
}

impl fmt::Debug for WiseTimeWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WiseTimeWorld").finish_non_exhaustive()
    }
}

impl WiseTimeWorld {
    /// A team that has posted nothing and has no tags.
    pub fn team() -> WiseTimeWorldBuilder {
        WiseTimeWorldBuilder::new()
    }

    pub(crate) fn found(plan: WiseTimeWorldBuilder) -> Self {
        let team = Team::new(plan.settings);
        let (team, book, bell) = (Mutex::new(team), Book::seeded(plan.seed), Notify::new());
        Self { inner: Arc::new(Inner { team, clock: plan.clock, latency: plan.latency, book, bell }) }
    }

    fn lock(&self) -> MutexGuard<'_, Team> {
        self.inner.team.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settled(&self) -> MutexGuard<'_, Team> {
        self.settle(self.inner.clock.now());
        self.lock()
    }

    /// The key that the header `x-api-key` has to carry.
    pub fn api_key(&self) -> String {
        self.lock().key.clone()
    }

    /// Where the in-memory transport finds it: `https://wisetime.test`. The API lies below `/connect/api`.
    pub fn host_url(&self) -> String {
        "https://wisetime.test".to_owned()
    }

    /// Carries requests into this world without a socket. Wrap it in a [`clio_core::Deadline`] when calls may hang.
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InMemory(self.clone()))
    }

    /// Answers for a wiremock `Mock`. See [`WorldResponder`] for what wiremock cannot do.
    pub fn responder(&self) -> WorldResponder<Self> {
        WorldResponder::new(self.clone())
    }

    /// Lets a wiremock server answer every request out of this world.
    pub async fn mount(&self, server: &MockServer) {
        Mock::given(matchers::any()).respond_with(self.responder()).mount(server).await;
    }

    /// Serves this world on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn serve(&self) -> io::Result<Served<Self>> {
        serve(self.clone()).await
    }

    /// Serves this world on a port of your choice: `serve_on(4021)`, or with [`ServeOptions`].
    ///
    /// # Errors
    ///
    /// When the port cannot be bound.
    pub async fn serve_on(&self, options: impl Into<ServeOptions>) -> io::Result<Served<Self>> {
        serve_on(self.clone(), options.into()).await
    }

    /// The schedule of what goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.inner.book.faults
    }

    /// Every call so far, in the order of arrival.
    pub fn calls(&self) -> Vec<CallRecord> {
        drop(self.settled());
        self.inner.book.list()
    }

    /// The world itself, without a transport, without latency and without faults: a request at a moment, and what the
    /// world says then. It counts as a call, and a long poll starts with it.
    pub fn handle(&self, request: Request<Bytes>, now: DateTime<Utc>) -> Poll {
        self.handle_held(request, now, now)
    }

    /// Asks again for a long poll that came in at `since`. It counts as another call.
    #[expect(clippy::needless_pass_by_value, reason = "a request is handed over")]
    pub fn handle_held(&self, request: Request<Bytes>, since: DateTime<Utc>, now: DateTime<Utc>) -> Poll {
        let ticket = self.inner.book.arrive(request.method(), request.uri(), now, false);
        let poll = self.ask(ticket.call, &request, since, now);
        if let Poll::Ready(answer) = &poll {
            self.inner.book.answered(ticket.call, answer.status());
        }
        poll
    }
}

impl Machine for WiseTimeWorld {
    fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    fn latency(&self) -> Duration {
        self.inner.latency
    }

    fn book(&self) -> &Book {
        &self.inner.book
    }

    fn bell(&self) -> &Notify {
        &self.inner.bell
    }

    fn step(&self, call: u64, request: &Request<Bytes>, since: DateTime<Utc>, now: DateTime<Utc>) -> Poll {
        self.lock().step(call, request, since, now)
    }

    fn too_many(&self, _call: u64, now: DateTime<Utc>) -> Response<Bytes> {
        let (status, body) = team::too_many();
        answer::response(status, &body, now)
    }
}
