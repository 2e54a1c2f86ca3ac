//! One firm, and running its flows.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    Adapter, Error, ErrorKind, Flow, FlowKey, Lease, Pass, Report, Result, Scope,
    engine::{Config, lock},
    metrics,
    pass::Mode,
    plan::Draft,
};

/// What all runs for one firm share.
#[derive(Debug)]
pub(crate) struct FirmState {
    name: String,
    #[cfg(feature = "hub")]
    pub(crate) clio: Mutex<Option<clio_api::Clio>>,
    adapters: Mutex<Vec<Attached>>,
    running: Mutex<BTreeSet<FlowKey>>,
    /// Held while intents are driven.
    pub(crate) writing: futures_util::lock::Mutex<()>,
    pub(crate) leases: Leases,
}

impl FirmState {
    pub(crate) fn new(name: String) -> Self {
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

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// An adapter with its flows: they are looked at often.
#[derive(Debug, Clone)]
struct Attached {
    adapter: Arc<dyn Adapter>,
    flows: Arc<[Flow]>,
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

    /// Adds an adapter. One of the same name is replaced. An engine that is serving already takes up its schedules.
    pub fn attach(&self, adapter: impl Adapter + 'static) {
        let mut adapters = lock(&self.state.adapters);
        adapters.retain(|known| known.adapter.name() != adapter.name());
        adapters.push(Attached { flows: adapter.flows().into(), adapter: Arc::new(adapter) });
        drop(adapters);
        self.config.hints.bell.ring();
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
            .flat_map(|Attached { adapter, flows }| {
                flows.iter().map(|flow| (key(&**adapter, flow), flow.clone()))
            })
            .collect()
    }

    /// Runs a flow once: `firm.run("wisetime/posted-time")`.
    ///
    /// # Errors
    ///
    /// What stopped the run. Whatever it had recorded stands, and the next run goes on from there. A firm that was
    /// [disconnected](Firm::disconnect) runs nothing.
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
        if let Err(error) = self.check_connected().await {
            return Ok((Report::new(key), Draft::default(), Err(error)));
        }
        let _active = metrics::began(&key);
        let began = self.config.clock.monotonic();
        #[cfg(feature = "hub")]
        let clio = lock(&self.state.clio).clone();
        #[cfg(feature = "hub")]
        let before = clio.as_ref().map_or(0, clio_api::Clio::requests_sent);
        // A run that only plans leaves no trace.
        let writes = !matches!(mode, Mode::Plan(_));
        let mut pass = Pass::new(&self.config, &self.state, key.clone(), scope, mode);
        let result = adapter.reconcile(&key, &mut pass).await;
        #[cfg_attr(not(feature = "hub"), expect(unused_mut, reason = "only the hub counts requests"))]
        let (mut report, draft) = pass.into_report_and_draft();
        #[cfg(feature = "hub")]
        {
            let after = clio.as_ref().map_or(0, clio_api::Clio::requests_sent);
            report.requests = after.saturating_sub(before);
        }
        let took = self.config.clock.monotonic().saturating_sub(began);
        metrics::ended(took, &report, result.as_ref().err());
        // Nobody of this firm takes the lease again before it is given back.
        let mut held = self.state.leases.held.lock().await;
        let last = lock(&self.state.running).len() == 1 || result.is_err();
        let lease = if last { held.take().map(|(lease, _)| lease) } else { None };
        if writes {
            self.record(took, &report, result.as_ref().err(), lease).await;
        } else if let Some(lease) = lease {
            self.give_back(&lease).await;
        }
        drop(held);
        Ok((report, draft, result))
    }

    /// Gives the lease back, unless a run needs it.
    pub(crate) async fn rest(&self) {
        let mut held = self.state.leases.held.lock().await;
        if lock(&self.state.running).is_empty()
            && let Some((lease, _)) = held.take()
        {
            self.give_back(&lease).await;
        }
    }

    /// A lease that cannot be given back ends by itself.
    pub(crate) async fn give_back(&self, lease: &Lease) {
        let _ = self.config.store.release_lease(lease).await;
    }

    pub(crate) fn find(&self, flow: &str) -> Result<(FlowKey, Arc<dyn Adapter>)> {
        let adapters = lock(&self.state.adapters).clone();
        for Attached { adapter, flows } in adapters {
            let name = flow.strip_prefix(adapter.name()).and_then(|rest| rest.strip_prefix('/'));
            if let Some(name) = name.filter(|name| flows.iter().any(|flow| flow.name() == *name)) {
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
}
