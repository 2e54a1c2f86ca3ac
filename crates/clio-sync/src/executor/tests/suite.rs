//! The suite of executors, on ours, and on some that are broken.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use clio_core::Clock;
use futures_util::{FutureExt, future::join};

use super::paused_clock;
use crate::{
    Executor, FlowKey, Handler, LocalExecutor, Result, Run, RunOutcome, Schedule,
    conformance::{self, ExecutorBench, Subject},
};

/// What is wrong with an executor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// Every run is carried out by two workers.
    Twice,
    /// It does not hear that a flow is cancelled.
    DeafToCancel,
    /// It forgets triggers for a flow that is running.
    ForgetsTriggers,
    /// It takes a server's wait for advice.
    BreaksWaits,
    /// It ends at once when it is told to stop.
    StopsAtOnce,
    /// It runs a cron schedule as an interval.
    NoCron,
}

#[derive(Debug)]
struct Broken {
    inner: LocalExecutor,
    fault: Fault,
    running: Arc<std::sync::Mutex<Vec<FlowKey>>>,
    stopped: Arc<crate::bell::Bell>,
}

#[derive(Debug)]
struct BrokenHandler {
    inner: Arc<dyn Handler>,
    fault: Fault,
    running: Arc<std::sync::Mutex<Vec<FlowKey>>>,
}

#[async_trait]
impl Handler for BrokenHandler {
    async fn run(&self, run: &Run) -> RunOutcome {
        self.running.lock().unwrap().push(run.key.clone());
        let outcome = if self.fault == Fault::Twice {
            join(self.inner.run(run), self.inner.run(run)).await.0
        } else {
            self.inner.run(run).await
        };
        self.running.lock().unwrap().retain(|key| *key != run.key);
        match outcome {
            RunOutcome::Wait(wait) if self.fault == Fault::BreaksWaits => RunOutcome::Again(wait),
            outcome => outcome,
        }
    }
}

#[async_trait]
impl Executor for Broken {
    async fn ensure_schedule(&self, key: &FlowKey, schedule: &Schedule) -> Result<()> {
        let minute = Schedule::Every(Duration::from_secs(60));
        let cron = matches!(schedule, Schedule::Cron(_)) && self.fault == Fault::NoCron;
        self.inner.ensure_schedule(key, if cron { &minute } else { schedule }).await
    }
    async fn trigger(&self, key: &FlowKey, after: Duration) -> Result<()> {
        if self.fault == Fault::ForgetsTriggers && self.running.lock().unwrap().contains(key) {
            return Ok(());
        }
        self.inner.trigger(key, after).await
    }
    async fn cancel(&self, key: &FlowKey) -> Result<()> {
        if self.fault == Fault::DeafToCancel { Ok(()) } else { self.inner.cancel(key).await }
    }
    async fn run(&self, handler: Arc<dyn Handler>) -> Result<()> {
        let handler = BrokenHandler { inner: handler, fault: self.fault, running: self.running.clone() };
        let run = self.inner.run(Arc::new(handler));
        if self.fault == Fault::StopsAtOnce {
            futures_util::future::select(run, std::pin::pin!(self.stopped.rings(0))).await;
            return Ok(());
        }
        run.await
    }
}

struct Bench {
    clock: Arc<dyn Clock>,
    fault: Fault,
}

#[async_trait]
impl ExecutorBench for Bench {
    async fn fresh(&self) -> Subject {
        let inner = LocalExecutor::new().with_clock(self.clock.clone());
        let stopped = Arc::new(crate::bell::Bell::default());
        let (stop, bell) = (inner.clone(), stopped.clone());
        let stop = Box::new(move || {
            stop.stop();
            bell.ring();
        });
        if self.fault == Fault::None {
            return Subject { executor: Arc::new(inner), stop };
        }
        let executor = Broken { inner, fault: self.fault, running: Arc::default(), stopped };
        Subject { executor: Arc::new(executor), stop }
    }
    fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }
    fn late(&self) -> Duration {
        Duration::from_millis(10)
    }
}

#[tokio::test(start_paused = true)]
async fn ours_passes() {
    conformance::executor(&Bench { clock: paused_clock(), fault: Fault::None }).await;
}

#[tokio::test(start_paused = true)]
async fn each_that_is_broken_is_found() {
    let faults = [
        (Fault::Twice, "once"),
        (Fault::DeafToCancel, "cancelled"),
        (Fault::ForgetsTriggers, "not lost"),
        (Fault::BreaksWaits, "a wait, whatever"),
        (Fault::StopsAtOnce, "ends before `run` returns"),
        (Fault::NoCron, "at its ticks only"),
    ];
    for (fault, says) in faults {
        let bench = Bench { clock: paused_clock(), fault };
        let suite = AssertUnwindSafe(conformance::executor(&bench)).catch_unwind();
        let panic = suite.await.expect_err(&format!("{fault:?} is found"));
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap();
        assert!(text.contains(says), "{fault:?}: {text}");
    }
}
