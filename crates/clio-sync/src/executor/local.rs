//! The executor inside one process.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use clio_core::{Clock, SystemClock};
use futures_util::{
    FutureExt, StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
    task::AtomicWaker,
};

use super::{Executor, Handler, Run, RunOutcome};
use crate::{FlowKey, Result, Schedule};

/// The longest wait after failures.
const LONGEST_BACKOFF: Duration = Duration::from_secs(600);

/// Runs flows inside the future of [`run`](Executor::run): no thread, no task of its own.
///
/// Different flows run at the same time; one flow never does. Schedules start with the process: the first run of each is
/// at once.
#[derive(Debug, Clone)]
pub struct LocalExecutor {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct Shared {
    entries: Mutex<BTreeMap<FlowKey, Entry>>,
    stopping: AtomicBool,
    changed: AtomicWaker,
}

#[derive(Debug, Default)]
struct Entry {
    schedule: Option<Schedule>,
    /// By the clock's monotonic time.
    due: Option<Duration>,
    running: bool,
    failures: u32,
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
        self.shared.changed.wake();
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<FlowKey, Entry>> {
        self.shared.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopping(&self) -> bool {
        self.shared.stopping.load(Ordering::SeqCst)
    }

    /// Marks what is due as running, and answers it.
    fn start_due(&self) -> Vec<Run> {
        if self.stopping() {
            return Vec::new();
        }
        let now = self.clock.monotonic();
        let mut entries = self.entries();
        let due =
            entries.iter_mut().filter(|(_, entry)| !entry.running && entry.due.is_some_and(|due| due <= now));
        due.map(|(key, entry)| {
            entry.running = true;
            entry.due = None;
            Run { key: key.clone(), failures: entry.failures }
        })
        .collect()
    }

    /// Says when the flow is due again.
    fn finish(&self, key: &FlowKey, outcome: RunOutcome) {
        let now = self.clock.monotonic();
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(key) else { return };
        entry.running = false;
        entry.failures = if outcome == RunOutcome::Backoff { entry.failures + 1 } else { 0 };
        let on_schedule = entry.schedule.as_ref().map(|Schedule::Every(interval)| now + *interval);
        let next = match outcome {
            RunOutcome::Done | RunOutcome::Terminal => on_schedule,
            RunOutcome::Again(wait) => sooner(on_schedule, Some(now + wait)),
            RunOutcome::Backoff => {
                let wait = Duration::from_secs(1 << entry.failures.min(10)).min(LONGEST_BACKOFF);
                Some(now + wait)
            }
        };
        // Somebody may have triggered it meanwhile.
        entry.due = sooner(entry.due, next);
    }

    /// Waits until something is due, or anything has changed.
    async fn idle(&self) {
        let next = self.entries().values().filter(|entry| !entry.running).filter_map(|entry| entry.due).min();
        let mut polled = false;
        let changed = poll_fn(|context| {
            self.shared.changed.register(context.waker());
            if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
        });
        match next {
            Some(due) => {
                let wait = due.saturating_sub(self.clock.monotonic());
                select(changed, self.clock.sleep(wait)).await;
            }
            None => changed.await,
        }
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
            if entry.schedule.as_ref() != Some(schedule) {
                entry.schedule = Some(schedule.clone());
                entry.due = Some(now);
            }
        }
        self.shared.changed.wake();
        Ok(())
    }

    async fn trigger(&self, key: &FlowKey, after: Duration) -> Result<()> {
        let due = self.clock.monotonic() + after;
        {
            let mut entries = self.entries();
            let entry = entries.entry(key.clone()).or_default();
            entry.due = sooner(entry.due, Some(due));
        }
        self.shared.changed.wake();
        Ok(())
    }

    async fn cancel(&self, key: &FlowKey) -> Result<()> {
        if let Some(entry) = self.entries().get_mut(key) {
            entry.schedule = None;
            entry.due = None;
        }
        Ok(())
    }

    async fn run(&self, handler: Arc<dyn Handler>) -> Result<()> {
        let mut runs = FuturesUnordered::new();
        loop {
            for run in self.start_due() {
                let handler = handler.clone();
                runs.push(async move { (handler.run(&run).await, run.key) }.boxed());
            }
            if runs.is_empty() {
                if self.stopping() {
                    return Ok(());
                }
                self.idle().await;
                continue;
            }
            if let Either::Left((Some((outcome, key)), _)) =
                select(runs.next(), std::pin::pin!(self.idle())).await
            {
                self.finish(&key, outcome);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct PausedClock(tokio::time::Instant);

    #[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
    impl Clock for PausedClock {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            chrono::DateTime::UNIX_EPOCH
        }
        fn monotonic(&self) -> Duration {
            self.0.elapsed()
        }
        fn sleep(&self, duration: Duration) -> clio_core::Sleep {
            Box::pin(tokio::time::sleep(duration))
        }
    }

    /// Takes 3 seconds for each run, and notes when they began.
    #[derive(Debug)]
    struct Noting {
        clock: Arc<dyn Clock>,
        executor: LocalExecutor,
        began: Mutex<Vec<(String, u64)>>,
        outcome: RunOutcome,
        most: usize,
    }

    #[async_trait]
    impl Handler for Noting {
        async fn run(&self, run: &Run) -> RunOutcome {
            let count = {
                let mut began = self.began.lock().unwrap();
                began.push((run.key.flow.clone(), self.clock.monotonic().as_secs()));
                began.len()
            };
            self.clock.sleep(Duration::from_secs(3)).await;
            if count >= self.most {
                self.executor.stop();
            }
            self.outcome
        }
    }

    fn key(flow: &str) -> FlowKey {
        FlowKey { firm: "f".into(), adapter: "a".into(), flow: flow.into() }
    }

    #[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
    fn noting(outcome: RunOutcome, most: usize) -> (LocalExecutor, Arc<Noting>) {
        let clock: Arc<dyn Clock> = Arc::new(PausedClock(tokio::time::Instant::now()));
        let executor = LocalExecutor::new().with_clock(clock.clone());
        let began = Mutex::default();
        (executor.clone(), Arc::new(Noting { clock, executor, began, outcome, most }))
    }

    async fn began(executor: &LocalExecutor, noting: &Arc<Noting>) -> Vec<(String, u64)> {
        executor.run(noting.clone()).await.unwrap();
        noting.began.lock().unwrap().clone()
    }

    #[tokio::test(start_paused = true)]
    async fn flows_run_side_by_side_and_each_on_its_interval() {
        let (executor, noting) = noting(RunOutcome::Done, 4);
        executor.ensure_schedule(&key("x"), &Schedule::Every(Duration::from_secs(10))).await.unwrap();
        executor.ensure_schedule(&key("y"), &Schedule::Every(Duration::from_secs(20))).await.unwrap();
        let expected = [("x", 0), ("y", 0), ("x", 13), ("y", 23)].map(|(flow, at)| (flow.to_owned(), at));
        assert_eq!(began(&executor, &noting).await, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn triggers_while_it_runs_become_one_run_after() {
        let (executor, noting) = noting(RunOutcome::Done, 2);
        for _ in 0..3 {
            executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
        }
        let meanwhile = async {
            noting.clock.sleep(Duration::from_secs(1)).await;
            for _ in 0..3 {
                executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
            }
        };
        let (times, ()) = tokio::join!(began(&executor, &noting), meanwhile);
        assert_eq!(times, [("x".to_owned(), 0), ("x".to_owned(), 3)]);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_tried_later_each_time() {
        let (executor, noting) = noting(RunOutcome::Backoff, 3);
        executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
        assert_eq!(began(&executor, &noting).await.iter().map(|run| run.1).collect::<Vec<_>>(), [0, 5, 12]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_lets_the_run_under_way_end() {
        let (executor, noting) = noting(RunOutcome::Done, 99);
        executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
        let stop = async {
            noting.clock.sleep(Duration::from_secs(1)).await;
            executor.stop();
        };
        let (times, ()) = tokio::join!(began(&executor, &noting), stop);
        assert_eq!((times.len(), noting.clock.monotonic().as_secs()), (1, 3));
    }
}
