//! What a test sees of a fake WiseTime team.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// A tag, as connectors have upserted it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagRecord {
    /// Its name, which identifies it.
    pub name: String,
    /// The text beside the name.
    pub description: Option<String>,
    /// The id of the record in the connected system.
    pub external_id: Option<String>,
    /// Where a click on the tag leads.
    pub url: Option<String>,
    /// What brings the tag up; grows with each upsert.
    pub keywords: Vec<String>,
}

/// What a connector says about a group: the `status` of `POST /postedtime/status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupStatus {
    /// It is done.
    Success,
    /// It will never be; the user reads the message.
    Failure,
    /// Not now; hand it out again.
    RetriableFailure,
}

/// One update of a status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusRecord {
    /// The group.
    pub group_id: String,
    /// What was said.
    pub status: GroupStatus,
    /// The reason for the user.
    pub message: Option<String>,
    /// The id of the record that the connector made.
    pub external_id: Option<String>,
    /// When, by the clock of the world.
    pub at: DateTime<Utc>,
}

/// Where a posted group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// Never handed out.
    Pending,
    /// Handed out and not acknowledged.
    HandedOut {
        /// When it becomes available again.
        until: DateTime<Utc>,
    },
    /// Acknowledged as done. This does not change any more.
    Success,
    /// Acknowledged as impossible. This does not change any more.
    Failure,
    /// Put back by the connector; available again after the redelivery time.
    Retriable,
}

/// A group that a user posted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GroupRecord {
    /// Its `groupId`, where that is a text.
    pub group_id: Option<String>,
    /// What was posted, unchanged.
    pub json: Value,
    /// Where it is.
    pub state: GroupState,
}
