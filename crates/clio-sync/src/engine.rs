//! The engine, its firms, and running a flow.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clio_core::{Clock, Random, SystemClock, SystemRandom};
use futures_util::future::{Either, join, select};

#[cfg(feature = "hub")]
use crate::ConnectionState;
use crate::{
    Error, ErrorKind, Executor, Firm, Flow, FlowKey, Handler, Progress, Result, Run, RunOutcome, Schedule,
    Store, Timing, bell::Bell,
};

pub(crate) use crate::firm::FirmState;

/// What all runs of an engine share.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timing: Timing,
    pub(crate) progress: Option<Arc<dyn Progress>>,
    pub(crate) holder: String,
    pub(crate) hints: Arc<Hints>,
}

/// What whoever serves has to look at.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    due: Mutex<BTreeSet<FlowKey>>,
    /// Rung by every change of them, and of the adapters.
    pub(crate) bell: Bell,
}

impl Hints {
    /// This flow is due.
    pub(crate) fn add(&self, flow: FlowKey) {
        lock(&self.due).insert(flow);
        self.bell.ring();
    }
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
            hints: Arc::default(),
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

    /// A firm, with its connection to Clio, of which it is recorded who authorised it and for which account. Asks Clio who
    /// that is.
    ///
    /// Another person of the same account may authorise at any time: nothing is lost. A firm that was
    /// [disconnected](Firm::disconnect) is connected again. Flows that were due or failed meanwhile are marked as due.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::OtherAccount`]: the firm has another Clio account. Then nothing changes, and a connection that it has
    ///   stays in use;
    /// - what Clio or the store report.
    #[cfg(feature = "hub")]
    pub async fn connect(&self, name: &str, clio: clio_api::Clio) -> Result<Firm> {
        let (account, by) = crate::login::whose(&clio).await?;
        let before = self.config.store.connection(name).await?.state;
        self.config.store.connect(name, &account, &by).await?;
        let firm = self.firm(name, clio);
        if before != ConnectionState::Connected {
            let overdue = firm.overdue().await?;
            lock(&self.config.hints.due).extend(overdue);
            self.config.hints.bell.ring();
        }
        Ok(firm)
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

    /// Marks a flow as due, and returns: whoever [serves](Self::serve) runs it. For manual triggers and for webhooks, which
    /// only hint: what is to be done, the run finds out. Hints for a flow that is due already are one, and those for one that
    /// is [switched off](Firm::disable) are dropped.
    ///
    /// Hints are kept in memory until this engine, or a clone of it, serves.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownFlow`]: there is no such firm, or no such flow attached to it.
    pub fn trigger(&self, firm: &str, flow: &str) -> Result<()> {
        let known = lock(&self.firms).get(firm).cloned();
        let known = known
            .ok_or_else(|| Error::new(ErrorKind::UnknownFlow, format!("the engine has no firm `{firm}`")))?;
        let (key, _) = known.find(flow)?;
        self.config.hints.add(key);
        Ok(())
    }

    /// Runs the flows of all firms on their schedules, and those that are [triggered](Self::trigger), until the executor is
    /// told to stop. Firms and adapters that are added meanwhile are taken up.
    ///
    /// A cron tick that was missed while nobody served is made up for by one run, if the flow ran before.
    ///
    /// # Errors
    ///
    /// What the executor itself and the store report at first. A flow that fails is tried again later by the executor's own
    /// rules.
    pub async fn serve(&self, executor: &dyn Executor) -> Result<()> {
        self.config.timing.check()?;
        let mut scheduled = BTreeMap::new();
        self.arrange(executor, &mut scheduled).await?;
        let runs = executor.run(Arc::new(Runner { firms: self.firms.clone() }));
        let beside = join(self.keep_arranged(executor, scheduled), self.keep_measuring());
        match select(runs, pin!(beside)).await {
            Either::Left((result, _)) => result,
            Either::Right(((never, _), _)) => match never {},
        }
    }

    /// Takes the [numbers](crate::metrics) that are of the store, for every firm.
    ///
    /// # Errors
    ///
    /// What the store reports.
    #[cfg(feature = "metrics")]
    pub async fn measure(&self) -> Result<()> {
        let firms: Vec<String> = lock(&self.firms).keys().cloned().collect();
        let store = &self.config.store;
        for firm in firms {
            let (backlog, flows) = (store.backlog(&firm).await?, store.flows(&firm).await?);
            crate::metrics::stock(&firm, store.now().await?, &backlog, &flows);
        }
        Ok(())
    }

    /// Measures from time to time, if anybody wants numbers.
    async fn keep_measuring(&self) -> Infallible {
        loop {
            #[cfg(feature = "metrics")]
            if let Err(error) = self.measure().await {
                tracing::warn!(kind = ?error.kind(), "the numbers of the store could not be taken");
            }
            self.config.clock.sleep(LOOK_AROUND).await;
        }
    }

    /// Arranges again after each change, and from time to time, in case it did not work.
    async fn keep_arranged(&self, executor: &dyn Executor, mut scheduled: Scheduled) -> Infallible {
        loop {
            let seen = self.config.hints.bell.rung();
            if let Err(error) = self.arrange(executor, &mut scheduled).await {
                tracing::warn!(kind = ?error.kind(), "schedules or hints could not be passed on");
            }
            select(pin!(self.config.hints.bell.rings(seen)), self.config.clock.sleep(LOOK_AROUND)).await;
        }
    }

    /// Tells the executor of new schedules, of those that are gone, and of what is due.
    async fn arrange(&self, executor: &dyn Executor, scheduled: &mut Scheduled) -> Result<()> {
        let firms: Vec<Firm> = lock(&self.firms).values().cloned().collect();
        let mut wanted = Scheduled::new();
        for firm in &firms {
            let schedule = |(key, flow): (FlowKey, Flow)| Some((key, flow.schedule()?.clone()));
            let schedules: Scheduled = firm.flows().into_iter().filter_map(schedule).collect();
            let new = schedules.iter().filter(|(key, schedule)| scheduled.get(key) != Some(schedule));
            let new: BTreeSet<FlowKey> = new.map(|(key, _)| key.clone()).collect();
            for key in &new {
                executor.ensure_schedule(key, &schedules[key]).await?;
            }
            if new.iter().any(|key| matches!(schedules[key], Schedule::Cron(_))) {
                let overdue = firm.overdue().await?;
                lock(&self.config.hints.due).extend(overdue.into_iter().filter(|key| new.contains(key)));
            }
            scheduled.extend(schedules.clone());
            wanted.extend(schedules);
        }
        let gone: Vec<FlowKey> = scheduled.keys().filter(|key| !wanted.contains_key(key)).cloned().collect();
        for key in gone {
            executor.cancel(&key).await?;
            scheduled.remove(&key);
        }
        loop {
            let Some(key) = lock(&self.config.hints.due).pop_first() else { return Ok(()) };
            if let Err(error) = executor.trigger(&key, Duration::ZERO).await {
                lock(&self.config.hints.due).insert(key);
                return Err(error);
            }
        }
    }
}

/// The schedules that an executor has.
type Scheduled = BTreeMap<FlowKey, Schedule>;

/// How often one looks whether all is arranged although nothing has changed.
const LOOK_AROUND: Duration = Duration::from_secs(60);

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
        match firm.is_enabled(&run.key).await {
            Ok(true) => {}
            Ok(false) => return RunOutcome::Done,
            Err(error) => return after_error(&error),
        }
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
