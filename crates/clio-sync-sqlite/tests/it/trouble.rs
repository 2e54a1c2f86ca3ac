//! A file that is locked or damaged while an engine works: a run ends with the right error, and no write is lost or
//! doubled by it.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use clio_sync::ErrorKind;
use rusqlite::Connection;

use crate::world::{FLOW, Step, World};

/// How many notes a run has sent when it passes this step for the n-th time, if each page brings so many new ones.
fn sent_before(step: Step, nth: u32, new_on_page: usize) -> usize {
    let nth = nth as usize;
    match step {
        Step::Page => (nth - 1) * new_on_page,
        Step::Prepare => nth - 1,
        Step::Arrived => nth,
    }
}

/// Another program takes the lock at every step of a run, and keeps it for longer than the store waits.
#[tokio::test(start_paused = true)]
async fn locked_in_the_middle_of_a_run() {
    for (step, nth) in Step::ALL.into_iter().flat_map(|step| (1..=3).map(move |nth| (step, nth))) {
        let what = format!("locked at {step:?} {nth}");
        let (folder, world) = (tempfile::tempdir().unwrap(), World::with(25));
        let path = folder.path().join("firm.sqlite");
        let store = world.open(&path);
        let firm = world.firm(&store);
        let other = Arc::new(Mutex::new(Connection::open(&path).unwrap()));
        let locker = other.clone();
        world.at(step, nth, move || locker.lock().unwrap().execute_batch("BEGIN IMMEDIATE").unwrap());
        for again in 0..3 {
            let error = firm.run(FLOW).await.expect_err(&what);
            assert_eq!(error.kind(), ErrorKind::StoreLocked, "{what}: {error:?}");
            assert!(error.is_retryable(), "waiting helps");
            let sent = sent_before(step, nth, 10);
            assert_eq!(world.board().len(), sent, "{what}: nothing is sent unrecorded, run {again}");
        }
        other.lock().unwrap().execute_batch("COMMIT").unwrap();
        let report = firm.run_to_rest(FLOW).await.unwrap();
        assert_eq!(report.pending, 0, "{what}");
        world.assert_posted_once(&what);
    }
}

/// Overwrites all that follows the first page, as a failing disk or another program might.
fn scribble(path: &Path) {
    // What lies in the log would be read from there.
    let other = Connection::open(path).unwrap();
    other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(other);
    let mut bytes = fs::read(path).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(path, bytes).unwrap();
}

#[tokio::test(start_paused = true)]
async fn damaged_in_the_middle_of_a_run() {
    for (step, nth) in Step::ALL.into_iter().flat_map(|step| (1..=2).map(move |nth| (step, nth))) {
        let what = format!("damaged at {step:?} {nth}");
        let (folder, world) = (tempfile::tempdir().unwrap(), World::with(25));
        let path = folder.path().join("firm.sqlite");
        let store = world.open(&path);
        let firm = world.firm(&store);
        firm.run_to_rest(FLOW).await.unwrap();
        world.add(25..50);
        let file = path.clone();
        world.at(step, nth, move || scribble(&file));
        for _ in 0..3 {
            let error = firm.run(FLOW).await.expect_err(&what);
            assert_eq!(error.kind(), ErrorKind::StoreDamaged, "{what}: {error:?}");
            assert!(!error.is_retryable(), "it does not heal");
            // The first pages bring what was posted before.
            let sent = 25 + sent_before(step, nth, 0);
            assert_eq!(world.board().len(), sent, "{what}: nothing is sent afterwards");
        }
        drop((firm, store));
        let error = clio_sync_sqlite::SqliteStore::open(&path).expect_err("a damaged file");
        assert_eq!(error.kind(), ErrorKind::StoreDamaged, "{what}: {error:?}");
    }
}
