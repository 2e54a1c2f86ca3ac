//! Wrappers at the seams: where a test crashes the engine, or breaks its algorithm from outside.

use std::{
    collections::{BTreeSet, HashSet},
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Clock, Limits, Payload, Sleep, Transport, TransportError};
use clio_fixtures::VirtualClock;
use clio_sync::{
    Acknowledgement, BeginSend, Committed, Confirmation, Confirmed, Cursor, DeadLetter, FlowKey, Intent,
    IntentState, Lease, Mirrored, PageCommit, Store,
};

use crate::harness::Setup;

/// Stops the engine dead at the n-th point, as a power cut would: nothing that follows is done.
///
/// A point lies before and after every call that crosses a seam. The engine unwinds without a panic message; the test
/// catches it, drops everything, and starts anew on the same file.
#[derive(Debug)]
pub(crate) struct Crasher {
    passed: AtomicU64,
    at: u64,
}

/// What a crashed engine unwinds with.
pub(crate) struct Crash;

impl Crasher {
    /// Crashes at this point; at none if it is 0.
    pub(crate) fn at(at: u64) -> Arc<Self> {
        Arc::new(Self { passed: AtomicU64::new(0), at })
    }

    /// How many points were passed.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            resume_unwind(Box::new(Crash));
        }
    }

    /// Puts this crasher at every seam of the engine.
    pub(crate) fn everywhere(self: &Arc<Self>, mut setup: Setup) -> Setup {
        setup.clock = Arc::new(CrashingClock(setup.clock, self.clone()));
        setup.store = Arc::new(Wrapped { inner: setup.store, hook: Arc::new(Crashing(self.clone())) });
        setup.clio = Arc::new(CrashingTransport(setup.clio, self.clone()));
        setup.wisetime = Arc::new(CrashingTransport(setup.wisetime, self.clone()));
        setup
    }
}

#[derive(Debug)]
struct CrashingClock(Arc<dyn Clock>, Arc<Crasher>);

impl Clock for CrashingClock {
    fn now(&self) -> DateTime<Utc> {
        self.1.point();
        let now = self.0.now();
        self.1.point();
        now
    }
    fn monotonic(&self) -> Duration {
        self.1.point();
        let time = self.0.monotonic();
        self.1.point();
        time
    }
    fn sleep(&self, duration: Duration) -> Sleep {
        self.1.point();
        let (inner, crasher) = (self.0.sleep(duration), self.1.clone());
        Box::pin(async move {
            inner.await;
            crasher.point();
        })
    }
}

#[derive(Debug)]
struct CrashingTransport(Arc<dyn Transport>, Arc<Crasher>);

#[async_trait]
impl Transport for CrashingTransport {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.1.point();
        let answer = self.0.send(request, limits).await;
        self.1.point();
        answer
    }
}

/// Stands between the engine and a world, and changes what is said.
pub(crate) struct Tamper {
    inner: Arc<dyn Transport>,
    ask: Box<Ask>,
    answer: Box<Answer>,
}

/// A status and a body: what is answered in place of the world.
pub(crate) type Instead = (http::StatusCode, &'static str);

type Ask = dyn Fn(&str, &str, Vec<u8>) -> Result<Vec<u8>, Instead> + Send + Sync;
type Answer = dyn Fn(&str, &str, http::Response<Vec<u8>>) -> http::Response<Vec<u8>> + Send + Sync;

impl std::fmt::Debug for Tamper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tamper")
    }
}

impl Tamper {
    /// Changes what is asked: by method, path and body. With an error that is the answer, and the world is not asked.
    pub(crate) fn asked(
        inner: Arc<dyn Transport>,
        ask: impl Fn(&str, &str, Vec<u8>) -> Result<Vec<u8>, Instead> + Send + Sync + 'static,
    ) -> Arc<dyn Transport> {
        Arc::new(Self { inner, ask: Box::new(ask), answer: Box::new(|_, _, answer| answer) })
    }

    /// Changes what is answered: by method and path of what was asked.
    pub(crate) fn answered(
        inner: Arc<dyn Transport>,
        answer: impl Fn(&str, &str, http::Response<Vec<u8>>) -> http::Response<Vec<u8>> + Send + Sync + 'static,
    ) -> Arc<dyn Transport> {
        Arc::new(Self { inner, ask: Box::new(|_, _, body| Ok(body)), answer: Box::new(answer) })
    }

    /// Changes the text of what is answered to a request with this method and a path that ends so.
    pub(crate) fn text(
        inner: Arc<dyn Transport>,
        method: &'static str,
        suffix: &'static str,
        change: impl Fn(String) -> String + Send + Sync + 'static,
    ) -> Arc<dyn Transport> {
        Self::answered(inner, move |asked, path, answer| {
            if asked != method || !path.ends_with(suffix) {
                return answer;
            }
            answer.map(|body| change(String::from_utf8(body).expect("a text")).into_bytes())
        })
    }
}

#[async_trait]
impl Transport for Tamper {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let (parts, body) = request.into_parts();
        let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
        let body = body.into_bytes(u64::MAX).await?.to_vec();
        let body = match (self.ask)(&method, &path, body) {
            Ok(body) => payload(body),
            Err((status, text)) => {
                let mut answer = http::Response::new(Payload::Bytes(text.into()));
                *answer.status_mut() = status;
                return Ok(answer);
            }
        };
        let (head, body) =
            self.inner.send(http::Request::from_parts(parts, body), limits).await?.into_parts();
        let body = body.into_bytes(u64::MAX).await?.to_vec();
        Ok((self.answer)(&method, &path, http::Response::from_parts(head, body)).map(payload))
    }
}

fn payload(body: Vec<u8>) -> Payload {
    if body.is_empty() { Payload::Empty } else { Payload::Bytes(body.into()) }
}

/// What happens around the verbs of a store.
#[async_trait]
pub(crate) trait Hook: std::fmt::Debug + Send + Sync {
    async fn before(&self, _verb: &'static str) {}
    async fn after(&self, _verb: &'static str) {}
    /// Stands in for `linked`.
    fn linked(&self, linked: HashSet<String>) -> HashSet<String> {
        linked
    }
    /// Stands in for what is confirmed.
    fn confirmation(&self, confirmation: Confirmation) -> Confirmation {
        confirmation
    }
}

#[derive(Debug)]
struct Crashing(Arc<Crasher>);

#[async_trait]
impl Hook for Crashing {
    async fn before(&self, _verb: &'static str) {
        self.0.point();
    }
    async fn after(&self, _verb: &'static str) {
        self.0.point();
    }
}

/// A store with a hook around every verb.
#[derive(Debug)]
pub(crate) struct Wrapped {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) hook: Arc<dyn Hook>,
}

macro_rules! around {
    ($self:ident, $verb:ident ( $($argument:expr),* )) => {{
        $self.hook.before(stringify!($verb)).await;
        let result = $self.inner.$verb($($argument),*).await;
        $self.hook.after(stringify!($verb)).await;
        result
    }};
}

#[async_trait]
impl Store for Wrapped {
    async fn now(&self) -> clio_sync::Result<DateTime<Utc>> {
        around!(self, now())
    }
    async fn take_lease(&self, firm: &str, holder: &str, ttl: Duration) -> clio_sync::Result<Lease> {
        around!(self, take_lease(firm, holder, ttl))
    }
    async fn release_lease(&self, lease: &Lease) -> clio_sync::Result<()> {
        around!(self, release_lease(lease))
    }
    async fn cursor(&self, flow: &FlowKey) -> clio_sync::Result<Cursor> {
        around!(self, cursor(flow))
    }
    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> clio_sync::Result<Vec<Committed>> {
        around!(self, commit_page(lease, page))
    }
    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> clio_sync::Result<Vec<Intent>> {
        around!(self, due_intents(flow, target, most))
    }
    async fn open_intents(&self, firm: &str, target: &str) -> clio_sync::Result<Vec<Intent>> {
        around!(self, open_intents(firm, target))
    }
    async fn begin_send(&self, lease: &Lease, keys: &[String], begin: &BeginSend) -> clio_sync::Result<()> {
        around!(self, begin_send(lease, keys, begin))
    }
    async fn abort_send(&self, lease: &Lease, keys: &[String]) -> clio_sync::Result<()> {
        around!(self, abort_send(lease, keys))
    }
    async fn confirm(
        &self,
        lease: &Lease,
        confirmations: &[Confirmation],
    ) -> clio_sync::Result<Vec<Confirmed>> {
        let confirmations: Vec<_> =
            confirmations.iter().cloned().map(|one| self.hook.confirmation(one)).collect();
        around!(self, confirm(lease, &confirmations))
    }
    async fn mark_uncertain(
        &self,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> clio_sync::Result<()> {
        around!(self, mark_uncertain(lease, keys, wait, reason))
    }
    async fn look_again(&self, lease: &Lease, keys: &[String], wait: Duration) -> clio_sync::Result<()> {
        around!(self, look_again(lease, keys, wait))
    }
    async fn replan(&self, lease: &Lease, keys: &[String]) -> clio_sync::Result<()> {
        around!(self, replan(lease, keys))
    }
    async fn reject(&self, lease: &Lease, key: &str, reason: &str) -> clio_sync::Result<()> {
        around!(self, reject(lease, key, reason))
    }
    async fn park(&self, lease: &Lease, key: &str, reason: &str) -> clio_sync::Result<()> {
        around!(self, park(lease, key, reason))
    }
    async fn linked(
        &self,
        firm: &str,
        target: &str,
        remote_ids: &[String],
    ) -> clio_sync::Result<HashSet<String>> {
        let linked = around!(self, linked(firm, target, remote_ids));
        linked.map(|linked| self.hook.linked(linked))
    }
    async fn lossy_fields(&self, firm: &str, target: &str) -> clio_sync::Result<BTreeSet<String>> {
        around!(self, lossy_fields(firm, target))
    }
    async fn due_acknowledgements(
        &self,
        flow: &FlowKey,
        most: usize,
    ) -> clio_sync::Result<Vec<Acknowledgement>> {
        around!(self, due_acknowledgements(flow, most))
    }
    async fn acknowledged(
        &self,
        lease: &Lease,
        flow: &FlowKey,
        done: &Acknowledgement,
    ) -> clio_sync::Result<()> {
        around!(self, acknowledged(lease, flow, done))
    }
    async fn dead_letters(&self, firm: &str) -> clio_sync::Result<Vec<DeadLetter>> {
        around!(self, dead_letters(firm))
    }
    async fn mirrored(
        &self,
        flow: &FlowKey,
        after: Option<&str>,
        most: usize,
    ) -> clio_sync::Result<Vec<Mirrored>> {
        around!(self, mirrored(flow, after, most))
    }
    async fn mirrored_one(&self, flow: &FlowKey, id: &str) -> clio_sync::Result<Option<Mirrored>> {
        around!(self, mirrored_one(flow, id))
    }
    async fn intents(&self, firm: &str, state: IntentState) -> clio_sync::Result<Vec<Intent>> {
        around!(self, intents(firm, state))
    }
}

/// A store whose verbs start a little later, and go on although their caller was dropped: as those that run on threads
/// of their own do.
#[derive(Debug)]
pub(crate) struct Detached {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) delay: Duration,
}

macro_rules! detached {
    ($self:ident, $($own:ident),*; $verb:ident ( $($argument:expr),* )) => {{
        let (inner, wait) = ($self.inner.clone(), $self.clock.sleep($self.delay));
        $(let $own = $own.to_owned();)*
        let job = tokio::spawn(async move {
            wait.await;
            inner.$verb($($argument),*).await
        });
        job.await.expect("a verb that ends")
    }};
}

#[async_trait]
impl Store for Detached {
    async fn now(&self) -> clio_sync::Result<DateTime<Utc>> {
        self.inner.now().await
    }
    async fn take_lease(&self, firm: &str, holder: &str, ttl: Duration) -> clio_sync::Result<Lease> {
        detached!(self, firm, holder, ttl; take_lease(&firm, &holder, ttl))
    }
    async fn release_lease(&self, lease: &Lease) -> clio_sync::Result<()> {
        detached!(self, lease; release_lease(&lease))
    }
    async fn cursor(&self, flow: &FlowKey) -> clio_sync::Result<Cursor> {
        detached!(self, flow; cursor(&flow))
    }
    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> clio_sync::Result<Vec<Committed>> {
        detached!(self, lease, page; commit_page(&lease, &page))
    }
    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> clio_sync::Result<Vec<Intent>> {
        detached!(self, flow, target, most; due_intents(&flow, &target, most))
    }
    async fn open_intents(&self, firm: &str, target: &str) -> clio_sync::Result<Vec<Intent>> {
        detached!(self, firm, target; open_intents(&firm, &target))
    }
    async fn begin_send(&self, lease: &Lease, keys: &[String], begin: &BeginSend) -> clio_sync::Result<()> {
        detached!(self, lease, keys, begin; begin_send(&lease, &keys, &begin))
    }
    async fn abort_send(&self, lease: &Lease, keys: &[String]) -> clio_sync::Result<()> {
        detached!(self, lease, keys; abort_send(&lease, &keys))
    }
    async fn confirm(
        &self,
        lease: &Lease,
        confirmations: &[Confirmation],
    ) -> clio_sync::Result<Vec<Confirmed>> {
        detached!(self, lease, confirmations; confirm(&lease, &confirmations))
    }
    async fn mark_uncertain(
        &self,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> clio_sync::Result<()> {
        detached!(self, lease, keys, wait, reason; mark_uncertain(&lease, &keys, wait, &reason))
    }
    async fn look_again(&self, lease: &Lease, keys: &[String], wait: Duration) -> clio_sync::Result<()> {
        detached!(self, lease, keys, wait; look_again(&lease, &keys, wait))
    }
    async fn replan(&self, lease: &Lease, keys: &[String]) -> clio_sync::Result<()> {
        detached!(self, lease, keys; replan(&lease, &keys))
    }
    async fn reject(&self, lease: &Lease, key: &str, reason: &str) -> clio_sync::Result<()> {
        detached!(self, lease, key, reason; reject(&lease, &key, &reason))
    }
    async fn park(&self, lease: &Lease, key: &str, reason: &str) -> clio_sync::Result<()> {
        detached!(self, lease, key, reason; park(&lease, &key, &reason))
    }
    async fn linked(
        &self,
        firm: &str,
        target: &str,
        remote_ids: &[String],
    ) -> clio_sync::Result<HashSet<String>> {
        detached!(self, firm, target, remote_ids; linked(&firm, &target, &remote_ids))
    }
    async fn lossy_fields(&self, firm: &str, target: &str) -> clio_sync::Result<BTreeSet<String>> {
        detached!(self, firm, target; lossy_fields(&firm, &target))
    }
    async fn due_acknowledgements(
        &self,
        flow: &FlowKey,
        most: usize,
    ) -> clio_sync::Result<Vec<Acknowledgement>> {
        detached!(self, flow, most; due_acknowledgements(&flow, most))
    }
    async fn acknowledged(
        &self,
        lease: &Lease,
        flow: &FlowKey,
        done: &Acknowledgement,
    ) -> clio_sync::Result<()> {
        detached!(self, lease, flow, done; acknowledged(&lease, &flow, &done))
    }
    async fn dead_letters(&self, firm: &str) -> clio_sync::Result<Vec<DeadLetter>> {
        self.inner.dead_letters(firm).await
    }
    async fn mirrored(
        &self,
        flow: &FlowKey,
        after: Option<&str>,
        most: usize,
    ) -> clio_sync::Result<Vec<Mirrored>> {
        self.inner.mirrored(flow, after, most).await
    }
    async fn mirrored_one(&self, flow: &FlowKey, id: &str) -> clio_sync::Result<Option<Mirrored>> {
        self.inner.mirrored_one(flow, id).await
    }
    async fn intents(&self, firm: &str, state: IntentState) -> clio_sync::Result<Vec<Intent>> {
        self.inner.intents(firm, state).await
    }
}
