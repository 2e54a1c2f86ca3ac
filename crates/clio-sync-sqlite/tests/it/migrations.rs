//! Files of older versions.

use std::{collections::BTreeSet, path::Path, time::Duration};

use chrono::{DateTime, Utc};
use clio_sync::{
    Acknowledgement, Committed, Content, Cursor, Decision, Effect, ErrorKind, FlowKey, Intent, IntentState,
    PageCommit, Reconciled, Resolution, Store, Write, fingerprint,
};
use clio_sync_sqlite::SqliteStore;
use rusqlite::{Connection, params};

const FIRM: &str = "acme-law";

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_442_000 + minute * 60, 0).unwrap()
}

fn millis(minute: i64) -> i64 {
    at(minute).timestamp_millis()
}

fn flow() -> FlowKey {
    FlowKey { firm: FIRM.into(), adapter: "tracker".into(), flow: "time".into() }
}

/// A record for each state of an intent.
const STATES: [IntentState; 6] = [
    IntentState::Planned,
    IntentState::Sending,
    IntentState::Uncertain,
    IntentState::Confirmed,
    IntentState::Rejected,
    IntentState::Parked,
];

fn write(number: usize) -> Write {
    Write {
        payload: format!("{{\"note\":\"{number}\"}}"),
        content: Content::from([("note".to_owned(), number.to_string().into())]),
        label: format!("note {number}"),
    }
}

/// What version 1 says of the record with this number.
fn expected(number: usize) -> Intent {
    let state = STATES[number];
    let sent = state != IntentState::Planned;
    Intent {
        key: format!("key-{number}"),
        flow: flow(),
        source_id: number.to_string(),
        effect: Effect::Create,
        generation: 1,
        write: write(number),
        state,
        attempt: u32::from(sent),
        looks: u32::from(state == IntentState::Uncertain),
        not_before: (state == IntentState::Uncertain).then(|| at(10)),
        floor: sent.then(|| at(0)),
        remote_id: (state == IntentState::Confirmed).then(|| "r-3".to_owned()),
        reason: (sent && state != IntentState::Confirmed).then(|| format!("because of {number}")),
        conflict: None,
        linked: (state == IntentState::Confirmed).then(|| clio_sync::Linked {
            remote_id: "r-3".into(),
            etag: None,
            written: write(number).content,
        }),
    }
}

/// A file as version 1 of the schema has it, with a row of every kind.
fn version_1(path: &Path) {
    let file = Connection::open(path).unwrap();
    file.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    file.execute_batch(include_str!("../../src/migrations/0001_ledger.sql")).unwrap();
    file.execute_batch("PRAGMA application_id = 0x434C494F; PRAGMA user_version = 1;").unwrap();
    file.execute("INSERT INTO lease VALUES (?1, 'old engine', 7, ?2)", params![FIRM, millis(-10)]).unwrap();
    let mut cursor = Cursor::default();
    cursor.close(None, at(0));
    let cursor = serde_json::to_string(&cursor).unwrap();
    file.execute("INSERT INTO cursor VALUES (?1, 'tracker', 'time', ?2)", params![FIRM, cursor]).unwrap();
    file.execute("INSERT INTO lossy VALUES (?1, 'clio/activity', 'note')", params![FIRM]).unwrap();
    for number in 0..STATES.len() {
        let intent = expected(number);
        let link = i64::try_from(number).unwrap();
        file.execute(
            "INSERT INTO mirror VALUES (?1, 'tracker', 'time', ?2, '1', ?3)",
            params![FIRM, intent.source_id, millis(0)],
        )
        .unwrap();
        let hash = fingerprint([intent.write.payload.as_str()]);
        file.execute(
            "INSERT INTO link VALUES (?1, ?2, 'tracker', 'tracker/time', ?3, 'clio/activity', 1, ?4, ?5, NULL)",
            params![link, FIRM, intent.source_id, hash, intent.remote_id],
        )
        .unwrap();
        let millis_of = |time: Option<DateTime<Utc>>| time.map(|time| time.timestamp_millis());
        file.execute(
            "INSERT INTO intent (key, link, firm, adapter, flow, source_id, target_kind, effect, generation, write, state,
                                 attempt, looks, epoch, send_by, not_before, floor, remote_id, reason, acknowledge,
                                 planned_at, changed_at)
             VALUES (?1, ?2, ?3, 'tracker', 'time', ?4, 'clio/activity', 'create', 1, ?5, ?6, ?7, ?8, 7, NULL, ?9, ?10,
                     ?11, ?12, 1, ?13, ?13)",
            params![
                intent.key,
                link,
                FIRM,
                intent.source_id,
                serde_json::to_string(&intent.write).unwrap(),
                intent.state.as_str(),
                intent.attempt,
                intent.looks,
                millis_of(intent.not_before),
                millis_of(intent.floor),
                intent.remote_id,
                intent.reason,
                millis(0)
            ],
        )
        .unwrap();
        if intent.attempt > 0 {
            let ended = (intent.state != IntentState::Sending).then(|| millis(1));
            file.execute(
                "INSERT INTO attempt SELECT seq, 1, 7, ?2, ?3, 'it ended' FROM intent WHERE key = ?1",
                params![intent.key, millis(0), ended],
            )
            .unwrap();
        }
    }
    let told = serde_json::to_string(&resolutions()[0].1).unwrap();
    let due = serde_json::to_string(&resolutions()[1].1).unwrap();
    file.execute(
        "INSERT INTO acknowledgement (firm, adapter, flow, source_id, resolution, told, changed_at)
         VALUES (?1, 'tracker', 'time', '3', ?2, 1, ?4), (?1, 'tracker', 'time', '4', ?3, 0, ?4)",
        params![FIRM, told, due, millis(0)],
    )
    .unwrap();
    file.execute(
        "INSERT INTO dead_letter (firm, adapter, flow, source_id, reason, path, since)
         VALUES (?1, 'tracker', 'time', '4', 'because of 4', 'rows[0]', ?2)",
        params![FIRM, millis(0)],
    )
    .unwrap();
    file.close().unwrap();
}

fn resolutions() -> [(&'static str, Resolution); 2] {
    [
        ("3", Resolution::Written { remote_id: "r-3".into() }),
        ("4", Resolution::Rejected { reason: "because of 4".into() }),
    ]
}

async fn everything_is_there(store: &SqliteStore) {
    for (number, state) in STATES.into_iter().enumerate() {
        assert_eq!(store.intents(FIRM, state).await.unwrap(), [expected(number)]);
    }
    let cursor = store.cursor(&flow()).await.unwrap();
    assert_eq!((cursor.read.len(), cursor.read[0].to), (1, at(0)));
    assert_eq!(store.lossy_fields(FIRM, "clio/activity").await.unwrap(), BTreeSet::from(["note".to_owned()]));
    let linked = store.linked(FIRM, "clio/activity", &["r-3".into(), "r-4".into()]).await.unwrap();
    assert_eq!(linked, ["r-3".to_owned()].into());
    let due = store.due_acknowledgements(&flow(), usize::MAX).await.unwrap();
    let [_, (id, resolution)] = resolutions();
    assert_eq!(due, [Acknowledgement { id: id.into(), resolution }]);
    let letters = store.dead_letters(FIRM).await.unwrap();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    let told = (letter.source_id.as_str(), letter.reason.as_str(), letter.path.as_deref(), letter.since);
    assert_eq!(told, ("4", "because of 4", Some("rows[0]"), at(0)));
}

#[tokio::test]
async fn a_file_of_version_1_has_everything_still() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    version_1(&path);
    for _migrated_and_again in 0..2 {
        everything_is_there(&SqliteStore::options().inline().open(&path).unwrap()).await;
    }
    let store = SqliteStore::options().inline().open(&path).unwrap();
    store.check().await.unwrap();
    let fresh = folder.path().join("fresh.sqlite");
    SqliteStore::open(&fresh).unwrap();
    assert_eq!(schema(&path), schema(&fresh), "an old file and a new one have the same schema");

    // It works on: another engine had the firm, and nothing that was decided is decided anew.
    let lease = store.take_lease(FIRM, "new engine", Duration::from_secs(60)).await.unwrap();
    assert_eq!(lease.epoch, 8);
    let records = (0..STATES.len()).map(|number| Reconciled {
        id: number.to_string(),
        version: "1".into(),
        created: None,
        decision: Decision::Write(Effect::Create, write(number)),
    });
    let page = PageCommit {
        flow: flow(),
        source: "tracker/time".into(),
        target: "clio/activity".into(),
        records: records.collect(),
        cursor: None,
        acknowledge: true,
        expected: None,
        settle: Duration::ZERO,
    };
    let committed = store.commit_page(&lease, &page).await.unwrap();
    assert_eq!(committed, vec![Committed::Unchanged; STATES.len()]);
    store.replan(&lease, &["key-2".into()]).await.unwrap();
    let due = store.due_intents(&flow(), "clio/activity", usize::MAX).await.unwrap();
    assert_eq!(due.iter().map(|intent| intent.source_id.as_str()).collect::<Vec<_>>(), ["0", "2"]);
}

/// The version, and every table and index.
fn schema(path: &Path) -> (i32, Vec<(String, Option<String>)>) {
    let file = Connection::open(path).unwrap();
    let version = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let mut sql = file
        .prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name")
        .unwrap();
    let rows = sql.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    (version, rows.collect::<Result<_, _>>().unwrap())
}

/// A migration that fails leaves the file as it was, for the version that knows it.
#[tokio::test]
async fn a_file_whose_migration_fails_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    version_1(&path);
    // It claims to be older than it is, so that the first migration meets its own tables.
    let file = Connection::open(&path).unwrap();
    file.pragma_update(None, "user_version", 0).unwrap();
    file.close().unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).expect_err("no migration leads there");
    assert_eq!(error.kind(), ErrorKind::Store, "{error:?}");
    assert!(std::fs::read(&path).unwrap() == before, "the file was changed");
}
