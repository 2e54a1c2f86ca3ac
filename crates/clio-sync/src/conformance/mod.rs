//! The suites that implementations by others must pass.
//!
//! The promise of the engine, that a write happens once, is only as good as the store below it. A store passes when
//! both of its suites do:
//!
//! - [`store()`]: what every verb does, and what it refuses, on stores that are empty at first;
//! - [`reopened`]: what was committed outlives the handle that committed it, and several handles on one store agree.
//!
//! An executor passes when [`executor()`] does, an adapter when [`adapter()`] does.
//!
//! They are test helpers: they panic at the first thing that is wrong, and say what was expected. Nothing in those of
//! a store waits; of time they know [`Store::now`] only, and that a lease of no length runs out at once. That of an executor waits
//! by the clock that it is given.
//!
//! ```no_run
//! # use std::{path::Path, sync::Arc};
//! # use clio_sync::Store;
//! # async fn open(path: &Path) -> Arc<dyn Store> { unimplemented!() }
//! # fn new_folder() -> std::path::PathBuf { unimplemented!() }
//! // In an async test of the crate that has the store:
//! # async fn test() {
//! clio_sync::conformance::store(|| async { open(&new_folder().join("state")).await }).await;
//!
//! let folder = new_folder();
//! clio_sync::conformance::reopened(|| open(&folder)).await;
//! # }
//! ```
//!
//! # For the author of a store
//!
//! - Every verb is all or nothing: of two keys with one in the wrong state, neither changes.
//! - A lease guards its own firm and no other. One that has run out still counts until somebody else takes the firm.
//! - A verb that asks for a transition which the documentation of [`Store`] does not name is refused, with any kind of
//!   error, and changes nothing.
//! - "Oldest first" holds for what was committed within the same tick of the clock, too.
//! - What the source is told, and whether a record stands among the dead letters, follows the decision made about it
//!   last. A write whose outcome is open is not acknowledged, whatever was said of the record before; one whose outcome
//!   is known already is acknowledged with that outcome again.
//! - A wait of any length is kept, if only as "very long".
//! - A suite that passes on one thread says little about races: run it where tasks really run at the same time.

//!
//! # For the author of an executor
//!
//! Implement [`ExecutorBench`] for whatever makes executors of your kind, and call [`executor()`] with it: in a test under
//! virtual time, or under real time for some minutes. What the suite cannot see from outside is yours to test: a clock that is
//! set, a machine that sleeps, several processes.

mod acknowledgements;
mod adapter;
mod connections;
mod decisions;
mod executors;
mod intents;
mod leases;
mod ledger;
mod letters;
mod links;
mod mirror;
mod pages;
mod plans;
mod recovery;
mod reopened;
mod support;
mod sweeps;

use std::{future::Future, sync::Arc};

use crate::Store;

pub use adapter::{AdapterBench, adapter};
pub use executors::{ExecutorBench, Subject, executor};

/// Runs every case on a new store each. `fresh` opens a store that is empty.
///
/// # Panics
///
/// When the store does not do what [`Store`] says.
pub async fn store<F, Fut>(fresh: F)
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Arc<dyn Store>> + Send,
{
    leases::cases(&fresh).await;
    pages::cases(&fresh).await;
    letters::cases(&fresh).await;
    mirror::cases(&fresh).await;
    intents::cases(&fresh).await;
    ledger::cases(&fresh).await;
    acknowledgements::cases(&fresh).await;
    links::cases(&fresh).await;
    sweeps::cases(&fresh).await;
    plans::cases(&fresh).await;
    decisions::cases(&fresh).await;
    recovery::cases(&fresh).await;
    connections::cases(&fresh).await;
}

/// Runs the cases for which a store is opened more than once. `open` opens the same store again each time, which was
/// empty before the first. Handles are open at the same time, and dropped in between.
///
/// # Panics
///
/// When a handle does not see what another one committed, or can do what the other one must have stopped.
pub async fn reopened<F, Fut>(open: F)
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Arc<dyn Store>> + Send,
{
    reopened::cases(&open).await;
}
