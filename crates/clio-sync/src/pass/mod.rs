//! One run of one flow for one firm.

mod cursor;
mod effects;
mod inbox;
mod look;
mod mirror;
mod reading;

use std::time::Duration;

use crate::{
    Acknowledgement, Committed, CursorSource, Decision, Effect, Event, FlowKey, InboxSource, Incoming,
    Intent, IntentState, Lease, Line, LineOutcome, Mapped, Reconciled, Report, Result, Store, Target,
    engine::{Config, FirmState},
};

pub use cursor::Pull;
pub use inbox::Receive;

/// One run of one flow for one firm: the adapter's way to the engine.
///
/// A run can be dropped at any moment, as by a crash: whatever was recorded is taken up by the next one.
#[derive(Debug)]
pub struct Pass<'a> {
    config: &'a Config,
    firm: &'a FirmState,
    flow: FlowKey,
    /// The epoch of the lease that this run began under.
    epoch: Option<i64>,
    pub(crate) report: Report,
}

impl<'a> Pass<'a> {
    pub(crate) fn new(config: &'a Config, firm: &'a FirmState, flow: FlowKey) -> Self {
        let report = Report::new(flow.clone());
        Self { config, firm, flow, epoch: None, report }
    }

    /// The flow that runs.
    pub fn flow(&self) -> &FlowKey {
        &self.flow
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
        Pull { pass: self, source, mapper }
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

    /// The right to write for this firm, renewed well before it ends.
    ///
    /// Once another engine had it in between, what this run believes of the store may be wrong: then it ends, even if the
    /// right could be had again.
    async fn lease(&mut self) -> Result<Lease> {
        let lease = self.firm.leases.hold(self.config, &self.flow.firm).await?;
        if *self.epoch.get_or_insert(lease.epoch) == lease.epoch {
            return Ok(lease);
        }
        let message = format!("another engine has worked for {} meanwhile", self.flow.firm);
        Err(crate::Error::new(crate::ErrorKind::Fenced, message))
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
        // An intent of another flow that shares the target is settled here, but reported there.
        if intent.flow == self.flow {
            let label = intent.write.label.clone();
            self.settled(Line { id: intent.source_id.clone(), outcome, label, remote_id, reason });
        }
    }

    /// Reports what was settled by recording a page.
    fn page_recorded(&mut self, records: &[Reconciled], committed: &[Committed]) {
        self.event(&Event::Read(records.len()));
        for (record, committed) in records.iter().zip(committed) {
            let (outcome, reason) = match (committed, &record.decision) {
                // It is reported when its outcome is known.
                (Committed::Planned, _) => continue,
                (Committed::Kept, _) => {
                    self.report.mirrored += 1;
                    continue;
                }
                (Committed::Unchanged, Decision::Keep(_)) => {
                    self.report.as_mirrored += 1;
                    continue;
                }
                (Committed::Unchanged, _) => (LineOutcome::Unchanged, None),
                (Committed::Skipped, Decision::Skip(reason)) => (LineOutcome::Skipped, Some(reason.clone())),
                (Committed::Rejected, Decision::Reject { reason, path }) => {
                    let path = path.as_ref().map(|path| format!(" at {path}")).unwrap_or_default();
                    (LineOutcome::Rejected, Some(format!("{reason}{path}")))
                }
                (Committed::Skipped, _) => (LineOutcome::Skipped, None),
                (Committed::Rejected, _) => (LineOutcome::Rejected, None),
            };
            let label = match &record.decision {
                Decision::Write(_, write) => write.label.clone(),
                _ => String::new(),
            };
            self.settled(Line { id: record.id.clone(), outcome, label, remote_id: None, reason });
        }
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

/// What is to be done about a record, by the mapper or because it cannot even be read.
fn decide<T>(incoming: Incoming<T>, mapper: &impl Fn(&T) -> Mapped) -> Reconciled {
    let decision = match &incoming.record {
        Err(bad) => Decision::Reject { reason: bad.reason.clone(), path: bad.path.clone() },
        Ok(record) => match mapper(record) {
            Mapped::Create(write) => Decision::Write(Effect::Create, write),
            Mapped::Upsert(write) => Decision::Write(Effect::Upsert, write),
            Mapped::Skip(reason) => Decision::Skip(reason),
            Mapped::Reject(reason) => Decision::Reject { reason, path: None },
        },
    };
    Reconciled { id: incoming.id, version: incoming.version, decision }
}

/// The keys of those intents that are in this state.
fn keys_in(state: IntentState, intents: &[Intent]) -> Vec<String> {
    intents.iter().filter(|intent| intent.state == state).map(|intent| intent.key.clone()).collect()
}
