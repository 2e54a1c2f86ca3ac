//! Copies of a store in use.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use clio_sync::{ErrorKind, IntentState, Store};
use clio_sync_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::world::{FIRM, FLOW, Step, World};

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A store with some notes posted, and a folder for copies.
async fn store(world: &World) -> (tempfile::TempDir, SqliteStore, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = world.open(&folder.path().join("firm.sqlite"));
    world.firm(&store).run_to_rest(FLOW).await.unwrap();
    let copies = folder.path().join("copies");
    fs::create_dir(&copies).unwrap();
    let copy = copies.join("copy.sqlite");
    (folder, store, copy)
}

#[tokio::test(start_paused = true)]
async fn a_copy_has_everything_and_only_its_owner_reads_it() {
    let world = World::with(35);
    let (_folder, store, copy) = store(&world).await;
    for _new_or_not in 0..2 {
        store.backup_to(&copy).await.unwrap();
        assert_eq!(entries(copy.parent().unwrap()), ["copy.sqlite"], "one file, and nothing beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    let restored = world.open(&copy);
    for state in [IntentState::Planned, IntentState::Confirmed] {
        assert_eq!(restored.intents(FIRM, state).await.unwrap(), store.intents(FIRM, state).await.unwrap());
    }
    restored.check().await.unwrap();
    world.firm(&restored).run_to_rest(FLOW).await.unwrap();
    world.assert_posted_once("with the restored store");
}

/// Copies made all the time while an engine writes, and while another handle does: each is whole, and no run notices.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_write_meanwhile() {
    let world = World::with(400);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    let (store, other) = (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
    let firm = world.firm(&store);
    let done = AtomicBool::new(false);
    let copying = async {
        let (mut made, mut most) = (0, 0);
        while !done.load(Ordering::SeqCst) {
            let copy = folder.path().join("copy.sqlite");
            let from = if made % 2 == 0 { &store } else { &other };
            from.backup_to(&copy).await.unwrap();
            let copy = SqliteStore::open(&copy).unwrap();
            let confirmed = copy.intents(FIRM, IntentState::Confirmed).await.unwrap().len();
            assert!(confirmed >= most, "a later copy has no less");
            (made, most) = (made + 1, confirmed);
        }
        made
    };
    let running = async {
        firm.run_to_rest(FLOW).await.unwrap();
        done.store(true, Ordering::SeqCst);
    };
    let (made, ()) = tokio::join!(copying, running);
    assert!(made > 2, "{made} copies");
    world.assert_posted_once("with copies being made");
}

/// In the middle of a write the copy has the intent as being sent: with it an engine looks before it sends.
#[tokio::test(start_paused = true)]
async fn a_copy_from_the_middle_of_a_write_doubles_nothing() {
    let world = World::with(5);
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("firm.sqlite"), folder.path().join("copy.sqlite"));
    let store = world.open(&path);
    let (source, target) = (store.clone(), copy.clone());
    world.at(Step::Arrived, 5, move || {
        // Inline, so that it is ready at once.
        futures_util::FutureExt::now_or_never(source.backup_to(&target)).unwrap().unwrap();
    });
    world.firm(&store).run_to_rest(FLOW).await.unwrap();
    let restored = world.open(&copy);
    assert_eq!(restored.intents(FIRM, IntentState::Sending).await.unwrap().len(), 1);
    world.firm(&restored).run_to_rest(FLOW).await.unwrap();
    world.assert_posted_once("with a copy of a write under way");
}

/// What had the name is as it was, and nothing is left beside it.
#[tokio::test(start_paused = true)]
async fn a_copy_that_fails_leaves_the_old_one() {
    // So many that the middle of the file is notes, not the schema.
    let world = World::with(150);
    let (folder, store, copy) = store(&world).await;
    store.backup_to(&copy).await.unwrap();
    let old = fs::read(&copy).unwrap();
    let names = entries(copy.parent().unwrap());

    // Damaged: a page of the file is overwritten behind SQLite's back.
    let writer = Connection::open(folder.path().join("firm.sqlite")).unwrap();
    writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let mut bytes = fs::read(folder.path().join("firm.sqlite")).unwrap();
    let middle = bytes.len() / 4096 / 2 * 4096;
    bytes[middle..middle + 4 * 4096].fill(0xA5);
    fs::write(folder.path().join("firm.sqlite"), bytes).unwrap();
    let error = store.backup_to(&copy).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreDamaged, "{error:?}");
    assert!(error.to_string().contains("copy.sqlite"), "{error}");
    assert_eq!(store.check().await.unwrap_err().kind(), ErrorKind::StoreDamaged);
    assert!(fs::read(&copy).unwrap() == old, "the old copy is as it was");
    assert_eq!(entries(copy.parent().unwrap()), names);
}

#[tokio::test(start_paused = true)]
async fn places_where_no_copy_can_be() {
    let world = World::with(3);
    let (folder, store, copy) = store(&world).await;
    let missing = folder.path().join("nowhere").join("copy.sqlite");
    assert_eq!(store.backup_to(&missing).await.unwrap_err().kind(), ErrorKind::StoreReadOnly);
    // The store itself, and another that is open.
    let own = store.backup_to(folder.path().join("firm.sqlite")).await.unwrap_err();
    assert_eq!(own.kind(), ErrorKind::Configuration, "{own:?}");
    let other = world.open(&copy);
    other.take_lease("other", "test", Duration::from_secs(1)).await.unwrap();
    assert_eq!(store.backup_to(&copy).await.unwrap_err().kind(), ErrorKind::Configuration);
    drop(other);
    store.backup_to(&copy).await.unwrap();
    // A folder of that name.
    let error = store.backup_to(copy.parent().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreReadOnly, "{error:?}");
    let names = entries(folder.path());
    assert!(names.iter().all(|name| !name.contains(".part")), "{names:?}");
}
