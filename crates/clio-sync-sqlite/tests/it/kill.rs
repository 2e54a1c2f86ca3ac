//! A process that is killed while it writes. What it knew to be committed is there.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clio_sync::{
    BeginSend, Confirmation, Content, Cursor, CursorWalk, Decision, Effect, FlowKey, IntentState, PageCommit,
    Reconciled, Store, Write,
};
use clio_sync_sqlite::SqliteStore;

/// Names the file to the child. Without it the test that is the child's program does nothing.
const FILE: &str = "CLIO_SYNC_SQLITE_KILL_TEST_FILE";

const FIRM: &str = "acme-law";
const TARGET: &str = "clio/activity";
const HOUR: Duration = Duration::from_secs(3600);

const ROUNDS: usize = 20;

/// No more lines than this are waited for before a child is killed: with some luck a checkpoint lies in between.
const LINES: u64 = 200;

fn flow() -> FlowKey {
    FlowKey { firm: FIRM.into(), adapter: "tracker".into(), flow: "time".into() }
}

/// The number of the last record that was read, which is where the cursor stands.
async fn last_read(store: &SqliteStore) -> u64 {
    let cursor = store.cursor(&flow()).await.unwrap();
    cursor.walk.map_or(0, |walk| walk.position.parse().unwrap())
}

/// The program of the child: plans, sends and confirms one record after another, and says so after each commit.
#[tokio::test]
async fn child() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let store = SqliteStore::options().inline().open(path).unwrap();
    let lease = store.take_lease(FIRM, "child", HOUR).await.unwrap();
    let now = store.now().await.unwrap();
    let say = |what: IntentState, number: u64| {
        // The parent has gone when this fails.
        let mut out = std::io::stdout();
        writeln!(out, "committed {} {number}", what.as_str()).and_then(|()| out.flush()).unwrap();
    };
    let first = last_read(&store).await + 1;
    for number in first..first + 10_000 {
        let write = Write { payload: "x".repeat(800), content: Content::new(), label: number.to_string() };
        let page = PageCommit {
            flow: flow(),
            source: "tracker/time".into(),
            target: TARGET.into(),
            records: vec![Reconciled {
                id: number.to_string(),
                version: "1".into(),
                decision: Decision::Write(Effect::Create, write),
            }]
            .into(),
            cursor: Some(Cursor {
                read: Vec::new(),
                walk: Some(CursorWalk { since: None, began: now, position: number.to_string(), seen: 0 }),
            }),
            acknowledge: true,
        };
        store.commit_page(&lease, &page).await.unwrap();
        say(IntentState::Planned, number);
        let due = store.due_intents(&flow(), TARGET, usize::MAX).await.unwrap();
        let key = due.last().unwrap().key.clone();
        let begin = BeginSend { within: HOUR, floor: Some(now), lease: HOUR };
        store.begin_send(&lease, std::slice::from_ref(&key), &begin).await.unwrap();
        say(IntentState::Sending, number);
        let remote_id = format!("r-{number}");
        let confirmation = Confirmation { key, remote_id, etag: None, lossy: [].into() };
        store.confirm(&lease, &[confirmation]).await.unwrap();
        say(IntentState::Confirmed, number);
    }
}

/// How far an intent of this child can have got.
fn rank(state: IntentState) -> usize {
    [IntentState::Planned, IntentState::Sending, IntentState::Confirmed]
        .into_iter()
        .position(|other| other == state)
        .unwrap()
}

/// Runs a child, kills it at some point, and notes in `told` what it said to be committed.
fn run_and_kill(path: &Path, told: &mut BTreeMap<u64, usize>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture", "--test-threads=1"])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut left = 1 + RandomState::new().hash_one(0) % LINES;
    let mut line = String::new();
    // A line without an end was cut off: nothing was said.
    while out.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
        // Not at the start of the line always: the test harness writes there, too.
        if let Some((_, committed)) = line.split_once("committed ") {
            let (state, number) = committed.trim().split_once(' ').unwrap();
            let states = [IntentState::Planned, IntentState::Sending, IntentState::Confirmed];
            let state = states.into_iter().find(|known| known.as_str() == state).unwrap();
            told.insert(number.parse().unwrap(), rank(state));
            left = left.saturating_sub(1);
            if left == 0 {
                // It goes on until the signal arrives, wherever it is then. What it says meanwhile counts.
                child.kill().unwrap();
            }
        }
        line.clear();
    }
    assert_eq!(left, 0, "the child ended by itself");
    let status = child.wait().unwrap();
    assert!(!status.success(), "it was killed");
}

#[tokio::test]
async fn what_was_committed_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    let mut told = BTreeMap::new();
    for round in 0..ROUNDS {
        run_and_kill(&path, &mut told);
        let store = SqliteStore::options().inline().open(&path).unwrap();
        let mut stands = BTreeMap::new();
        for state in [IntentState::Planned, IntentState::Sending, IntentState::Confirmed] {
            for intent in store.intents(FIRM, state).await.unwrap() {
                let twice = stands.insert(intent.source_id.parse::<u64>().unwrap(), rank(state));
                assert_eq!(twice, None, "a record is planned once");
            }
        }
        for (number, rank) in &told {
            let found = stands.get(number);
            assert!(found >= Some(rank), "round {round}: record {number} was at {rank}, is at {found:?}");
        }
        // Page and cursor are one transaction: neither is there without the other.
        assert_eq!(last_read(&store).await, stands.len() as u64, "round {round}");
        let accepted = store.due_acknowledgements(&flow(), usize::MAX).await.unwrap().len();
        let confirmed = stands.values().filter(|state| **state == rank(IntentState::Confirmed)).count();
        assert_eq!(accepted, confirmed, "confirming and acknowledging are one transaction");
        let connection = rusqlite::Connection::open(&path).unwrap();
        let sound: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "round {round}");
    }
    assert!(told.len() > ROUNDS, "the children got something done");
}
