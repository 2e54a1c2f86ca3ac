//! Emptying an inbox.

use std::collections::HashSet;

use super::{Pass, decide};
use crate::{InboxSource, Mapped, PageCommit, Reconciled, Result, Target};

/// How many acknowledgements are read from the store at once.
const TELL_AT_ONCE: usize = 100;

/// An inbox on its way to a target. Made by [`Pass::receive`].
#[derive(Debug)]
#[must_use = "nothing is received before `into`"]
pub struct Receive<'p, 'a, S, M> {
    pub(super) pass: &'p mut Pass<'a>,
    pub(super) source: S,
    pub(super) mapper: M,
}

impl<S, M> Receive<'_, '_, S, M>
where
    S: InboxSource,
    M: Fn(&S::Record) -> Mapped + Send + Sync,
{
    /// Takes out what waits, writes what follows to `target`, and acknowledges what is settled.
    ///
    /// A record is acknowledged only after its outcome is known and recorded. The acknowledgement is itself a row of the
    /// store, and is given again until the source has accepted it.
    ///
    /// # Errors
    ///
    /// Whatever stopped the flow. Everything recorded so far stands.
    pub async fn into(self, target: impl Target) -> Result<()> {
        let Self { pass, source, mapper } = self;
        pass.drive_and_tell(&target, &source).await?;
        let mut seen = HashSet::new();
        loop {
            let batch = source.fetch().await?;
            let unseen = batch.records.iter().filter(|record| seen.insert(record.id.clone())).count();
            let records: Vec<Reconciled> =
                batch.records.into_iter().map(|record| decide(record, &mapper)).collect();
            if !records.is_empty() {
                let commit = PageCommit {
                    flow: pass.flow().clone(),
                    source: source.kind().to_owned(),
                    target: target.kind().to_owned(),
                    records,
                    cursor: None,
                    acknowledge: true,
                };
                let lease = pass.lease().await?;
                let committed = pass.store().commit_page(&lease, &commit).await?;
                pass.page_recorded(&commit.records, &committed);
                pass.drive_and_tell(&target, &source).await?;
            }
            // A source that hands out the same again and again must not keep the run for ever.
            if !batch.more || unseen == 0 {
                return pass.take_stock(&target, true).await;
            }
        }
    }
}

impl Pass<'_> {
    /// Even if the target stops the run, the source is told what is settled.
    async fn drive_and_tell(&mut self, target: &dyn Target, source: &impl InboxSource) -> Result<()> {
        let driven = self.drive(target).await;
        self.tell(source).await?;
        driven
    }

    /// Tells the source what became of its records.
    async fn tell(&mut self, source: &impl InboxSource) -> Result<()> {
        loop {
            let due = self.store().due_acknowledgements(&self.flow, TELL_AT_ONCE).await?;
            if due.is_empty() {
                return Ok(());
            }
            for acknowledgement in due {
                source.acknowledge(&acknowledgement).await?;
                let lease = self.lease().await?;
                self.store().acknowledged(&lease, &self.flow, &acknowledgement).await?;
            }
        }
    }
}
