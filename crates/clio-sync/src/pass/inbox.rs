//! Emptying an inbox.

use std::collections::HashSet;

use super::{Pass, record::decide};
use crate::{Error, ErrorKind, InboxSource, Mapped, PageCommit, Reconciled, Result, Scope, Target};

/// After so many acknowledgements in a row that failed, the source is taken to be out of order.
const FAILED_IN_A_ROW: u32 = 3;

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
    /// Whatever stopped the flow. Everything recorded so far stands. [`ErrorKind::Configuration`] when the run is for one
    /// record ([`Firm::run_one`](crate::Firm::run_one)).
    pub async fn into(self, target: impl Target) -> Result<()> {
        let Self { pass, source, mapper } = self;
        if let Scope::One(_) = pass.scope {
            let message =
                format!("{} hands out what waits, and cannot be asked for one record", source.kind());
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let mut told = pass.drive_and_tell(&target, &source).await?;
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
                    records: records.into(),
                    cursor: None,
                    acknowledge: true,
                    expected: None,
                    settle: pass.config.timing.until_settled(),
                };
                pass.record_page(commit, Some(&target)).await?;
                told = pass.drive_and_tell(&target, &source).await?;
            }
            // A source that hands out the same again and again must not keep the run for ever.
            if !batch.more || unseen == 0 {
                if !pass.only_plans() {
                    pass.take_stock(&target, true).await?;
                }
                return told;
            }
        }
    }
}

impl Pass<'_> {
    /// Even if the target stops the run, the source is told what is settled.
    ///
    /// That it could not be told everything is answered apart: it stops nothing, and is told again by the next run.
    async fn drive_and_tell(&mut self, target: &dyn Target, source: &impl InboxSource) -> Result<Result<()>> {
        if self.only_plans() {
            return Ok(Ok(()));
        }
        let driven = self.drive(target).await;
        let told = self.tell(source).await;
        driven.map(|()| told)
    }

    /// Tells the source what became of its records. One that it cannot take keeps no other from being told.
    async fn tell(&mut self, source: &impl InboxSource) -> Result<()> {
        let (mut trouble, mut in_a_row) = (None, 0);
        for acknowledgement in self.store().due_acknowledgements(&self.flow, usize::MAX).await? {
            if let Err(error) = source.acknowledge(&acknowledgement).await {
                in_a_row += 1;
                let give_up = in_a_row >= FAILED_IN_A_ROW || !error.is_retryable();
                trouble.get_or_insert(error);
                if give_up {
                    break;
                }
                continue;
            }
            in_a_row = 0;
            let lease = self.lease().await?;
            self.store().acknowledged(&lease, &self.flow, &acknowledgement).await?;
        }
        trouble.map_or(Ok(()), Err)
    }
}
