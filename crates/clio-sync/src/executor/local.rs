//! The executor inside one process.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clio_core::{Clock, SystemClock};
use futures_util::{FutureExt, StreamExt, future::select, stream::FuturesUnordered};

use super::{Executor, Handler, Run, RunOutcome, ticks::Ticks};
use crate::{FlowKey, Result, Schedule, bell::Bell, metrics};

/// The longest wait after failures.
const LONGEST_BACKOFF: Duration = Duration::from_secs(600);

/// The shortest wait for a person: a flow that cannot succeed must not ask every second all night.
const SHORTEST_TERMINAL: Duration = Duration::from_secs(600);

/// How often the wall clock is looked at while a cron schedule waits: it may be set, and while a machine sleeps, the time
/// by which one waits may stand still.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(120);

/// Runs flows inside the future of [`run`](Executor::run): no thread, no task of its own.
///
/// Different flows run at the same time; one flow never does. Schedules start with the process: the first run of each
/// interval is at once, and that of a cron schedule at its next tick. A tick is seen within two minutes after the clock was
/// set or the machine woke up; ticks that were missed are one. When the clock is set back, no tick comes sooner than one gap
/// between two ticks after the last.
///
/// A clone is the same executor; [`run`](Executor::run) is for one of them at a time. If its future is dropped,
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
    /// Rung by every change from outside.
    bell: Bell,
}

/// All times here are monotonic.
#[derive(Debug, Default)]
struct Entry {
    schedule: Option<Schedule>,
    /// Of a cron schedule.
    ticks: Option<Ticks>,
    /// When its schedule wants it to run.
    tick: Option<Duration>,
    /// Until then, what its schedule wants has to wait.
    ticks_from: Duration,
    /// When somebody else wants it to run: a trigger, or its own last run.
    due: Option<Duration>,
    /// Until then it is not due, whoever says so.
    not_before: Duration,
    running: bool,
    /// Since the run under way began. That run's outcome then no longer matters.
    cancelled: bool,
    failures: u32,
}

impl Entry {
    /// When it is to start, if it is to start at all.
    fn starts(&self) -> Option<Duration> {
        self.wanted().filter(|_| !self.running)
    }

    /// When it is to start, or would be if it did not run already.
    fn wanted(&self) -> Option<Duration> {
        let tick = self.tick.map(|tick| tick.max(self.ticks_from));
        sooner(self.due, tick).map(|at| at.max(self.not_before))
    }

    fn interval(&self) -> Option<Duration> {
        match self.schedule {
            Some(Schedule::Every(interval)) => Some(interval),
            _ => None,
        }
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
        self.shared.bell.ring();
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
        let (now, wall) = (self.clock.monotonic(), self.clock.now());
        let mut entries = self.entries();
        for entry in entries.values_mut() {
            if entry.ticks.as_mut().is_some_and(|ticks| ticks.look(wall, now)) {
                entry.tick = sooner(entry.tick, Some(now));
            }
        }
        let mut started = Vec::new();
        for (key, entry) in entries.iter_mut() {
            let Some(due) = entry.starts().filter(|at| *at <= now) else { continue };
            metrics::started(now.saturating_sub(due));
            entry.running = true;
            (entry.due, entry.tick) = (None, None);
            let run = Run { key: key.clone(), failures: entry.failures };
            started.push(UnderWay { executor: self, run, outcome: None });
        }
        metrics::queued(|| {
            entries.values().filter(|entry| entry.wanted().is_some_and(|at| at <= now)).count()
        });
        started
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
        let later = |wait| now.saturating_add(wait);
        if let Some(RunOutcome::Wait(wait)) = outcome {
            entry.not_before = later(wait);
        }
        if entry.cancelled {
            return;
        }
        entry.ticks_from = Duration::ZERO;
        let due = match outcome {
            Some(RunOutcome::Done) => None,
            Some(RunOutcome::Again(wait) | RunOutcome::Wait(wait)) => Some(later(wait)),
            Some(RunOutcome::Backoff) => {
                metrics::retried();
                let wait = Duration::from_secs(1 << entry.failures.min(10)).min(LONGEST_BACKOFF);
                entry.ticks_from = later(wait);
                Some(later(wait))
            }
            Some(RunOutcome::Terminal) => {
                entry.ticks_from = later(SHORTEST_TERMINAL);
                None
            }
            None => Some(now),
        };
        // Somebody may have triggered it meanwhile, or scheduled it anew.
        entry.due = sooner(entry.due, due);
        entry.tick = sooner(entry.tick, entry.interval().map(later));
    }

    /// Waits until something is due, or anything has changed since this generation.
    async fn idle(&self, seen: u64) {
        let changed = self.shared.bell.rings(seen);
        match self.next() {
            // Whoever is stopping waits for the runs under way only.
            Some(wait) if !self.stopping() => {
                select(pin!(changed), self.clock.sleep(wait)).await;
            }
            _ => changed.await,
        }
    }

    /// How long until there is something to see to.
    fn next(&self) -> Option<Duration> {
        let (now, wall) = (self.clock.monotonic(), self.clock.now());
        let entries = self.entries();
        let start = entries.values().filter_map(Entry::starts).min().map(|at| at.saturating_sub(now));
        let ticks = entries.values().filter_map(|entry| entry.ticks.as_ref());
        let tick = ticks.map(|ticks| ticks.wait(wall).min(LOOK_AT_CLOCK)).min();
        sooner(start, tick)
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
        let (now, wall) = (self.clock.monotonic(), self.clock.now());
        {
            let mut entries = self.entries();
            let entry = entries.entry(key.clone()).or_default();
            entry.cancelled = false;
            if entry.schedule.as_ref() != Some(schedule) {
                entry.schedule = Some(schedule.clone());
                entry.ticks_from = Duration::ZERO;
                (entry.tick, entry.ticks) = match schedule {
                    Schedule::Every(_) => (Some(now), None),
                    Schedule::Cron(cron) => (None, Some(Ticks::new(cron.clone(), wall, now))),
                };
            }
        }
        self.shared.bell.ring();
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
        self.shared.bell.ring();
        Ok(())
    }

    async fn cancel(&self, key: &FlowKey) -> Result<()> {
        if let Some(entry) = self.entries().get_mut(key) {
            entry.schedule = None;
            (entry.ticks, entry.tick, entry.due) = (None, None, None);
            entry.cancelled = entry.running;
        }
        Ok(())
    }

    async fn run(&self, handler: Arc<dyn Handler>) -> Result<()> {
        let mut runs = FuturesUnordered::new();
        loop {
            // Before anything is looked at: what changes after the look must end the wait.
            let seen = self.shared.bell.rung();
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
