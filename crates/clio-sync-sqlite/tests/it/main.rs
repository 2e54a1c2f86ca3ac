//! The embedded store, on real files.

mod backup;
mod conformance;
#[cfg(unix)]
mod full;
mod kill;
mod migrations;
mod opening;
mod processes;
mod retention;
mod trouble;
mod world;
