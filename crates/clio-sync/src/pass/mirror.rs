//! Keeping a copy of what a source has.

use super::{Pass, reading::Reading};
use crate::{CursorSource, Decision, Incoming, JsonText, Reconciled, Result};

/// What stands in the place of a target.
const MIRROR: &str = "mirror";

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
        let mut reading = Reading::begin(self, &source).await?;
        loop {
            let page = reading.page(self).await?;
            reading.record(self, MIRROR, page.into_iter().map(keep).collect()).await?;
            if reading.is_over() {
                return reading.verdict();
            }
        }
    }
}

fn keep(incoming: Incoming<JsonText>) -> Reconciled {
    let decision = match incoming.record {
        Ok(body) => Decision::Keep(body),
        Err(bad) => Decision::Reject { reason: bad.reason, path: bad.path },
    };
    Reconciled { id: incoming.id, version: incoming.version, decision }
}
