//! Why a sync was not made.

use std::fmt;

use clio_model::matters::ClioHost;

/// Why a sync was not made, or its report not delivered.
///
/// What became of single matters is no error: the [report](crate::SyncReport) says it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The firm imports matters singly: [`Settings::all_matters`](crate::Settings::all_matters).
    AllMattersOff,
    /// This is neither the id of a matter nor the address of one in Clio.
    NotAMatter(clio_model::Error),
    /// The address is one of another region of Clio's, where the same number is another matter.
    OtherHost {
        /// The host of the address.
        given: ClioHost,
        /// That of the firm.
        firm: ClioHost,
    },
    /// The sync was made, and its report could not be delivered: it is here.
    NotDelivered(Box<crate::SyncReport>, clio_sync::Error),
    /// The engine, the store, Case Status or Clio failed. What had been done before stands, and the next sync goes on from there.
    Sync(clio_sync::Error),
}

/// What the functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllMattersOff => f.write_str(
                "the firm imports its matters one by one: name the one, or allow all in the settings",
            ),
            Self::NotAMatter(error) => write!(f, "{error}: give the number after `matters/` in its address"),
            Self::OtherHost { given, firm } => {
                write!(f, "the address is one at {given}, and the firm's matters are at {firm}")
            }
            Self::NotDelivered(_, error) => {
                write!(f, "the sync was made; its report was not delivered: {error}")
            }
            Self::Sync(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotAMatter(error) => Some(error),
            Self::NotDelivered(_, error) | Self::Sync(error) => error.source(),
            _ => None,
        }
    }
}

impl From<clio_sync::Error> for Error {
    fn from(error: clio_sync::Error) -> Self {
        Self::Sync(error)
    }
}
