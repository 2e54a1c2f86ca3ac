//! The one error of the engine.

use std::{error::Error as StdError, fmt, time::Duration};

/// What stopped a flow, as far as a program has to tell it apart.
///
/// What concerns a single record is not here: such a record goes to the dead letters and the flow goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It may work later without a change by anybody.
    Transient,
    /// Too many requests; see [`Error::retry_after`].
    RateLimited,
    /// A token is not accepted any more: a person has to authorise again. Nothing is lost meanwhile.
    AuthorisationLost,
    /// The firm was disconnected by a person: connect it again. Nothing is lost meanwhile.
    Disconnected,
    /// This is another Clio account than the one that the firm is connected to.
    OtherAccount,
    /// Settings or arguments cannot work.
    Configuration,
    /// No flow of this name is attached.
    UnknownFlow,
    /// Another engine works for this firm just now.
    Busy,
    /// Another engine has taken over this firm since; this one wrote nothing any more.
    Fenced,
    /// A source or a target broke its own rules.
    Protocol,
    /// What a plan relied on has changed: make a new one.
    Stale,
    /// Too much is gone from a source at once for it to be believed; a person has to look.
    Braked,
    /// The store was written by a newer version of this library.
    StoreNewer,
    /// The store is locked by another program.
    StoreLocked,
    /// The store cannot be written.
    StoreReadOnly,
    /// The disk of the store is full. What was recorded stands; somebody has to make room.
    StoreFull,
    /// The disk of the store failed to read or to write.
    StoreIo,
    /// The store is damaged, or not a store of ours.
    StoreDamaged,
    /// The store failed otherwise.
    Store,
}

impl ErrorKind {
    /// Every kind once, for tests that go through all of them.
    pub const ALL: &[Self] = &[
        Self::Transient,
        Self::RateLimited,
        Self::AuthorisationLost,
        Self::Disconnected,
        Self::OtherAccount,
        Self::Configuration,
        Self::UnknownFlow,
        Self::Busy,
        Self::Fenced,
        Self::Protocol,
        Self::Stale,
        Self::Braked,
        Self::StoreNewer,
        Self::StoreLocked,
        Self::StoreReadOnly,
        Self::StoreFull,
        Self::StoreIo,
        Self::StoreDamaged,
        Self::Store,
    ];

    /// Its name, in one word: `rate_limited`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::RateLimited => "rate_limited",
            Self::AuthorisationLost => "authorisation_lost",
            Self::Disconnected => "disconnected",
            Self::OtherAccount => "other_account",
            Self::Configuration => "configuration",
            Self::UnknownFlow => "unknown_flow",
            Self::Busy => "busy",
            Self::Fenced => "fenced",
            Self::Protocol => "protocol",
            Self::Stale => "stale",
            Self::Braked => "braked",
            Self::StoreNewer => "store_newer",
            Self::StoreLocked => "store_locked",
            Self::StoreReadOnly => "store_read_only",
            Self::StoreFull => "store_full",
            Self::StoreIo => "store_io",
            Self::StoreDamaged => "store_damaged",
            Self::Store => "store",
        }
    }
}

/// A flow stopped, or the engine could not start it.
///
/// `Display` is one line that says what to do where something can be done, without the cause.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), retry_after: None, source: None }))
    }

    /// What stopped the flow.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Running the flow again later may succeed without a change by anybody.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Transient
                | ErrorKind::RateLimited
                | ErrorKind::Busy
                | ErrorKind::Fenced
                | ErrorKind::StoreLocked
        )
    }

    /// How long to wait, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Adds how long to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }
}

impl From<clio_core::Error> for Error {
    fn from(error: clio_core::Error) -> Self {
        use clio_core::ErrorKind as Core;
        let kind = match error.kind() {
            Core::AuthorisationLost | Core::Authorisation => ErrorKind::AuthorisationLost,
            Core::RateLimited => ErrorKind::RateLimited,
            Core::Configuration | Core::VersionRetired | Core::Forbidden | Core::TokenStore => {
                ErrorKind::Configuration
            }
            Core::Decode | Core::Paging | Core::Invalid | Core::NotFound | Core::Conflict => {
                ErrorKind::Protocol
            }
            _ => ErrorKind::Transient,
        };
        Self::new(kind, error.to_string()).with_retry_after(error.retry_after()).with_source(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new kind does not compile here before it has a place, and then is missed in the list.
    #[test]
    fn every_kind_is_listed() {
        let place = |kind: ErrorKind| match kind {
            ErrorKind::Transient => 0,
            ErrorKind::RateLimited => 1,
            ErrorKind::AuthorisationLost => 2,
            ErrorKind::Disconnected => 3,
            ErrorKind::OtherAccount => 4,
            ErrorKind::Configuration => 5,
            ErrorKind::UnknownFlow => 6,
            ErrorKind::Busy => 7,
            ErrorKind::Fenced => 8,
            ErrorKind::Protocol => 9,
            ErrorKind::Stale => 10,
            ErrorKind::Braked => 11,
            ErrorKind::StoreNewer => 12,
            ErrorKind::StoreLocked => 13,
            ErrorKind::StoreReadOnly => 14,
            ErrorKind::StoreFull => 15,
            ErrorKind::StoreIo => 16,
            ErrorKind::StoreDamaged => 17,
            ErrorKind::Store => 18,
        };
        let places: Vec<_> = ErrorKind::ALL.iter().map(|kind| place(*kind)).collect();
        assert_eq!(places, (0..19).collect::<Vec<_>>());
    }
}
