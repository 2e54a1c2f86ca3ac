//! Opening files: ours, others', damaged, locked, out of reach. What is refused is left as it was.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Barrier,
    time::Duration,
};

use clio_sync::{
    Content, Decision, Effect, Error, ErrorKind, FlowKey, PageCommit, Reconciled, Result, Store, Write,
};
use clio_sync_sqlite::SqliteStore;
use rusqlite::Connection;

fn open(path: &Path) -> Result<SqliteStore> {
    SqliteStore::options().inline().busy_timeout(Duration::from_millis(100)).open(path)
}

/// The version of the schema that this library writes.
fn newest() -> i32 {
    let migrations = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/migrations")).unwrap();
    i32::try_from(migrations.count()).unwrap()
}

/// Opening has to fail in this way, saying what to do and naming the file, and to leave the file as it was.
#[track_caller]
fn refused(path: &Path, kind: ErrorKind, advice: &str) -> Error {
    let before = fs::read(path).ok();
    let log_before = fs::read(beside(path, "-wal")).ok();
    let error = open(path).expect_err("this should not open");
    assert_eq!(error.kind(), kind, "{error:?}");
    let message = error.to_string();
    assert!(message.contains(&path.display().to_string()), "the message names the file: {message}");
    assert!(message.contains(advice), "the message says what to do: {message}");
    assert!(!message.contains('\n'), "the message is one line: {message}");
    assert!(fs::read(path).ok() == before, "the file was changed");
    assert!(fs::read(beside(path, "-wal")).ok() == log_before, "the write-ahead log was changed");
    error
}

/// SQLite's own files beside a database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn flow() -> FlowKey {
    FlowKey { firm: "acme-law".into(), adapter: "tracker".into(), flow: "time".into() }
}

async fn fill(store: &SqliteStore, records: usize) {
    let lease = store.take_lease("acme-law", "test", Duration::from_secs(60)).await.unwrap();
    let record = |at: usize| {
        let write =
            Write { payload: "x".repeat(500), content: Content::new(), label: format!("record {at}") };
        Reconciled {
            id: at.to_string(),
            version: "1".into(),
            created: None,
            decision: Decision::Write(Effect::Create, write),
        }
    };
    let page = PageCommit {
        flow: flow(),
        source: "tracker/time".into(),
        target: "clio/activity".into(),
        records: (0..records).map(record).collect::<Vec<_>>().into(),
        cursor: None,
        acknowledge: true,
        expected: None,
        settle: Duration::ZERO,
    };
    store.commit_page(&lease, &page).await.unwrap();
}

/// A closed file of ours with some content.
async fn ours(folder: &Path) -> PathBuf {
    let path = folder.join("firm.sqlite");
    fill(&open(&path).unwrap(), 200).await;
    assert!(!beside(&path, "-wal").exists(), "closing the last handle moves the log into the file");
    path
}

async fn planned(store: &SqliteStore) -> usize {
    store.due_intents(&flow(), "clio/activity", usize::MAX).await.unwrap().len()
}

#[test]
fn sqlite_is_new_enough() {
    assert!(rusqlite::version_number() >= 3_051_003, "SQLite {} may lose commits", rusqlite::version());
}

#[tokio::test]
async fn keeps_a_log_and_marks_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = ours(folder.path()).await;
    let _store = open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    let text = |name| other.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap();
    let number = |name| other.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).unwrap();
    assert_eq!(text("journal_mode"), "wal");
    assert_eq!(number("application_id").to_be_bytes(), *b"CLIO");
    assert_eq!(number("user_version"), newest());
    assert_eq!(text("quick_check"), "ok");
}

#[tokio::test]
async fn several_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let path = folder.path().join(format!("{round}.sqlite"));
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    SqliteStore::open(&path).unwrap();
                });
            }
        });
        fill(&open(&path).unwrap(), 1).await;
    }
}

#[tokio::test]
async fn an_empty_file_is_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty");
    fs::write(&path, "").unwrap();
    fill(&open(&path).unwrap(), 1).await;
    assert_eq!(planned(&open(&path).unwrap()).await, 1);
}

#[tokio::test]
async fn of_a_newer_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = ours(folder.path()).await;
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.close().unwrap();
    refused(&path, ErrorKind::StoreNewer, "update this software");
    assert!(!beside(&path, "-wal").exists(), "nothing is left beside it");
}

#[tokio::test]
async fn of_a_newer_version_by_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = ours(folder.path()).await;
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    // As a crash of the newer software leaves it: the log is there, and nobody has it open.
    let crashed = folder.path().join("crashed.sqlite");
    fs::copy(&path, &crashed).unwrap();
    fs::copy(beside(&path, "-wal"), beside(&crashed, "-wal")).unwrap();
    let version = &fs::read(&crashed).unwrap()[60..64];
    assert_eq!(version, newest().to_be_bytes(), "the file itself says what this library writes");
    for again in [&path, &crashed, &crashed] {
        refused(again, ErrorKind::StoreNewer, "update this software");
    }
    let version = Connection::open(&crashed).unwrap();
    let version: i32 = version.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99, "the newer software finds what it wrote");
}

#[tokio::test]
async fn not_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("note.txt");
    for content in [&b"Dear Ada"[..], &[b'x'; 5000], b"SQLite format 3\0 and no more"] {
        fs::write(&path, content).unwrap();
        refused(&path, ErrorKind::StoreDamaged, "name another file");
    }
}

#[tokio::test]
async fn somebody_elses_database() {
    let folder = tempfile::tempdir().unwrap();
    for (name, setup) in [
        ("tables", "CREATE TABLE cursor (x); INSERT INTO cursor VALUES (1);"),
        ("version", "PRAGMA user_version = 1;"),
        ("id", "PRAGMA application_id = 7; CREATE TABLE t (x);"),
        ("log", "PRAGMA journal_mode = WAL; CREATE TABLE t (x);"),
    ] {
        let path = folder.path().join(name);
        let theirs = Connection::open(&path).unwrap();
        theirs.execute_batch(setup).unwrap();
        refused(&path, ErrorKind::StoreDamaged, "name another file");
        theirs.close().unwrap();
        refused(&path, ErrorKind::StoreDamaged, "name another file");
    }
}

#[tokio::test]
async fn damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = ours(folder.path()).await;
    let sound = fs::read(&path).unwrap();
    assert!(sound.len() > 20 * 4096, "there is a middle to damage");
    let middle = sound.len() / 2;
    let mut zeroed = sound.clone();
    zeroed[middle..middle + 2 * 4096].fill(0);
    let mut scribbled = sound.clone();
    scribbled[4096..12 * 4096].fill(0xA5);
    let mut schema = sound.clone();
    schema[100..4096].fill(0xFF);
    for broken in [zeroed, scribbled, schema, sound[..middle].to_vec()] {
        fs::write(&path, broken).unwrap();
        refused(&path, ErrorKind::StoreDamaged, "restore it from a backup");
    }
    fs::write(&path, sound).unwrap();
    assert_eq!(planned(&open(&path).unwrap()).await, 200, "the backup opens");
}

#[tokio::test]
async fn locked_by_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = ours(folder.path()).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = refused(&path, ErrorKind::StoreLocked, "close it there");
    assert!(error.is_retryable(), "waiting helps");
    other.execute_batch("COMMIT").unwrap();
    let store = open(&path).unwrap();
    assert_eq!(planned(&store).await, 200);
    // The same while the store is open.
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = store.take_lease("acme-law", "test", Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreLocked, "{error:?}");
    other.execute_batch("COMMIT").unwrap();
    store.take_lease("acme-law", "test", Duration::from_secs(60)).await.unwrap();
}

#[test]
fn a_folder_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere").join("firm.sqlite");
    refused(&path, ErrorKind::StoreReadOnly, "create it first");
    assert!(!path.parent().unwrap().exists(), "no folder is made by the way");
}

#[test]
fn a_folder_in_place_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), ErrorKind::StoreReadOnly, "name another place");
}

#[test]
fn a_name_that_sqlite_keeps_in_memory() {
    for name in [":memory:", ""] {
        let before = Path::new(name).exists();
        let error = open(Path::new(name)).expect_err("nothing in memory is durable");
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
        assert!(error.to_string().contains("name a file"), "{error}");
        assert_eq!(Path::new(name).exists(), before, "no file is left behind");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn where_nobody_can_write() {
    for path in ["/proc/firm.sqlite", "/proc/self/firm.sqlite"] {
        refused(Path::new(path), ErrorKind::StoreReadOnly, "name another place");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn without_permission_to_write() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = ours(folder.path()).await;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&path, 0o400);
    if fs::OpenOptions::new().write(true).open(&path).is_ok() {
        println!("skipped: this user may write to files in spite of their mode");
        return;
    }
    refused(&path, ErrorKind::StoreReadOnly, "allow writing to it");
    set(&path, 0o600);
    set(folder.path(), 0o500);
    let result = std::panic::catch_unwind(|| {
        refused(&path, ErrorKind::StoreReadOnly, "and to its folder");
        refused(&folder.path().join("new"), ErrorKind::StoreReadOnly, "and to its folder");
    });
    // Or the folder could not be removed.
    set(folder.path(), 0o700);
    result.unwrap();
    open(&path).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    let store = open(&path).unwrap();
    fill(&store, 1).await;
    for suffix in ["", "-wal", "-shm"] {
        let mode = fs::metadata(beside(&path, suffix)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "the file holds client data: firm.sqlite{suffix}");
    }
}
