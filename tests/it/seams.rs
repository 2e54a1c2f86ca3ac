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
use clio_sync::{
    Acknowledgement, BeginSend, Committed, Confirmation, Confirmed, Cursor, DeadLetter, FlowKey, Intent,
    IntentState, Lease, PageCommit, Result, Store,
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
    async fn now(&self) -> Result<DateTime<Utc>> {
        around!(self, now())
    }
    async fn take_lease(&self, firm: &str, holder: &str, ttl: Duration) -> Result<Lease> {
        around!(self, take_lease(firm, holder, ttl))
    }
    async fn release_lease(&self, lease: &Lease) -> Result<()> {
        around!(self, release_lease(lease))
    }
    async fn cursor(&self, flow: &FlowKey) -> Result<Cursor> {
        around!(self, cursor(flow))
    }
    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> Result<Vec<Committed>> {
        around!(self, commit_page(lease, page))
    }
    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> Result<Vec<Intent>> {
        around!(self, due_intents(flow, target, most))
    }
    async fn open_intents(&self, firm: &str, target: &str) -> Result<Vec<Intent>> {
        around!(self, open_intents(firm, target))
    }
    async fn begin_send(&self, lease: &Lease, keys: &[String], begin: &BeginSend) -> Result<()> {
        around!(self, begin_send(lease, keys, begin))
    }
    async fn abort_send(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        around!(self, abort_send(lease, keys))
    }
    async fn confirm(&self, lease: &Lease, confirmations: &[Confirmation]) -> Result<Vec<Confirmed>> {
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
    ) -> Result<()> {
        around!(self, mark_uncertain(lease, keys, wait, reason))
    }
    async fn look_again(&self, lease: &Lease, keys: &[String], wait: Duration) -> Result<()> {
        around!(self, look_again(lease, keys, wait))
    }
    async fn replan(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        around!(self, replan(lease, keys))
    }
    async fn reject(&self, lease: &Lease, key: &str, reason: &str) -> Result<()> {
        around!(self, reject(lease, key, reason))
    }
    async fn park(&self, lease: &Lease, key: &str, reason: &str) -> Result<()> {
        around!(self, park(lease, key, reason))
    }
    async fn linked(&self, firm: &str, target: &str, remote_ids: &[String]) -> Result<HashSet<String>> {
        let linked = around!(self, linked(firm, target, remote_ids));
        linked.map(|linked| self.hook.linked(linked))
    }
    async fn lossy_fields(&self, firm: &str, target: &str) -> Result<BTreeSet<String>> {
        around!(self, lossy_fields(firm, target))
    }
    async fn due_acknowledgements(&self, flow: &FlowKey, most: usize) -> Result<Vec<Acknowledgement>> {
        around!(self, due_acknowledgements(flow, most))
    }
    async fn acknowledged(&self, lease: &Lease, flow: &FlowKey, done: &Acknowledgement) -> Result<()> {
        around!(self, acknowledged(lease, flow, done))
    }
    async fn dead_letters(&self, firm: &str) -> Result<Vec<DeadLetter>> {
        around!(self, dead_letters(firm))
    }
    async fn intents(&self, firm: &str, state: IntentState) -> Result<Vec<Intent>> {
        around!(self, intents(firm, state))
    }
}
