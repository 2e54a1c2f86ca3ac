//! The embedded store of `clio-sync`: one SQLite file, every verb a durable transaction.
//!
//! ```
//! # fn main() -> clio_sync::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("firm.sqlite");
//! use clio_sync::Engine;
//! use clio_sync_sqlite::SqliteStore;
//!
//! let engine = Engine::new(SqliteStore::open(path)?);
//! # Ok(())
//! # }
//! ```
//!
//! SQLite is compiled in: a system library may carry the defect that loses commits when a write-ahead log is reset
//! (3.7.0 to 3.51.2), so anything older than 3.51.3 is refused at open. The file runs in WAL mode with
//! `synchronous=FULL`: an intent that is lost with the power would be a write that is sent twice.
//!
//! # What a damaged or foreign file does
//!
//! Nothing is written before the file is known to be ours, sound, and of a version that this library knows. Otherwise
//! [`open`](SqliteStore::open) says what is wrong and what to do, and leaves the file as it was.
//!
//! # Several at once
//!
//! Several engines, in one process or in several on one machine, may have the same file open; the engine's lease decides
//! which one works. The file must not be on a network drive: SQLite's locks do not hold there.
//!
//! The file holds what was written to Clio, notes included. It is created readable by its owner only.
//!
//! # Keeping it
//!
//! [`backup_to`](SqliteStore::backup_to) copies the store while it is in use, [`check`](SqliteStore::check) looks through
//! all of it, and [`purge`](SqliteStore::purge) forgets what was written long ago, but never that it was.
//!
//! A disk that is full or fails, and a lock that another program keeps, end a run with an error of its own
//! ([`StoreFull`](clio_sync::ErrorKind::StoreFull), [`StoreIo`](clio_sync::ErrorKind::StoreIo),
//! [`StoreLocked`](clio_sync::ErrorKind::StoreLocked)). Whatever had been recorded stands, and the next run goes on from
//! there: a write whose outcome could not be recorded is looked for before it is sent again.

mod acknowledgements;
mod backup;
mod connections;
mod error;
mod intents;
mod leases;
mod ledger;
mod letters;
mod mirror;
mod open;
mod pages;
mod planning;
mod recording;
mod recovery;
mod retention;
mod rows;
mod settle;
mod store;
mod sweeps;

#[cfg(test)]
extern crate self as clio_sync_sqlite;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
#[path = "../tests/it/world.rs"]
#[allow(dead_code, reason = "the other tests use more of it")]
mod world;

pub use open::Options;
pub use retention::Purged;
pub use store::SqliteStore;
