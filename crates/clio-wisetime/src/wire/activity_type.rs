//! Activity types, as they are sent.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An activity type to be created or updated; the code decides which.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SyncActivityType {
    /// Its id in the connected system. Required, and unique.
    pub code: String,
    /// What it is called. Required. Once a type exists, WiseTime keeps the label that it has.
    pub label: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A new one can be chosen at once. Otherwise somebody has to enable it in the team's settings.
    pub enable_if_new: bool,
    /// One that was deleted, or archived by a member, can be chosen again.
    pub reenable_if_archived: bool,
}

impl fmt::Debug for SyncActivityType {
    /// Shows the code alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncActivityType").field("code", &self.code).finish_non_exhaustive()
    }
}

/// A session in which all activity types are sent: those that were not sent since it began go when it is completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSession {
    /// Its id.
    pub sync_session_id: String,
}
