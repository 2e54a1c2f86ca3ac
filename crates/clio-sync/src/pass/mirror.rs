//! Keeping a copy of what a source has.

use super::{
    Pass,
    cursor::{GONE, NO_VERSION},
    reading::Reading,
};
use crate::{CursorSource, Decision, Incoming, JsonText, Reconciled, Result, Scope};

/// What stands in the place of a target.
pub(super) const MIRROR: &str = "mirror";

impl Pass<'_> {
    /// Reads a source by time and keeps a copy of each record in the store, for
    /// [`Store::mirrored`](crate::Store::mirrored) and [`Store::mirrored_one`](crate::Store::mirrored_one) of this flow:
    /// `pass.mirror(hub::lists::contacts(&clio).as_text())`.
    ///
    /// It reads as [`pull`](Self::pull) does: a run that is broken off goes on at the page it had come to, and the next one
    /// reads what changed since. A record that comes again at the same version writes nothing. In the
    /// [`Report`](crate::Report) records have no lines, but those that cannot be read.
    ///
    /// # Errors
    ///
    /// As [`Pull::into`](crate::Pull::into).
    pub async fn mirror<S: CursorSource<Record = JsonText>>(&mut self, source: S) -> Result<()> {
        if let Scope::One(id) = self.scope.clone() {
            return self.mirror_one(&source, &id).await;
        }
        let mut reading =
            if self.scope.sweeps() { Reading::whole(&source) } else { Reading::begin(self, &source).await? };
        loop {
            let page = reading.page(self).await?;
            reading.record(self, None, page.into_iter().map(keep).collect()).await?;
            if reading.is_over() {
                return reading.verdict();
            }
        }
    }

    /// One record, or that it is kept no longer because its source does not have it.
    async fn mirror_one<S: CursorSource<Record = JsonText>>(&mut self, source: &S, id: &str) -> Result<()> {
        let record = match source.one(id).await? {
            Some(record) => keep(record),
            None => Reconciled {
                id: id.to_owned(),
                version: NO_VERSION.into(),
                created: None,
                decision: Decision::Skip(GONE.into()),
            },
        };
        let page = self.page_of(source, MIRROR, vec![record], None);
        self.record_page(page, None).await
    }
}

fn keep(incoming: Incoming<JsonText>) -> Reconciled {
    let decision = match incoming.record {
        Ok(body) => Decision::Keep(body),
        Err(bad) => Decision::Reject { reason: bad.reason, path: bad.path },
    };
    Reconciled { id: incoming.id, version: incoming.version, created: incoming.created, decision }
}
