//! A crash at a point of a test's choosing.

use std::{
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
use clio_sync::{CursorPage, CursorSource};

use super::{Hook, Wrapped};
use crate::{Entry, Setup, Shelf};

/// Stops the engine dead at the n-th point, as a power cut would: nothing that follows is done.
///
/// A point lies before and after every call that crosses a seam. The engine unwinds without a panic message; the test
/// catches it, drops everything, and starts anew on the same file.
#[derive(Debug)]
pub struct Crasher {
    passed: AtomicU64,
    at: u64,
}

/// What a crashed engine unwinds with.
#[derive(Debug)]
pub struct Crash;

impl Crasher {
    /// Crashes at this point; at none if it is 0.
    pub fn at(at: u64) -> Arc<Self> {
        Arc::new(Self { passed: AtomicU64::new(0), at })
    }

    /// How many points were passed.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            resume_unwind(Box::new(Crash));
        }
    }

    /// Puts this crasher at every seam of the engine.
    pub fn everywhere(self: &Arc<Self>, mut setup: Setup) -> Setup {
        setup.clock = Arc::new(CrashingClock(setup.clock, self.clone()));
        setup.store = Arc::new(Wrapped { inner: setup.store, hook: Arc::new(Crashing(self.clone())) });
        setup.clio = Arc::new(CrashingTransport(setup.clio, self.clone()));
        setup.wisetime = Arc::new(CrashingTransport(setup.wisetime, self.clone()));
        setup.book = Shelf(Arc::new(CrashingShelf(setup.book, self.clone())));
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

#[derive(Debug)]
struct CrashingShelf(Shelf, Arc<Crasher>);

#[async_trait]
impl CursorSource for CrashingShelf {
    type Record = Entry;

    fn kind(&self) -> &str {
        self.0.kind()
    }

    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> clio_sync::Result<CursorPage<Entry>> {
        self.1.point();
        let page = self.0.page(since, position).await;
        self.1.point();
        page
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
