//! What is forgotten, what never is, and that it is out of the file.

use std::{fs, path::Path, time::Duration};

use clio_core::Clock;
use clio_fixtures::VirtualClock;
use clio_sync::{
    Acknowledgement, BeginSend, Content, Decision, Effect, FlowKey, IntentState, Lease, PageCommit,
    Reconciled, Resolution, Store, Write,
};
use clio_sync_sqlite::{Purged, SqliteStore};
use rusqlite::Connection;

use crate::world::{FIRM, FLOW, World};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A purged store knows all that it knew of what was written, so that a source which hands out everything again has nothing
/// written again.
#[tokio::test(start_paused = true)]
async fn nothing_is_written_twice_after_a_purge() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::with(35));
    let path = folder.path().join("firm.sqlite");
    let store = world.open(&path);
    world.firm(&store).run_to_rest(FLOW).await.unwrap();
    world.clock.sleep(2 * DAY).await;
    world.add(35..40);
    world.firm(&store).run_to_rest(FLOW).await.unwrap();

    let purged = store.purge(DAY).await.unwrap();
    assert_eq!((purged.writes, purged.attempts, purged.erased), (35, 35, true));
    let confirmed = store.intents(FIRM, IntentState::Confirmed).await.unwrap();
    assert_eq!(confirmed.len(), 40, "no intent is gone");
    for intent in confirmed {
        assert_eq!(intent.write.is_purged(), intent.source_id.as_str() < "00035", "{intent:?}");
        assert!(intent.remote_id.is_some() && !intent.key.is_empty(), "{intent:?}");
    }
    let again = world.firm(&store).run_to_rest(FLOW).await.unwrap();
    assert_eq!(again.count(clio_sync::LineOutcome::Unchanged), 40, "{again}");
    world.assert_posted_once("after a purge");
    let reopened = world.open(&path);
    world.firm(&reopened).run_to_rest(FLOW).await.unwrap();
    world.assert_posted_once("after a purge and a start");
    let nothing = Purged::default();
    let twice = store.purge(DAY).await.unwrap();
    assert_eq!((twice.writes, twice.attempts), (nothing.writes, nothing.attempts), "there was nothing left");
}

struct Ledger {
    clock: std::sync::Arc<VirtualClock>,
    store: SqliteStore,
    lease: Lease,
}

fn flow() -> FlowKey {
    FlowKey { firm: FIRM.into(), adapter: "tracker".into(), flow: "time".into() }
}

/// Each in a state of its own; its words tell which.
const ENDS: [&str; 6] = ["planned", "sending", "uncertain", "confirmed", "rejected", "parked"];

impl Ledger {
    async fn new(path: &Path) -> Self {
        let clock = VirtualClock::new();
        let store = SqliteStore::options().clock(clock.clone()).inline().open(path).unwrap();
        let lease = store.take_lease(FIRM, "test", 1000 * DAY).await.unwrap();
        Self { clock, store, lease }
    }

    fn page(numbers: impl Iterator<Item = usize>) -> PageCommit {
        let record = |number: usize| {
            let end = ENDS[number % ENDS.len()];
            let secret = format!("secret-of-{end}-{number} {}", "y".repeat(number * 37 % 900));
            let content = Content::from([("note".to_owned(), secret.as_str().into())]);
            let write = Write { payload: secret.clone(), content, label: secret };
            let decision = Decision::Write(Effect::Create, write);
            Reconciled { id: number.to_string(), version: "1".into(), created: None, decision }
        };
        PageCommit {
            flow: flow(),
            source: "tracker/time".into(),
            target: "clio/activity".into(),
            records: numbers.map(record).collect(),
            cursor: None,
            acknowledge: true,
            expected: None,
            settle: Duration::ZERO,
        }
    }

    /// Writes of every end, one after another as an engine makes them, so that pages of the file split and fill.
    async fn fill(&self, rounds: usize) {
        let (store, lease) = (&self.store, &self.lease);
        for round in 0..rounds {
            let numbers = round * ENDS.len()..(round + 1) * ENDS.len();
            store.commit_page(lease, &Self::page(numbers.clone())).await.unwrap();
            for number in numbers {
                let end = ENDS[number % ENDS.len()];
                let due = store.due_intents(&flow(), "clio/activity", usize::MAX).await.unwrap();
                let key = [due.iter().find(|due| due.source_id == number.to_string()).unwrap().key.clone()];
                if end == "planned" {
                    continue;
                }
                let begin = BeginSend { within: DAY, floor: None, lease: 1000 * DAY };
                store.begin_send(lease, &key, &begin).await.unwrap();
                match end {
                    "uncertain" => store.mark_uncertain(lease, &key, DAY, "lost").await.unwrap(),
                    "rejected" => store.reject(lease, &key[0], "no such matter").await.unwrap(),
                    "parked" => store.park(lease, &key[0], "who knows", None).await.unwrap(),
                    "confirmed" => {
                        let [key] = key;
                        let one = clio_sync::Confirmation {
                            key,
                            remote_id: number.to_string(),
                            etag: None,
                            lossy: [].into(),
                            audit_after: None,
                        };
                        store.confirm(lease, &[one]).await.unwrap();
                    }
                    _ => {}
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_settled_keeps_its_write() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(&folder.path().join("firm.sqlite")).await;
    ledger.fill(2).await;
    let store = &ledger.store;
    let before = store.due_acknowledgements(&flow(), usize::MAX).await.unwrap();
    let told = Acknowledgement { id: "3".into(), resolution: Resolution::Written { remote_id: "3".into() } };
    store.acknowledged(&ledger.lease, &flow(), &told).await.unwrap();
    ledger.clock.sleep(10 * DAY).await;
    let purged = store.purge(DAY).await.unwrap();
    assert_eq!((purged.writes, purged.attempts, purged.acknowledgements), (4, 4, 1));
    for (state, kept) in [
        (IntentState::Planned, true),
        (IntentState::Sending, true),
        (IntentState::Uncertain, true),
        (IntentState::Confirmed, false),
        (IntentState::Rejected, false),
        (IntentState::Parked, true),
    ] {
        let intents = store.intents(FIRM, state).await.unwrap();
        assert_eq!(intents.len(), 2);
        assert!(intents.iter().all(|intent| intent.write.is_purged() != kept), "{state:?}");
    }
    let due = store.due_acknowledgements(&flow(), usize::MAX).await.unwrap();
    assert_eq!(
        due,
        before.into_iter().filter(|one| *one != told).collect::<Vec<_>>(),
        "what was not told stays"
    );
    assert_eq!(store.dead_letters(FIRM).await.unwrap().len(), 2, "a person has not seen them yet");

    // All of it is handed out again: what was decided stays decided, and is told again.
    let again = store.commit_page(&ledger.lease, &Ledger::page(0..12)).await.unwrap();
    assert!(again.iter().all(|one| *one == clio_sync::Committed::Unchanged), "{again:?}");
    let due = store.due_acknowledgements(&flow(), usize::MAX).await.unwrap();
    assert_eq!(due.len(), 6);
    assert!(due.contains(&told));
    let refused = Resolution::Rejected { reason: "no such matter".into() };
    assert!(due.contains(&Acknowledgement { id: "4".into(), resolution: refused }));
}

fn bytes(path: &Path) -> Vec<u8> {
    let mut all = fs::read(path).unwrap();
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    all.extend(fs::read(log).unwrap_or_default());
    all
}

fn count(bytes: &[u8], words: &str) -> usize {
    bytes.windows(words.len()).filter(|window| *window == words.as_bytes()).count()
}

#[tokio::test(start_paused = true)]
async fn what_was_purged_is_out_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    let ledger = Ledger::new(&path).await;
    ledger.fill(40).await;
    ledger.clock.sleep(10 * DAY).await;
    for end in ENDS {
        assert!(
            count(&bytes(&path), &format!("secret-of-{end}-")) >= 120,
            "three times in each write: {end}"
        );
    }
    assert!(ledger.store.purge(DAY).await.unwrap().erased);
    let left = bytes(&path);
    for end in ENDS {
        let count = count(&left, &format!("secret-of-{end}-"));
        assert!(
            if ["confirmed", "rejected"].contains(&end) { count == 0 } else { count >= 120 },
            "{end}: {count}"
        );
    }
    ledger.store.check().await.unwrap();
}

/// Another program that reads an old state keeps it in the log: purging says so, and the next time does it.
#[tokio::test(start_paused = true)]
async fn a_reader_holds_up_erasing_and_purging_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    let ledger = Ledger::new(&path).await;
    let store = SqliteStore::options()
        .clock(ledger.clock.clone())
        .inline()
        .busy_timeout(Duration::from_millis(50))
        .open(&path)
        .unwrap();
    ledger.fill(20).await;
    ledger.clock.sleep(10 * DAY).await;
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM intent").unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM intent", [], |row| row.get(0)).unwrap();
    // The store's own clock began when it was opened.
    let purged = store.purge(Duration::ZERO).await.unwrap();
    assert_eq!((purged.writes, purged.erased), (40, false));
    reader.execute_batch("COMMIT").unwrap();
    let purged = store.purge(Duration::ZERO).await.unwrap();
    assert_eq!((purged.writes, purged.erased), (0, true));
    assert_eq!(count(&bytes(&path), "secret-of-confirmed-"), 0);
}
