//! The one error of the core and of the client.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;

use crate::{TransportError, TransportErrorKind, privacy::plain_words};

/// What went wrong, as far as a program has to tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The token is not (or no longer) accepted, and refreshing did not help: a person has to authorise again.
    AuthorisationLost,
    /// The token is good, but does not allow this.
    Forbidden,
    /// There is no such record, or the token cannot see it.
    NotFound,
    /// Clio refused the request or the record as invalid (400, 422, and what else of 4xx has no kind of its own).
    Invalid,
    /// What was asked for is as the caller knows it already (304): a condition such as `if_none_match` says so.
    NotModified,
    /// The record has changed since, or is in use (409, 412).
    Conflict,
    /// The pinned `X-API-VERSION` is not served any more (410).
    VersionRetired,
    /// Clio answered by another version of its API than the pinned one, so that fields may mean something else.
    VersionMismatch,
    /// Too many requests; see [`Error::retry_after`].
    RateLimited,
    /// The server failed, or something in front of it answered in its place.
    Server,
    /// No connection could be made.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection broke midway.
    Interrupted,
    /// What came is larger than allowed.
    TooLarge,
    /// What came is not what was promised; see [`Error::path`].
    Decode,
    /// A webhook's request is not signed as Clio would sign it, or names a webhook that nobody here knows.
    Signature,
    /// A walk through a list cannot go on: a page led to another host or list, or back to a page that was read already;
    /// the ids of a list that is ordered by id fell; a list that is not ordered by id has more than the 10,000 records
    /// that Clio gives of it; or a stored position belongs to something else.
    Paging,
    /// An answer named an address that nothing may be sent to, because it is not https.
    Address,
    /// The content of a file cannot be read, is not as long as was said, or changed while it was carried.
    Content,
    /// The authorisation flow was refused or tampered with.
    Authorisation,
    /// The caller's configuration or arguments cannot work.
    Configuration,
    /// The token store failed.
    TokenStore,
}

impl ErrorKind {
    /// Every kind once, for tests that go through all of them.
    pub const ALL: &[Self] = &[
        Self::AuthorisationLost,
        Self::Forbidden,
        Self::NotFound,
        Self::Invalid,
        Self::NotModified,
        Self::Conflict,
        Self::VersionRetired,
        Self::VersionMismatch,
        Self::RateLimited,
        Self::Server,
        Self::Connect,
        Self::Timeout,
        Self::Interrupted,
        Self::TooLarge,
        Self::Decode,
        Self::Signature,
        Self::Paging,
        Self::Address,
        Self::Content,
        Self::Authorisation,
        Self::Configuration,
        Self::TokenStore,
    ];
}

/// Whether the request may have changed anything at the server: the one fact that decides about repeating a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Applied {
    /// Surely not: no byte left, or the server refused it.
    No,
    /// It may have been applied, now or later.
    Perhaps,
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// The same request may succeed if it is sent again: nothing was applied. After this long, where the server said so.
    Retry(Option<Duration>),
    /// It may have been applied. Look for what it should have done before it is sent again.
    LookFirst,
    /// A person has to authorise again.
    Reauthorise,
    /// The same request will fail again.
    Change,
}

/// A field that was refused.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidField {
    /// Its name in Clio's API.
    pub field: String,
    /// Why, in Clio's words. They may quote what was sent.
    pub message: String,
}

impl fmt::Debug for InvalidField {
    /// Shows the name as far as it is one of Clio's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidField").field("field", &plain_words(&self.field)).finish_non_exhaustive()
    }
}

/// An operation failed.
///
/// `Display` is one line without the cause, for reporters that print the chain. Neither it nor `Debug` shows a body, and of
/// a server's words only those that are names in Clio's API or plain words: a refusal may quote what was sent, or what the
/// server knows of a client. `[..]` stands in place of the rest. [`Error::message`], [`Error::clio_type`],
/// [`Error::fields`] and [`Error::body`] have all of it, for people.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    applied: Applied,
    operation: Option<&'static str>,
    message: String,
    status: Option<u16>,
    clio_type: Option<String>,
    fields: Vec<InvalidField>,
    /// The message as others may see it, where that is not all of it.
    shown: Option<String>,
    path: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    left_behind: Option<i64>,
    body: Option<Bytes>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of this kind, of which nothing reached the server.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            applied: Applied::No,
            operation: None,
            message: message.into(),
            status: None,
            clio_type: None,
            fields: Vec::new(),
            shown: None,
            path: None,
            request_id: None,
            retry_after: None,
            left_behind: None,
            body: None,
            source: None,
        }))
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request may have changed anything.
    pub fn applied(&self) -> Applied {
        self.0.applied
    }

    /// The same request may succeed later without a change by anybody. Says nothing of whether repeating it is safe:
    /// for a write, that is [`Error::applied`].
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::RateLimited
                | ErrorKind::Server
                | ErrorKind::Connect
                | ErrorKind::Timeout
                | ErrorKind::Interrupted
        )
    }

    /// The operation, by its id in Clio's document: `Activity#create`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status, if an answer came.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What to do about it. [`kind`](Self::kind) and [`applied`](Self::applied) in one.
    pub fn advice(&self) -> Advice {
        match (self.0.kind, self.0.applied) {
            (_, Applied::Perhaps) => Advice::LookFirst,
            (ErrorKind::AuthorisationLost, Applied::No) => Advice::Reauthorise,
            (_, Applied::No) if self.is_retryable() => Advice::Retry(self.0.retry_after),
            (_, Applied::No) => Advice::Change,
        }
    }

    /// What went wrong in words: Clio's own where it gave any. They may quote what was sent.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Clio's name for it, such as `InvalidFields`.
    pub fn clio_type(&self) -> Option<&str> {
        self.0.clio_type.as_deref()
    }

    /// The fields that were refused, where Clio names them (422).
    pub fn fields(&self) -> &[InvalidField] {
        &self.0.fields
    }

    /// Where in the JSON the answer broke its promise: `data[3].client.name`.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The server's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The id of a record that was made on the way and could not be taken away again, such as the document of an upload
    /// that failed.
    pub fn left_behind(&self) -> Option<i64> {
        self.0.left_behind
    }

    /// The body of the answer, for people. It may hold client data.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// States whether the request may have been applied.
    #[must_use]
    pub fn with_applied(mut self, applied: Applied) -> Self {
        self.0.applied = applied;
        self
    }

    /// Names the operation.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the place in the JSON.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    /// Adds how long the server asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.0.retry_after = Some(retry_after);
        self
    }

    /// Adds what a server, or anybody else, says of it. [`message`](Self::message) has all of it, `Display` and `Debug` only
    /// the plain words.
    #[must_use]
    pub fn with_words(mut self, told: &str) -> Self {
        let Inner { message, shown, .. } = &mut *self.0;
        let ours = if message.is_empty() { String::new() } else { format!("{message}: ") };
        *shown = Some(ours.clone() + &plain_words(told));
        *message = ours + told;
        self
    }

    pub(crate) fn with_fields(mut self, fields: Vec<InvalidField>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Adds the status of the answer, and the server's own name for what went wrong.
    #[must_use]
    pub fn with_status(mut self, status: u16, name: Option<String>) -> Self {
        self.0.status = Some(status);
        self.0.clio_type = name;
        self
    }

    /// Names a record that was made on the way and remains.
    #[must_use]
    pub fn with_left_behind(mut self, id: i64) -> Self {
        self.0.left_behind = Some(id);
        self
    }

    pub(crate) fn with_answer(
        mut self,
        status: u16,
        clio_type: Option<String>,
        request_id: Option<String>,
        body: Bytes,
    ) -> Self {
        self.0.status = Some(status);
        self.0.clio_type = clio_type;
        self.0.request_id = request_id;
        self.0.body = Some(body);
        self
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        let kind = match error.kind() {
            TransportErrorKind::Connect => ErrorKind::Connect,
            TransportErrorKind::Timeout => ErrorKind::Timeout,
            TransportErrorKind::Interrupted => ErrorKind::Interrupted,
            TransportErrorKind::TooLarge => ErrorKind::TooLarge,
            TransportErrorKind::Request => ErrorKind::Configuration,
            TransportErrorKind::Throttled => ErrorKind::RateLimited,
        };
        let applied = if error.nothing_left() { Applied::No } else { Applied::Perhaps };
        let message = match kind {
            ErrorKind::Connect => "no connection to the server",
            ErrorKind::Timeout if error.nothing_left() => "not sent: the last moment to send had passed",
            ErrorKind::Timeout => "no complete answer in time",
            ErrorKind::Interrupted => "the connection broke",
            ErrorKind::TooLarge => "the answer is larger than allowed",
            ErrorKind::RateLimited => "not sent: the rate limit leaves no room for it in time",
            _ => "the request cannot be sent",
        };
        let retry_after = error.retry_after();
        let mut told = Self::new(kind, message).with_applied(applied).with_source(error);
        told.0.retry_after = retry_after;
        told
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(self.0.shown.as_ref().unwrap_or(&self.0.message))?;
        if let Some(path) = &self.0.path {
            write!(f, " at {path}")?;
        }
        if let Some(id) = self.0.left_behind {
            write!(f, "; {id} was left behind")?;
        }
        match (self.0.status, &self.0.clio_type) {
            (Some(status), Some(name)) => write!(f, " ({status} {})", plain_words(name)),
            (Some(status), None) => write!(f, " ({status})"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("applied", &self.0.applied)
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("clio_type", &self.0.clio_type.as_deref().map(plain_words))
            .field("fields", &self.0.fields)
            .field("path", &self.0.path)
            .field("request_id", &self.0.request_id)
            .field("retry_after", &self.0.retry_after)
            .field("left_behind", &self.0.left_behind)
            .field("body", &self.0.body.as_ref().map(Bytes::len))
            .field("source", &self.0.source)
            .finish_non_exhaustive()
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
            ErrorKind::AuthorisationLost => 0,
            ErrorKind::Forbidden => 1,
            ErrorKind::NotFound => 2,
            ErrorKind::Invalid => 3,
            ErrorKind::NotModified => 4,
            ErrorKind::Conflict => 5,
            ErrorKind::VersionRetired => 6,
            ErrorKind::VersionMismatch => 7,
            ErrorKind::RateLimited => 8,
            ErrorKind::Server => 9,
            ErrorKind::Connect => 10,
            ErrorKind::Timeout => 11,
            ErrorKind::Interrupted => 12,
            ErrorKind::TooLarge => 13,
            ErrorKind::Decode => 14,
            ErrorKind::Signature => 15,
            ErrorKind::Paging => 16,
            ErrorKind::Address => 17,
            ErrorKind::Content => 18,
            ErrorKind::Authorisation => 19,
            ErrorKind::Configuration => 20,
            ErrorKind::TokenStore => 21,
        };
        let places: Vec<_> = ErrorKind::ALL.iter().map(|kind| place(*kind)).collect();
        assert_eq!(places, (0..22).collect::<Vec<_>>());
    }
}
