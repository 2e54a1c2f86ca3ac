//! A generic source: a book of work with versions, a time of its own, late entries, edits and deletes.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clio_core::{Clock, Id, Seconds};
use clio_fixtures::Fault;
use clio_model::TimeEntry;
use clio_sync::{
    Adapter, ConflictPolicy, CursorPage, CursorSource, Error, ErrorKind, Flow, FlowKey, Incoming, Mapped,
    Pass, Result, Write, hub,
};

use crate::{Wanted, Work};

/// The flow that posts a book's entries as time: each becomes one activity, however often it is edited.
pub const LEDGER: &str = "ledger/time";

/// The flow that keeps activities as the book has them: what is edited is changed. It waits for a person in a conflict.
pub const ENTRIES: &str = "ledger/entries";
/// The same; in a conflict the book is right.
pub const ENTRIES_OURS: &str = "ledger/entries-ours";
/// The flow that sweeps beside [`ENTRIES`].
pub const SWEEP: &str = "ledger/sweep";
/// The flow that sweeps beside [`ENTRIES_OURS`].
pub const SWEEP_OURS: &str = "ledger/sweep-ours";
/// The flow that posts entries with markers.
pub const MARKED: &str = "ledger/marked";
/// The flow that posts entries in strict mode.
pub const STRICT: &str = "ledger/strict";

/// Which flows bring a book to Clio. A book has one way: links belong to an adapter, not to a flow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keeping {
    /// [`LEDGER`]: what was created stays as it is.
    #[default]
    Posted,
    /// [`ENTRIES`] and [`SWEEP`].
    Edited,
    /// [`ENTRIES_OURS`] and [`SWEEP_OURS`].
    EditedOurs,
    /// [`MARKED`].
    Marked,
    /// [`STRICT`].
    Strict,
}

impl Keeping {
    /// The flows, the one that names what is wanted first.
    pub fn flows(self) -> &'static [&'static str] {
        match self {
            Self::Posted => &[LEDGER],
            Self::Edited => &[ENTRIES, SWEEP],
            Self::EditedOurs => &[ENTRIES_OURS, SWEEP_OURS],
            Self::Marked => &[MARKED],
            Self::Strict => &[STRICT],
        }
    }

    /// What is edited and deleted in the book is so at Clio.
    pub fn follows(self) -> bool {
        matches!(self, Self::Edited | Self::EditedOurs)
    }

    /// A record says whose it is.
    pub fn marks(self) -> bool {
        matches!(self, Self::Marked | Self::Strict)
    }
}

/// How many entries a page has, unless said.
const PAGE: usize = 3;

/// A line of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id. Pages go by ids, so a new one may come in behind a reader.
    pub id: String,
    /// The id of the matter at Clio.
    pub matter: i64,
    /// The id of the user at Clio.
    pub user: i64,
    /// The day of the work.
    pub date: NaiveDate,
    /// How long.
    pub seconds: i64,
    /// What.
    pub note: String,
}

impl Entry {
    /// The work that it stands for.
    pub fn work(&self) -> Work {
        Work::new(self.matter, self.user, self.date, self.seconds, &self.note)
    }
}

/// An entry, and what became of it.
#[derive(Debug, Clone)]
struct Row {
    entry: Entry,
    version: u64,
    /// What `since` is compared with: the source's time when the change began.
    stamped: DateTime<Utc>,
    /// From when on readers see it: when the change was committed.
    seen_from: DateTime<Utc>,
    deleted: bool,
    /// Every state that it had, the first first.
    states: Vec<Work>,
}

/// A book of work in memory. A clone is the same book.
///
/// It is read by time, as a real source is, and has what makes that hard: a change can be committed a while after it was
/// stamped, ids do not grow with time, entries are edited and deleted while somebody reads. The oracle knows every state
/// that an entry ever had.
#[derive(Clone)]
pub struct Book {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    desk: Mutex<Desk>,
}

struct Desk {
    rows: BTreeMap<String, Row>,
    latency: Duration,
    page: usize,
    calls: u64,
    faults: Vec<(u64, Fault)>,
    keeping: Keeping,
    hidden: bool,
    /// What people do when so many pages were handed out, or at a time.
    script: Vec<(Cue, Act)>,
}

/// When somebody does something in a book.
#[derive(Debug, Clone, Copy)]
pub enum Cue {
    /// When so many pages were handed out.
    Page(u64),
    /// At this time.
    At(DateTime<Utc>),
}

/// What somebody does in a book.
type Act = Box<dyn FnOnce(&mut Desk, DateTime<Utc>) + Send>;

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").field("entries", &self.desk().rows.len()).finish()
    }
}

impl Book {
    /// An empty book whose pages take this long.
    pub fn new(clock: Arc<dyn Clock>, latency: Duration) -> Self {
        let desk = Desk {
            rows: BTreeMap::new(),
            latency,
            page: PAGE,
            calls: 0,
            faults: Vec::new(),
            keeping: Keeping::Posted,
            hidden: false,
            script: Vec::new(),
        };
        Self { inner: Arc::new(Inner { clock, desk: Mutex::new(desk) }) }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.inner.desk.lock().expect("no panic holds it")
    }

    /// From now on a page takes this long.
    pub fn slow_down(&self, latency: Duration) {
        self.desk().latency = latency;
    }

    /// Writes an entry, seen at once.
    pub fn add(&self, entry: Entry) {
        self.add_late(entry, Duration::ZERO);
    }

    /// Writes an entry that is stamped now and seen only after `lag`: a transaction that takes its time to commit.
    pub fn add_late(&self, entry: Entry, lag: Duration) {
        let now = self.inner.clock.now();
        let row = Row {
            version: 1,
            stamped: now,
            seen_from: now + TimeDelta::from_std(lag).expect("a short time"),
            deleted: false,
            states: vec![entry.work()],
            entry,
        };
        self.desk().rows.insert(row.entry.id.clone(), row);
    }

    /// From now on these flows bring it to Clio.
    pub fn keep(&self, keeping: Keeping) {
        self.desk().keeping = keeping;
    }

    /// Whether it seems to be empty, as to those who may not read it.
    pub fn hide(&self, hidden: bool) {
        self.desk().hidden = hidden;
    }

    /// Which flows bring it to Clio.
    pub fn keeping(&self) -> Keeping {
        self.desk().keeping
    }

    /// A person at the source changes an entry. `false` when there is none of this id.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Entry)) -> bool {
        let now = self.inner.clock.now();
        self.desk().edit(now, id, change)
    }

    /// A person at the source deletes an entry. `false` when there is none of this id.
    pub fn delete(&self, id: &str) -> bool {
        self.desk().delete(id)
    }

    /// A person changes an entry on this cue.
    pub fn edit_on(&self, cue: Cue, id: &'static str, change: impl FnOnce(&mut Entry) + Send + 'static) {
        let act = move |desk: &mut Desk, now| {
            desk.edit(now, id, change);
        };
        self.desk().script.push((cue, Box::new(act)));
    }

    /// A person deletes an entry on this cue.
    pub fn delete_on(&self, cue: Cue, id: &'static str) {
        let act = move |desk: &mut Desk, _| {
            desk.delete(id);
        };
        self.desk().script.push((cue, Box::new(act)));
    }

    /// Nobody is going to do anything any more.
    pub fn is_finished(&self) -> bool {
        self.catch_up();
        self.desk().script.is_empty()
    }

    /// What should have been done by now is done: nobody looks in between.
    fn catch_up(&self) {
        let now = self.inner.clock.now();
        let mut desk = self.desk();
        let is_due = |cue: &Cue, calls| match cue {
            Cue::Page(n) => calls > *n,
            Cue::At(at) => *at <= now,
        };
        while let Some(at) = desk.script.iter().position(|(cue, _)| is_due(cue, desk.calls)) {
            let (cue, act) = desk.script.remove(at);
            act(&mut desk, if let Cue::At(at) = cue { at } else { now });
        }
    }

    /// The ids of the entries, deleted ones left out.
    pub fn ids(&self) -> Vec<String> {
        self.desk().rows.values().filter(|row| !row.deleted).map(|row| row.entry.id.clone()).collect()
    }

    /// How many pages were asked for.
    pub fn calls(&self) -> u64 {
        self.desk().calls
    }

    /// At the `n`-th page asked for, this goes wrong. A book is read only, so what is left of a fault is whether it passes:
    /// [`Fault::Truncated`] says that the place in the book is gone, every other one that the book cannot be had now.
    pub fn fault_at(&self, n: u64, fault: Fault) {
        self.desk().faults.push((n, fault));
    }

    /// What should stand at Clio.
    pub fn wanted(&self) -> Vec<Wanted> {
        self.catch_up();
        let desk = self.desk();
        let wanted = |row: &Row| Wanted {
            flow: desk.keeping.flows()[0].to_owned(),
            id: row.entry.id.clone(),
            states: row.states.clone(),
            // Whether a deleted one was read before is not known here.
            optional: row.deleted,
            follows: desk.keeping.follows(),
            changed: row.stamped,
        };
        desk.rows.values().map(wanted).collect()
    }
}

#[async_trait]
impl CursorSource for Book {
    type Record = Entry;

    fn kind(&self) -> &'static str {
        "ledger/entry"
    }

    async fn page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<Entry>> {
        let (half, fault) = {
            let mut desk = self.desk();
            desk.calls += 1;
            let fault = desk.faults.iter().find(|(n, _)| *n == desk.calls).map(|(_, fault)| *fault);
            (desk.latency / 2, fault)
        };
        self.catch_up();
        self.inner.clock.sleep(half).await;
        match fault {
            Some(Fault::Truncated) => {
                return Err(Error::new(ErrorKind::Protocol, "that place in the book is gone"));
            }
            Some(_) => return Err(Error::new(ErrorKind::Transient, "the book is lent out")),
            None => {}
        }
        let page = self.read(since, position);
        self.inner.clock.sleep(half).await;
        Ok(page)
    }
}

impl Desk {
    fn edit(&mut self, now: DateTime<Utc>, id: &str, change: impl FnOnce(&mut Entry)) -> bool {
        let Some(row) = self.rows.get_mut(id).filter(|row| !row.deleted) else { return false };
        change(&mut row.entry);
        row.version += 1;
        row.stamped = now;
        row.states.push(row.entry.work());
        true
    }

    fn delete(&mut self, id: &str) -> bool {
        let Some(row) = self.rows.get_mut(id).filter(|row| !row.deleted) else { return false };
        row.deleted = true;
        true
    }
}

impl Book {
    fn read(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> CursorPage<Entry> {
        let (now, desk) = (self.inner.clock.now(), self.desk());
        let seen = |row: &&Row| {
            !row.deleted
                && !desk.hidden
                && row.seen_from <= now
                && since.is_none_or(|since| row.stamped >= since)
                && position.is_none_or(|position| row.entry.id.as_str() > position)
        };
        let mut rows: Vec<&Row> = desk.rows.values().filter(seen).take(desk.page + 1).collect();
        let more = rows.len() > desk.page;
        rows.truncate(desk.page);
        let next = rows.last().filter(|_| more).map(|row| row.entry.id.clone());
        let incoming = |row: &Row| Incoming {
            id: row.entry.id.clone(),
            version: format!("{}@{}", row.version, row.stamped.timestamp_millis()),
            created: None,
            record: Ok(row.entry.clone()),
        };
        CursorPage {
            records: rows.into_iter().map(incoming).collect(),
            next,
            server_time: Some(now),
            ..CursorPage::default()
        }
    }
}

/// A book behind whatever stands before it.
#[derive(Clone)]
pub struct Shelf(pub Arc<dyn CursorSource<Record = Entry>>);

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shelf")
    }
}

#[async_trait]
impl CursorSource for Shelf {
    type Record = Entry;

    fn kind(&self) -> &str {
        self.0.kind()
    }

    async fn page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<Entry>> {
        self.0.page(since, position).await
    }
}

/// The adapter of a book: a flow for each [`Keeping`].
#[derive(Debug)]
pub struct BookTime(pub Shelf);

#[async_trait]
impl Adapter for BookTime {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn flows(&self) -> Vec<Flow> {
        ["time", "entries", "entries-ours", "sweep", "sweep-ours", "marked", "strict"]
            .map(|name| Flow::new(name).every(Duration::from_secs(120)))
            .into()
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let (book, target) = (self.0.clone(), hub::activities(&pass.clio()?));
        let ours = ConflictPolicy::Ours;
        match flow.flow.as_str() {
            "entries" => pass.pull(book, upserted).into(target).await,
            "entries-ours" => pass.pull(book, upserted).conflicts(ours).into(target).await,
            "sweep" => pass.pull(book, upserted).sweeping().into(target).await,
            "sweep-ours" => pass.pull(book, upserted).sweeping().conflicts(ours).into(target).await,
            "marked" => pass.pull(book, created).into(target.with_markers()).await,
            "strict" => pass.pull(book, created).into(target.strict()).await,
            _ => pass.pull(book, created).into(target).await,
        }
    }
}

fn created(entry: &Entry) -> Mapped {
    write(entry).map_or_else(|error| Mapped::Reject(error.to_string()), Mapped::Create)
}

fn upserted(entry: &Entry) -> Mapped {
    write(entry).map_or_else(|error| Mapped::Reject(error.to_string()), Mapped::Upsert)
}

fn write(entry: &Entry) -> Result<Write, clio_core::Error> {
    let draft = TimeEntry::on(Id::new(entry.matter), entry.date)
        .duration(Seconds(entry.seconds))
        .note(entry.note.clone())
        .user(Id::new(entry.user));
    hub::activity(&draft, &entry.note)
}
