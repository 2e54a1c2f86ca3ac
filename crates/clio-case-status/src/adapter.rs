//! The adapter.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use clio_sync::{Adapter, ConflictPolicy, Error, ErrorKind, Flow, FlowKey, Pass, Result, Scope, hub};

use crate::{
    CaseStatus, Settings, UnmappedStage,
    cases::Cases,
    documents, mapping,
    matter::{Attempt, How},
    messages::{self, Messages},
    source::Matters,
};

/// The name of the adapter; part of every key.
pub(crate) const NAME: &str = "case-status";

/// When the nightly sync runs, in UTC (Case Status's help).
const NIGHTLY: &str = "15 21 * * *";

/// Case Status for one firm. A clone is the same one: one is attached, and another is used for
/// [sessions](crate::Session).
///
/// - `case-status/matters`, nightly at 21:15 UTC: matters become cases and stay in step, and statuses follow their stages.
/// - `case-status/messages`, every 2 minutes: messages become communications of their matters.
/// - `case-status/documents`, every 20 minutes: files become documents of their matters.
#[derive(Debug, Clone)]
pub struct Integration {
    pub(crate) side: Arc<dyn CaseStatus>,
    pub(crate) settings: Arc<Settings>,
    asked: Arc<Mutex<Option<Asked>>>,
    pub(crate) unmapped: Arc<Mutex<BTreeSet<UnmappedStage>>>,
    /// Held by the session whose sync runs.
    pub(crate) turn: Arc<futures_util::lock::Mutex<()>>,
}

/// A person asked for a sync.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    /// As far back as a first one.
    pub(crate) long: bool,
}

impl Integration {
    /// Connects Case Status to the firm that this is attached to.
    pub fn new(side: Arc<dyn CaseStatus>, settings: Settings) -> Self {
        let (settings, asked) = (Arc::new(settings), Arc::default());
        Self { side, settings, asked, unmapped: Arc::default(), turn: Arc::default() }
    }

    /// What the next run of the matters is: one that a person asked for. Dropped, it is forgotten.
    pub(crate) fn asked(&self, asked: Asked) -> Asking<'_> {
        *self.lock() = Some(asked);
        Asking(self)
    }

    /// The stages that the last sync saw and that no status is named for.
    pub fn unmapped(&self) -> Vec<UnmappedStage> {
        self.unmapped.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A person's sync is under way, or was broken off.
#[derive(Debug)]
pub(crate) struct Asking<'a>(&'a Integration);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

#[async_trait]
impl Adapter for Integration {
    fn name(&self) -> &'static str {
        NAME
    }

    fn flows(&self) -> Vec<Flow> {
        let matters = Flow::new("matters");
        vec![
            matters.clone().cron(NIGHTLY).unwrap_or(matters),
            Flow::new("messages").every(Duration::from_secs(120)),
            Flow::new("documents").every(Duration::from_secs(20 * 60)),
        ]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        match (flow.flow.as_str(), pass.scope()) {
            (_, Scope::Sweep | Scope::SweepWithoutBrake) => Err(Error::new(
                ErrorKind::Configuration,
                "cases are not swept: a case is never deleted because its matter is",
            )),
            ("matters", scope) => {
                let single = matches!(scope, Scope::One(_));
                let asked = self.lock().take();
                let how = match (single, asked) {
                    (true, _) => How::Single,
                    (false, Some(_)) => How::Manual,
                    (false, None) => How::Nightly,
                };
                let clio = pass.clio()?;
                self.unmapped.lock().unwrap_or_else(PoisonError::into_inner).clear();
                let source = Matters {
                    clio: clio.clone(),
                    links: pass.links(),
                    settings: self.settings.clone(),
                    how,
                    unmapped: self.unmapped.clone(),
                    long: asked.is_some_and(|asked| asked.long),
                };
                let cases = Cases { side: self.side.clone(), clock: clio.clock().clone() };
                let map = |attempt: &Attempt| mapping::case(attempt, &self.settings);
                pass.pull(source, map)
                    .settings(self.settings.fingerprint())
                    .conflicts(ConflictPolicy::Ours)
                    .into(cases)
                    .await
            }
            ("messages", _) => {
                let clio = pass.clio()?;
                let links = pass.links();
                let source = Messages { side: self.side.clone(), clio: clio.clone(), links };
                pass.pull(source, messages::communication).into(hub::communications(&clio)).await
            }
            ("documents", _) => documents::sync(&self.side, &self.settings, pass).await,
            (other, _) => Err(Error::new(ErrorKind::UnknownFlow, format!("Case Status has no flow {other}"))),
        }
    }
}
