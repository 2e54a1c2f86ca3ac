//! What WiseTime's call is answered.

use std::fmt;

use crate::wire::{Status, TimeGroupStatus};

/// What to answer WiseTime's call: a status, and a text as `text/plain`, which the user may read.
///
/// | status | what WiseTime makes of it |
/// |---|---|
/// | 200 | the group is done |
/// | 400 | it can never be posted as it is; the user reads the text |
/// | 500 | not yet: it calls again |
/// | 401, 413 | the call was not from WiseTime, or larger than allowed. WiseTime's document does not know them; whatever is neither 2xx nor 400 should be tried again |
#[derive(Clone, PartialEq, Eq)]
#[must_use = "WiseTime waits for it"]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl fmt::Debug for Answer {
    /// Leaves the text out: it is for the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Answer {
    pub(super) fn new(status: u16, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// WiseTime calls again.
    pub(super) fn later(why: &str) -> Self {
        Self::new(500, format!("not posted yet, and tried again: {why}"))
    }

    /// What became of the group.
    pub(super) fn of(status: &TimeGroupStatus) -> Self {
        let text = status.message.clone().unwrap_or_default();
        match status.status {
            Status::Success => Self::new(200, text),
            Status::Failure => Self::new(400, text),
            Status::RetriableFailure => Self::new(500, text),
        }
    }
}
