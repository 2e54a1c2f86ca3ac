//! Tag categories.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A group of tags, for where WiseTime recognises the group and not which tag of it. Time is never posted with one.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TagCategory {
    /// WiseTime's id of it: what a [tag](super::UpsertTag::tag_category_id) names. Not set on what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its id in the connected system, which decides whether it is created or updated. Required.
    pub external_id: String,
    /// What it is called. Required.
    pub label: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Words by which it is recognised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
}

impl fmt::Debug for TagCategory {
    /// Shows the ids: the rest may name clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagCategory")
            .field("id", &self.id)
            .field("external_id", &self.external_id)
            .finish_non_exhaustive()
    }
}
