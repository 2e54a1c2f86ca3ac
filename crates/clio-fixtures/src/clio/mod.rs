//! A fake law firm at Clio Manage.

mod ask;
mod create;
mod limits;
mod list;
mod oauth;
mod person;
mod records;
mod render;
mod route;
mod seed;
mod settings;
mod state;
#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_core::{Clock, Token, Transport};
use http::{Request, Response};
use tokio::sync::Notify;
use wiremock::{Mock, MockServer, matchers};

pub use person::{NewTime, Person};
pub use records::{ActivityRecord, CategoryRecord, MatterRecord, Origin, UserRecord};
pub use settings::ClioWorldBuilder;

use crate::{
    CallRecord, Faults, Poll, Served, WorldResponder,
    calls::Book,
    run::{InMemory, Machine, serve},
};
use state::Firm;

/// A fake law firm at Clio Manage: OAuth, users, matters, categories and activities, with a rate limit, faults, and
/// the origin of every record. A clone is the same firm.
///
/// Its rules come from Clio's published OpenAPI document (through `clio-schema`) and from its documentation. Where
/// both are silent the fake does the following, which is our choice and not knowledge of Clio:
///
/// - A body that names an unknown matter, user or category is refused with 404 and the type `RecordNotFound`; nothing
///   is written.
/// - A parameter whose value cannot be read (`limit=0`, `ids[]=x`, an order that the list does not have, a page token
///   of another query) is refused with 400 and the type `ArgumentError`. A list that is not walked by cursor ends
///   after 10 000 records.
/// - A list without an `order` parameter goes by id and by cursor, and so does `order=id(asc)`.
/// - Times are kept in whole seconds, rounded down; `updated_since` compares those. Whether it includes the
///   moment itself is [`ClioWorldBuilder::since_inclusive`].
/// - Time is rounded up to whole minutes for its total; what is not billable totals 0.
/// - A closed matter takes time entries. The `type` of 404, 422 and 429 is a guess.
/// - Any redirect address may be used for a code, and has to be the same when the code is redeemed. PKCE is checked
///   when the code was asked for with a challenge.
///
/// A call with [`Fault::AppliedLate`](crate::Fault::AppliedLate) is carried out, with its own due time, before the
/// first thing that happens to the world after that time: a call, an act of a person, or a look at its records. There
/// is no task in the background, so the outcome depends on nothing but the clock.
///
/// ```
/// use clio_fixtures::ClioWorld;
///
/// let world = ClioWorld::firm(7).users(2).matters(3).start();
/// assert_eq!(world.matters().len(), 3);
/// assert_eq!(world.users()[0].email, "ada.byron@firm.example");
/// ```
#[derive(Clone)]
pub struct ClioWorld {
    inner: Arc<Inner>,
}

struct Inner {
    firm: Mutex<Firm>,
    clock: Arc<dyn Clock>,
    latency: Duration,
    book: Book,
    bell: Notify,
}

impl fmt::Debug for ClioWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClioWorld").finish_non_exhaustive()
    }
}

impl ClioWorld {
    /// A firm whose names, numbers and tokens follow from the seed.
    pub fn firm(seed: u64) -> ClioWorldBuilder {
        ClioWorldBuilder::new(seed)
    }

    pub(crate) fn found(plan: ClioWorldBuilder) -> Self {
        let firm = Mutex::new(seed::firm(&plan, plan.clock.as_ref()));
        let (book, bell) = (Book::default(), Notify::new());
        Self { inner: Arc::new(Inner { firm, clock: plan.clock, latency: plan.latency, book, bell }) }
    }

    fn lock(&self) -> MutexGuard<'_, Firm> {
        self.inner.firm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The firm, after what is due was applied.
    pub(crate) fn settled(&self) -> MutexGuard<'_, Firm> {
        self.settle(self.inner.clock.now());
        self.lock()
    }

    /// Where the in-memory transport finds it: `https://clio.test`. The API lies below `/api/v4`, OAuth below `/oauth`.
    pub fn host_url(&self) -> String {
        "https://clio.test".to_owned()
    }

    /// A token of the administrator that works now, with a refresh token: the same one again until it no longer works.
    pub fn token(&self) -> Token {
        let now = self.inner.clock.now();
        self.settled().token(now)
    }

    /// The registered app: client id and client secret.
    pub fn app(&self) -> (String, String) {
        let firm = self.lock();
        (firm.tokens.client_id.clone(), firm.tokens.client_secret.clone())
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

    /// The schedule of what goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.inner.book.faults
    }

    /// Every call so far, in the order of arrival.
    pub fn calls(&self) -> Vec<CallRecord> {
        drop(self.settled());
        self.inner.book.list()
    }

    /// Every activity, by id.
    pub fn activities(&self) -> Vec<ActivityRecord> {
        self.settled().activities.values().map(ActivityRecord::from).collect()
    }

    /// Every matter, by number.
    pub fn matters(&self) -> Vec<MatterRecord> {
        self.settled().matters.iter().map(MatterRecord::from).collect()
    }

    /// Every user, the administrator first.
    pub fn users(&self) -> Vec<UserRecord> {
        self.settled().users.iter().map(UserRecord::from).collect()
    }

    /// Every category of activities: `Drafting`, `Court appearance`, `Research`, `Marketing`, `Non-billable admin`, and
    /// `Filing fee` at a flat rate.
    pub fn categories(&self) -> Vec<CategoryRecord> {
        self.settled().categories.iter().map(CategoryRecord::from).collect()
    }

    /// Somebody who works in Clio's own pages. A first name of the firm's is that user; anybody else acts for the
    /// administrator.
    pub fn person(&self, name: &str) -> Person {
        Person::new(self.clone(), name)
    }

    /// Every access token and every refresh token is void, as when a user removes the app.
    pub fn revoke_tokens(&self) {
        self.settled().tokens.revoke();
    }

    /// Every access token is void; refresh tokens live on.
    pub fn expire_access_tokens(&self) {
        self.settled().tokens.expire_access();
    }

    /// The world itself, without a transport, without latency and without faults: a request at a moment, and its
    /// answer. It counts as a call.
    #[expect(clippy::needless_pass_by_value, reason = "a request is handed over")]
    pub fn handle(&self, request: Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let ticket = self.inner.book.arrive(request.method(), request.uri(), now, false);
        let Poll::Ready(answer) = self.ask(ticket.call, &request, now, now) else {
            return Response::new(Bytes::new());
        };
        self.inner.book.answered(ticket.call, answer.status());
        answer
    }
}

impl Machine for ClioWorld {
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

    fn step(&self, call: u64, request: &Request<Bytes>, _since: DateTime<Utc>, now: DateTime<Utc>) -> Poll {
        Poll::Ready(route::answer(&mut self.lock(), call, request, now))
    }

    fn too_many(&self, call: u64, now: DateTime<Utc>) -> Response<Bytes> {
        route::too_many(&self.lock(), call, now)
    }
}
