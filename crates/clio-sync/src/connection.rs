//! How a firm is connected to Clio, and how its flows are doing.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ErrorKind, FlowKey, Lease, LineOutcome, Report};

/// How a firm is connected, and how its flows are doing. Made by [`Firm::connection`](crate::Firm::connection).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Connection {
    /// The firm's name.
    pub firm: String,
    /// How it is connected.
    #[serde(flatten)]
    pub standing: Standing,
    /// Its flows: those that are attached, and those that ran or were switched before.
    pub flows: Vec<FlowStatus>,
}

/// How a firm is connected. The default is that of a firm of which nothing was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Whether it is connected.
    pub state: ConnectionState,
    /// Since when it is in this state, by the store's time. Nothing if that was never recorded.
    pub since: Option<DateTime<Utc>>,
    /// The Clio account, if it was asked for: [`Engine::connect`](crate::Engine::connect) does.
    pub account: Option<Account>,
    /// Who authorised last.
    pub authorised_by: Option<Person>,
}

/// Whether a firm is connected to its Clio account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionState {
    /// It is, as far as anybody knows.
    #[default]
    Connected,
    /// A run found that a token is not accepted any more: a person has to authorise again.
    AuthorisationLost,
    /// A person disconnected it: no flow runs.
    Disconnected,
}

impl ConnectionState {
    /// Its name, in one word: `authorisation_lost`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::AuthorisationLost => "authorisation_lost",
            Self::Disconnected => "disconnected",
        }
    }
}

/// A Clio account: all that one firm has there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id at Clio.
    pub id: i64,
    /// The firm's name there.
    pub name: Option<String>,
}

/// A user of a Clio account. `Debug` leaves out who it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The user's id at Clio.
    pub id: i64,
    /// First and last name.
    pub name: Option<String>,
    /// The address to log in with.
    pub email: Option<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How a flow is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FlowStatus {
    /// What the store knows of it.
    #[serde(flatten)]
    pub record: FlowRecord,
    /// When it runs next by itself, as far as its schedule and its last run tell: a flow that fails may run later. Nothing if
    /// it is switched off, the firm is disconnected, or nobody can tell.
    pub next: Option<DateTime<Utc>>,
}

/// What the store knows of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowRecord {
    /// The flow.
    pub flow: FlowKey,
    /// It runs by its schedule and by hints.
    pub enabled: bool,
    /// Its last run that came to an end.
    pub last: Option<LastRun>,
    /// How many runs in a row ended in an error, up to the last.
    pub failures: u32,
    /// When the last run that succeeded began: what its source had by then has been read.
    pub fresh: Option<DateTime<Utc>>,
}

impl FlowRecord {
    /// A flow of which nothing was recorded.
    pub fn new(flow: FlowKey) -> Self {
        Self { flow, enabled: true, last: None, failures: 0, fresh: None }
    }
}

/// The last run of a flow. Times are the store's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// When it began.
    pub began: DateTime<Utc>,
    /// When it ended.
    pub ended: DateTime<Utc>,
    /// `done`, or the [kind](ErrorKind::as_str) of the error that it ended in.
    pub outcome: String,
    /// What it did.
    pub totals: Totals,
    /// When it wanted to be run again, if it said so.
    pub again: Option<DateTime<Utc>>,
}

impl LastRun {
    /// The outcome of a run that succeeded.
    pub const DONE: &str = "done";

    /// It did not end in an error.
    pub fn succeeded(&self) -> bool {
        self.outcome == Self::DONE
    }
}

/// What a run came to, for the store to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// How long it took, up to now.
    pub took: Duration,
    /// The error that it ended in.
    pub error: Option<ErrorKind>,
    /// What it did.
    pub totals: Totals,
    /// When it wants to be run again, from now.
    pub again: Option<Duration>,
    /// The lease that the firm needs no longer: given back in the same transaction, as by
    /// [`Store::release_lease`](crate::Store::release_lease).
    pub release: Option<Lease>,
}

impl Ran {
    /// Its outcome in one word.
    pub fn outcome(&self) -> &'static str {
        self.error.map_or(LastRun::DONE, ErrorKind::as_str)
    }
}

/// The totals of a [`Report`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Totals {
    /// Records created.
    pub created: u64,
    /// Records brought up to date.
    pub updated: u64,
    /// Records that were as they should be.
    pub unchanged: u64,
    /// Records of which nothing was to be written.
    pub skipped: u64,
    /// Records that went to the dead letters.
    pub rejected: u64,
    /// Records that wait for a person.
    pub parked: u64,
    /// Writes and acknowledgements that a later run has to see to.
    pub pending: u64,
    /// Requests sent to Clio.
    pub requests: u64,
    /// Looks at the target after a write of unknown outcome.
    pub looks: u64,
}

impl From<&Report> for Totals {
    fn from(report: &Report) -> Self {
        let count = |outcome| report.count(outcome) as u64;
        Self {
            created: count(LineOutcome::Created),
            updated: count(LineOutcome::Updated),
            unchanged: count(LineOutcome::Unchanged),
            skipped: count(LineOutcome::Skipped),
            rejected: count(LineOutcome::Rejected),
            parked: count(LineOutcome::Parked),
            pending: report.pending as u64,
            requests: report.requests,
            looks: report.looks,
        }
    }
}

/// How much of a firm is unsettled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Intents in PLANNED.
    pub planned: u64,
    /// Intents in SENDING.
    pub sending: u64,
    /// Intents in UNCERTAIN.
    pub uncertain: u64,
    /// Intents in REJECTED.
    pub rejected: u64,
    /// Intents in PARKED.
    pub parked: u64,
    /// When the oldest of those in UNCERTAIN was sent last.
    pub oldest_uncertain: Option<DateTime<Utc>>,
    /// Dead letters.
    pub dead_letters: u64,
}
