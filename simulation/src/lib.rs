//! The engine under every fault, crash and mutation that we can think of.
//!
//! - [`Scene`]: a firm at fakes of Clio, WiseTime and a [`Book`], with the state file of an engine. [`Setup`]: the parts of
//!   an engine on it, each of which can be wrapped.
//! - [`seams`]: the wrappers: [`Crasher`](seams::Crasher), [`Tamper`](seams::Tamper), [`Wrapped`](seams::Wrapped),
//!   [`Detached`](seams::Detached).
//! - [`Scenario`]: a short stretch of work. [`Schedule`]: a scenario with what goes wrong in it. [`enumerate`] goes
//!   through them all; [`week`] and [`days`] draw longer ones from a seed.
//! - [`Verdict`]: what the worlds say of it. Nothing of it comes from the engine's own counters.
//! - [`mutants`]: the engine broken on purpose. [`crash`]: real processes that are killed.
//!
//! Everything but [`crash`] runs under virtual time on one thread: one seed, one course of events.
//!
//! # A further scenario
//!
//! Implement [`Scenario`], attach the flow's adapter with [`Scene::attach`], put it into [`scenarios::ALL`]: from then on it
//! is under every fault and crash. What its source holds has to reach the oracle: [`Scene::wanted`] lists what should stand
//! at Clio.

#![allow(clippy::missing_panics_doc, reason = "a test bench: what cannot be set up ends the run")]
#![allow(clippy::future_not_send, reason = "a schedule and its time stay on one thread")]
#![allow(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "nobody builds on it")]

mod book;
#[cfg(unix)]
pub mod crash;
pub mod days;
pub mod enumerate;
mod jobs;
pub mod mutants;
mod oracle;
mod rng;
mod scenario;
pub mod scenarios;
mod scene;
pub mod seams;
mod setup;
pub mod week;
mod witness;

pub use book::{
    Book, BookTime, Cue, ENTRIES, ENTRIES_OURS, Entry, Keeping, LEDGER, MARKED, STRICT, SWEEP, SWEEP_OURS,
    Shelf,
};
pub use jobs::{Job, Tally, run_all};
pub use oracle::{Verdict, Wanted, Work};
pub use rng::Rng;
pub use scenario::{
    Course, Fated, Scenario, Schedule, Setting, World, come_to_rest, come_to_rest_within, is_at_rest,
    judge_at_rest, refused_for_the_rate,
};
pub use scene::{FIRM, LATENCY, MATTER_TAGS, POSTED_TIME, Scene, folder};
pub use setup::{Attach, Setup};
pub use witness::Witness;
