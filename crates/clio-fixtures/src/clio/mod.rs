//! A fake law firm at Clio Manage.

mod access;
mod answer;
mod ask;
mod behaviour;
mod files;
mod firm;
mod generic;
mod knobs;
mod limits;
mod oauth;
mod pages;
mod people;
mod person;
mod records;
mod route;
mod sample;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod webhooks;

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

pub use access::Permissions;
pub use files::{UploadRecord, UploadedPart};
pub use knobs::{Disputed, KnobError};
pub use people::{NewBill, NewCommunication, NewMessage, Party};
pub use person::{NewTime, Person};
pub use records::{ActivityRecord, CategoryRecord, Change, ChangeKind, MatterRecord, Origin, UserRecord};
pub use settings::ClioWorldBuilder;
pub use webhooks::{Delivery, DeliveryFaults, DeliveryOutcome};

use crate::{
    CallRecord, Faults, LoopbackTransport, Poll, Served, WorldResponder,
    calls::Book,
    run::{InMemory, Machine, serve},
};
use answer::View;
use behaviour::{activities::ACTIVITY, categories::CATEGORY, matters::MATTER, users::USER};
use firm::Firm;
use store::{Record, Resource};

/// A fake law firm at Clio Manage: OAuth, every operation of the API, a rate limit, faults, and the origin of every record.
/// A clone is the same firm.
///
/// Its rules come from Clio's published OpenAPI document (through `clio-schema`) and from its documentation; what they leave
/// open is a knob ([`ClioWorld::disputed`]). Where both are silent and nothing depends on it, the fake does the following,
/// which is our choice and not knowledge of Clio:
///
/// - A parameter whose value cannot be read (`limit=0`, `ids[]=x`, an order that the list does not have, a page token
///   of another query) is refused with 400 and the type `ArgumentError`. A list that is not walked by cursor ends
///   after 10 000 records.
/// - A list without an `order` parameter goes by id and by cursor, and so does `order=id(asc)`.
/// - Times are kept in whole seconds, rounded down; `updated_since` compares those.
/// - A write that changes nothing leaves `updated_at` and the etag as they are.
/// - The `type` of 404, 412, 422 and 429 is a guess.
/// - Whoever is not in a matter's group sees neither the matter nor, in lists, its activities; what else belongs to the matter
///   is seen. A trashed document or folder is told to webhooks as `updated`, and as `deleted` when the trash is emptied.
/// - The account owner sees every matter. A 304 counts against the rate limit.
/// - A webhook's receiver has 5 seconds to answer. A handshake that failed is not tried again.
/// - Dates and times in the time zone of a user are in UTC.
/// - A list of messages without its conversation and a list of notes without its type are refused with 400.
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
        let firm = Mutex::new(sample::found(&plan, plan.clock.as_ref()));
        let (book, bell) = (Book::seeded(plan.seed), Notify::new());
        Self { inner: Arc::new(Inner { firm, clock: plan.clock, latency: plan.latency, book, bell }) }
    }

    fn lock(&self) -> MutexGuard<'_, Firm> {
        self.inner.firm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The firm, after what is due was applied.
    pub(crate) fn settled(&self) -> MutexGuard<'_, Firm> {
        let now = self.inner.clock.now();
        self.settle(now);
        let mut firm = self.lock();
        files::tick(&mut firm, now);
        webhooks::notice(&mut firm);
        firm
    }

    /// Where the in-memory transport finds it: `https://clio.test`. The API lies below `/api/v4`, OAuth below `/oauth`.
    pub fn host_url(&self) -> String {
        "https://clio.test".to_owned()
    }

    /// A token of the account owner that works now, with a refresh token: the same one again until it no longer works.
    pub fn token(&self) -> Token {
        let now = self.inner.clock.now();
        let mut firm = self.settled();
        let owner = behaviour::users::owner(&firm).map_or(0, |user| user.id);
        firm.token(owner, now)
    }

    /// A token of a user's, by the user's id, as [`ClioWorld::token`]. A user sees the matters of their groups, and perhaps
    /// not the hours and rates of others: [`ClioWorldBuilder::hides_hours`].
    pub fn token_of(&self, user: i64) -> Token {
        let now = self.inner.clock.now();
        self.settled().token(user, now)
    }

    /// From now on this text is an access token of the account owner, and stays one until tokens are revoked.
    pub fn accept_token(&self, text: &str) {
        let mut firm = self.settled();
        let owner = behaviour::users::owner(&firm).map_or(0, |user| user.id);
        firm.tokens.accept(text, owner);
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
        self.settled().table(ACTIVITY.resource).values().map(records::activity).collect()
    }

    /// Every matter, by id, which is by number.
    pub fn matters(&self) -> Vec<MatterRecord> {
        self.settled().table(MATTER.resource).values().map(records::matter).collect()
    }

    /// Every user, the account owner first.
    pub fn users(&self) -> Vec<UserRecord> {
        self.settled().table(USER.resource).values().map(records::user).collect()
    }

    /// Every category of activities: `Drafting`, `Court appearance`, `Research`, `Marketing`, `Non-billable admin`, and
    /// `Filing fee` at a flat rate.
    pub fn categories(&self) -> Vec<CategoryRecord> {
        self.settled().table(CATEGORY.resource).values().map(records::category).collect()
    }

    /// Every record of an object, by id, with all the fields that one request can ask for; empty when there is no such
    /// object. Objects have the names of Clio's document: `Matter`, `LineItem`.
    ///
    /// ```
    /// use clio_fixtures::ClioWorld;
    ///
    /// let world = ClioWorld::firm(7).start();
    /// assert_eq!(world.records("PracticeArea")[0]["name"], "Real estate");
    /// ```
    pub fn records(&self, object: &str) -> Vec<serde_json::Value> {
        self.seen(object, |view, resource| {
            let records = view.firm.table(resource).values();
            records.map(|record| answer::document(view, resource, record)).collect()
        })
    }

    /// One record with all the fields that one request can ask for. See [`ClioWorld::records`].
    pub fn record(&self, object: &str, id: i64) -> Option<serde_json::Value> {
        self.seen(object, |view, resource| {
            view.firm.get(resource, id).map(|record| answer::document(view, resource, record))
        })
    }

    fn seen<T: Default>(&self, object: &str, look: impl FnOnce(View<'_>, Resource) -> T) -> T {
        let Some(resource) = Resource::named(object) else { return T::default() };
        let firm = self.settled();
        let access = access::Access::everything();
        look(View { firm: &firm, access: &access, now: self.inner.clock.now() }, resource)
    }

    /// Whether a record of this object is the work of the seed, of a token or of a person; `None` when there is none.
    pub fn origin(&self, object: &str, id: i64) -> Option<Origin> {
        let resource = Resource::named(object)?;
        self.settled().get(resource, id).map(|record: &Record| record.origin.clone())
    }

    /// Every version of a document whose bytes are there, by id: what was uploaded over the API or by people, and what was
    /// copied. Bytes only if they are kept.
    pub fn uploads(&self) -> Vec<UploadRecord> {
        let firm = self.settled();
        behaviour::documents::versions::all_uploaded(&firm)
    }

    /// Every change since the world started, in the order of happening.
    pub fn history(&self) -> Vec<Change> {
        self.settled().tables.history().iter().map(records::change).collect()
    }

    /// Sends every request of a webhook that is due now, over this transport, and takes the answers in. It answers how many it
    /// sent. Whatever is due later, a second try among it, waits for a call at a later time.
    ///
    /// A world that is [served](ClioWorld::serve) does so by itself, to receivers on the same machine: for them the fake takes
    /// plain `http` as the address of a webhook, while Clio takes `https` only.
    ///
    /// ```
    /// use clio_fixtures::{ClioWorld, LoopbackTransport};
    ///
    /// # async fn example() {
    /// let world = ClioWorld::firm(7).start();
    /// world.deliver(&LoopbackTransport).await;
    /// assert!(world.deliveries().is_empty(), "there is no webhook yet");
    /// # }
    /// ```
    pub async fn deliver(&self, transport: &dyn Transport) -> usize {
        webhooks::deliver(self, transport).await
    }

    /// Every request of a webhook so far, in the order of sending, and those that were lost.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.settled().hooks.log().to_vec()
    }

    /// How webhooks go wrong from now on.
    pub fn set_delivery_faults(&self, faults: DeliveryFaults) {
        self.settled().hooks.faults = faults;
    }

    /// What no source settles about Clio, each a knob of [`ClioWorldBuilder::knob`] with the values worth testing.
    pub fn disputed() -> impl Iterator<Item = Disputed> {
        knobs::KNOBS.iter().map(|knob| knob.disputed)
    }

    /// The parameters of lists that the world takes and does nothing with, as `CalendarEntry#index?expanded`: no source says what
    /// they do, or nothing in a fake firm has to do with them.
    pub fn unfiltered() -> Vec<String> {
        generic::unfiltered()
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
        let mut firm = self.lock();
        webhooks::notice(&mut firm);
        let answer = route::answer(&mut firm, call, request, now);
        webhooks::notice(&mut firm);
        Poll::Ready(answer)
    }

    fn pump(self) -> futures_util::future::BoxFuture<'static, ()> {
        Box::pin(async move {
            let carrier = LoopbackTransport;
            loop {
                self.deliver(&carrier).await;
                self.inner.clock.sleep(Duration::from_millis(100)).await;
            }
        })
    }

    fn too_many(&self, call: u64, now: DateTime<Utc>) -> Response<Bytes> {
        route::too_many(&self.lock(), call, now)
    }
}
