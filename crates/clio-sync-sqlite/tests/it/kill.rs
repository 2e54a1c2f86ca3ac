//! A process that is killed while it writes. What it knew to be committed is there.

use std::{
    collections::{BTreeMap, HashSet},
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clio_sync::{
    BeginSend, Confirmation, Content, Cursor, CursorWalk, Decision, Effect, FlowKey, IntentState, Lease,
    PageCommit, Reconciled, Store, Write,
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

/// A step of a record, which is one verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Plan,
    Begin,
    Abort,
    Uncertain,
    LookAgain,
    Replan,
    Confirm,
    Reject,
    Park,
    /// The source has accepted what it was told.
    Told,
}

/// The ways of a record from its page to its end: every verb that changes an intent, from every state that it may.
const WAYS: [&[Step]; 6] = {
    use Step::{Abort, Begin, Confirm, LookAgain, Park, Plan, Reject, Replan, Told, Uncertain};
    [
        &[Plan, Begin, Confirm, Told],
        &[Plan, Begin, Reject, Told],
        &[Plan, Begin, Park, Told],
        &[Plan, Begin, Abort, Begin, Uncertain, LookAgain, Confirm],
        &[Plan, Begin, Uncertain, LookAgain, Replan, Begin, Confirm, Told],
        &[Plan, Begin, Uncertain, Park],
    ]
};

fn way(number: u64) -> &'static [Step] {
    WAYS[usize::try_from(number).unwrap() % WAYS.len()]
}

/// What the store says of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stands {
    state: IntentState,
    attempt: u32,
    looks: u32,
    /// Its source is to be told something.
    due: bool,
    /// It stands among the dead letters.
    letter: bool,
    linked: bool,
}

impl Stands {
    /// After these steps.
    fn after(steps: &[Step]) -> Self {
        use IntentState as State;
        let mut stands =
            Self { state: State::Planned, attempt: 0, looks: 0, due: false, letter: false, linked: false };
        for step in steps {
            match step {
                Step::Plan => {}
                Step::Begin => {
                    (stands.state, stands.looks, stands.attempt) = (State::Sending, 0, stands.attempt + 1);
                }
                Step::Abort => (stands.state, stands.attempt) = (State::Planned, stands.attempt - 1),
                Step::Uncertain => (stands.state, stands.looks) = (State::Uncertain, 0),
                Step::LookAgain => stands.looks += 1,
                Step::Replan => stands.state = State::Planned,
                Step::Confirm => (stands.state, stands.due, stands.linked) = (State::Confirmed, true, true),
                Step::Reject => (stands.state, stands.due, stands.letter) = (State::Rejected, true, true),
                Step::Park => (stands.state, stands.due) = (State::Parked, true),
                Step::Told => stands.due = false,
            }
        }
        stands
    }
}

/// The program of the child: leads one record after another to its end, and says so after each commit.
#[tokio::test]
async fn child() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let store = SqliteStore::options().inline().open(path).unwrap();
    let lease = store.take_lease(FIRM, "child", HOUR).await.unwrap();
    let first = last_read(&store).await + 1;
    for number in first..first + 10_000 {
        let mut key = Vec::new();
        for (at, step) in way(number).iter().enumerate() {
            take(&store, &lease, number, &mut key, *step).await;
            // The parent has gone when this fails.
            let mut out = std::io::stdout();
            writeln!(out, "committed {number} {at}").and_then(|()| out.flush()).unwrap();
        }
    }
}

async fn take(store: &SqliteStore, lease: &Lease, number: u64, key: &mut Vec<String>, step: Step) {
    let reason = "so it is";
    match step {
        Step::Plan => {
            store.commit_page(lease, &page(store, number).await).await.unwrap();
            let due = store.due_intents(&flow(), TARGET, usize::MAX).await.unwrap();
            key.push(due.last().unwrap().key.clone());
        }
        Step::Begin => {
            let begin = BeginSend { within: HOUR, floor: Some(store.now().await.unwrap()), lease: HOUR };
            store.begin_send(lease, key, &begin).await.unwrap();
        }
        Step::Abort => store.abort_send(lease, key).await.unwrap(),
        Step::Uncertain => store.mark_uncertain(lease, key, HOUR, reason).await.unwrap(),
        Step::LookAgain => store.look_again(lease, key, HOUR).await.unwrap(),
        Step::Replan => store.replan(lease, key).await.unwrap(),
        Step::Confirm => {
            let (key, remote_id) = (key[0].clone(), remote_id(number));
            let confirmation =
                Confirmation { key, remote_id, etag: None, lossy: [].into(), audit_after: None };
            store.confirm(lease, &[confirmation]).await.unwrap();
        }
        Step::Reject => store.reject(lease, &key[0], reason).await.unwrap(),
        Step::Park => store.park(lease, &key[0], reason, None).await.unwrap(),
        Step::Told => {
            let due = store.due_acknowledgements(&flow(), usize::MAX).await.unwrap();
            let mine = due.iter().find(|due| due.id == number.to_string()).unwrap();
            store.acknowledged(lease, &flow(), mine).await.unwrap();
        }
    }
}

fn remote_id(number: u64) -> String {
    format!("r-{number}")
}

async fn page(store: &SqliteStore, number: u64) -> PageCommit {
    let write = Write { payload: "x".repeat(800), content: Content::new(), label: number.to_string() };
    let began = store.now().await.unwrap();
    PageCommit {
        flow: flow(),
        source: "tracker/time".into(),
        target: TARGET.into(),
        records: [Reconciled {
            id: number.to_string(),
            version: "1".into(),
            created: None,
            decision: Decision::Write(Effect::Create, write),
        }]
        .into(),
        cursor: Some(Cursor {
            read: Vec::new(),
            walk: Some(CursorWalk { since: None, began, position: number.to_string(), seen: 0 }),
            settings: None,
        }),
        acknowledge: true,
        expected: None,
        settle: Duration::ZERO,
    }
}

/// Runs a child, kills it at some point, and notes in `told` up to which step of each record it said to be committed.
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
            let (number, step) = committed.trim().split_once(' ').unwrap();
            told.insert(number.parse().unwrap(), step.parse().unwrap());
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

/// What the store says of every record.
async fn standing(store: &SqliteStore) -> BTreeMap<u64, Stands> {
    use IntentState::{Confirmed, Parked, Planned, Rejected, Sending, Uncertain};
    let due = store.due_acknowledgements(&flow(), usize::MAX).await.unwrap();
    let due: HashSet<String> = due.into_iter().map(|due| due.id).collect();
    let letters = store.dead_letters(FIRM).await.unwrap();
    let letters: HashSet<String> = letters.into_iter().map(|letter| letter.source_id).collect();
    let mut standing = BTreeMap::new();
    for state in [Planned, Sending, Uncertain, Confirmed, Rejected, Parked] {
        for intent in store.intents(FIRM, state).await.unwrap() {
            let number = intent.source_id.parse().unwrap();
            let stands = Stands {
                state,
                attempt: intent.attempt,
                looks: intent.looks,
                due: due.contains(&intent.source_id),
                letter: letters.contains(&intent.source_id),
                linked: !store.linked(FIRM, TARGET, &[remote_id(number)]).await.unwrap().is_empty(),
            };
            assert_eq!(standing.insert(number, stands), None, "a record is planned once");
        }
    }
    standing
}

#[tokio::test]
async fn what_was_committed_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    let mut told = BTreeMap::new();
    for round in 0..ROUNDS {
        run_and_kill(&path, &mut told);
        let store = SqliteStore::options().inline().open(&path).unwrap();
        let standing = standing(&store).await;
        for (number, step) in &told {
            let found = standing[number];
            // One more verb may have been committed before the child could say so.
            let last = (step + 2).min(way(*number).len());
            let allowed: Vec<Stands> =
                (step + 1..=last).map(|steps| Stands::after(&way(*number)[..steps])).collect();
            assert!(
                allowed.contains(&found),
                "round {round}: record {number} is {found:?}, not one of {allowed:?}"
            );
        }
        // Page and cursor are one transaction: neither is there without the other.
        assert_eq!(last_read(&store).await, standing.len() as u64, "round {round}");
        store.check().await.unwrap();
    }
    assert!(told.len() > ROUNDS, "the children got something done");
}
