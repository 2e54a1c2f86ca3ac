//! Reading a source by time, whole, or one record of it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{Pass, record::decide};
use crate::{
    Brake, ConflictPolicy, Cursor, CursorPage, CursorSource, CursorWalk, Decision, Error, ErrorKind,
    Incoming, Mapped, PageCommit, Reconciled, Result, Scope, SweepEnd, Target,
};

/// Why something is deleted that its source does not have any more.
pub(super) const GONE: &str = "it is gone at the source";

/// The version of a record that does not exist.
const NO_VERSION: &str = "gone";

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
}

impl<'p, 'a, S, M> Pull<'p, 'a, S, M>
where
    S: CursorSource,
    M: Fn(&S::Record) -> Mapped + Send + Sync,
{
    pub(super) fn new(pass: &'p mut Pass<'a>, source: S, mapper: M) -> Self {
        let (brake, policy) = (Brake::default(), ConflictPolicy::default());
        Self { pass, source, mapper, sweeping: false, brake, policy }
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
    /// Whatever stopped the flow. Everything recorded so far stands. [`ErrorKind::Braked`] when a sweep misses more
    /// records than the [`Brake`] allows: then none of them is deleted.
    pub async fn into(self, target: impl Target) -> Result<()> {
        let brake = if self.pass.scope == Scope::SweepWithoutBrake { Brake::OFF } else { self.brake };
        self.pass.policy = self.policy;
        let mut walk = Walk { pass: self.pass, source: self.source, mapper: self.mapper, target: &target };
        walk.drive().await?;
        let result = match walk.pass.scope.clone() {
            Scope::One(id) => walk.one(&id).await,
            scope if self.sweeping || scope.sweeps() => walk.sweep(brake).await,
            _ => walk.changes().await,
        };
        // Too much that is gone stops no write, and takes nothing away from what is told.
        if result.as_ref().err().is_none_or(|error| error.kind() == ErrorKind::Braked)
            && !walk.pass.only_plans()
        {
            walk.pass.take_stock(&target, false).await?;
        }
        result
    }
}

/// What reading takes.
struct Walk<'w, 'a, S, M> {
    pass: &'w mut Pass<'a>,
    source: S,
    mapper: M,
    target: &'w dyn Target,
}

impl<S, M> Walk<'_, '_, S, M>
where
    S: CursorSource,
    M: Fn(&S::Record) -> Mapped + Send + Sync,
{
    /// What changed since the last run.
    async fn changes(&mut self) -> Result<()> {
        let mut cursor = self.pass.store().cursor(self.pass.flow()).await?;
        let since = match &cursor.walk {
            Some(walk) => walk.since,
            None => cursor.since(self.pass.config.timing.overlap),
        };
        let mut places = Places::default();
        loop {
            let page = next_page(&self.source, since, &mut cursor).await?;
            let began = match (&cursor.walk, page.server_time) {
                (Some(walk), _) => walk.began,
                (None, Some(time)) => time,
                (None, None) => return Err(protocol(&self.source, "does not tell its time")),
            };
            places.check(&self.source, page.next.as_deref())?;
            match page.next {
                Some(position) => cursor.walk = Some(CursorWalk { since, began, position }),
                None => cursor.close(since, began),
            }
            self.record(page.records, Some(cursor.clone())).await?;
            if cursor.walk.is_none() {
                return Ok(());
            }
        }
    }

    /// Everything, and what is not there any more.
    async fn sweep(&mut self, brake: Brake) -> Result<()> {
        let mut seen = HashSet::new();
        let mut places = Places::default();
        let mut position: Option<String> = None;
        let mut began: Option<DateTime<Utc>> = None;
        loop {
            let page = self.source.page(None, position.as_deref()).await?;
            began = began.or(page.server_time);
            places.check(&self.source, page.next.as_deref())?;
            seen.extend(page.records.iter().map(|record| record.id.clone()));
            position = page.next;
            let last = position.is_none();
            // Everything up to its beginning is read with the last page, whatever an earlier walk had come to.
            let cursor = match (last, began) {
                (false, _) => None,
                (true, None) => return Err(protocol(&self.source, "does not tell its time")),
                (true, Some(began)) => {
                    let mut cursor = Cursor::default();
                    cursor.close(None, began);
                    Some(cursor)
                }
            };
            self.record(page.records, cursor).await?;
            if last {
                break;
            }
        }
        let sweep = SweepEnd {
            flow: self.pass.flow().clone(),
            source: self.source.kind().to_owned(),
            target: self.target.kind().to_owned(),
            seen,
            brake,
            strikes: STRIKES,
        };
        let swept = self.pass.record_sweep(sweep, self.target).await?;
        self.drive().await?;
        if swept.braked {
            let message = format!(
                "{} records of {} are gone at once: nothing was deleted; look, then sweep without the brake",
                swept.gone.len(),
                self.source.kind()
            );
            return Err(Error::new(ErrorKind::Braked, message));
        }
        Ok(())
    }

    /// One record. That the source does not have it is certain then: it was asked for by its id.
    async fn one(&mut self, id: &str) -> Result<()> {
        match self.source.one(id).await? {
            Some(record) => self.record(vec![record], None).await,
            None => {
                let gone = Reconciled {
                    id: id.to_owned(),
                    version: NO_VERSION.into(),
                    created: None,
                    decision: Decision::Delete(GONE.into()),
                };
                self.commit(vec![gone], None).await
            }
        }
    }

    async fn record(&mut self, records: Vec<Incoming<S::Record>>, cursor: Option<Cursor>) -> Result<()> {
        let records = records.into_iter().map(|record| decide(record, &self.mapper)).collect();
        self.commit(records, cursor).await
    }

    async fn commit(&mut self, records: Vec<Reconciled>, cursor: Option<Cursor>) -> Result<()> {
        let commit = PageCommit {
            flow: self.pass.flow().clone(),
            source: self.source.kind().to_owned(),
            target: self.target.kind().to_owned(),
            records,
            cursor,
            acknowledge: false,
            expected: None,
            settle: self.pass.config.timing.until_settled(),
        };
        self.pass.record_page(commit, self.target).await?;
        self.drive().await
    }

    async fn drive(&mut self) -> Result<()> {
        if self.pass.only_plans() { Ok(()) } else { self.pass.drive(self.target).await }
    }
}

/// The places that a walk was at.
#[derive(Default)]
struct Places(HashSet<String>);

impl Places {
    fn check(&mut self, source: &impl CursorSource, next: Option<&str>) -> Result<()> {
        match next {
            Some(next) if !self.0.insert(next.to_owned()) => {
                Err(protocol(source, "leads back to a page that was read"))
            }
            _ => Ok(()),
        }
    }
}

/// The next page. A walk that was put down may find its place gone; then it starts anew, which is free of harm.
async fn next_page<S: CursorSource>(
    source: &S,
    since: Option<DateTime<Utc>>,
    cursor: &mut Cursor,
) -> Result<CursorPage<S::Record>> {
    let position = cursor.walk.as_ref().map(|walk| walk.position.clone());
    match source.page(since, position.as_deref()).await {
        Err(error) if position.is_some() && error.kind() == ErrorKind::Protocol => {
            cursor.walk = None;
            source.page(since, None).await
        }
        other => other,
    }
}

fn protocol(source: &impl CursorSource, what: &str) -> Error {
    Error::new(ErrorKind::Protocol, format!("the source {} {what}", source.kind()))
}
