//! A write, and how far it got.

use std::{collections::BTreeSet, fmt, time::Duration};

use chrono::{DateTime, Utc};
use clio_core::Etag;
use serde::{Deserialize, Serialize};

use crate::{Conflict, Effect, FlowKey, Linked, Write, link::id_alone};

/// The state of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntentState {
    /// To be sent.
    Planned,
    /// Being sent, or the engine died while it was.
    Sending,
    /// Sent, with unknown outcome.
    Uncertain,
    /// Stands at the target.
    Confirmed,
    /// Refused by the target.
    Rejected,
    /// A person has to decide.
    Parked,
    /// Not to be written any more: others decided about the record.
    Waived,
}

impl IntentState {
    /// Every state once.
    pub const ALL: &[Self] = &[
        Self::Planned,
        Self::Sending,
        Self::Uncertain,
        Self::Confirmed,
        Self::Rejected,
        Self::Parked,
        Self::Waived,
    ];

    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::Sending => "SENDING",
            Self::Uncertain => "UNCERTAIN",
            Self::Confirmed => "CONFIRMED",
            Self::Rejected => "REJECTED",
            Self::Parked => "PARKED",
            Self::Waived => "WAIVED",
        }
    }
}

/// A write that was decided on, and how far it got.
#[derive(Clone, PartialEq, Eq)]
pub struct Intent {
    /// The hash of adapter, firm, source kind, source id, target kind, effect and generation. Unique.
    pub key: String,
    /// The flow that planned it.
    pub flow: FlowKey,
    /// The record's id at the source.
    pub source_id: String,
    /// The effect.
    pub effect: Effect,
    /// The how-many-th effect on this record it is, from 1.
    pub generation: u32,
    /// What to write. Of one that was settled long ago nothing may be left: [`Write::is_purged`].
    pub write: Write,
    /// How far it got.
    pub state: IntentState,
    /// How often it was sent, or may have been.
    pub attempt: u32,
    /// How many looks since the last attempt found nothing.
    pub looks: u32,
    /// Not to be looked at before, by the store's time.
    pub not_before: Option<DateTime<Utc>>,
    /// Looks reach back to here, by the server's time before the first attempt.
    pub floor: Option<DateTime<Utc>>,
    /// Its id at the target, once known.
    pub remote_id: Option<String>,
    /// What was said of it last.
    pub reason: Option<String>,
    /// What belongs to the source record at the target by now. An [upsert](Effect::Upsert) with it is an update, one
    /// without it a creation.
    pub linked: Option<Linked>,
    /// Why it is PARKED, if others have changed the record.
    pub conflict: Option<Conflict>,
}

impl Intent {
    /// It would make a new record at the target, or may have made one.
    pub fn creates(&self) -> bool {
        self.effect != Effect::Delete && self.linked.is_none()
    }
}

impl fmt::Debug for Intent {
    /// Leaves out what is written and the words about it: they are of clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intent")
            .field("key", &self.key)
            .field("flow", &self.flow)
            .field("source_id", &self.source_id)
            .field("effect", &self.effect)
            .field("generation", &self.generation)
            .field("state", &self.state)
            .field("attempt", &self.attempt)
            .field("looks", &self.looks)
            .field("not_before", &self.not_before)
            .field("floor", &self.floor)
            .field("remote_id", &self.remote_id.as_deref().map(id_alone))
            .finish_non_exhaustive()
    }
}

/// What goes with the start of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginSend {
    /// Nothing leaves later than this from now.
    pub within: Duration,
    /// Looks reach back to here. Ignored where an earlier attempt has set it.
    pub floor: Option<DateTime<Utc>>,
    /// The lease runs this long from now.
    pub lease: Duration,
}

/// A write that stands at the target.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The intent.
    pub key: String,
    /// The record's id at the target.
    pub remote_id: String,
    /// Its version there.
    pub etag: Option<Etag>,
    /// The fields that the target did not keep as they were written.
    pub lossy: BTreeSet<String>,
    /// If it took more than one attempt: when to look whether an earlier one has landed, too.
    pub audit_after: Option<Duration>,
}

impl fmt::Debug for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmation")
            .field("key", &self.key)
            .field("remote_id", &id_alone(&self.remote_id))
            .field("etag", &self.etag)
            .field("lossy", &self.lossy)
            .field("audit_after", &self.audit_after)
            .finish()
    }
}

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The intent is CONFIRMED, and linked.
    Linked,
    /// Another source record is linked to that remote record: the intent is as it was.
    Taken,
}

/// One attempt to send an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The how-many-th, from 1.
    pub number: u32,
    /// The epoch of the lease that it was made under.
    pub epoch: i64,
    /// When it was recorded as being sent, by the store's time.
    pub began: DateTime<Utc>,
    /// When its end was recorded.
    pub ended: Option<DateTime<Utc>>,
    /// How it ended, in a few words.
    pub outcome: Option<String>,
}
