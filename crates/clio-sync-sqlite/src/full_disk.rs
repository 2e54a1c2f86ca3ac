//! A disk that is full in the middle of a run, by SQLite's own count of pages: it works everywhere, and says exactly what
//! SQLite says of a disk. `tests/it/full.rs` has real disks.

use clio_sync::ErrorKind;

use crate::{
    SqliteStore,
    world::{FLOW, World},
};

fn limit(store: &SqliteStore, pages: impl FnOnce(i64) -> i64) {
    let connection = store.connection.lock().unwrap();
    let now: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    connection.query_row(&format!("PRAGMA max_page_count = {}", pages(now)), [], |_| Ok(())).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_on_a_full_disk_ends_and_is_finished_once_there_is_room() {
    let mut broken_off = 0;
    for room in 0..12 {
        let what = format!("{room} pages of room");
        let (folder, world) = (tempfile::tempdir().unwrap(), World::with(35));
        let store = world.open(&folder.path().join("firm.sqlite"));
        let firm = world.firm(&store);
        limit(&store, |pages| pages + room);
        let error = firm.run(FLOW).await.expect_err(&what);
        assert_eq!(error.kind(), ErrorKind::StoreFull, "{what}: {error:?}");
        assert!(error.to_string().contains("free some space"), "{error}");
        assert!(!error.is_retryable(), "somebody has to make room");
        let board = world.board().len();
        broken_off += usize::from(board > 0);
        for _ in 0..2 {
            assert_eq!(firm.run(FLOW).await.expect_err(&what).kind(), ErrorKind::StoreFull, "{what}");
        }
        limit(&store, |_| i64::from(u32::MAX - 1));
        firm.run_to_rest(FLOW).await.unwrap();
        world.assert_posted_once(&what);
        store.check().await.unwrap();
    }
    assert!(broken_off > 3, "some were broken off in the middle: {broken_off}");
}
