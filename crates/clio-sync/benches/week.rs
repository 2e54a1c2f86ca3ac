//! A week of 50 firms on one state file: `cargo bench -p clio-sync --bench week`.
//!
//! Each firm mirrors the changed matters of Clio every 2 minutes, brings the changed entries of a ledger onto activities every
//! 20 minutes, and sweeps the whole ledger each night. People rename a matter, enter time and correct an entry every two
//! hours. Time is virtual and the Clio accounts are in this process, so that the wall time is what the engine, the store and
//! the fake take of a processor: some 280,000 runs, most of which find nothing to do.
//!
//! Every commit waits for the disk. A week has more than half a million of them, which on most disks would hide everything
//! else; so the file lies on a RAM disk where there is one, and what a commit takes on the disk is told beside.

#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "a bench measures and tells")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use clio_api::{App, Clio, Id, Region};
use clio_core::{Clock, Seconds};
use clio_fixtures::{ClioWorld, SeededRandom, VirtualClock};
use clio_model::TimeEntry;
use clio_sync::{
    Adapter, CursorPage, CursorSource, Engine, Flow, FlowKey, Incoming, LocalExecutor, Mapped, Pass, Result,
    hub::{self, lists},
};
use clio_sync_sqlite::SqliteStore;
use futures_util::future::join_all;
use tempfile::TempDir;

const FIRMS: u64 = 50;
const DAYS: u32 = 7;
const MATTERS: usize = 150;
/// In each ledger at first; every eighth is time, and the rest is nothing for Clio.
const ENTRIES: usize = 300;
const TWO_HOURS: Duration = Duration::from_secs(2 * 3600);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(week());
}

async fn week() {
    let folder = folder();
    let file = folder.path().join("state.sqlite");
    let clock = VirtualClock::new();
    let store = SqliteStore::options().clock(clock.clone()).inline().open(&file).expect("a store");
    let engine = Engine::new(store).with_clock(clock.clone()).with_random(&SeededRandom::new(1));
    let offices: Vec<Office> = (0..FIRMS).map(|number| Office::open(number, &clock)).collect();
    let runs = Runs::default();
    for office in &offices {
        office.join(&engine, &runs);
    }
    let executor = LocalExecutor::new().with_clock(clock.clone());
    let start = Instant::now();
    let end = async {
        join_all(offices.iter().map(|office| office.week(&clock))).await;
        executor.stop();
    };
    let (served, ()) = tokio::join!(engine.serve(&executor), end);
    served.expect("a week");
    tell(&offices, &runs, start.elapsed(), &file);
}

fn tell(offices: &[Office], runs: &Runs, took: Duration, file: &Path) {
    let requests: usize = offices.iter().map(|office| office.world.calls().len()).sum();
    let [changes, entries, nightly] =
        [&runs.0[0], &runs.0[1], &runs.0[2]].map(|runs| runs.load(Ordering::Relaxed));
    let all = changes + entries + nightly;
    println!(
        "{FIRMS} firms, {DAYS} days: {all} runs ({changes} every 2 minutes, {entries} every 20, {nightly} at night)"
    );
    println!("  {requests} requests, {} KiB of state", file.metadata().map_or(0, |file| file.len() / 1024));
    println!(
        "  {:.1} s (target 30), {:.0} us a run",
        took.as_secs_f64(),
        took.as_secs_f64() * 1e6 / all as f64
    );
    for office in offices {
        office.check();
    }
    let here = tempfile::tempdir().expect("a folder");
    println!(
        "  a commit takes {:.0} us where the file lay, {:.0} us in {}",
        commit(file.parent().expect("its folder")),
        commit(here.path()),
        std::env::temp_dir().display()
    );
}

/// A folder on a RAM disk, where there is one.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// What a small commit takes in this folder, in microseconds.
fn commit(folder: &Path) -> f64 {
    let file = rusqlite::Connection::open(folder.join("commit.sqlite")).expect("a file");
    file.pragma_update(None, "journal_mode", "WAL").expect("a log");
    file.pragma_update(None, "synchronous", "FULL").expect("full");
    file.execute_batch("CREATE TABLE t (n INTEGER)").expect("a table");
    let start = Instant::now();
    for n in 0..100 {
        file.execute("INSERT INTO t VALUES (?1)", [n]).expect("a row");
    }
    start.elapsed().as_secs_f64() * 1e4
}

/// How often each flow ran.
#[derive(Debug, Clone, Default)]
struct Runs(Arc<[AtomicU64; 3]>);

/// A firm: its account at Clio, and its ledger.
struct Office {
    name: String,
    seed: u64,
    world: ClioWorld,
    ledger: Ledger,
}

impl Office {
    fn open(number: u64, clock: &Arc<VirtualClock>) -> Self {
        let world = ClioWorld::firm(number).users(2).matters(MATTERS).clock(clock.clone()).start();
        let (matter, user) = (world.matters()[0].id, world.users()[0].id);
        let ledger = Ledger { matter, user, clock: clock.clone(), entries: Arc::default() };
        for id in 0..ENTRIES {
            ledger.put(id, if id % 8 == 0 { Some(1) } else { None });
        }
        Self { name: format!("firm-{number}"), seed: number + 1, world, ledger }
    }

    fn join(&self, engine: &Engine, runs: &Runs) {
        let (id, secret) = self.world.app();
        let clio = Clio::builder(Region::custom(&self.world.host_url()).expect("an address"))
            .transport(self.world.transport())
            .clock(self.ledger.clock.clone())
            .random(Arc::new(SeededRandom::new(self.seed)))
            .token(self.world.token())
            .app(App::new(id, secret))
            .build()
            .expect("a client");
        engine
            .firm(self.name.clone(), clio)
            .attach(Tally { ledger: self.ledger.clone(), runs: runs.clone() });
    }

    /// What people do.
    async fn week(&self, clock: &VirtualClock) {
        let person = self.world.person("Ada Byron");
        let matters = self.world.matters();
        for number in 0..usize::try_from(DAYS * 12).expect("a few") {
            clock.sleep(TWO_HOURS).await;
            assert!(person.rename_matter(matters[number % MATTERS].id, &format!("{number:05}-Lovelace")));
            self.ledger.put(ENTRIES + number, Some(1));
            self.ledger.put(ENTRIES + number / 2, Some(2 + number));
        }
    }

    /// All time of the ledger stands at Clio, but what came with the last moments of the week.
    fn check(&self) {
        let time = self.ledger.entries().values().filter(|entry| entry.version.is_some()).count();
        let there = self.world.activities().len();
        assert!((time - 1..=time).contains(&there), "{}: {there} of {time}", self.name);
    }
}

/// The adapter of every firm.
#[derive(Debug)]
struct Tally {
    ledger: Ledger,
    runs: Runs,
}

#[async_trait]
impl Adapter for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }

    fn flows(&self) -> Vec<Flow> {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        vec![
            Flow::new("matters").every(minutes(2)),
            Flow::new("entries").every(minutes(20)),
            Flow::new("nightly").cron("15 21 * * *").expect("a schedule"),
        ]
    }

    async fn reconcile(&self, key: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let clio = pass.clio()?;
        let count = |flow: usize| self.runs.0[flow].fetch_add(1, Ordering::Relaxed);
        if key.flow == "matters" {
            count(0);
            return pass.mirror(lists::matters(&clio).as_text()).await;
        }
        let ledger = self.ledger.clone();
        let pull = pass.pull(ledger.clone(), move |entry: &Entry| ledger.mapped(entry));
        if key.flow == "entries" {
            count(1);
            pull.into(hub::activities(&clio)).await
        } else {
            count(2);
            pull.sweeping().into(hub::activities(&clio)).await
        }
    }
}

/// What a firm has in a program of its own.
#[derive(Debug, Clone)]
struct Ledger {
    matter: i64,
    user: i64,
    clock: Arc<VirtualClock>,
    entries: Arc<Mutex<BTreeMap<usize, Entry>>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    id: usize,
    /// `None` for what is no time.
    version: Option<usize>,
    changed: DateTime<Utc>,
}

impl Ledger {
    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<usize, Entry>> {
        self.entries.lock().expect("the ledger")
    }

    fn put(&self, id: usize, version: Option<usize>) {
        self.entries().insert(id, Entry { id, version, changed: self.clock.now() });
    }

    fn mapped(&self, entry: &Entry) -> Mapped {
        let Some(version) = entry.version else { return Mapped::Skip("no time".into()) };
        let date = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
        let time =
            TimeEntry::on(Id::new(self.matter), date).duration(Seconds(1_800)).user(Id::new(self.user));
        match hub::activity(&time.note(format!("Letter {}, draft {version}", entry.id)), "letter") {
            Ok(write) => Mapped::Upsert(write),
            Err(error) => Mapped::Reject(error.to_string()),
        }
    }
}

#[async_trait]
impl CursorSource for Ledger {
    type Record = Entry;

    fn kind(&self) -> &'static str {
        "ledger/entry"
    }

    async fn page(&self, since: Option<DateTime<Utc>>, _: Option<&str>) -> Result<CursorPage<Entry>> {
        let changed = |entry: &&Entry| since.is_none_or(|since| entry.changed >= since);
        let entries: Vec<Entry> = self.entries().values().filter(changed).copied().collect();
        let incoming =
            |entry: Entry| Incoming::new(entry.id.to_string(), format!("{:?}", entry.version), entry);
        let total = Some(entries.len() as u64);
        let records = entries.into_iter().map(incoming).collect();
        Ok(CursorPage { records, server_time: Some(self.clock.now()), total, ..CursorPage::default() })
    }
}
