//! Recording what was read: in the store, or in a plan.

use super::{Mode, Pass, effects::is_harmless_to_repeat};
use crate::{
    Committed, Content, Cursor, CursorSource, Decision, Effect, Event, Incoming, Intent, IntentState, Line,
    LineOutcome, Mapped, PageCommit, Preview, Reconciled, Result, Step, SweepEnd, Swept, Target, plan::stale,
};

impl Pass<'_> {
    /// Records a page in the store; in a run that only plans, what would follow from it. Answers how many writes were
    /// planned.
    pub(super) async fn record_page(
        &mut self,
        mut page: PageCommit,
        target: Option<&dyn Target>,
    ) -> Result<usize> {
        if self.only_plans() {
            let previews = self.store().preview_page(&page).await?;
            self.event(&Event::Read(page.records.len()));
            for (record, preview) in page.records.iter().zip(previews) {
                self.draft(&page.source, target, preview, record.decision.clone()).await?;
            }
            return Ok(0);
        }
        if let Mode::Apply(plan, done) = &mut self.mode {
            let of_page = |step: &&Step| step.source == page.source && step.target == page.target;
            let planned = |step: &&Step| step.preview.committed == Committed::Planned;
            let in_page =
                |step: &&Step| page.records.iter().any(|record| record.id == step.preview.source_id);
            let mut anew = |step: &&Step| done.insert(format!("{}/{}", step.source, step.preview.source_id));
            let steps = plan.steps.iter().filter(of_page).filter(planned).filter(in_page).filter(&mut anew);
            page.expected = Some(steps.map(|step| step.preview.clone()).collect());
        }
        let lease = self.lease().await?;
        let committed = self.store().commit_page(&lease, &page).await?;
        self.page_recorded(&page.records, &committed);
        Ok(committed.iter().filter(|committed| **committed == Committed::Planned).count())
    }

    /// A page of this flow.
    pub(super) fn page_of(
        &self,
        source: &impl CursorSource,
        target: &str,
        records: Vec<Reconciled>,
        cursor: Option<Cursor>,
    ) -> PageCommit {
        PageCommit {
            flow: self.flow.clone(),
            source: source.kind().to_owned(),
            target: target.to_owned(),
            records: records.into(),
            cursor,
            acknowledge: false,
            expected: None,
            settle: self.config.timing.until_settled(),
        }
    }

    /// Ends a complete sweep.
    pub(super) async fn record_sweep(&mut self, sweep: SweepEnd, target: &dyn Target) -> Result<Swept> {
        if !self.only_plans() {
            let lease = self.lease().await?;
            self.check_sweep(&sweep).await?;
            return self.store().end_sweep(&lease, &sweep).await;
        }
        let (swept, previews) = self.store().preview_sweep(&sweep).await?;
        for preview in previews {
            let decision = Decision::Delete(sweep.reason.clone());
            self.draft(&sweep.source, Some(target), preview, decision).await?;
        }
        Ok(swept)
    }

    /// Where a plan is carried out, nothing may be deleted that it does not show: the source may have lost more since.
    async fn check_sweep(&self, sweep: &SweepEnd) -> Result<()> {
        let Mode::Apply(plan, _) = &self.mode else { return Ok(()) };
        let (_, previews) = self.store().preview_sweep(sweep).await?;
        let shown = |preview: &&Preview| {
            plan.steps.iter().any(|step| {
                step.source == sweep.source && step.target == sweep.target && step.preview == **preview
            })
        };
        match previews.iter().find(|preview| !shown(preview)) {
            Some(preview) => Err(stale(&preview.source_id, &sweep.source, "it is gone by now")),
            None => Ok(()),
        }
    }

    /// Adds to the plan what would be done about a record.
    async fn draft(
        &mut self,
        source: &str,
        target: Option<&dyn Target>,
        preview: Preview,
        decision: Decision,
    ) -> Result<()> {
        // A mirror writes to nobody.
        let Some(target) = target else { return Ok(()) };
        let before = self.before(target, &preview).await?;
        let Mode::Plan(draft) = &mut self.mode else { return Ok(()) };
        match preview.committed {
            Committed::Unchanged => draft.unchanged += 1,
            Committed::Skipped | Committed::LeftDeleted | Committed::Kept => draft.skipped += 1,
            Committed::Planned | Committed::Rejected
                if draft.steps.iter().any(|step| step.is_of(source, target.kind(), &preview.source_id)) => {}
            Committed::Planned | Committed::Rejected => {
                let (write, reason) = match decision {
                    Decision::Write(_, write) => (Some(write), None),
                    Decision::Delete(reason) | Decision::Skip(reason) => (None, Some(reason)),
                    Decision::Reject { reason, path } => (None, Some(with_path(&reason, path.as_deref()))),
                    Decision::Keep(_) => (None, None),
                };
                let target = target.kind().to_owned();
                draft.steps.push(Step { source: source.to_owned(), target, preview, write, before, reason });
            }
        }
        Ok(())
    }

    /// The record that would be changed or deleted, as it stands now.
    async fn before(
        &self,
        target: &dyn Target,
        preview: &Preview,
    ) -> Result<Option<(Content, Option<String>)>> {
        let capabilities = target.capabilities();
        let readable = (capabilities.updates || capabilities.deletes) && !is_harmless_to_repeat(target);
        match &preview.remote_id {
            Some(remote_id) if readable && preview.committed == Committed::Planned => {
                let found = target.get(remote_id).await?;
                let etag = |etag: clio_core::Etag| etag.as_str().to_owned();
                Ok(found.map(|found| (found.content, found.etag.map(etag))))
            }
            _ => Ok(None),
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
                    (LineOutcome::Rejected, Some(with_path(reason, path.as_deref())))
                }
                (Committed::Skipped, _) => (LineOutcome::Skipped, None),
                (Committed::Rejected, _) => (LineOutcome::Rejected, None),
                (Committed::LeftDeleted, _) => (LineOutcome::Skipped, Some(LEFT_DELETED.to_owned())),
            };
            let label = match &record.decision {
                Decision::Write(_, write) => write.label.clone(),
                _ => String::new(),
            };
            self.settled(Line { id: record.id.clone(), outcome, label, remote_id: None, reason });
        }
    }
}

/// Said of a record whose counterpart a person has deleted.
pub(super) const LEFT_DELETED: &str = "it was deleted at the target, and stays so";

fn with_path(reason: &str, path: Option<&str>) -> String {
    path.map_or_else(|| reason.to_owned(), |path| format!("{reason} at {path}"))
}

/// What is to be done about a record, by the mapper or because it cannot even be read.
pub(super) fn decide<T>(incoming: Incoming<T>, mapper: &impl Fn(&T) -> Mapped) -> Reconciled {
    let decision = match &incoming.record {
        Err(bad) => Decision::Reject { reason: bad.reason.clone(), path: bad.path.clone() },
        Ok(record) => match mapper(record) {
            Mapped::Create(write) => Decision::Write(Effect::Create, write),
            Mapped::Upsert(write) => Decision::Write(Effect::Upsert, write),
            Mapped::Delete(reason) => Decision::Delete(reason),
            Mapped::Skip(reason) => Decision::Skip(reason),
            Mapped::Reject(reason) => Decision::Reject { reason, path: None },
        },
    };
    Reconciled { id: incoming.id, version: incoming.version, created: incoming.created, decision }
}

/// The keys of those intents that are in this state.
pub(super) fn keys_in(state: IntentState, intents: &[&Intent]) -> Vec<String> {
    intents.iter().filter(|intent| intent.state == state).map(|intent| intent.key.clone()).collect()
}
