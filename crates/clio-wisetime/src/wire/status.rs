//! What became of posted time.

use std::fmt;

use serde::Serialize;

/// What became of a group.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeGroupStatus {
    /// The group.
    pub time_group_id: String,
    /// What became of it.
    pub status: Status,
    /// Shown to the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The id of the time entry in Clio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl fmt::Debug for TimeGroupStatus {
    /// Leaves the message out: it is for the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeGroupStatus")
            .field("time_group_id", &self.time_group_id)
            .field("status", &self.status)
            .field("external_id", &self.external_id)
            .finish_non_exhaustive()
    }
}

/// What became of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It is done.
    Success,
    /// It can never be posted as it is.
    Failure,
    /// Not yet: WiseTime hands it out again.
    RetriableFailure,
}
