//! The engine, its firms, and running a flow.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clio_core::{Clock, Random, SystemClock, SystemRandom};

use crate::{
    Adapter, Error, ErrorKind, Executor, Flow, FlowKey, Handler, Lease, Pass, Progress, Report, Result, Run,
    RunOutcome, Scope, Store, Timing, pass::Mode, plan::Draft,
};

/// What all runs of an engine share.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timing: Timing,
    pub(crate) progress: Option<Arc<dyn Progress>>,
    holder: String,
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

/// What all runs for one firm share.
#[derive(Debug)]
pub(crate) struct FirmState {
    name: String,
    #[cfg(feature = "hub")]
    pub(crate) clio: Mutex<Option<clio_api::Clio>>,
    adapters: Mutex<Vec<Arc<dyn Adapter>>>,
    running: Mutex<BTreeSet<FlowKey>>,
    /// Held while intents are driven.
    pub(crate) writing: futures_util::lock::Mutex<()>,
    pub(crate) leases: Leases,
}

impl FirmState {
    fn new(name: String) -> Self {
        Self {
            name,
            #[cfg(feature = "hub")]
            clio: Mutex::default(),
            adapters: Mutex::default(),
            running: Mutex::default(),
            writing: futures_util::lock::Mutex::default(),
            leases: Leases::default(),
        }
    }
}

/// One firm: one Clio account, and the adapters that keep other systems in step with it.
#[derive(Debug, Clone)]
pub struct Firm {
    pub(crate) config: Config,
    pub(crate) state: Arc<FirmState>,
}

impl Firm {
    /// The firm's name.
    pub fn name(&self) -> &str {
        &self.state.name
    }

    /// Adds an adapter. One of the same name is replaced.
    pub fn attach(&self, adapter: impl Adapter + 'static) {
        let mut adapters = lock(&self.state.adapters);
        adapters.retain(|known| known.name() != adapter.name());
        adapters.push(Arc::new(adapter));
    }

    /// The flows of all adapters.
    pub fn flows(&self) -> Vec<(FlowKey, Flow)> {
        let adapters = lock(&self.state.adapters).clone();
        let key = |adapter: &dyn Adapter, flow: &Flow| FlowKey {
            firm: self.state.name.clone(),
            adapter: adapter.name().to_owned(),
            flow: flow.name().to_owned(),
        };
        adapters
            .iter()
            .flat_map(|adapter| adapter.flows().into_iter().map(|flow| (key(&**adapter, &flow), flow)))
            .collect()
    }

    /// Runs a flow once: `firm.run("wisetime/posted-time")`.
    ///
    /// # Errors
    ///
    /// What stopped the run. Whatever it had recorded stands, and the next run goes on from there.
    pub async fn run(&self, flow: &str) -> Result<Report> {
        self.run_scoped(flow, Scope::Changes).await
    }

    /// Runs a flow once for one record: `firm.run_one("wisetime/matter-tags", "1234")`. That the source does not have it
    /// (any more) counts as certain: what belongs to it at the target is deleted.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run); [`ErrorKind::Configuration`] where the source cannot read one record.
    pub async fn run_one(&self, flow: &str, id: &str) -> Result<Report> {
        self.run_scoped(flow, Scope::One(id.to_owned())).await
    }

    /// Runs a flow once over these records of its sources.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run); [`ErrorKind::Braked`] when a sweep misses too many records at once.
    pub async fn run_scoped(&self, flow: &str, scope: Scope) -> Result<Report> {
        let (report, _, result) = self.pass(flow, scope, Mode::Write).await?;
        result.map(|()| report)
    }

    /// Runs a flow again and again until nothing is pending: every write has a known outcome and every acknowledgement
    /// is accepted. Waits in between for what has to settle, and after errors that may pass, of which it takes ten in a
    /// row.
    ///
    /// # Errors
    ///
    /// The error that would not pass.
    pub async fn run_to_rest(&self, flow: &str) -> Result<Report> {
        let (mut total, _, mut result) = self.pass(flow, Scope::Changes, Mode::Write).await?;
        let mut failures = 0;
        loop {
            let wait = match result {
                Ok(()) if total.pending == 0 => return Ok(total),
                Ok(()) => {
                    failures = 0;
                    total.next_due.unwrap_or_default().max(SHORTEST_WAIT)
                }
                Err(error) if error.is_retryable() && failures < 10 => {
                    failures += 1;
                    let wait = error.retry_after();
                    wait.unwrap_or_else(|| self.config.timing.lease.min(backoff(failures))).max(SHORTEST_WAIT)
                }
                Err(error) => return Err(error),
            };
            self.config.clock.sleep(wait).await;
            let (report, _, next) = self.pass(flow, Scope::Changes, Mode::Write).await?;
            total.merge(report);
            result = next;
        }
    }

    /// Runs a flow once. The report stands even if the run was stopped.
    pub(crate) async fn pass(
        &self,
        flow: &str,
        scope: Scope,
        mode: Mode,
    ) -> Result<(Report, Draft, Result<()>)> {
        self.config.timing.check()?;
        let (key, adapter) = self.find(flow)?;
        let _running = match Running::start(&self.state, &key) {
            Ok(running) => running,
            Err(error) => return Ok((Report::new(key), Draft::default(), Err(error))),
        };
        #[cfg(feature = "hub")]
        let clio = lock(&self.state.clio).clone();
        #[cfg(feature = "hub")]
        let before = clio.as_ref().map_or(0, clio_api::Clio::requests_sent);
        let mut pass = Pass::new(&self.config, &self.state, key.clone(), scope, mode);
        let result = adapter.reconcile(&key, &mut pass).await;
        #[cfg_attr(not(feature = "hub"), expect(unused_mut, reason = "only the hub counts requests"))]
        let (mut report, draft) = pass.into_report_and_draft();
        #[cfg(feature = "hub")]
        {
            let after = clio.as_ref().map_or(0, clio_api::Clio::requests_sent);
            report.requests = after.saturating_sub(before);
        }
        if lock(&self.state.running).len() == 1 || result.is_err() {
            // A lease that cannot be given back ends by itself.
            let _ = self.state.leases.release(&self.config).await;
        }
        Ok((report, draft, result))
    }

    /// Gives the lease back, unless a run needs it.
    pub(crate) async fn rest(&self) {
        if lock(&self.state.running).is_empty() {
            // One that cannot be given back ends by itself.
            let _ = self.state.leases.release(&self.config).await;
        }
    }

    pub(crate) fn find(&self, flow: &str) -> Result<(FlowKey, Arc<dyn Adapter>)> {
        let adapters = lock(&self.state.adapters).clone();
        for adapter in adapters {
            let name = flow.strip_prefix(adapter.name()).and_then(|rest| rest.strip_prefix('/'));
            if let Some(name) = name.filter(|name| adapter.flows().iter().any(|flow| flow.name() == *name)) {
                let (adapter_name, flow) = (adapter.name().to_owned(), name.to_owned());
                return Ok((FlowKey { firm: self.state.name.clone(), adapter: adapter_name, flow }, adapter));
            }
        }
        let known: Vec<String> = self.flows().iter().map(|(key, _)| key.path()).collect();
        let message = format!("no flow `{flow}` is attached; there are: {}", known.join(", "));
        Err(Error::new(ErrorKind::UnknownFlow, message))
    }
}

/// Between two runs, whatever a server says: a server that says "at once" for ever must not be asked for ever.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);

fn backoff(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.min(6))
}

/// Keeps a flow from running twice at once in this engine; ends with the run, however that ends.
struct Running<'a> {
    state: &'a FirmState,
    key: FlowKey,
}

impl<'a> Running<'a> {
    fn start(state: &'a FirmState, key: &FlowKey) -> Result<Self> {
        if lock(&state.running).insert(key.clone()) {
            Ok(Self { state, key: key.clone() })
        } else {
            Err(Error::new(ErrorKind::Busy, format!("{key} is running already")))
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        lock(&self.state.running).remove(&self.key);
    }
}

/// The lease that the runs of one firm share.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    held: futures_util::lock::Mutex<Option<(Lease, Duration)>>,
}

impl Leases {
    /// The lease, taken or renewed if need be.
    pub(crate) async fn hold(&self, config: &Config, firm: &str) -> Result<Lease> {
        let mut held = self.held.lock().await;
        let now = config.clock.monotonic();
        if let Some((lease, renewed)) = &*held
            && now.saturating_sub(*renewed) < config.timing.lease / 3
        {
            return Ok(lease.clone());
        }
        *held = None;
        let lease = config.store.take_lease(firm, &config.holder, config.timing.lease).await?;
        *held = Some((lease.clone(), now));
        Ok(lease)
    }

    pub(crate) async fn release(&self, config: &Config) -> Result<()> {
        match self.held.lock().await.take() {
            Some((lease, _)) => config.store.release_lease(&lease).await,
            None => Ok(()),
        }
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
