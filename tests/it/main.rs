//! Tests across the crates, in one binary so that they link once.
//!
//! The engine runs against the worlds in memory, under virtual time, over a real SQLite file. What it did is judged by
//! the worlds alone.

mod authorisation;
mod bad_input;
mod bad_sources;
mod batches;
mod changes;
mod clocks;
mod conflicts;
mod connections;
mod crashes;
mod days;
mod decisions;
mod desk;
mod disputed;
mod faults;
mod files;
mod from_inside;
mod leaks;
mod lists;
mod metrics;
mod mirror;
mod mistaken;
mod mutants;
mod paging;
mod plain;
mod plans;
mod posted_time;
mod restored;
mod sweeps;
mod tags;
mod targets;
mod told;
mod two_engines;
mod two_handles;
mod webhooks;
mod wisetime_settings;
mod wrong_answers;
