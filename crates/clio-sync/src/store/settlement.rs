//! How a write ends otherwise than by being made: upon what others did, or as a person decides.

use clio_core::Etag;

use crate::Content;

/// The record that an update is sent upon, after others have changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebase {
    /// The intent.
    pub key: String,
    /// The record's version now.
    pub etag: Option<Etag>,
    /// The fields of ours as they stand now; `None` if they are as we wrote them.
    pub written: Option<Content>,
}

/// A write that is not to be made any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The intent.
    pub key: String,
    /// Why.
    pub reason: String,
    /// The record does not exist any more, and not by our doing: it is never created again.
    pub gone: bool,
    /// The fields of ours as others have them, and the version: held to be what we wrote.
    pub theirs: Option<(Content, Option<Etag>)>,
}

/// What a person decides about a write that waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It stands at the target as this record. Refused where another source record is linked to it.
    Stands {
        /// The record's id there.
        remote_id: String,
    },
    /// It does not stand there: send it. In a conflict: ours goes over theirs.
    SendAgain,
    /// It is not to be written. In a conflict: theirs stays.
    Drop {
        /// Why, for the report and for the source.
        reason: String,
    },
}

/// Which record of which source, and at which target.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LinkKey {
    /// The firm.
    pub firm: String,
    /// The adapter.
    pub adapter: String,
    /// The kind of the source.
    pub source: String,
    /// The record's id there.
    pub source_id: String,
    /// The kind of the target.
    pub target: String,
}
