//! Case Status's side.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::files::Content;
use clio_sync::Result;

use crate::{
    Case, CaseFields, CaseFile, CaseId, FileId, FirmSettings, Message, NewStatus, StatusUpdate, UpdateId,
};

/// Case Status, or whatever stands in its place.
///
/// Case Status publishes no API. Four requests that read are known from a public connector, and [`Http`](crate::Http) speaks
/// them; for
/// what writes, this is for Case Status to implement, or for whoever has its documents. An implementation of the whole may
/// hand the reading on to an [`Http`](crate::Http).
///
/// Errors are those of the engine: [`Transient`](clio_sync::ErrorKind::Transient) where a later try may succeed,
/// [`Protocol`](clio_sync::ErrorKind::Protocol) where a write is refused for what is in it, and surely nothing came of it,
/// [`Configuration`](clio_sync::ErrorKind::Configuration) where something can not be done at all.
///
/// No call that writes is repeated by whoever implements this: the engine alone decides that, since it alone has written down
/// what was sent before.
#[async_trait]
pub trait CaseStatus: fmt::Debug + Send + Sync {
    /// The firm, and the statuses that its cases can be in.
    async fn firm(&self) -> Result<FirmSettings>;

    /// The cases with this integration id. More than one is a mistake that people have made, and is told as one; deleted ones
    /// count, and say so.
    async fn cases_of(&self, integration_id: &str) -> Result<Vec<Case>>;

    /// The case with this id; `None` where there is none.
    async fn case(&self, id: &CaseId) -> Result<Option<Case>>;

    /// Creates a case.
    async fn create_case(&self, fields: &CaseFields) -> Result<Case>;

    /// Brings a case to these fields.
    async fn update_case(&self, id: &CaseId, fields: &CaseFields) -> Result<Case>;

    /// The updates of a case's status since this moment, the moment itself included, in whatever order. By the references
    /// those that this crate has made are found again.
    async fn status_updates(&self, case: &CaseId, since: DateTime<Utc>) -> Result<Vec<StatusUpdate>>;

    /// Sets the status of a case and, if so wanted, tells the client.
    async fn set_status(&self, update: &NewStatus) -> Result<UpdateId>;

    /// A page of the messages, those since this moment at least. What is too old or was handed out before does no harm.
    async fn messages(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<Message>>;

    /// A page of the files, as [`CaseStatus::messages`].
    async fn files(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<CaseFile>>;

    /// The content of a file, from its beginning. It can be asked for again. An error that is not
    /// [retryable](clio_sync::Error::is_retryable) says that there is no such file (any more).
    async fn open_file(&self, id: &FileId) -> Result<Content>;
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What is on it and cannot be read. Each becomes a dead letter, and the rest goes on.
    pub unreadable: Vec<Unreadable>,
    /// Where the next page is; `None` on the last one.
    pub next: Option<String>,
    /// Case Status's own time when it answered, where it tells.
    pub as_of: Option<DateTime<Utc>>,
}

/// An item of a page that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its id, or whatever stays the same as long as it is the same.
    pub id: String,
    /// What is wrong with it, in words that quote nothing of it.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_object_safe() {
        let _: Option<&dyn CaseStatus> = None;
    }
}
