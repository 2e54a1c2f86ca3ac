//! Keeping a copy of what a source has.

use std::collections::HashSet;

use super::{
    Pass,
    cursor::{GONE, NO_VERSION, braked},
    reading::Reading,
};
use crate::{Brake, CursorSource, Decision, Incoming, JsonText, Reconciled, Result, Scope};

/// How many copies are looked through at once.
const AT_ONCE: usize = 500;

/// What stands in the place of a target.
pub(super) const MIRROR: &str = "mirror";

impl Pass<'_> {
    /// Reads a source by time and keeps a copy of each record in the store, for
    /// [`Store::mirrored`](crate::Store::mirrored) and [`Store::mirrored_one`](crate::Store::mirrored_one) of this flow:
    /// `pass.mirror(hub::lists::contacts(&clio).as_text())`.
    ///
    /// It reads as [`pull`](Self::pull) does: a run that is broken off goes on at the page it had come to, and the next one
    /// reads what changed since. A [sweep](Scope::Sweep) reads everything, and what it does not see is kept no longer. A record that comes again at the same version writes nothing. In the
    /// [`Report`](crate::Report) records have no lines, but those that cannot be read.
    ///
    /// # Errors
    ///
    /// As [`Pull::into`](crate::Pull::into).
    pub async fn mirror<S: CursorSource<Record = JsonText>>(&mut self, source: S) -> Result<()> {
        if let Scope::One(id) = self.scope.clone() {
            return self.mirror_one(&source, &id).await;
        }
        let sweeps = self.scope.sweeps();
        let mut reading =
            if sweeps { Reading::whole(&source, None) } else { Reading::begin(self, &source, None).await? };
        let mut seen = HashSet::new();
        loop {
            let page = reading.page(self).await?;
            if sweeps {
                seen.extend(page.iter().map(|record| record.id.clone()));
            }
            reading.record(self, None, page.into_iter().map(keep).collect()).await?;
            if reading.is_over() {
                break;
            }
        }
        reading.verdict()?;
        if sweeps && !self.only_plans() { self.forget_missing(&source, &seen).await } else { Ok(()) }
    }

    /// What a complete sweep did not see is kept no longer. It is only a copy, so that one sweep is enough; but who has lost
    /// his rights at a source sees it empty, and that is not believed.
    async fn forget_missing<S>(&mut self, source: &S, seen: &HashSet<String>) -> Result<()>
    where
        S: CursorSource<Record = JsonText>,
    {
        let (mut missing, mut all, mut after) = (Vec::new(), 0, None);
        loop {
            let kept = self.store().mirrored(&self.flow, after.as_deref(), AT_ONCE).await?;
            let Some(last) = kept.last() else { break };
            after = Some(last.id.clone());
            all += kept.len();
            missing.extend(kept.into_iter().map(|copy| copy.id).filter(|id| !seen.contains(id)));
        }
        let brake = if self.scope == Scope::SweepWithoutBrake { Brake::OFF } else { Brake::default() };
        if !brake.allows(missing.len(), all) {
            return Err(braked(source.kind(), missing.len()));
        }
        for ids in missing.chunks(AT_ONCE) {
            let page = self.page_of(source, MIRROR, ids.iter().map(|id| gone(id)).collect(), None);
            self.record_page(page, None).await?;
        }
        Ok(())
    }

    /// One record, or that it is kept no longer because its source does not have it.
    async fn mirror_one<S: CursorSource<Record = JsonText>>(&mut self, source: &S, id: &str) -> Result<()> {
        let record = match source.one(id).await? {
            Some(record) => keep(record),
            None => gone(id),
        };
        let page = self.page_of(source, MIRROR, vec![record], None);
        self.record_page(page, None).await.map(drop)
    }
}

fn gone(id: &str) -> Reconciled {
    let decision = Decision::Skip(GONE.into());
    Reconciled { id: id.to_owned(), version: NO_VERSION.into(), created: None, decision }
}

fn keep(incoming: Incoming<JsonText>) -> Reconciled {
    let decision = match incoming.record {
        Ok(body) => Decision::Keep(body),
        Err(bad) => Decision::Reject { reason: bad.reason, path: bad.path },
    };
    Reconciled { id: incoming.id, version: incoming.version, created: incoming.created, decision }
}
