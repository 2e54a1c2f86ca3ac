//! The suite of executors.

mod cases;
mod stage;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use clio_core::Clock;

use crate::Executor;

/// How the suite makes executors of one kind, and what it may expect of them.
#[async_trait]
pub trait ExecutorBench: Send + Sync {
    /// A new executor that has nothing to do and knows nothing of earlier ones.
    async fn fresh(&self) -> Subject;

    /// The clock that the executors go by. The suite waits by it.
    fn clock(&self) -> Arc<dyn Clock>;

    /// How late a run may begin. Longer than nothing; under virtual time a millisecond will do.
    fn late(&self) -> Duration;

    /// How long after a crash a run that was under way may be handed out again: until a lock runs out, say.
    fn redelivery(&self) -> Duration {
        self.late()
    }
}

/// An executor in the hands of the suite.
pub struct Subject {
    /// The executor. Its `run` is called once at a time.
    pub executor: Arc<dyn Executor>,
    /// Tells it to stop: it starts nothing any more, and its `run` returns when the runs under way have ended.
    pub stop: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("executor", &self.executor).finish_non_exhaustive()
    }
}

/// Runs every case on a new executor each, all at the same time: what takes longest are four minutes of cron ticks.
///
/// # Panics
///
/// When an executor does not do what [`Executor`] and [`RunOutcome`](crate::RunOutcome) say.
pub async fn executor(bench: &dyn ExecutorBench) {
    cases::all(bench).await;
}
