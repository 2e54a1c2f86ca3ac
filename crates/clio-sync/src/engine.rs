//! The engine, its firms, and running a flow.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clio_core::{Clock, Random, SystemClock, SystemRandom};

use crate::{Error, ErrorKind, Executor, Firm, Handler, Progress, Result, Run, RunOutcome, Store, Timing};

pub(crate) use crate::firm::FirmState;

/// What all runs of an engine share.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timing: Timing,
    pub(crate) progress: Option<Arc<dyn Progress>>,
    pub(crate) holder: String,
}

/// The sync engine: firms, each with its adapters, over one store.
///
/// Several engines may share a store, in one process or in many: a firm is worked for by one at a time, and what a paused
/// one does late is refused by the store.
#[derive(Debug, Clone)]
pub struct Engine {
    config: Config,
    firms: Arc<Mutex<BTreeMap<String, Firm>>>,
}

impl Engine {
    /// An engine over this store, on the system's clock, with careful [`Timing`].
    pub fn new(store: impl Store + 'static) -> Self {
        Self::with_store(Arc::new(store))
    }

    /// An engine over a store that others use too.
    pub fn with_store(store: Arc<dyn Store>) -> Self {
        let config = Config {
            store,
            clock: Arc::new(SystemClock),
            timing: Timing::default(),
            progress: None,
            holder: SystemRandom.text(22),
        };
        Self { config, firms: Arc::default() }
    }

    /// Uses another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.config.clock = clock;
        self
    }

    /// Uses other times and counts.
    #[must_use]
    pub fn with_timing(mut self, timing: Timing) -> Self {
        self.config.timing = timing;
        self
    }

    /// Tells somebody what happens.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.config.progress = Some(progress);
        self
    }

    /// Names this engine by a random source of yours, so that a run can be replayed.
    #[must_use]
    pub fn with_random(mut self, random: &dyn Random) -> Self {
        self.config.holder = random.text(22);
        self
    }

    /// A firm, with its connection to Clio.
    ///
    /// The same name always means the same firm: asked for again, it has its adapters still, and takes the new connection.
    #[cfg(feature = "hub")]
    pub fn firm(&self, name: impl Into<String>, clio: clio_api::Clio) -> Firm {
        let firm = self.find_or_add(&name.into());
        *lock(&firm.state.clio) = Some(clio);
        firm
    }

    /// A firm whose flows do not involve Clio.
    pub fn firm_without_clio(&self, name: impl Into<String>) -> Firm {
        self.find_or_add(&name.into())
    }

    /// Two states of one firm would not keep each other from sending the same.
    fn find_or_add(&self, name: &str) -> Firm {
        let new = || Firm { config: self.config.clone(), state: Arc::new(FirmState::new(name.to_owned())) };
        lock(&self.firms).entry(name.to_owned()).or_insert_with(new).clone()
    }

    /// Runs the flows of all firms on their schedules, until the executor is told to stop.
    ///
    /// # Errors
    ///
    /// What the executor itself reports. A flow that fails is tried again later by the executor's own rules.
    pub async fn serve(&self, executor: &dyn Executor) -> Result<()> {
        self.config.timing.check()?;
        let firms: Vec<Firm> = lock(&self.firms).values().cloned().collect();
        for firm in &firms {
            for (key, flow) in firm.flows() {
                if let Some(schedule) = flow.schedule() {
                    executor.ensure_schedule(&key, schedule).await?;
                }
            }
        }
        executor.run(Arc::new(Runner { firms: self.firms.clone() })).await
    }
}

/// Runs what an executor says is due.
#[derive(Debug)]
struct Runner {
    firms: Arc<Mutex<BTreeMap<String, Firm>>>,
}

#[async_trait::async_trait]
impl Handler for Runner {
    async fn run(&self, run: &Run) -> RunOutcome {
        let firm = lock(&self.firms).get(&run.key.firm).cloned();
        let Some(firm) = firm else { return RunOutcome::Terminal };
        match firm.run(&run.key.path()).await {
            Ok(report) => match report.next_due {
                Some(wait) => RunOutcome::Again(wait.max(Duration::from_secs(1))),
                None => RunOutcome::Done,
            },
            Err(error) => {
                tracing::warn!(flow = %run.key, kind = ?error.kind(), "a run stopped");
                after_error(&error)
            }
        }
    }
}

fn after_error(error: &Error) -> RunOutcome {
    // A server that says "at once" for ever must not be asked for ever.
    match error.retry_after().map(|wait| wait.max(Duration::from_secs(1))) {
        // Its wait is for others: this cannot succeed after it either.
        _ if !error.is_retryable() => RunOutcome::Terminal,
        // The other engine may be done before its lease ends.
        Some(wait) if error.kind() == ErrorKind::Busy => RunOutcome::Again(wait),
        Some(wait) => RunOutcome::Wait(wait),
        None => RunOutcome::Backoff,
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_when_its_flow_runs_again() {
        let seconds = Duration::from_secs;
        let cases = [
            (ErrorKind::RateLimited, Some(seconds(600)), RunOutcome::Wait(seconds(600))),
            (ErrorKind::RateLimited, Some(Duration::ZERO), RunOutcome::Wait(seconds(1))),
            (ErrorKind::RateLimited, None, RunOutcome::Backoff),
            (ErrorKind::Transient, Some(seconds(30)), RunOutcome::Wait(seconds(30))),
            (ErrorKind::Transient, None, RunOutcome::Backoff),
            (ErrorKind::Busy, Some(seconds(60)), RunOutcome::Again(seconds(60))),
            (ErrorKind::Busy, Some(Duration::ZERO), RunOutcome::Again(seconds(1))),
            (ErrorKind::AuthorisationLost, Some(seconds(1)), RunOutcome::Terminal),
            (ErrorKind::Configuration, None, RunOutcome::Terminal),
        ];
        for (kind, wait, outcome) in cases {
            let error = Error::new(kind, "no").with_retry_after(wait);
            assert_eq!(after_error(&error), outcome, "{kind:?} {wait:?}");
        }
    }
}
