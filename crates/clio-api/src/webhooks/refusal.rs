//! Why a request was not taken.

use std::{error::Error as StdError, fmt};

use clio_core::{Error, ErrorKind};
use http::StatusCode;

/// Why a request to a [`Receiver`](super::Receiver) is none that Clio sent. It is the cause of the [`Error`], whose kind is
/// broader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The body is larger than the receiver reads. [`ErrorKind::TooLarge`].
    TooLarge,
    /// The body is no event and no handshake. [`ErrorKind::Decode`].
    NoEvent,
    /// Nobody told the receiver of this webhook: [`Receiver::trust`](super::Receiver::trust). [`ErrorKind::Signature`], as
    /// are all that follow.
    UnknownWebhook,
    /// There is no signature.
    Unsigned,
    /// The signature is neither hex nor base64 of 32 bytes.
    Undecodable,
    /// The body was signed with a secret that was replaced since.
    Stale,
    /// The body was not signed with a secret that the webhook has, or had lately.
    Forged,
    /// A handshake brings another secret than the one that Clio has for the webhook.
    ForgedHandshake,
}

impl Refusal {
    /// The refusal that an error stands for, if it does.
    pub fn of(error: &Error) -> Option<Self> {
        error.source()?.downcast_ref::<Self>().copied()
    }

    /// What to answer. Never 410, which would end the webhook: Clio sends again what was refused, and by then the webhook may be
    /// known.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoEvent => StatusCode::BAD_REQUEST,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    fn kind(self) -> ErrorKind {
        match self {
            Self::TooLarge => ErrorKind::TooLarge,
            Self::NoEvent => ErrorKind::Decode,
            _ => ErrorKind::Signature,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.kind(), "a webhook's request was not taken").with_source(refusal)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "its body is too large",
            Self::NoEvent => "its body is no event",
            Self::UnknownWebhook => "its webhook is not known here",
            Self::Unsigned => "it is not signed",
            Self::Undecodable => "its signature cannot be read",
            Self::Stale => "it is signed with a secret that was replaced",
            Self::Forged => "its signature is wrong",
            Self::ForgedHandshake => "it brings another secret than the one that Clio has",
        })
    }
}

impl StdError for Refusal {}
