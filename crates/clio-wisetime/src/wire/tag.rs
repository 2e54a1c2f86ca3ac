//! Tags.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A tag to be created or updated; the name decides which.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpsertTag {
    /// Its name: the matter's number.
    pub name: String,
    /// Shown beside the name. An empty one would leave the old one standing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The matter's id in Clio. It comes back with posted time.
    pub external_id: String,
    /// Where a click on the tag leads.
    pub url: String,
    /// Words in window titles and file names by which the tag is recognised. They add up.
    pub additional_keywords: Vec<String>,
}

impl fmt::Debug for UpsertTag {
    /// Shows the matter's id: the rest names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertTag").field("external_id", &self.external_id).finish_non_exhaustive()
    }
}
