//! What a mapper makes of a record, and what identifies a write.

use std::{collections::BTreeMap, fmt, fmt::Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The fields of a record as plain values, by name: what was written, what was echoed, what a look found.
///
/// Numbers of money are texts here, so that they compare exactly.
pub type Content = BTreeMap<String, serde_json::Value>;

/// One record to be written at a target.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// What the target is sent, in its own form: JSON text, kept to the digit.
    pub payload: String,
    /// The fields by which the target recognises the record as its own.
    pub content: Content,
    /// A few words for people: what this is.
    pub label: String,
}

impl Write {
    /// What a store keeps of a write that was settled long ago: nothing. The intent, its key and its link stay, so that
    /// nothing is written again.
    pub fn purged() -> Self {
        Self { payload: String::new(), content: Content::new(), label: String::new() }
    }

    /// Nothing is left of this write: it cannot be shown, compared, or sent again.
    pub fn is_purged(&self) -> bool {
        *self == Self::purged()
    }
}

impl fmt::Debug for Write {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("fields", &self.content.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// What a mapper makes of a record. The mapper is a pure function: no clock, no I/O.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mapped {
    /// Create this record once. If the source hands the record out again, nothing is written.
    Create(Write),
    /// Bring the target's record to this state, creating it if need be.
    Upsert(Write),
    /// The target's record is to go, for this reason. Nothing happens where there is none of ours.
    Delete(String),
    /// Nothing is to be written, for this reason.
    Skip(String),
    /// The record can never be written as it is, for this reason: it goes to the dead letters.
    Reject(String),
}

impl fmt::Debug for Mapped {
    /// Leaves the reasons out: they may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(write) => f.debug_tuple("Create").field(write).finish(),
            Self::Upsert(write) => f.debug_tuple("Upsert").field(write).finish(),
            Self::Delete(_) => f.write_str("Delete(..)"),
            Self::Skip(_) => f.write_str("Skip(..)"),
            Self::Reject(_) => f.write_str("Reject(..)"),
        }
    }
}

/// The kind of an effect; part of the key of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Create once.
    Create,
    /// Create or bring up to date.
    Upsert,
    /// Delete.
    Delete,
}

impl Effect {
    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Upsert => "upsert",
            Self::Delete => "delete",
        }
    }
}

/// The hash of some texts, each kept apart from the next. Hexadecimal, 64 digits.
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_ne!(fingerprint(["a"]), fingerprint(["a", ""]));
        assert_eq!(fingerprint(["a", "b"]).len(), 64);
    }

    #[test]
    fn debug_shows_no_values() {
        let content = Content::from([("note".to_owned(), "Draft will of Ada".into())]);
        let write = Write { payload: "{\"note\":\"Ada\"}".into(), content, label: "Ada".into() };
        assert!(!format!("{write:?}").contains("Ada"));
    }
}
