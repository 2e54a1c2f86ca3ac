//! The suite that every store passes, on files: on the calling thread, and on tokio's threads for blocking work.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use clio_sync::{Store, conformance};
use clio_sync_sqlite::SqliteStore;

fn open(path: &Path, inline: bool) -> Arc<dyn Store> {
    let options = SqliteStore::options();
    let options = if inline { options.inline() } else { options };
    Arc::new(options.open(path).unwrap())
}

async fn both_suites(inline: bool) {
    let folder = tempfile::tempdir().unwrap();
    let made = AtomicUsize::new(0);
    let fresh = || -> PathBuf {
        let number = made.fetch_add(1, Ordering::Relaxed);
        folder.path().join(format!("{number}.sqlite"))
    };
    conformance::store(|| std::future::ready(open(&fresh(), inline))).await;
    let one = fresh();
    conformance::reopened(|| std::future::ready(open(&one, inline))).await;
}

#[tokio::test]
async fn on_the_calling_thread() {
    both_suites(true).await;
}

#[tokio::test]
async fn on_threads_for_blocking_work() {
    both_suites(false).await;
}
