//! A fake law firm at Case Status.

mod firm;
mod people;
mod records;
mod render;
mod route;
mod settings;
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
use http::{Request, Response};
use tokio::sync::Notify;
use wiremock::{Mock, MockServer, matchers};

pub use people::{CaseClient, CaseStaff};
pub use records::{CaseAuthor, CasePerson, CaseRecord, CaseStatusFile, CaseStatusMessage};
pub use settings::CaseStatusWorldBuilder;

use crate::{
    CallRecord, Faults, Poll, ServeOptions, Served, WorldResponder,
    calls::Book,
    run::{InMemory, Machine, serve, serve_on},
};
use firm::Firm;

/// A fake law firm at Case Status: cases, messages and files that can be read, and people who make them. A clone is
/// the same firm.
///
/// Case Status publishes no description of its API. What is known is what a public connector of Airbyte's
/// (`source-case-status`, March 2025) calls and reads, and that is all there is here:
///
/// | request | answer |
/// |---|---|
/// | `GET /reporting/cases?size=100&page[number]=1` | `{"results": [..]}`, a row a case |
/// | `GET /reporting/firm?page[number]=1` | `{"results": [..]}`, one row |
/// | `GET /v1/api/messages?page[number]=1` | `[..]`, 10 a page |
/// | `GET /v1/api/files?page[number]=1` | `[..]`, 10 a page |
///
/// with `Authorization: ApiKey KEY`. Pages count from 1, and one beyond the last is empty.
///
/// **What is not public is not made up.** Case Status has more than that (its Zapier app creates and updates cases,
/// moves their status and sends messages), but no request of it is known, so none is answered: every other path and
/// method is 404, the `url` of a file leads nowhere, and in tests [`CaseStatusWorld::staff`] and
/// [`CaseStatusWorld::client`] do these things without HTTP. Where the known requests leave something open, these are
/// our choices: the bodies of refusals (`{"message": ..}`), 400 for a page or size that is no number from 1 on, times in
/// RFC 3339 and UTC, the words for the `type` of a message, and the settings of [`CaseStatusWorldBuilder`].
///
/// ```
/// use clio_fixtures::CaseStatusWorld;
///
/// let world = CaseStatusWorld::firm(7).cases(3).start();
/// let case = &world.cases()[0];
/// world.client("Ruth Adeyemi").send_message(case.id, "Any news?");
/// assert_eq!(world.messages().last().unwrap().content, "Any news?");
/// ```
#[derive(Clone)]
pub struct CaseStatusWorld {
    inner: Arc<Inner>,
}

struct Inner {
    firm: Mutex<Firm>,
    clock: Arc<dyn Clock>,
    latency: Duration,
    book: Book,
    bell: Notify,
}

impl fmt::Debug for CaseStatusWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseStatusWorld").finish_non_exhaustive()
    }
}

impl CaseStatusWorld {
    /// A firm whose cases, people and key follow from the seed.
    pub fn firm(seed: u64) -> CaseStatusWorldBuilder {
        CaseStatusWorldBuilder::new(seed)
    }

    pub(crate) fn found(plan: CaseStatusWorldBuilder) -> Self {
        let firm = Mutex::new(Firm::seeded(&plan, plan.clock.now()));
        let (book, bell) = (Book::seeded(plan.seed), Notify::new());
        Self { inner: Arc::new(Inner { firm, clock: plan.clock, latency: plan.latency, book, bell }) }
    }

    fn lock(&self) -> MutexGuard<'_, Firm> {
        self.inner.firm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settled(&self) -> MutexGuard<'_, Firm> {
        self.settle(self.inner.clock.now());
        self.lock()
    }

    /// The key that stands after `ApiKey ` in the header `authorization`.
    pub fn api_key(&self) -> String {
        self.lock().key.clone()
    }

    /// Where the in-memory transport finds it: `https://casestatus.test`.
    pub fn host_url(&self) -> String {
        "https://casestatus.test".to_owned()
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

    /// Serves this world on a port of your choice: `serve_on(4022)`, or with [`ServeOptions`].
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

    /// Every case, by id, the closed and deleted ones included.
    pub fn cases(&self) -> Vec<CaseRecord> {
        self.settled().cases.clone()
    }

    /// Every message, by id.
    pub fn messages(&self) -> Vec<CaseStatusMessage> {
        self.settled().messages.clone()
    }

    /// Every file, by id.
    pub fn files(&self) -> Vec<CaseStatusFile> {
        self.settled().files.clone()
    }

    /// A client of the firm, who uses Case Status's app. The name is what stands on messages; it need not be that of
    /// anybody in a case.
    pub fn client(&self, name: &str) -> CaseClient {
        CaseClient::new(self.clone(), name)
    }

    /// Somebody of the firm's staff, who works in Case Status's own pages.
    pub fn staff(&self, name: &str) -> CaseStaff {
        CaseStaff::new(self.clone(), name)
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

impl Machine for CaseStatusWorld {
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

    fn step(&self, _call: u64, request: &Request<Bytes>, _since: DateTime<Utc>, now: DateTime<Utc>) -> Poll {
        Poll::Ready(route::answer(&self.lock(), request, now))
    }

    fn too_many(&self, _call: u64, now: DateTime<Utc>) -> Response<Bytes> {
        route::too_many(now)
    }
}
