//! When and where a flow runs.

mod local;
#[cfg(test)]
mod tests;
mod ticks;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{FlowKey, Result, Schedule};

pub use local::LocalExecutor;

/// Decides when a flow runs, and in which process.
///
/// It delivers a run at least once, and tries to keep one run a key at a time. It may waste work; it can never double a
/// write, because each run takes the store's lease itself. Ticks that were missed become one.
#[async_trait]
pub trait Executor: fmt::Debug + Send + Sync {
    /// Runs the flow on this schedule from now on, in place of an earlier one. The same schedule again changes nothing.
    ///
    /// The first run of an interval may be at once; that of a cron schedule is at its next tick.
    async fn ensure_schedule(&self, key: &FlowKey, schedule: &Schedule) -> Result<()>;

    /// Runs the flow once, after this long. A flow that is due already is not made due twice. One that has to wait
    /// ([`RunOutcome::Wait`]) still does.
    async fn trigger(&self, key: &FlowKey, after: Duration) -> Result<()>;

    /// Takes the flow off its schedule and forgets what is due. A run under way goes on, and whatever its outcome, the
    /// flow is not run again until it is scheduled or triggered anew.
    async fn cancel(&self, key: &FlowKey) -> Result<()>;

    /// Runs what is due, until told to stop.
    async fn run(&self, handler: Arc<dyn Handler>) -> Result<()>;
}

/// Does the work of a run.
#[async_trait]
pub trait Handler: fmt::Debug + Send + Sync {
    /// Runs a flow.
    async fn run(&self, run: &Run) -> RunOutcome;
}

/// One run that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The flow.
    pub key: FlowKey,
    /// How often in a row it ended in [`RunOutcome::Backoff`] before.
    pub failures: u32,
}

/// How a run ended, and when the flow runs again. A [trigger](Executor::trigger) may make that sooner, except for
/// [`Wait`](Self::Wait).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunOutcome {
    /// Run it again on its schedule.
    Done,
    /// Run it again after this long, or on its schedule if that is sooner.
    Again(Duration),
    /// Run it again after this long, and not before, whatever its schedule or a trigger says: a server asked for it.
    Wait(Duration),
    /// It failed; run it again later, and later each time, whatever its schedule says.
    Backoff,
    /// It cannot succeed until somebody changes something: run it on its schedule only, and at most every ten minutes.
    Terminal,
}
