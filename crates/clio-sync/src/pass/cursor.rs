//! Reading a source by time.

use super::{Pass, decide, reading::Reading};
use crate::{CursorSource, Mapped, Result, Target};

/// A source on its way to a target. Made by [`Pass::pull`].
#[derive(Debug)]
#[must_use = "nothing is read before `into`"]
pub struct Pull<'p, 'a, S, M> {
    pub(super) pass: &'p mut Pass<'a>,
    pub(super) source: S,
    pub(super) mapper: M,
}

impl<S, M> Pull<'_, '_, S, M>
where
    S: CursorSource,
    M: Fn(&S::Record) -> Mapped + Send + Sync,
{
    /// Reads to the end and writes what follows to `target`.
    ///
    /// The interval that was read closes with the last page, in one transaction with what that page brought. A run that
    /// is broken off goes on at the page it had come to.
    ///
    /// # Errors
    ///
    /// Whatever stopped the flow. Everything recorded so far stands.
    ///
    /// [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) of a source that gives a page again, leads in a circle, or
    /// ends before it has given as many records as it says it has, when all of them are read: then the interval does not
    /// close, and is read again.
    pub async fn into(self, target: impl Target) -> Result<()> {
        let Self { pass, source, mapper } = self;
        pass.drive(&target).await?;
        let mut reading = Reading::begin(pass, &source).await?;
        loop {
            let page = reading.page(pass).await?;
            let records = page.into_iter().map(|record| decide(record, &mapper)).collect();
            reading.record(pass, target.kind(), records).await?;
            pass.drive(&target).await?;
            if reading.is_over() {
                pass.take_stock(&target, false).await?;
                return reading.verdict();
            }
        }
    }
}
