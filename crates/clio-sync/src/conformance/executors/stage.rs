//! An executor at work on a script.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use futures_util::future::{Either, select};

use super::{ExecutorBench, Subject};
use crate::{Executor, FlowKey, Handler, Run, RunOutcome, Schedule, engine::lock};

/// A run that the executor began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Began {
    /// By monotonic time.
    pub(super) at: Duration,
    pub(super) wall: DateTime<Utc>,
    pub(super) failures: u32,
    /// When it ended, if it did.
    pub(super) ended: Option<Duration>,
}

/// A handler that notes what it is asked for, and ends as the script says.
#[derive(Debug)]
pub(super) struct Actor {
    clock: Arc<dyn Clock>,
    began: Mutex<BTreeMap<FlowKey, Vec<Began>>>,
    outcomes: Mutex<VecDeque<RunOutcome>>,
    takes: Mutex<Duration>,
    /// A run that takes no time at all overlaps with nothing.
    least: Duration,
    /// A run began while another of the same flow was under way.
    doubled: AtomicBool,
}

#[async_trait]
impl Handler for Actor {
    async fn run(&self, run: &Run) -> RunOutcome {
        let takes = *lock(&self.takes);
        let at = {
            let mut began = lock(&self.began);
            let began = began.entry(run.key.clone()).or_default();
            if began.iter().any(|run| run.ended.is_none()) {
                self.doubled.store(true, Ordering::SeqCst);
            }
            let (at, wall) = (self.clock.monotonic(), self.clock.now());
            began.push(Began { at, wall, failures: run.failures, ended: None });
            began.len() - 1
        };
        self.clock.sleep(takes.max(self.least)).await;
        if let Some(run) = lock(&self.began).get_mut(&run.key).and_then(|began| began.get_mut(at)) {
            run.ended = Some(self.clock.monotonic());
        }
        lock(&self.outcomes).pop_front().unwrap_or(RunOutcome::Done)
    }
}

/// One executor, its handler, and the time.
pub(super) struct Stage {
    subject: Subject,
    pub(super) actor: Arc<Actor>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) late: Duration,
    pub(super) redelivery: Duration,
    /// The unit of all times in the cases: much longer than a run may be late.
    pub(super) unit: Duration,
}

impl Stage {
    pub(super) async fn new(bench: &dyn ExecutorBench) -> Self {
        let (clock, late) = (bench.clock(), bench.late());
        let actor = Actor {
            clock: clock.clone(),
            began: Mutex::default(),
            outcomes: Mutex::default(),
            takes: Mutex::default(),
            least: late / 4,
            doubled: AtomicBool::new(false),
        };
        let unit = Duration::from_secs(1).max(late * 4);
        let (subject, redelivery) = (bench.fresh().await, bench.redelivery());
        Self { subject, actor: Arc::new(actor), clock, late, redelivery, unit }
    }

    /// Runs the executor while the script plays, then stops it.
    pub(super) async fn play(&self, script: impl Future<Output = ()> + Send) {
        let script = async {
            script.await;
            self.stop();
        };
        let (ran, ()) = futures_util::future::join(self.executor().run(self.actor.clone()), script).await;
        ran.expect("an executor that is stopped ends without an error");
    }

    /// Runs the executor for so long, then drops it in the middle of what it does.
    pub(super) async fn crash_after(&self, units: u32) {
        let (run, time) = (self.executor().run(self.actor.clone()), self.clock.sleep(self.unit * units));
        if let Either::Left(_) = select(run, time).await {
            panic!("an executor runs until it is told to stop");
        }
        for run in lock(&self.actor.began).values_mut().flatten() {
            run.ended = run.ended.or(Some(self.clock.monotonic()));
        }
    }

    pub(super) fn executor(&self) -> &dyn Executor {
        &*self.subject.executor
    }

    pub(super) fn stop(&self) {
        (self.subject.stop)();
    }

    /// The runs to come take so many units.
    pub(super) fn takes(&self, units: u32) {
        self.take(self.unit * units);
    }

    /// The runs to come take so long.
    pub(super) fn take(&self, time: Duration) {
        *lock(&self.actor.takes) = time;
    }

    /// The runs to come end like this, and those after them well.
    pub(super) fn ends(&self, outcomes: &[RunOutcome]) {
        *lock(&self.actor.outcomes) = outcomes.iter().copied().collect();
    }

    pub(super) async fn wait(&self, units: u32) {
        self.clock.sleep(self.unit * units).await;
    }

    /// Waits so many units, and as long again as a run may be late.
    pub(super) async fn wait_out(&self, units: u32) {
        self.clock.sleep(self.unit * units + self.late).await;
    }

    pub(super) async fn trigger(&self, flow: &str, units: u32) {
        self.executor().trigger(&key(flow), self.unit * units).await.expect("trigger");
    }

    pub(super) async fn schedule(&self, flow: &str, schedule: &Schedule) {
        self.executor().ensure_schedule(&key(flow), schedule).await.expect("ensure_schedule");
    }

    pub(super) async fn cancel(&self, flow: &str) {
        self.executor().cancel(&key(flow)).await.expect("cancel");
    }

    pub(super) fn every(&self, units: u32) -> Schedule {
        Schedule::Every(self.unit * units)
    }

    /// What of this flow began so far.
    pub(super) fn began(&self, flow: &str) -> Vec<Began> {
        assert!(!self.actor.doubled.load(Ordering::SeqCst), "a flow runs once at a time");
        lock(&self.actor.began).get(&key(flow)).cloned().unwrap_or_default()
    }

    pub(super) fn count(&self, flow: &str) -> usize {
        self.began(flow).len()
    }

    /// This moment is the time that was asked for, or a little later.
    #[track_caller]
    pub(super) fn on_time(&self, at: Duration, asked: Duration, what: &str) {
        let (early, late) = (asked.saturating_sub(at), at.saturating_sub(asked));
        assert!(early.is_zero(), "{what}: {early:?} too early");
        assert!(late <= self.late, "{what}: {late:?} too late");
    }
}

pub(super) fn key(flow: &str) -> FlowKey {
    FlowKey { firm: "acme-law".into(), adapter: "tracker".into(), flow: flow.into() }
}
