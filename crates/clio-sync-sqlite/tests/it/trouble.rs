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
            let most = if step == Step::Arrived { nth } else { nth - 1 } as usize;
            // A page brings ten notes, so that more of them stand there at the second.
            let most = if step == Step::Page { most * 10 } else { most };
            assert_eq!(
                world.board().len(),
                most,
                "{what}: nothing is sent that cannot be recorded, run {again}"
            );
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
        let backup = folder.path().join("backup.sqlite");
        store.backup_to(&backup).await.unwrap();
        world.add(25..50);
        let file = path.clone();
        world.at(step, nth, move || scribble(&file));
        let mut sent = None;
        for _ in 0..3 {
            let error = firm.run(FLOW).await.expect_err(&what);
            assert_eq!(error.kind(), ErrorKind::StoreDamaged, "{what}: {error:?}");
            assert!(!error.is_retryable(), "it does not heal");
            let board = world.board().len();
            assert_eq!(*sent.get_or_insert(board), board, "{what}: nothing is sent afterwards");
        }
        let most = 25 + if step == Step::Arrived { nth } else { nth - 1 } as usize;
        assert!(sent <= Some(most) || step == Step::Page, "{what}: {sent:?}");
        drop((firm, store));
        let error = clio_sync_sqlite::SqliteStore::open(&path).expect_err("a damaged file");
        assert_eq!(error.kind(), ErrorKind::StoreDamaged, "{what}: {error:?}");
    }
}
