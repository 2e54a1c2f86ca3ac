//! What is wrong with items of a batch.

use std::fmt;

use serde::Deserialize;

/// What is wrong with one item of a batch.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemError {
    /// The item's place in the request, from 0.
    pub index: usize,
    /// Why it was refused, in WiseTime's words.
    #[serde(default)]
    pub error_description: String,
}

impl fmt::Debug for ItemError {
    /// Leaves the words out: they may quote the item.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemError").field("index", &self.index).finish_non_exhaustive()
    }
}
