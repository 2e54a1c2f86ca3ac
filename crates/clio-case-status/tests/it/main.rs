//! Against the fake Clio and a desk in memory, under virtual time.

mod bench;
mod documents;
mod month;
mod stages;
mod syncs;
