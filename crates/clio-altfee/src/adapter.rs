//! The adapter.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use clio_sync::{Adapter, Error, ErrorKind, Flow, FlowKey, Pass, Result, Scope};

use crate::{
    AltFee, Settings,
    rate_target::MatterRates,
    source::{Changed, KIND, Named, NamedAt, RATE, Wanted},
    target::Fees,
};

/// The name of the adapter; part of every key.
pub(crate) const NAME: &str = "altfee";

/// AltFee for one firm. A clone is the same one: one is attached, and another is used for
/// [sessions](crate::Session).
///
/// - `altfee/projects`, each minute: what changed in connected matters.
/// - `altfee/session`, when a [session](crate::Session) says so: connecting and disconnecting. Run by itself it writes nothing
///   new, and finishes what a session has left of unknown outcome.
/// - `altfee/matter-rate`, when a session gives a matter a flat rate. Run by itself it writes nothing new.
#[derive(Debug, Clone)]
pub struct Integration {
    pub(crate) altfee: Arc<dyn AltFee>,
    pub(crate) settings: Settings,
    named: Arc<Mutex<Vec<Named>>>,
    /// Held by the session that names something.
    pub(crate) turn: Arc<futures_util::lock::Mutex<()>>,
}

impl Integration {
    /// Connects AltFee to the firm that this is attached to.
    pub fn new(altfee: Arc<dyn AltFee>, settings: Settings) -> Self {
        Self { altfee, settings, named: Arc::default(), turn: Arc::default() }
    }

    /// Names what the next passes of a session are to do, in their order: one pass makes a plan, two carry one out. Each takes
    /// one naming, so that a pass that somebody else starts later finds none.
    pub(crate) fn name_for(&self, passes: impl IntoIterator<Item = Named>) -> Naming<'_> {
        let mut passes: Vec<_> = passes.into_iter().collect();
        passes.reverse();
        *self.lock() = passes;
        Naming(self)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Named>> {
        self.named.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Something is named. Dropped, nothing is any more: the passes may have been broken off before they took it, and what was
/// only to be planned must not be found by one that writes.
#[derive(Debug)]
pub(crate) struct Naming<'a>(&'a Integration);

impl Drop for Naming<'_> {
    fn drop(&mut self) {
        self.0.lock().clear();
    }
}

#[async_trait]
impl Adapter for Integration {
    fn name(&self) -> &'static str {
        NAME
    }

    fn flows(&self) -> Vec<Flow> {
        // Without a schedule, so that no pass but a session's own comes upon what the session has named.
        vec![
            Flow::new("projects").every(Duration::from_secs(60)),
            Flow::new("session"),
            Flow::new("matter-rate"),
        ]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        // Before anything is waited for: it belongs to the pass that was just started.
        let rates = flow.flow == "matter-rate";
        let own = |named: &mut Named| flow.flow != "projects" && rates == (named.kind == RATE);
        let named = self.lock().pop_if(own);
        let named = named.unwrap_or_else(|| Named::new(if rates { RATE } else { KIND }, Vec::new()));
        let clio = pass.clio()?;
        let (settings, fees) = (self.settings.clone(), Fees::new(&clio, self.settings.currency));
        let map = |wanted: &Wanted| wanted.mapped(&self.settings);
        match (flow.flow.as_str(), pass.scope()) {
            (_, Scope::Sweep | Scope::SweepWithoutBrake) => Err(Error::new(
                ErrorKind::Configuration,
                "AltFee's projects are not swept: what was kept when a matter was disconnected would go",
            )),
            ("projects", _) => {
                pass.pull(Changed { altfee: self.altfee.clone(), settings }, map).into(fees).await
            }
            ("session", _) => {
                if let Some(connection) = &named.connects {
                    self.altfee.connect(connection).await?;
                }
                let at = clio.clock().now();
                pass.pull(NamedAt { named, settings, at }, map).into(fees).await
            }
            ("matter-rate", _) => {
                let at = clio.clock().now();
                pass.pull(NamedAt { named, settings, at }, map).into(MatterRates::new(&clio)).await
            }
            (other, _) => Err(Error::new(ErrorKind::UnknownFlow, format!("AltFee has no flow {other}"))),
        }
    }
}
