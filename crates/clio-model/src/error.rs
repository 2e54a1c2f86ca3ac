//! What can be wrong with a value of the domain.

use std::fmt;

/// Why a value cannot be, or a step cannot be taken.
///
/// Nothing here is worth a second try: the same input gives the same error. `Display` shows no client's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is not what it should be: a negative duration, a text that is no number of a matter.
    Invalid,
    /// Amounts of two currencies were put together.
    CurrencyMismatch,
    /// The result has more digits than a number can have here (28). It is not cut off without a word.
    Overflow,
    /// The step is not allowed from where the thing stands: paying a draft.
    IllegalTransition,
    /// Clio did not tell what is needed: hours and rates can be hidden from a user.
    Unknown,
}

impl Error {
    /// An error of this kind. The message says what is wrong, in words without a client's data.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    pub(crate) fn overflow(what: &str) -> Self {
        Self::new(ErrorKind::Overflow, format!("{what} does not fit a number"))
    }

    /// What kind of thing is wrong.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<Error> for clio_core::Error {
    /// A draft that is wrong is refused before it is sent, as Clio would refuse it: [`clio_core::ErrorKind::Invalid`].
    fn from(error: Error) -> Self {
        Self::new(clio_core::ErrorKind::Invalid, error.message.clone()).with_source(error)
    }
}

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;
