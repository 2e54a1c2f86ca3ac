//! A sync engine for software around Clio Manage: it reads sources, and writes what follows from them exactly once,
//! although Clio has no idempotency key.
//!
//! ```no_run
//! # async fn demo(store: impl clio_sync::Store + 'static, clio: clio_api::Clio, calendar: impl clio_sync::Adapter + 'static) -> clio_sync::Result<()> {
//! use clio_sync::{Engine, LocalExecutor};
//!
//! let engine = Engine::new(store);
//! let firm = engine.firm("acme-law", clio);
//! firm.attach(calendar);
//! let report = firm.run("court-calendar/hearings").await?;      // once
//! println!("{report}");                                         // created 37, updated 0, ...
//!
//! engine.serve(&LocalExecutor::new()).await                     // on its schedules, until told to stop
//! # }
//! ```
//!
//! # The four things that matter
//!
//! - [`Adapter`]: declares flows and reconciles them. Inside, [`Pass::pull`] and [`Pass::receive`] lead records from a
//!   source through a pure mapper into a [`Target`].
//! - [`CursorSource`] and [`InboxSource`]: records read by time, and records handed out until acknowledged.
//! - [`Store`]: what the engine remembers; `clio-sync-sqlite` is the embedded one. Every verb is one transaction.
//! - [`Report`]: what a run did, record by record. Records that cannot be written are dead letters, not failures.
//!
//! # When flows run, and for whom
//!
//! A [`Flow`] runs at an interval or at the times of a cron expression in UTC ([`Schedule`]), when somebody
//! [triggers](Engine::trigger) it, and when a person asks for it ([`Firm::run`]). It can be [switched off](Firm::disable), and
//! a firm [disconnected](Firm::disconnect). [`Engine::connect`] records who authorised a firm, and refuses another Clio account
//! than the firm had; [`Firm::connection`] tells all of it, with the last run of each flow and the next.
//!
//! # How a write happens once
//!
//! A write is an [`Intent`]: recorded in the same transaction as the page that it follows from, recorded again as being
//! sent *before* it is sent, and confirmed with the record's id. If the answer is lost, or the engine dies, the intent is
//! UNCERTAIN: the engine waits until the request can no longer take effect, looks whether the record stands there, and
//! only then sends again. [`Timing`] has the waits. A look recognises the record by its content, so nothing is added to
//! an invoice for our sake; what cannot be told apart waits for a person.
//!
//! The promise rests on one assumption that nobody can check from outside: that a request whose answer was lost takes
//! effect within [`Timing::settle`], or never. It also takes the machine's clock not to be put forward by more than that
//! between a crash and the next start.
//!
//! # Changes, deletions, and what others do
//!
//! [`Mapped::Upsert`] creates a record once and changes it from then on, under the version that we know. Only the fields that
//! are written are ours. If somebody has changed one of them, that is a [`Conflict`] with three values, and the
//! [`ConflictPolicy`] of the flow decides; what they do to other fields is none of our business. What a person has deleted stays
//! deleted. [`Mapped::Delete`] takes a record away, and so do two complete sweeps that miss it at its source
//! ([`Pull::sweeping`]), unless the [`Brake`] finds that too much is gone at once.
//!
//! # Cookbook
//!
//! | to | use |
//! |---|---|
//! | look before anything is written | [`Firm::plan`], then [`Firm::apply`] |
//! | run one record | [`Firm::run_one`] |
//! | keep a local copy of a list | [`Pass::mirror`], [`Store::mirrored`] |
//! | see what could not be written, and try again | [`Firm::dead_letters`], [`Firm::explain`], [`Firm::retry`], [`Firm::discard`] |
//! | know in a source or a target what was written | [`Pass::links`] |
//! | send again what a target refused, once a flow finds the reason gone | [`Pass::refusals`] |
//! | decide about a write that waits for a person | [`Firm::parked`], [`Firm::attempts`], [`Firm::settle`] |
//! | go on after restoring a backup | [`Firm::recover`] |
//! | show a bar | [`Progress`]; `examples/mirror` has one to copy |
//! | react to a webhook | [`Engine::trigger`]: what it says is a hint, and the flow reads what is so |
//! | connect a system of your own | the module `guide` |
//!
//! # Features
//!
//! - `hub` (default): Clio itself as source and target, in [`hub`].
//! - `conformance`: the suites that stores, executors and adapters must pass, in the module `conformance`.
//! - `metrics`: numbers for whoever collects them, in the module `metrics`.

#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(all(feature = "conformance", feature = "hub"))]
#[doc = include_str!("../docs/write-your-own-adapter.md")]
pub mod guide {}
#[cfg(feature = "hub")]
pub mod hub;
#[cfg(feature = "metrics")]
pub mod metrics;

mod adapter;
mod apply;
mod bell;
mod connection;
mod decisions;
mod engine;
mod error;
mod executor;
mod firm;
mod link;
mod links;
#[cfg(feature = "hub")]
mod login;
#[cfg(not(feature = "metrics"))]
#[path = "no_metrics.rs"]
mod metrics;
mod pass;
mod plan;
mod report;
mod schedule;
mod source;
mod spreadsheet;
mod status;
mod store;
mod target;
mod timing;
mod write;

pub use adapter::{Adapter, Flow, FlowKey};
pub use connection::{
    Account, Backlog, Connection, ConnectionState, FlowRecord, FlowStatus, LastRun, Person, Ran, Standing,
    Totals,
};
pub use decisions::Explained;
pub use engine::Engine;
pub use error::{Error, ErrorKind, Result};
pub use executor::{Executor, Handler, LocalExecutor, Run, RunOutcome};
pub use firm::Firm;
pub use link::{Brake, Conflict, ConflictField, ConflictPolicy, Linked, SweepEnd, Swept, forget_values};
pub use links::Links;
pub use pass::{Pass, Pull, Receive, Refusals};
pub use plan::{Plan, Preview, Scope, Step};
pub use report::{Event, Line, LineOutcome, Progress, Report};
pub use schedule::{Cron, Schedule};
pub use source::{
    Acknowledgement, BadRecord, CursorPage, CursorSource, InboxBatch, InboxSource, Incoming, JsonText,
    Resolution,
};
pub use store::{
    Attempt, BeginSend, Committed, Confirmation, Confirmed, Cursor, CursorWalk, DeadLetter, Decision, Intent,
    IntentState, Interval, Lease, LinkKey, Mirrored, PageCommit, Rebase, Reconciled, Store, Verdict, Waiver,
};
pub use target::{
    Action, Capabilities, Fingerprint, Found, Look, NearMiss, Outcome, Ready, SendLimits, Sending, Target,
    marker,
};
pub use timing::Timing;
pub use write::{Content, Effect, Mapped, Write, fingerprint};
