//! A fake WiseTime team.

mod records;
mod settings;
mod team;
#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{Clock, Transport};
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::Notify;
use wiremock::{Mock, MockServer, matchers};

pub use records::{GroupRecord, GroupState, GroupStatus, StatusRecord, TagRecord};
pub use settings::WiseTimeWorldBuilder;

use crate::{
    CallRecord, Faults, Poll, ServeOptions, Served, WorldResponder,
    calls::Book,
    run::{InMemory, Machine, serve, serve_on},
};
use team::{Group, Team};

/// A fake WiseTime team: tags, posted time handed out by a long poll, and the history of acknowledgements. A clone is
/// the same team.
///
/// Its rules come from WiseTime's published description of its Connect API. Where that is silent, these are ours:
///
/// - A batch of tags with a faulty one is refused whole.
/// - A group that was handed out is kept back for [`WiseTimeWorldBuilder::redelivery`] and then handed out again, and
///   so is one with a retriable failure.
/// - After `SUCCESS` or `FAILURE` later updates are answered 200 and kept in [`WiseTimeWorld::statuses`], and change
///   nothing.
/// - A fetch with a limit above 25 gives 25.
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
        let team = Team {
            hold: plan.hold,
            redelivery: plan.redelivery,
            tags: Vec::new(),
            groups: Vec::new(),
            statuses: Vec::new(),
            registered: false,
        };
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
        team::API_KEY.to_owned()
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

    /// A user posts a group: any JSON, handed out as it is, even when it is malformed. Its id is its `groupId` where
    /// that is a text; a group without an id cannot be acknowledged. A held fetch is answered at once.
    pub fn post(&self, group: Value) {
        let now = self.inner.clock.now();
        let id = group.get("groupId").and_then(Value::as_str).map(str::to_owned);
        self.settled().groups.push(Group { id, json: group, state: GroupState::Pending, free_at: now });
        self.inner.bell.notify_waiters();
    }

    /// Every tag, in the order in which they were created.
    pub fn tags(&self) -> Vec<TagRecord> {
        self.settled().tags.clone()
    }

    /// Every update of a status, in the order in which they came.
    pub fn statuses(&self) -> Vec<StatusRecord> {
        self.settled().statuses.clone()
    }

    /// Every posted group, in the order in which they were posted.
    pub fn groups(&self) -> Vec<GroupRecord> {
        let team = self.settled();
        let record = |group: &Group| GroupRecord {
            group_id: group.id.clone(),
            json: group.json.clone(),
            state: group.state,
        };
        team.groups.iter().map(record).collect()
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

    fn step(&self, _call: u64, request: &Request<Bytes>, since: DateTime<Utc>, now: DateTime<Utc>) -> Poll {
        self.lock().step(request, since, now)
    }

    /// WiseTime documents no limit; this is how one would look.
    fn too_many(&self, _call: u64, now: DateTime<Utc>) -> Response<Bytes> {
        let body = json!({"message": "too many requests"});
        let mut answer = team::response(StatusCode::TOO_MANY_REQUESTS, &body, now);
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        answer
    }
}
