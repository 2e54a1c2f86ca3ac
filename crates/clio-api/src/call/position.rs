//! Where a walk stands, as a text that can be stored.

use std::fmt;

use clio_core::{Error, ErrorKind, PageToken};
use serde::{Deserialize, Serialize};

use super::marks::Stored;

/// The version of what is written here.
const VERSION: u32 = 1;

/// Where a walk through a list stands: which page, and which of its records were handed out. Given by
/// [`Items::suspend`](super::Items::suspend) and [`Pages::suspend`](super::Pages::suspend), taken by
/// [`List::resume`](super::List::resume).
///
/// It is a text, and serialises as one: it can be stored, and used after a restart and by a later version of this library.
/// It repeats what the list was filtered by, which may be data of clients; a token it does not hold. In the order of ids it
/// is as long as an address; otherwise it also has the ids of some 1,000 records, about 10 kB.
///
/// A [`PageToken`] is a position too: before the first record of its page.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(String);

impl Position {
    /// The position with this text, which is looked at when the walk goes on.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for a store that keeps texts.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The walk has reached its end: resumed, it yields nothing.
    pub fn is_finished(&self) -> bool {
        self.read().is_ok_and(|read| matches!(read, Read::Stand(stand) if matches!(stand.at, At::End)))
    }

    pub(super) fn write(stand: &Stand<'_>) -> Self {
        // Maps with names for keys and numbers are always JSON.
        Self(serde_json::to_string(stand).unwrap_or_default())
    }

    pub(super) fn read(&self) -> Result<Read<'_>, Error> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        if !self.0.trim_start().starts_with('{') {
            return Ok(Read::Link(PageToken::from_text(&self.0)));
        }
        // What serde says of it could quote the link.
        let unreadable = |_| refused("the position cannot be read");
        let Versioned { version } = serde_json::from_str(&self.0).map_err(unreadable)?;
        if version != VERSION {
            return Err(refused(&format!(
                "the position has version {version}, and this library reads version {VERSION}"
            )));
        }
        serde_json::from_str(&self.0).map(Read::Stand).map_err(unreadable)
    }
}

impl From<PageToken> for Position {
    fn from(page: PageToken) -> Self {
        Self(page.as_str().to_owned())
    }
}

impl fmt::Debug for Position {
    /// Shows no text: it may hold client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position(..)")
    }
}

/// A position that cannot be used here.
pub(super) fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Paging, why)
}

/// What a position says.
#[derive(Debug)]
pub(super) enum Read<'a> {
    Stand(Stand<'a>),
    /// Only a link, as [`PageToken`]s are.
    Link(PageToken),
}

/// Where a walk stands.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stand<'a> {
    pub(super) version: u32,
    /// The operation, by its id in Clio's document.
    pub(super) operation: std::borrow::Cow<'a, str>,
    /// What the caller asked for.
    pub(super) fields: std::borrow::Cow<'a, str>,
    /// The page, and what was handed out.
    pub(super) at: At,
    pub(super) marks: Stored,
    /// How many records stand on the pages before.
    pub(super) passed: u64,
    /// The list is one of those of which Clio gives 10,000 records at most.
    pub(super) capped: bool,
    pub(super) total: Option<u64>,
}

/// The page that is read next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum At {
    /// Nothing was asked for yet, not even an address is known.
    Start,
    Page(PageToken),
    End,
}

impl<'a> Stand<'a> {
    pub(super) fn new(operation: &'a str, fields: &'a str, at: At, marks: Stored) -> Self {
        let (operation, fields) = (operation.into(), fields.into());
        Self { version: VERSION, operation, fields, at, marks, passed: 0, capped: false, total: None }
    }

    /// # Errors
    ///
    /// [`ErrorKind::Paging`] when it is of another operation or selection.
    pub(super) fn belongs_to(&self, operation: &str, fields: &str) -> Result<(), Error> {
        if self.operation != operation {
            return Err(refused(&format!("the position is one of {}", self.operation)));
        }
        if self.fields != fields {
            return Err(refused("the position is one of another selection"));
        }
        Ok(())
    }
}
