//! Where records come from.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Error, ErrorKind, Result, link::id_alone};

/// One record as a source gave it.
#[derive(Debug)]
pub struct Incoming<T> {
    /// Its id at the source. A record without a readable id gets one from its content.
    pub id: String,
    /// Changes whenever the record does: an etag, or a hash.
    pub version: String,
    /// Since when it exists at the source, if that says so. A record that is older than the store is looked for at the target
    /// before it is written: an earlier store may have known it.
    pub created: Option<DateTime<Utc>>,
    /// The record, or why it cannot be read.
    pub record: std::result::Result<T, BadRecord>,
}

impl<T> Incoming<T> {
    /// A record that could be read.
    pub fn new(id: impl Into<String>, version: impl Into<String>, record: T) -> Self {
        Self { id: id.into(), version: version.into(), created: None, record: Ok(record) }
    }

    /// A record that could not.
    pub fn bad(id: impl Into<String>, version: impl Into<String>, bad: BadRecord) -> Self {
        Self { id: id.into(), version: version.into(), created: None, record: Err(bad) }
    }

    /// The record as it is read under these settings: under others it counts as another version.
    pub(crate) fn under(mut self, settings: Option<&str>) -> Self {
        if let Some(settings) = settings {
            self.version = format!("{} under {settings}", self.version);
        }
        self
    }

    /// Since when the record exists at the source.
    #[must_use]
    pub fn created(mut self, at: DateTime<Utc>) -> Self {
        self.created = Some(at);
        self
    }
}

/// A record that cannot be read. It becomes a dead letter, and the flow goes on.
#[derive(Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// What is wrong, in words.
    pub reason: String,
    /// Where in the JSON: `timeRows[0].durationSecs`.
    pub path: Option<String>,
}

impl fmt::Debug for BadRecord {
    /// Leaves the reason out: it may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadRecord").field("path", &self.path).finish_non_exhaustive()
    }
}

impl fmt::Display for BadRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match &self.path {
            Some(path) => write!(f, " at {path}"),
            None => Ok(()),
        }
    }
}

/// A source that is read by time: everything that changed since some moment, page by page.
#[async_trait]
pub trait CursorSource: Send + Sync {
    /// A record of this source.
    type Record: Send;

    /// What the records are: `clio/matter`. Part of every key, so it never changes.
    fn kind(&self) -> &str;

    /// It can be asked for what changed since some moment. A source that cannot is read as a whole each time; what has
    /// not changed is told by its version then.
    fn reads_changes(&self) -> bool {
        true
    }

    /// One page of what changed since `since` (everything, if `None`), going on at `position`.
    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<Self::Record>>;

    /// The record with this id; `None` when the source says that there is none. Whatever else the source is told to
    /// leave out, it is not left out here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] of a source that cannot read one record, as when this is not implemented.
    async fn one(&self, id: &str) -> Result<Option<Incoming<Self::Record>>> {
        let _ = id;
        Err(Error::new(ErrorKind::Configuration, format!("{} cannot read one record", self.kind())))
    }
}

/// One page of a cursor source.
pub struct CursorPage<T> {
    /// The records.
    pub records: Vec<Incoming<T>>,
    /// Where the next page is; `None` on the last one.
    pub next: Option<String>,
    /// The source's own time when it answered.
    pub server_time: Option<DateTime<Utc>>,
    /// How many records the whole walk has, this page and those before it included, where the source says so.
    pub total: Option<u64>,
    /// How many of these records say themselves that they changed before `since`.
    pub older: usize,
}

impl<T> Default for CursorPage<T> {
    /// The last page, without records.
    fn default() -> Self {
        Self { records: Vec::new(), next: None, server_time: None, total: None, older: 0 }
    }
}

impl<T: fmt::Debug> fmt::Debug for CursorPage<T> {
    /// Leaves the next place out: it may repeat what was searched for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorPage")
            .field("records", &self.records)
            .field("server_time", &self.server_time)
            .field("total", &self.total)
            .field("older", &self.older)
            .finish_non_exhaustive()
    }
}

/// The JSON of one record, as its source gave it: what a [mirror](crate::Pass::mirror) keeps.
///
/// `clio_core::decode` makes a selection of it.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonText(Arc<str>);

impl JsonText {
    /// The text of the JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&RawValue> for JsonText {
    fn from(json: &RawValue) -> Self {
        Self(json.get().into())
    }
}

impl TryFrom<String> for JsonText {
    type Error = serde_json::Error;

    /// Only what is JSON.
    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        RawValue::from_string(text).map(|json| Self::from(&*json))
    }
}

impl fmt::Debug for JsonText {
    /// Shows the size only: the text is client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonText").field(&self.0.len()).finish()
    }
}

/// A source that hands out records until they are acknowledged.
#[async_trait]
pub trait InboxSource: Send + Sync {
    /// A record of this source.
    type Record: Send;

    /// What the records are: `wisetime/time-group`. Part of every key, so it never changes.
    fn kind(&self) -> &str;

    /// The records that wait now. A long poll may take its time.
    async fn fetch(&self) -> Result<InboxBatch<Self::Record>>;

    /// Tells the source what became of a record. It may be told the same again.
    ///
    /// # Errors
    ///
    /// Only when telling it again later may help. A source that does not know the record (any more) has been told.
    async fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<()>;
}

/// What an inbox handed out at once.
#[derive(Debug)]
pub struct InboxBatch<T> {
    /// The records.
    pub records: Vec<Incoming<T>>,
    /// There may be more right now.
    pub more: bool,
}

/// What became of a record, as its source is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The record's id at the source.
    pub id: String,
    /// What became of it.
    pub resolution: Resolution,
}

/// What became of a record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "became")]
#[non_exhaustive]
pub enum Resolution {
    /// It stands at the target under this id.
    Written {
        /// The id there.
        remote_id: String,
    },
    /// Nothing was to be written.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It can never be written as it is.
    Rejected {
        /// Why.
        reason: String,
    },
    /// Whether it was written is not known; a person has to look. Not final.
    Parked {
        /// Why.
        reason: String,
    },
}

impl fmt::Debug for Resolution {
    /// Leaves the reasons out: they may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written { remote_id } => {
                f.debug_struct("Written").field("remote_id", &id_alone(remote_id)).finish()
            }
            Self::Skipped { .. } => f.write_str("Skipped { .. }"),
            Self::Rejected { .. } => f.write_str("Rejected { .. }"),
            Self::Parked { .. } => f.write_str("Parked { .. }"),
        }
    }
}
