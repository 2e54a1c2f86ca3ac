//! A walk through a cursor source, whoever gets its records. It watches that the source keeps to its rules.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use chrono::{DateTime, Utc};

use super::{Pass, mirror::MIRROR};
use crate::{
    Cursor, CursorPage, CursorSource, CursorWalk, Error, ErrorKind, Event, Incoming, Reconciled, Result,
    Target,
};

/// So many pages without records, one after another, are no list.
const MOST_EMPTY: u32 = 100;

/// A walk, and where it has come to.
pub(super) struct Reading<'s, S> {
    source: &'s S,
    cursor: Cursor,
    since: Option<DateTime<Utc>>,
    guard: Guard,
    /// How many records were read since the walk began, and how many the source says there are.
    seen: u64,
    total: Option<u64>,
    /// Why the walk is not complete, although it has come to its end.
    trouble: Option<Error>,
    /// Everything is read, whatever was read before.
    whole: bool,
}

impl<'s, S: CursorSource> Reading<'s, S> {
    /// Goes on with the walk that was broken off, or begins a new one: one through everything, if the last was made under
    /// other settings.
    pub(super) async fn begin(pass: &mut Pass<'_>, source: &'s S, settings: Option<&str>) -> Result<Self> {
        // First of all: who may not record what comes need not ask for it.
        if !pass.only_plans() {
            pass.lease().await?;
        }
        let cursor = pass.store().cursor(pass.flow()).await?.under(settings);
        let since = match &cursor.walk {
            Some(walk) => walk.since,
            None if source.reads_changes() => cursor.since(pass.config.timing.overlap),
            None => None,
        };
        let seen = cursor.walk.as_ref().map_or(0, |walk| walk.seen);
        Ok(Self {
            source,
            cursor,
            since,
            guard: Guard::default(),
            seen,
            total: None,
            trouble: None,
            whole: false,
        })
    }

    /// Reads everything, beside whatever walk was broken off.
    pub(super) fn whole(source: &'s S, settings: Option<&str>) -> Self {
        let (cursor, guard) = (Cursor::default().under(settings), Guard::default());
        Self { source, cursor, since: None, guard, seen: 0, total: None, trouble: None, whole: true }
    }

    /// The records of the next page. They have to be [recorded](Self::record) before the next one is asked for.
    pub(super) async fn page(&mut self, pass: &mut Pass<'_>) -> Result<Vec<Incoming<S::Record>>> {
        let mut page = self.next_page().await?;
        if self.was_set_back(&page) {
            // What changed by its new time lies before what was read by its old one: everything is read again.
            self.since = None;
            page = self.next_page().await?;
        }
        self.guard.look(&page).map_err(|what| self.protocol(&what))?;
        let began = match (&self.cursor.walk, page.server_time) {
            (Some(walk), _) => walk.began,
            (None, Some(time)) => time,
            (None, None) => return Err(self.protocol("does not tell its time")),
        };
        pass.report.older += page.older as u64;
        self.seen += page.records.len() as u64;
        self.total = page.total;
        match page.next {
            Some(position) => {
                let (since, seen) = (self.since, self.seen);
                self.cursor.walk = Some(CursorWalk { since, began, position, seen });
            }
            None => self.end(began),
        }
        let settings = self.cursor.settings.as_deref();
        Ok(page.records.into_iter().map(|record| record.under(settings)).collect())
    }

    /// Records what is to be done about the page, together with the place that the walk has come to. Answers how many
    /// writes it planned.
    pub(super) async fn record(
        &mut self,
        pass: &mut Pass<'_>,
        target: Option<&dyn Target>,
        records: Vec<Reconciled>,
    ) -> Result<usize> {
        // Where a read of everything is on its way is of no use to others; that it is complete is.
        let cursor = (!self.whole || (self.is_over() && self.trouble.is_none())).then(|| self.cursor.clone());
        let kind = target.map_or(MIRROR, Target::kind);
        let page = pass.page_of(self.source, kind, records, cursor);
        let planned = pass.record_page(page, target).await?;
        pass.event(&Event::Walked { read: self.seen, total: self.total });
        Ok(planned)
    }

    /// The source's clock was set back further than we read back.
    fn was_set_back<T>(&self, page: &CursorPage<T>) -> bool {
        let first = self.cursor.walk.is_none();
        first && self.since.zip(page.server_time).is_some_and(|(since, now)| now < since)
    }

    /// The page that was recorded last was the last one.
    pub(super) fn is_over(&self) -> bool {
        self.cursor.walk.is_none()
    }

    /// Whether everything was read.
    pub(super) fn verdict(self) -> Result<()> {
        self.trouble.map_or(Ok(()), Err)
    }

    /// The next page. A walk that was put down may find its place gone; then it starts anew, which is free of harm.
    async fn next_page(&mut self) -> Result<CursorPage<S::Record>> {
        let position = self.cursor.walk.as_ref().map(|walk| walk.position.clone());
        match self.source.page(self.since, position.as_deref()).await {
            Err(error)
                if position.is_some() && error.kind() == ErrorKind::Protocol && self.guard.may_restart() =>
            {
                self.cursor.walk = None;
                self.seen = 0;
                self.source.page(self.since, None).await
            }
            other => other,
        }
    }

    /// A walk through changes may end with fewer than there are: what changed meanwhile, behind its back, is read by the
    /// next one. A walk through everything may not.
    fn end(&mut self, began: DateTime<Utc>) {
        match self.total {
            Some(total) if self.since.is_none() && self.seen < total => {
                let what = format!("says that it has {total} records, and ends after {}", self.seen);
                self.trouble = Some(self.protocol(&what));
                self.cursor.walk = None;
            }
            _ => self.cursor.close(self.since, began),
        }
    }

    fn protocol(&self, what: &str) -> Error {
        Error::new(ErrorKind::Protocol, format!("the source {} {what}", self.source.kind()))
    }
}

/// Tells a walk that goes on from one that goes in circles.
#[derive(Default)]
struct Guard {
    places: HashSet<u64>,
    pages: HashSet<u64>,
    empty: u32,
    restarted: bool,
}

impl Guard {
    /// # Errors
    ///
    /// What the source did, in words.
    fn look<T>(&mut self, page: &CursorPage<T>) -> Result<(), String> {
        if page.next.as_ref().is_some_and(|next| !self.places.insert(hash(next))) {
            return Err("leads back to a page that was read".into());
        }
        if page.records.is_empty() {
            self.empty += 1;
            return match page.next {
                Some(_) if self.empty >= MOST_EMPTY => {
                    Err(format!("gives {MOST_EMPTY} pages in a row without a record"))
                }
                _ => Ok(()),
            };
        }
        self.empty = 0;
        let known = page.records.iter().map(|record| (&record.id, &record.version));
        if self.pages.insert(hash(known.collect::<Vec<_>>())) {
            Ok(())
        } else {
            Err("gives the records of a page again".into())
        }
    }

    /// Once, and what was seen counts no more.
    fn may_restart(&mut self) -> bool {
        let may = !self.restarted;
        *self = Self { restarted: true, ..Self::default() };
        may
    }
}

fn hash(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
