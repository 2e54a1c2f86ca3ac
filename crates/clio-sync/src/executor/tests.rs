//! What an executor does when, under paused time.

mod cron;
#[cfg(feature = "conformance")]
mod suite;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clio_core::Clock;
use futures_util::FutureExt;

use super::{Executor, Handler, LocalExecutor, Run, RunOutcome};
use crate::{FlowKey, Schedule};

/// Its wall time is 1970 and what has passed, and whatever it was set by since.
#[derive(Debug)]
struct PausedClock(tokio::time::Instant, AtomicI64);

impl PausedClock {
    fn set_by(&self, seconds: i64) {
        self.1.fetch_add(seconds, Ordering::SeqCst);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
impl Clock for PausedClock {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        let set = chrono::TimeDelta::seconds(self.1.load(Ordering::SeqCst));
        chrono::DateTime::UNIX_EPOCH + self.0.elapsed() + set
    }
    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, duration: Duration) -> clio_core::Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Takes so many seconds for each run, 3 if nobody says otherwise, notes when they began, and stops the executor in the last one.
#[derive(Debug)]
struct Noting {
    clock: Arc<PausedClock>,
    executor: LocalExecutor,
    began: Mutex<Vec<(String, u64)>>,
    outcome: RunOutcome,
    most: usize,
    cancels: AtomicBool,
    takes: AtomicU64,
}

#[async_trait]
impl Handler for Noting {
    async fn run(&self, run: &Run) -> RunOutcome {
        let count = {
            let mut began = self.began.lock().unwrap();
            began.push((run.key.flow.clone(), self.clock.monotonic().as_secs()));
            began.len()
        };
        self.clock.sleep(Duration::from_secs(self.takes.load(Ordering::SeqCst))).await;
        if self.cancels.load(Ordering::SeqCst) {
            self.executor.cancel(&run.key).await.unwrap();
        }
        if count >= self.most {
            self.executor.stop();
        }
        self.outcome
    }
}

impl Noting {
    fn times(&self) -> Vec<u64> {
        self.began.lock().unwrap().iter().map(|run| run.1).collect()
    }
}

fn key(flow: &str) -> FlowKey {
    FlowKey { firm: "f".into(), adapter: "a".into(), flow: flow.into() }
}

fn every(seconds: u64) -> Schedule {
    Schedule::Every(Duration::from_secs(seconds))
}

#[expect(clippy::disallowed_methods, reason = "a test clock under paused time")]
fn paused_clock() -> Arc<PausedClock> {
    Arc::new(PausedClock(tokio::time::Instant::now(), AtomicI64::new(0)))
}

fn noting(outcome: RunOutcome, most: usize) -> (LocalExecutor, Arc<Noting>) {
    let clock = paused_clock();
    let executor = LocalExecutor::new().with_clock(clock.clone());
    let (began, cancels, takes) = (Mutex::default(), AtomicBool::new(false), AtomicU64::new(3));
    (executor.clone(), Arc::new(Noting { clock, executor, began, outcome, most, cancels, takes }))
}

/// Runs the executor for so long, then drops the run.
async fn run_for(seconds: u64, executor: &LocalExecutor, noting: &Arc<Noting>) {
    let time = noting.clock.sleep(Duration::from_secs(seconds));
    futures_util::future::select(executor.run(noting.clone()), time).await;
}

/// When the runs of one flow on this schedule begin, if all end like this.
async fn on_schedule(schedule: Schedule, outcome: RunOutcome, most: usize) -> Vec<u64> {
    let (executor, noting) = noting(outcome, most);
    executor.ensure_schedule(&key("x"), &schedule).await.unwrap();
    executor.run(noting.clone()).await.unwrap();
    noting.times()
}

async fn began(executor: &LocalExecutor, noting: &Arc<Noting>) -> Vec<(String, u64)> {
    executor.run(noting.clone()).await.unwrap();
    noting.began.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn flows_run_side_by_side_and_each_on_its_interval() {
    let (executor, noting) = noting(RunOutcome::Done, 4);
    executor.ensure_schedule(&key("x"), &every(10)).await.unwrap();
    executor.ensure_schedule(&key("y"), &every(20)).await.unwrap();
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
    executor.run(noting.clone()).await.unwrap();
    assert_eq!(noting.times(), [0, 5, 12]);
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

#[tokio::test(start_paused = true)]
async fn again_is_the_sooner_of_its_wait_and_the_schedule() {
    let again = RunOutcome::Again(Duration::from_secs(60));
    assert_eq!(on_schedule(every(10), again, 3).await, [0, 13, 26]);
    assert_eq!(on_schedule(every(100), again, 3).await, [0, 63, 126]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_kept_whatever_the_schedule_says() {
    let wait = RunOutcome::Wait(Duration::from_secs(600));
    assert_eq!(on_schedule(every(10), wait, 3).await, [0, 603, 1206]);
    assert_eq!(on_schedule(every(3600), wait, 3).await, [0, 603, 1206]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_kept_whatever_a_trigger_or_a_new_schedule_says() {
    let (executor, noting) = noting(RunOutcome::Wait(Duration::from_secs(600)), 2);
    executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
    let meanwhile = async {
        // While it runs, and while it waits.
        for _ in 0..2 {
            noting.clock.sleep(Duration::from_secs(2)).await;
            executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
        }
        executor.ensure_schedule(&key("x"), &every(1)).await.unwrap();
    };
    let (result, ()) = tokio::join!(executor.run(noting.clone()), meanwhile);
    result.unwrap();
    assert_eq!(noting.times(), [0, 603]);
}

#[tokio::test(start_paused = true)]
async fn what_only_a_person_can_end_is_tried_every_ten_minutes_at_most() {
    assert_eq!(on_schedule(every(1), RunOutcome::Terminal, 3).await, [0, 603, 1206]);
    assert_eq!(on_schedule(every(3600), RunOutcome::Terminal, 3).await, [0, 3603, 7206]);
}

#[tokio::test(start_paused = true)]
async fn a_person_need_not_wait_after_a_terminal_run() {
    let (executor, noting) = noting(RunOutcome::Terminal, 2);
    executor.ensure_schedule(&key("x"), &every(1)).await.unwrap();
    let person = async {
        noting.clock.sleep(Duration::from_secs(60)).await;
        executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
    };
    let (result, ()) = tokio::join!(executor.run(noting.clone()), person);
    result.unwrap();
    assert_eq!(noting.times(), [0, 60]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_dropped_is_done_again() {
    let (executor, noting) = noting(RunOutcome::Done, 99);
    executor.ensure_schedule(&key("scheduled"), &every(10)).await.unwrap();
    executor.trigger(&key("triggered"), Duration::ZERO).await.unwrap();
    run_for(2, &executor, &noting).await;
    assert_eq!(noting.times(), [0, 0]);
    run_for(9, &executor, &noting).await;
    assert_eq!(noting.times(), [0, 0, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_dropped_after_it_was_cancelled_is_not_done_again() {
    let (executor, noting) = noting(RunOutcome::Done, 99);
    executor.ensure_schedule(&key("x"), &every(10)).await.unwrap();
    let cancel = async {
        noting.clock.sleep(Duration::from_secs(1)).await;
        executor.cancel(&key("x")).await.unwrap();
    };
    tokio::join!(run_for(2, &executor, &noting), cancel);
    run_for(600, &executor, &noting).await;
    assert_eq!(noting.times(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_flow_cancelled_while_it_runs_stays_cancelled_until_somebody_wants_it() {
    let second = Duration::from_secs(1);
    for outcome in [
        RunOutcome::Done,
        RunOutcome::Again(second),
        RunOutcome::Wait(second),
        RunOutcome::Backoff,
        RunOutcome::Terminal,
    ] {
        let (executor, noting) = noting(outcome, 99);
        noting.cancels.store(true, Ordering::SeqCst);
        executor.ensure_schedule(&key("x"), &every(10)).await.unwrap();
        run_for(7200, &executor, &noting).await;
        assert_eq!(noting.times(), [0], "{outcome:?}");

        executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
        run_for(7200, &executor, &noting).await;
        assert_eq!(noting.times(), [0, 7200], "{outcome:?}");

        noting.cancels.store(false, Ordering::SeqCst);
        executor.ensure_schedule(&key("x"), &every(7200)).await.unwrap();
        run_for(7200, &executor, &noting).await;
        assert_eq!(noting.times()[..3], [0, 7200, 14_400], "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_wanted_again_in_the_run_that_was_cancelled_runs_again() {
    let (executor, noting) = noting(RunOutcome::Done, 2);
    executor.ensure_schedule(&key("x"), &every(10)).await.unwrap();
    let meanwhile = async {
        noting.clock.sleep(Duration::from_secs(1)).await;
        executor.cancel(&key("x")).await.unwrap();
        executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
    };
    let (result, ()) = tokio::join!(executor.run(noting.clone()), meanwhile);
    result.unwrap();
    assert_eq!(noting.times(), [0, 3]);
}

#[tokio::test(start_paused = true)]
async fn never_is_a_time() {
    let (executor, noting) = noting(RunOutcome::Done, 99);
    noting.clock.sleep(Duration::from_secs(1)).await;
    executor.trigger(&key("triggered"), Duration::MAX).await.unwrap();
    executor.ensure_schedule(&key("scheduled"), &Schedule::Every(Duration::MAX)).await.unwrap();
    run_for(3600, &executor, &noting).await;
    assert_eq!(noting.times(), [1]);
    for outcome in [RunOutcome::Again(Duration::MAX), RunOutcome::Wait(Duration::MAX)] {
        let (executor, noting) = self::noting(outcome, 99);
        executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
        run_for(3600, &executor, &noting).await;
        assert_eq!(noting.times(), [0]);
    }
}

type Meddle = Box<dyn FnOnce() + Send>;

/// Does something when it is asked for the time and has been so often before, as another thread would just then.
struct Meddling {
    inner: Arc<dyn Clock>,
    meddle: Mutex<Option<(usize, Meddle)>>,
}

impl std::fmt::Debug for Meddling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meddling")
    }
}

impl Clock for Meddling {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.inner.now()
    }
    fn monotonic(&self) -> Duration {
        let meddle = {
            let mut meddle = self.meddle.lock().unwrap();
            match &mut *meddle {
                Some((0, _)) => meddle.take(),
                Some((left, _)) => {
                    *left -= 1;
                    None
                }
                None => None,
            }
        };
        if let Some((_, meddle)) = meddle {
            meddle();
        }
        self.inner.monotonic()
    }
    fn sleep(&self, duration: Duration) -> clio_core::Sleep {
        self.inner.sleep(duration)
    }
}

/// An executor with an hourly flow, to which something happens at the n-th reading of its clock, and what ran in ten
/// minutes. `None`: the clock was not read so often.
async fn meddled(
    n: usize,
    meddle: impl FnOnce(&LocalExecutor) + Send + 'static,
) -> Option<(bool, Vec<(String, u64)>)> {
    let (_, noting) = noting(RunOutcome::Done, 99);
    let clock = Arc::new(Meddling { inner: noting.clock.clone(), meddle: Mutex::default() });
    let executor = LocalExecutor::new().with_clock(clock.clone());
    executor.ensure_schedule(&key("hourly"), &every(3600)).await.unwrap();
    let other = executor.clone();
    *clock.meddle.lock().unwrap() = Some((n, Box::new(move || meddle(&other))));
    let ended = tokio::select! {
        _ = executor.run(noting.clone()) => true,
        () = noting.clock.sleep(Duration::from_secs(600)) => false,
    };
    let happened = clock.meddle.lock().unwrap().is_none();
    let began = noting.began.lock().unwrap().clone();
    happened.then_some((ended, began))
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_seen_whenever_it_comes() {
    let mut readings = 0;
    while let Some((ended, _)) = meddled(readings, LocalExecutor::stop).await {
        assert!(ended, "the stop at reading {readings} was lost");
        readings += 1;
    }
    assert!(readings > 3, "{readings}");
}

#[tokio::test(start_paused = true)]
async fn a_trigger_is_seen_whenever_it_comes() {
    let trigger = |executor: &LocalExecutor| {
        executor.trigger(&key("x"), Duration::ZERO).now_or_never().unwrap().unwrap();
    };
    let mut readings = 0;
    while let Some((_, began)) = meddled(readings, trigger).await {
        assert!(
            began.iter().any(|run| run.0 == "x"),
            "the trigger at reading {readings} was lost: {began:?}"
        );
        readings += 1;
    }
    assert!(readings > 3, "{readings}");
}

#[tokio::test(start_paused = true)]
async fn a_new_schedule_is_seen_whenever_it_comes() {
    let schedule = |executor: &LocalExecutor| {
        executor.ensure_schedule(&key("x"), &every(60)).now_or_never().unwrap().unwrap();
    };
    let mut readings = 0;
    while let Some((_, began)) = meddled(readings, schedule).await {
        assert!(
            began.iter().any(|run| run.0 == "x"),
            "the schedule at reading {readings} was lost: {began:?}"
        );
        readings += 1;
    }
    assert!(readings > 3, "{readings}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_quietly_although_another_flow_is_due() {
    let (_, noting) = noting(RunOutcome::Done, 99);
    let spins: Meddle = Box::new(|| panic!("it looks at the clock again and again"));
    let clock = Meddling { inner: noting.clock.clone(), meddle: Mutex::new(Some((20, spins))) };
    let executor = LocalExecutor::new().with_clock(Arc::new(clock));
    executor.trigger(&key("x"), Duration::ZERO).await.unwrap();
    executor.trigger(&key("y"), Duration::from_secs(2)).await.unwrap();
    let stop = async {
        noting.clock.sleep(Duration::from_secs(1)).await;
        executor.stop();
    };
    let (result, ()) = tokio::join!(executor.run(noting.clone()), stop);
    result.unwrap();
    assert_eq!((noting.times(), noting.clock.monotonic().as_secs()), (vec![0], 3));
}
