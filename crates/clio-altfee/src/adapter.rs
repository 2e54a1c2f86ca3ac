//! The adapter.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use clio_sync::{Adapter, Error, ErrorKind, Flow, FlowKey, Pass, Result, Scope};

use crate::{
    AltFee, Settings,
    flow::{Differing, Shown, Unread},
    rate_target::MatterRates,
    source::{Changed, KIND, Named, NamedAt, RATE, Wanted},
    standing::Standings,
    target::Fees,
    telling::Telling,
};

/// The name of the adapter; part of every key.
pub(crate) const NAME: &str = "altfee";

/// The flows by which fees are written to Clio.
pub(crate) const WRITES_FEES: [&str; 2] = ["projects", "session"];

/// AltFee for one firm. A clone is the same one: one is attached, and another is used for
/// [sessions](crate::Session).
///
/// - `altfee/projects`, each minute: what changed in connected matters.
/// - `altfee/status`, each minute: where the projects of connected matters stand at Clio, and what that locks. AltFee is told of
///   those that it shows otherwise; a line of the report says `Draft, bill 12 (draft)`. One that went
///   [astray](crate::Astray) is left as it is, with a line of its own once. Takes two requests to Clio for each hundred projects
///   that stand there, of all matters together: everything is read each time, since a bill that is deleted leaves no trace in
///   what has changed. One project is `run_one("altfee/status", its id)`.
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
    /// Held while AltFee is told of a project, and while a matter is disconnected.
    pub(crate) telling: Arc<futures_util::lock::Mutex<()>>,
}

impl Integration {
    /// Connects AltFee to the firm that this is attached to.
    pub fn new(altfee: Arc<dyn AltFee>, settings: Settings) -> Self {
        Self { altfee, settings, named: Arc::default(), turn: Arc::default(), telling: Arc::default() }
    }

    /// Names what the next passes of a session are to do, in their order: one pass makes a plan, two carry one out. Each takes
    /// one naming, so that a pass that somebody else starts later finds none.
    pub(crate) fn name_for(&self, passes: impl IntoIterator<Item = Named>) -> Naming<'_> {
        let mut passes: Vec<_> = passes.into_iter().collect();
        passes.reverse();
        *self.lock() = passes;
        Naming(self)
    }

    async fn tell(&self, pass: &mut Pass<'_>) -> Result<()> {
        let (clio, links, unread) = (pass.clio()?, pass.links(), Unread::default());
        let telling = Telling::new(self, clio.clock(), pass.refusals());
        let differing = Differing {
            altfee: self.altfee.clone(),
            at: clio.clock().now(),
            standings: Standings { clio, links: links.clone() },
            links,
            unread: unread.clone(),
        };
        pass.pull(differing, Shown::mapped).into(telling).await?;
        // What could not be read takes nothing away from the others.
        unread.verdict()
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
        let minute = Duration::from_secs(60);
        vec![
            Flow::new("projects").every(minute),
            Flow::new("status").every(minute),
            Flow::new("session"),
            Flow::new("matter-rate"),
        ]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        // Before anything is waited for: it belongs to the pass that was just started.
        // A session plans, and carries out what it planned: a run that somebody asks for, or that sends again, finds nothing.
        let rates = flow.flow == "matter-rate";
        let of_session = rates || (flow.flow == "session" && pass.is_planned());
        let own = |named: &mut Named| of_session && rates == (named.kind == RATE);
        let named = self.lock().pop_if(own);
        let named = named.unwrap_or_else(|| Named::new(if rates { RATE } else { KIND }, Vec::new()));
        let clio = pass.clio()?;
        let (settings, fees) = (self.settings.clone(), Fees::new(&clio, self.settings.currency));
        let map = |wanted: &Wanted| wanted.mapped(&self.settings);
        match (flow.flow.as_str(), pass.scope()) {
            ("status", Scope::Sweep | Scope::SweepWithoutBrake) => Err(Error::new(
                ErrorKind::Configuration,
                "where projects stand is read as a whole each time: run the flow without a sweep",
            )),
            ("status", _) => self.tell(pass).await,
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
