//! What is recorded of a page, and what is kept of it.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Cursor, Effect, FlowKey, JsonText, Preview, Write};

/// A page to be recorded.
#[derive(Debug, Clone)]
pub struct PageCommit {
    /// The flow.
    pub flow: FlowKey,
    /// The kind of its source.
    pub source: String,
    /// The kind of its target.
    pub target: String,
    /// The records. Shared, because a store works on a thread of its own and a page may be large.
    pub records: Arc<[Reconciled]>,
    /// Where the cursor stands after this page. `None` for an inbox.
    pub cursor: Option<Cursor>,
    /// The source waits for acknowledgements.
    pub acknowledge: bool,
    /// What must follow from this page, and nothing else: that of a plan which is being applied.
    pub expected: Option<Vec<Preview>>,
    /// How long a request of an earlier engine may still be under way.
    pub settle: Duration,
}

/// A record with what is to be done about it.
#[derive(Debug, Clone)]
pub struct Reconciled {
    /// Its id at the source.
    pub id: String,
    /// Its version there.
    pub version: String,
    /// Since when it exists there, if the source says so.
    pub created: Option<DateTime<Utc>>,
    /// What is to be done.
    pub decision: Decision,
}

/// What is to be done about a record.
#[derive(Clone)]
pub enum Decision {
    /// Write this.
    Write(Effect, Write),
    /// Delete what belongs to it at the target, for this reason.
    Delete(String),
    /// Keep this copy of it, in place of the one before. A record of which another version is decided otherwise later is
    /// kept no longer.
    Keep(JsonText),
    /// Nothing, for this reason.
    Skip(String),
    /// It goes to the dead letters.
    Reject {
        /// What is wrong.
        reason: String,
        /// Where in its JSON.
        path: Option<String>,
    },
}

impl fmt::Debug for Decision {
    /// Leaves the reasons out: they may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(effect, write) => f.debug_tuple("Write").field(effect).field(write).finish(),
            Self::Delete(_) => f.write_str("Delete(..)"),
            Self::Keep(_) => f.write_str("Keep(..)"),
            Self::Skip(_) => f.write_str("Skip(..)"),
            Self::Reject { path, .. } => f.debug_struct("Reject").field("path", path).finish_non_exhaustive(),
        }
    }
}

/// What became of a record when its page was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Committed {
    /// An intent was planned.
    Planned,
    /// A copy was stored that was not there before, or of another version.
    Kept,
    /// It was seen before, and nothing about it has changed.
    Unchanged,
    /// Nothing is to be written.
    Skipped,
    /// It stands among the dead letters.
    Rejected,
    /// A person has deleted what belongs to it at the target: it stays deleted.
    LeftDeleted,
}

/// A record that a mirror keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirrored {
    /// Its id at the source.
    pub id: String,
    /// Its version there.
    pub version: String,
    /// The record.
    pub body: JsonText,
}

/// A record that could not be read, mapped or written, kept with its reason.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The flow.
    pub flow: FlowKey,
    /// The record's id at the source.
    pub source_id: String,
    /// What is wrong.
    pub reason: String,
    /// Where in its JSON.
    pub path: Option<String>,
    /// When it was first seen, by the store's time.
    pub since: DateTime<Utc>,
}

impl fmt::Debug for DeadLetter {
    /// Leaves the reason out: it may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("flow", &self.flow)
            .field("source_id", &self.source_id)
            .field("path", &self.path)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}
