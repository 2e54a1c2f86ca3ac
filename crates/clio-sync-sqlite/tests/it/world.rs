//! The smallest engine there is: a list of notes that is posted on a board.

use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use clio_fixtures::VirtualClock;
use clio_sync::{
    Adapter, Capabilities, Content, CursorPage, CursorSource, Engine, Fingerprint, Firm, Flow, FlowKey,
    Found, Incoming, Look, Mapped, Outcome, Pass, Ready, Result, SendLimits, Sending, Target, Write,
};
use clio_sync_sqlite::SqliteStore;

pub(crate) const FIRM: &str = "acme-law";
pub(crate) const TARGET: &str = "board/note";
pub(crate) const FLOW: &str = "notes/post";

/// A step of a run at which a test may interfere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Step {
    /// The source is asked for a page.
    Page,
    /// Everything is ready for a write that is not yet recorded as being sent.
    Prepare,
    /// A write has arrived; its answer has not.
    Arrived,
}

impl Step {
    pub(crate) const ALL: [Self; 3] = [Self::Page, Self::Prepare, Self::Arrived];
}

type Hook = Box<dyn FnMut() + Send>;

/// The notes, the board, and the clock of both. A clone is the same world.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: Arc<VirtualClock>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    notes: BTreeMap<String, String>,
    board: Vec<(DateTime<Utc>, String)>,
    passed: BTreeMap<Step, u32>,
    hooks: Vec<(Step, u32, Hook)>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// So many notes, and an empty board.
    pub(crate) fn with(notes: usize) -> Self {
        let world = Self { clock: VirtualClock::new(), state: Arc::default() };
        world.add(0..notes);
        world
    }

    pub(crate) fn add(&self, notes: std::ops::Range<usize>) {
        // Long enough for a page of the file to hold few of them.
        let filler = "x".repeat(300);
        self.state().notes.extend(notes.map(|at| (format!("{at:05}"), format!("note {at:05} {filler}"))));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Does this when a step is passed for the n-th time, counted from now.
    pub(crate) fn at(&self, step: Step, nth: u32, hook: impl FnMut() + Send + 'static) {
        let mut state = self.state();
        let passed = state.passed.get(&step).copied().unwrap_or(0);
        state.hooks.push((step, passed + nth, Box::new(hook)));
    }

    fn pass(&self, step: Step) {
        let due = {
            let mut state = self.state();
            let passed = state.passed.entry(step).or_default();
            *passed += 1;
            let passed = *passed;
            let (due, later) = std::mem::take(&mut state.hooks)
                .into_iter()
                .partition::<Vec<_>, _>(|(at, nth, _)| *at == step && *nth == passed);
            state.hooks = later;
            due
        };
        for (_, _, mut hook) in due {
            hook();
        }
    }

    /// What stands on the board, in order.
    pub(crate) fn board(&self) -> Vec<String> {
        self.state().board.iter().map(|(_, note)| note.clone()).collect()
    }

    /// Every note stands there once.
    #[track_caller]
    pub(crate) fn assert_posted_once(&self, what: &str) {
        let mut board = self.board();
        board.sort();
        let notes: Vec<String> = self.state().notes.values().cloned().collect();
        assert!(board == notes, "{what}: {} of {} notes on the board", board.len(), notes.len());
    }

    pub(crate) fn open(&self, path: &Path) -> SqliteStore {
        let options = SqliteStore::options().clock(self.clock.clone()).inline();
        options.busy_timeout(Duration::from_millis(50)).open(path).unwrap()
    }

    /// An engine with the flow [`FLOW`].
    pub(crate) fn firm(&self, store: &SqliteStore) -> Firm {
        let firm = Engine::new(store.clone()).with_clock(self.clock.clone()).firm_without_clio(FIRM);
        firm.attach(self.clone());
        firm
    }
}

#[async_trait]
impl Adapter for World {
    fn name(&self) -> &'static str {
        "notes"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("post")]
    }

    async fn reconcile(&self, _: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let mapper = |note: &String| {
            let content = Content::from([("note".to_owned(), note.as_str().into())]);
            Mapped::Create(Write { payload: note.clone(), content, label: note[..10].to_owned() })
        };
        pass.pull(self.clone(), mapper).into(self.clone()).await
    }
}

/// Hands out everything each time, ten to a page.
#[async_trait]
impl CursorSource for World {
    type Record = String;

    fn kind(&self) -> &'static str {
        "notes/note"
    }

    async fn page(&self, _: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<String>> {
        self.pass(Step::Page);
        let state = self.state();
        let from = position.unwrap_or_default();
        let records: Vec<Incoming<String>> = state
            .notes
            .iter()
            .skip_while(|(id, _)| id.as_str() < from)
            .take(10)
            .map(|(id, note)| Incoming::new(id, note, note.clone()))
            .collect();
        let last = records.last().map(|last| last.id.clone()).unwrap_or_default();
        let next = state.notes.keys().find(|id| **id > last).cloned();
        Ok(CursorPage { records, next, server_time: Some(self.clock.now()), ..CursorPage::default() })
    }
}

#[async_trait]
impl Target for World {
    fn kind(&self) -> &'static str {
        TARGET
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::Content { near_miss: &[&["note"]] })
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    async fn prepare(&self, _: Duration) -> Result<Ready> {
        self.pass(Step::Prepare);
        Ok(Ready::nothing())
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        Ok(self.clock.now())
    }

    async fn send(&self, sendings: &[Sending], _: SendLimits, _: Ready) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for sending in sendings {
            let remote_id = {
                let mut state = self.state();
                state.board.push((self.clock.now(), sending.write.payload.clone()));
                state.board.len().to_string()
            };
            self.pass(Step::Arrived);
            outcomes.push(Outcome::Applied { remote_id, etag: None, echo: None });
        }
        outcomes
    }

    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        let state = self.state();
        let board = state.board.iter().enumerate().filter(|(_, (at, _))| *at >= look.since);
        let found = board.map(|(at, (_, note))| {
            let content = Content::from([("note".to_owned(), note.as_str().into())]);
            Found::new((at + 1).to_string(), None, content)
        });
        Ok(found.collect())
    }
}
