//! Reading a source by time.

use std::collections::HashSet;

use super::{Pass, decide};
use crate::{
    Cursor, CursorPage, CursorSource, CursorWalk, Error, ErrorKind, Mapped, PageCommit, Reconciled, Result,
    Target,
};

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
    pub async fn into(self, target: impl Target) -> Result<()> {
        let Self { pass, source, mapper } = self;
        pass.drive(&target).await?;
        let mut cursor = pass.store().cursor(pass.flow()).await?;
        let since = match &cursor.walk {
            Some(walk) => walk.since,
            None => cursor.since(pass.config.timing.overlap),
        };
        let mut seen = HashSet::new();
        loop {
            let page = next_page(&source, since, &mut cursor).await?;
            let began = match (&cursor.walk, page.server_time) {
                (Some(walk), _) => walk.began,
                (None, Some(time)) => time,
                (None, None) => return Err(protocol(&source, "does not tell its time")),
            };
            if page.next.as_ref().is_some_and(|next| !seen.insert(next.clone())) {
                return Err(protocol(&source, "leads back to a page that was read"));
            }
            match page.next {
                Some(position) => cursor.walk = Some(CursorWalk { since, began, position }),
                None => cursor.close(since, began),
            }
            let records: Vec<Reconciled> =
                page.records.into_iter().map(|record| decide(record, &mapper)).collect();
            let commit = PageCommit {
                flow: pass.flow().clone(),
                source: source.kind().to_owned(),
                target: target.kind().to_owned(),
                records,
                cursor: Some(cursor.clone()),
                acknowledge: false,
            };
            let lease = pass.lease().await?;
            let committed = pass.store().commit_page(&lease, &commit).await?;
            pass.page_recorded(&commit.records, &committed);
            pass.drive(&target).await?;
            if cursor.walk.is_none() {
                return pass.take_stock(&target, false).await;
            }
        }
    }
}

/// The next page. A walk that was put down may find its place gone; then it starts anew, which is free of harm.
async fn next_page<S: CursorSource>(
    source: &S,
    since: Option<chrono::DateTime<chrono::Utc>>,
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
