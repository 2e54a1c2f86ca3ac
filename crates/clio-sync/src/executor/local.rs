//! The executor inside one process.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use clio_core::{Clock, SystemClock};
use futures_util::{FutureExt, StreamExt, future::select, stream::FuturesUnordered, task::AtomicWaker};

use super::{Executor, Handler, Run, RunOutcome};
use crate::{FlowKey, Result, Schedule};

/// The longest wait after failures.
const LONGEST_BACKOFF: Duration = Duration::from_secs(600);

/// The shortest wait for a person: a flow that cannot succeed must not ask every second all night.
const SHORTEST_TERMINAL: Duration = Duration::from_secs(600);

/// Runs flows inside the future of [`run`](Executor::run): no thread, no task of its own.
///
/// Different flows run at the same time; one flow never does. Schedules start with the process: the first run of each is
/// at once. A clone is the same executor; [`run`](Executor::run) is for one of them at a time. If its future is dropped,
/// the next one does again what was under way.
#[derive(Debug, Clone)]
pub struct LocalExecutor {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct Shared {
    entries: Mutex<BTreeMap<FlowKey, Entry>>,
    stopping: AtomicBool,
    /// Raised by every change from outside: whoever goes to sleep sees by it what he would be asleep for.
    generation: AtomicU64,
    changed: AtomicWaker,
}

#[derive(Debug, Default)]
struct Entry {
    schedule: Option<Schedule>,
    /// By the clock's monotonic time.
    due: Option<Duration>,
    /// By the same time. Until then it is not due, whoever says so.
    not_before: Duration,
    running: bool,
    /// Since the run under way began. That run's outcome then no longer matters.
    cancelled: bool,
    failures: u32,
}

impl Entry {
    /// When it is to start, if it is to start at all.
    fn starts(&self) -> Option<Duration> {
        self.due.filter(|_| !self.running).map(|due| due.max(self.not_before))
    }
}

impl Default for LocalExecutor {
    fn default() -> Self {
        Self::new()
    }
}

impl LocalExecutor {
    /// An executor on the system's clock.
    pub fn new() -> Self {
        Self { shared: Arc::default(), clock: Arc::new(SystemClock) }
    }

    /// Uses another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Starts nothing any more. [`run`](Executor::run) returns when the runs under way have ended.
    pub fn stop(&self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.changed();
    }

    fn changed(&self) {
        self.shared.generation.fetch_add(1, Ordering::SeqCst);
        self.shared.changed.wake();
    }

    fn generation(&self) -> u64 {
        self.shared.generation.load(Ordering::SeqCst)
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<FlowKey, Entry>> {
        self.shared.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopping(&self) -> bool {
        self.shared.stopping.load(Ordering::SeqCst)
    }

    /// Marks what is due as running, and answers it.
    fn start_due(&self) -> Vec<UnderWay<'_>> {
        if self.stopping() {
            return Vec::new();
        }
        let now = self.clock.monotonic();
        let mut entries = self.entries();
        let due = entries.iter_mut().filter(|(_, entry)| entry.starts().is_some_and(|at| at <= now));
        due.map(|(key, entry)| {
            entry.running = true;
            entry.due = None;
            let run = Run { key: key.clone(), failures: entry.failures };
            UnderWay { executor: self, run, outcome: None }
        })
        .collect()
    }

    /// Says when the flow is due again. A run without an outcome was dropped.
    fn finish(&self, key: &FlowKey, outcome: Option<RunOutcome>) {
        let now = self.clock.monotonic();
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(key) else { return };
        entry.running = false;
        match outcome {
            Some(RunOutcome::Backoff) => entry.failures = entry.failures.saturating_add(1),
            Some(_) => entry.failures = 0,
            None => {}
        }
        if let Some(RunOutcome::Wait(wait)) = outcome {
            entry.not_before = now.saturating_add(wait);
        }
        if entry.cancelled {
            return;
        }
        let interval = entry.schedule.as_ref().map(|Schedule::Every(interval)| *interval);
        let wait = match outcome {
            Some(RunOutcome::Done) => interval,
            Some(RunOutcome::Again(wait)) => sooner(interval, Some(wait)),
            Some(RunOutcome::Wait(wait)) => Some(wait),
            Some(RunOutcome::Backoff) => {
                Some(Duration::from_secs(1 << entry.failures.min(10)).min(LONGEST_BACKOFF))
            }
            Some(RunOutcome::Terminal) => interval.map(|interval| interval.max(SHORTEST_TERMINAL)),
            None => Some(Duration::ZERO),
        };
        // Somebody may have triggered it meanwhile.
        entry.due = sooner(entry.due, wait.map(|wait| now.saturating_add(wait)));
    }

    /// Waits until something is due, or anything has changed since this generation.
    async fn idle(&self, seen: u64) {
        let changed = poll_fn(|context| {
            self.shared.changed.register(context.waker());
            // A change before the waker stood there has woken nobody.
            if self.generation() == seen { Poll::Pending } else { Poll::Ready(()) }
        });
        let next = self.entries().values().filter_map(Entry::starts).min();
        match next {
            // Whoever is stopping waits for the runs under way only.
            Some(at) if !self.stopping() => {
                let wait = at.saturating_sub(self.clock.monotonic());
                select(changed, self.clock.sleep(wait)).await;
            }
            _ => changed.await,
        }
    }
}

/// A run that has begun. However it ends, even if it is dropped, its flow can run again.
struct UnderWay<'a> {
    executor: &'a LocalExecutor,
    run: Run,
    outcome: Option<RunOutcome>,
}

impl UnderWay<'_> {
    async fn carry_out(mut self, handler: Arc<dyn Handler>) {
        self.outcome = Some(handler.run(&self.run).await);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.executor.finish(&self.run.key, self.outcome);
    }
}

fn sooner(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

#[async_trait]
impl Executor for LocalExecutor {
    async fn ensure_schedule(&self, key: &FlowKey, schedule: &Schedule) -> Result<()> {
        let now = self.clock.monotonic();
        {
            let mut entries = self.entries();
            let entry = entries.entry(key.clone()).or_default();
            entry.cancelled = false;
            if entry.schedule.as_ref() != Some(schedule) {
                entry.schedule = Some(schedule.clone());
                entry.due = Some(now);
            }
        }
        self.changed();
        Ok(())
    }

    async fn trigger(&self, key: &FlowKey, after: Duration) -> Result<()> {
        let due = self.clock.monotonic().saturating_add(after);
        {
            let mut entries = self.entries();
            let entry = entries.entry(key.clone()).or_default();
            entry.cancelled = false;
            entry.due = sooner(entry.due, Some(due));
        }
        self.changed();
        Ok(())
    }

    async fn cancel(&self, key: &FlowKey) -> Result<()> {
        if let Some(entry) = self.entries().get_mut(key) {
            entry.schedule = None;
            entry.due = None;
            entry.cancelled = entry.running;
        }
        Ok(())
    }

    async fn run(&self, handler: Arc<dyn Handler>) -> Result<()> {
        let mut runs = FuturesUnordered::new();
        loop {
            // Before anything is looked at: what changes after the look must end the wait.
            let seen = self.generation();
            runs.extend(self.start_due().into_iter().map(|run| run.carry_out(handler.clone()).boxed()));
            if runs.is_empty() {
                if self.stopping() {
                    return Ok(());
                }
                self.idle(seen).await;
            } else {
                select(runs.next(), pin!(self.idle(seen))).await;
            }
        }
    }
}
