//! How posted time becomes a time entry, where WiseTime has no setting for it.

/// How posted time becomes a time entry, beyond WiseTime's own settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Posting {}
