//! One run of one flow for one firm.

mod batches;
mod confirm;
mod cursor;
mod effects;
mod inbox;
mod look;
mod mirror;
mod reading;
mod record;
mod refusals;
mod uncertain;

use std::{collections::HashSet, sync::Arc, time::Duration};

use crate::{
    Acknowledgement, ConflictPolicy, CursorSource, Event, FlowKey, InboxSource, Intent, Lease, Line,
    LineOutcome, Mapped, Plan, Report, Result, Scope, Store, Target,
    engine::{Config, FirmState},
    plan::Draft,
};

pub use cursor::Pull;
pub use inbox::Receive;
pub use refusals::Refusals;
use refusals::Tenure;

/// One run of one flow for one firm: the adapter's way to the engine.
///
/// A run can be dropped at any moment, as by a crash: whatever was recorded is taken up by the next one.
#[derive(Debug)]
pub struct Pass<'a> {
    pub(crate) config: &'a Config,
    firm: &'a FirmState,
    flow: FlowKey,
    tenure: Tenure<'a>,
    scope: Scope,
    mode: Mode,
    policy: ConflictPolicy,
    pub(crate) report: Report,
}

/// What a run does with what it finds.
#[derive(Debug, Default)]
pub(crate) enum Mode {
    /// Writes it.
    #[default]
    Write,
    /// Only writes down what it would do.
    Plan(Draft),
    /// Writes what a plan says, and nothing else. A source may hand out a record twice: what is planned already is kept
    /// beside it.
    Apply(Arc<Plan>, HashSet<String>),
}

impl<'a> Pass<'a> {
    pub(crate) fn new(
        config: &'a Config,
        firm: &'a FirmState,
        flow: FlowKey,
        scope: Scope,
        mode: Mode,
    ) -> Self {
        let report = Report::new(flow.clone());
        let policy = ConflictPolicy::default();
        let tenure = Tenure::new(config, firm);
        Self { config, firm, flow, tenure, scope, mode, policy, report }
    }

    /// What the run wrote down, if it was only to plan.
    pub(crate) fn into_report_and_draft(self) -> (Report, Draft) {
        match self.mode {
            Mode::Plan(draft) => (self.report, draft),
            _ => (self.report, Draft::default()),
        }
    }

    /// Nothing may be written, neither at a target nor in the store.
    fn only_plans(&self) -> bool {
        matches!(self.mode, Mode::Plan(_))
    }

    /// The flow that runs.
    pub fn flow(&self) -> &FlowKey {
        &self.flow
    }

    /// Which records this run is to read. [`Pull`] sees to it by itself.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// A person decides what is written: the run only [plans](crate::Firm::plan), or carries a plan [out](crate::Firm::apply).
    pub fn is_planned(&self) -> bool {
        !matches!(self.mode, Mode::Write)
    }

    /// The firm's Clio. What this flow asks of it waits for people, and takes turns with other flows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the firm was made without one.
    #[cfg(feature = "hub")]
    pub fn clio(&self) -> Result<clio_api::Clio> {
        let clio =
            crate::engine::lock(&self.firm.clio).as_ref().map(|clio| clio.background(self.flow.path()));
        clio.ok_or_else(|| {
            crate::Error::new(
                crate::ErrorKind::Configuration,
                format!("firm {} has no connection to Clio", self.flow.firm),
            )
        })
    }

    /// Reads a source by time, maps each record, and writes what follows: `pass.pull(source, mapper).into(target)`.
    ///
    /// The mapper is pure: the same record always gives the same answer.
    pub fn pull<S, M>(&mut self, source: S, mapper: M) -> Pull<'_, 'a, S, M>
    where
        S: CursorSource,
        M: Fn(&S::Record) -> Mapped + Send + Sync,
    {
        Pull::new(self, source, mapper)
    }

    /// Takes records out of an inbox, maps each, writes what follows, and acknowledges what is settled:
    /// `pass.receive(inbox, mapper).into(target)`.
    pub fn receive<S, M>(&mut self, source: S, mapper: M) -> Receive<'_, 'a, S, M>
    where
        S: InboxSource,
        M: Fn(&S::Record) -> Mapped + Send + Sync,
    {
        Receive { pass: self, source, mapper }
    }

    fn store(&self) -> &dyn Store {
        &*self.config.store
    }

    /// The right to write for this firm.
    ///
    /// # Errors
    ///
    /// As [`Tenure::lease`].
    async fn lease(&self) -> Result<Lease> {
        self.tenure.lease().await
    }

    fn event(&self, event: &Event) {
        if let Some(progress) = &self.config.progress {
            progress.event(&self.flow, event);
        }
    }

    fn settled(&mut self, line: Line) {
        self.event(&Event::Settled(line.clone()));
        self.report.lines.push(line);
    }

    fn intent_settled(
        &mut self,
        intent: &Intent,
        outcome: LineOutcome,
        remote_id: Option<String>,
        reason: Option<String>,
    ) {
        let label = intent.write.label.clone();
        self.settled(Line { id: intent.source_id.clone(), outcome, label, remote_id, reason });
    }

    /// What a later run has to see to, and when.
    async fn take_stock(&mut self, target: &dyn Target, inbox: bool) -> Result<()> {
        let store = self.store();
        let now = store.now().await?;
        let open = store.open_intents(&self.flow.firm, target.kind()).await?;
        let mine = open.iter().filter(|intent| intent.flow == self.flow);
        let next_due = mine
            .clone()
            .map(|intent| {
                intent.not_before.map_or(Duration::ZERO, |due| (due - now).to_std().unwrap_or_default())
            })
            .min();
        let planned = store.due_intents(&self.flow, target.kind(), usize::MAX).await?.len();
        let told: Vec<Acknowledgement> =
            if inbox { store.due_acknowledgements(&self.flow, usize::MAX).await? } else { Vec::new() };
        let pending = mine.count() + planned + told.len();
        self.report.pending = pending;
        self.report.next_due = if planned + told.len() > 0 { Some(Duration::ZERO) } else { next_due };
        Ok(())
    }
}
