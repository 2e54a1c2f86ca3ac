//! Several handles in one process, and another process that comes and goes.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clio_sync::Store;
use clio_sync_sqlite::SqliteStore;

/// Names the file to the child. Without it the test that is the child's program does nothing.
const FILE: &str = "CLIO_SYNC_SQLITE_PROCESSES_TEST_FILE";

fn open(path: impl AsRef<Path>) -> SqliteStore {
    SqliteStore::options().inline().open(path).unwrap()
}

async fn take(store: &SqliteStore, firm: &str) {
    store.take_lease(firm, "parent", Duration::from_secs(3600)).await.unwrap();
}

/// Whether this process has a lock on the file itself, as the kernel sees it. Nothing is known of other systems.
fn is_locked(path: &Path) -> bool {
    let Ok(locks) = std::fs::read_to_string("/proc/locks") else { return true };
    let inode = format!(":{} ", inode(path));
    let own = format!(" {} ", std::process::id());
    locks.lines().any(|lock| lock.contains(&inode) && lock.contains(&own))
}

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path).unwrap())
}

#[cfg(not(unix))]
fn inode(_: &Path) -> u64 {
    0
}

/// The program of the child: opens the file and closes it.
#[test]
fn child() {
    let Some(path) = std::env::var_os(FILE) else { return };
    drop(open(path));
}

/// On unix a process loses its locks on a file when it closes any of its handles to it, even one that it only read a
/// few bytes with. Another process that closes the file may then believe to be the last one, and remove the write-ahead
/// log that this one goes on writing to. SQLite has found that out by other means since 3.51; on Linux we see the lock.
#[tokio::test]
async fn opening_again_does_not_undo_the_locks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.sqlite");
    let store = open(&path);
    take(&store, "before").await;
    assert!(is_locked(&path), "a store keeps a lock on its file while it is open");
    drop(open(&path));
    assert!(is_locked(&path), "opening and closing another handle takes the lock away");
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::child", "--test-threads=1"])
        .env(FILE, &path)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    take(&store, "after").await;
    drop(store);
    let store = open(&path);
    for firm in ["before", "after"] {
        let other = store.take_lease(firm, "another", Duration::from_secs(1)).await;
        assert!(other.is_err(), "the lease taken {firm} another process opened and closed the file is lost");
    }
}
