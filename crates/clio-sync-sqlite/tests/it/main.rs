//! The embedded store, on real files.

mod conformance;
mod kill;
mod opening;
mod processes;
