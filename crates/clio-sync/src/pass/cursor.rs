//! Reading a source by time, whole, or one record of it.

use std::collections::HashSet;

use super::{Pass, reading::Reading, record::decide};
use crate::{
    Brake, ConflictPolicy, CursorSource, Decision, Error, ErrorKind, Mapped, Reconciled, Result, Scope,
    SweepEnd, Target,
};

/// Why something is deleted that its source does not have any more, unless the adapter has better words.
pub(super) const GONE: &str = "it is gone at the source";

/// The version of a record that does not exist.
pub(super) const NO_VERSION: &str = "gone";

/// So many complete sweeps in a row have to miss a record before it is taken to be gone.
const STRIKES: u32 = 2;

/// A source on its way to a target. Made by [`Pass::pull`].
#[derive(Debug)]
#[must_use = "nothing is read before `into`"]
pub struct Pull<'p, 'a, S, M> {
    pass: &'p mut Pass<'a>,
    source: S,
    mapper: M,
    sweeping: bool,
    brake: Brake,
    policy: ConflictPolicy,
    settings: Option<String>,
    gone: &'static str,
}

impl<'p, 'a, S, M> Pull<'p, 'a, S, M>
where
    S: CursorSource,
    M: Fn(&S::Record) -> Mapped + Send + Sync,
{
    pub(super) fn new(pass: &'p mut Pass<'a>, source: S, mapper: M) -> Self {
        let (brake, policy) = (Brake::default(), ConflictPolicy::default());
        Self { pass, source, mapper, sweeping: false, brake, policy, settings: None, gone: GONE }
    }

    /// What the mapper depends on besides the record: a few words or a [fingerprint](crate::fingerprint). The flow keeps
    /// it with its place. Whenever it is another one, everything is read and mapped again, and each record counts as of
    /// another version; without that a changed setting would only be seen in what changes after it.
    pub fn settings(mut self, settings: impl Into<String>) -> Self {
        self.settings = Some(settings.into());
        self
    }

    /// The words for people about what is deleted because the source does not have it any more.
    pub fn gone(mut self, words: &'static str) -> Self {
        self.gone = words;
        self
    }

    /// Reads everything, whatever was read before, and deletes at the target what the source does not have any more: for a
    /// flow that runs now and then beside one that reads changes. A record has to be missed by two complete sweeps, and
    /// a sweep that was broken off counts for nothing.
    pub fn sweeping(mut self) -> Self {
        self.sweeping = true;
        self
    }

    /// How many records may be gone at once before it takes a person to believe it.
    pub fn brake(mut self, brake: Brake) -> Self {
        self.brake = brake;
        self
    }

    /// What happens when others have changed a field of ours at the target.
    pub fn conflicts(mut self, policy: ConflictPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Reads to the end and writes what follows to `target`.
    ///
    /// The interval that was read closes with the last page, in one transaction with what that page brought. A run that
    /// is broken off goes on at the page it had come to.
    ///
    /// # Errors
    ///
    /// Whatever stopped the flow. Everything recorded so far stands.
    ///
    /// [`ErrorKind::Protocol`] of a source that gives a page again, leads in a circle, or ends before it has given as many
    /// records as it says it has, when all of them are read: then the interval does not close, and is read again.
    /// [`ErrorKind::Braked`] when a sweep misses more records than the [`Brake`] allows: then none of them is deleted.
    pub async fn into(self, target: impl Target) -> Result<()> {
        let brake = if self.pass.scope == Scope::SweepWithoutBrake { Brake::OFF } else { self.brake };
        self.pass.policy = self.policy;
        let mut walk = Walk {
            pass: self.pass,
            source: &self.source,
            mapper: self.mapper,
            target: &target,
            settings: self.settings,
            gone: self.gone,
            waiting: 0,
        };
        walk.drive().await?;
        let result = match walk.pass.scope.clone() {
            Scope::One(id) => walk.one(&id).await,
            scope if self.sweeping || scope.sweeps() => walk.sweep(brake).await,
            _ => walk.changes().await,
        };
        // That a source cannot be believed in one thing takes nothing away from what was read and written.
        let told = |error: &Error| matches!(error.kind(), ErrorKind::Braked | ErrorKind::Protocol);
        if result.as_ref().err().is_none_or(told) && !walk.pass.only_plans() {
            walk.pass.take_stock(&target, false).await?;
        }
        result
    }
}

/// What reading takes.
struct Walk<'w, 'a, S, M> {
    pass: &'w mut Pass<'a>,
    source: &'w S,
    mapper: M,
    target: &'w dyn Target,
    settings: Option<String>,
    gone: &'static str,
    /// How many writes were planned since the last time that writes were sent.
    waiting: usize,
}

impl<'w, S, M> Walk<'w, '_, S, M>
where
    S: CursorSource,
    M: Fn(&S::Record) -> Mapped + Send + Sync,
{
    /// What changed since the last run.
    async fn changes(&mut self) -> Result<()> {
        let mut reading = Reading::begin(self.pass, self.source, self.settings.as_deref()).await?;
        self.walk(&mut reading, None).await?;
        reading.verdict()
    }

    /// Reads to the end, and writes what follows.
    async fn walk(
        &mut self,
        reading: &mut Reading<'w, S>,
        mut seen: Option<&mut HashSet<String>>,
    ) -> Result<()> {
        loop {
            let page = match reading.page(self.pass).await {
                Ok(page) => page,
                // It takes nothing away from what was read before.
                Err(error) if self.waiting > 0 => return self.drive().await.and(Err(error)),
                Err(error) => return Err(error),
            };
            // From an empty page nothing follows that was not seen to before it.
            let brings = !page.is_empty();
            if let Some(seen) = seen.as_deref_mut() {
                seen.extend(page.iter().map(|record| record.id.clone()));
            }
            let records = page.into_iter().map(|record| decide(record, &self.mapper)).collect();
            self.waiting += reading.record(self.pass, Some(self.target), records).await?;
            if reading.is_over() {
                return if brings || self.waiting > 0 { self.drive().await } else { Ok(()) };
            }
            self.drive_full_batches(brings).await?;
        }
    }

    /// In the middle of a walk: a target that takes many writes in one request gets no request that is half empty.
    async fn drive_full_batches(&mut self, brings: bool) -> Result<()> {
        let batch = self.target.capabilities().batch;
        if batch <= 1 {
            return if brings { self.drive().await } else { Ok(()) };
        }
        if self.waiting < batch || self.pass.only_plans() {
            return Ok(());
        }
        self.waiting %= batch;
        self.pass.drive_full_batches(self.target).await
    }

    /// Everything, and what is not there any more.
    async fn sweep(&mut self, brake: Brake) -> Result<()> {
        let mut seen = HashSet::new();
        let mut reading = Reading::whole(self.source, self.settings.as_deref());
        self.walk(&mut reading, Some(&mut seen)).await?;
        reading.verdict()?;
        let sweep = SweepEnd {
            flow: self.pass.flow().clone(),
            source: self.source.kind().to_owned(),
            target: self.target.kind().to_owned(),
            seen,
            brake,
            strikes: STRIKES,
            reason: self.gone.to_owned(),
        };
        let swept = self.pass.record_sweep(sweep, self.target).await?;
        self.drive().await?;
        if swept.braked {
            return Err(braked(self.source.kind(), swept.gone.len()));
        }
        Ok(())
    }

    /// One record. That the source does not have it is certain then: it was asked for by its id.
    async fn one(&mut self, id: &str) -> Result<()> {
        let record = match self.source.one(id).await? {
            Some(record) => decide(record.under(self.settings.as_deref()), &self.mapper),
            None => Reconciled {
                id: id.to_owned(),
                version: NO_VERSION.into(),
                created: None,
                decision: Decision::Delete(self.gone.into()),
            },
        };
        let page = self.pass.page_of(self.source, self.target.kind(), vec![record], None);
        self.pass.record_page(page, Some(self.target)).await?;
        self.drive().await
    }

    async fn drive(&mut self) -> Result<()> {
        self.waiting = 0;
        if self.pass.only_plans() { Ok(()) } else { self.pass.drive(self.target).await }
    }
}

/// Too much is gone at once.
pub(super) fn braked(source: &str, gone: usize) -> Error {
    let message = format!(
        "{gone} records of {source} are gone at once: nothing was deleted; look, then sweep without the brake"
    );
    Error::new(ErrorKind::Braked, message)
}
