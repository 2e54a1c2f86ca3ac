//! Posted time by a long poll, as an inbox.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use clio_api::Clio;
use clio_core::ErrorKind as CoreErrorKind;
use clio_sync::{Acknowledgement, Error, ErrorKind, InboxBatch, InboxSource, Result};
use serde_json::value::RawValue;

use super::{
    incoming::{KIND, Raw, Received, incoming},
    told::status,
};
use crate::{
    Client,
    client::GROUPS_AT_ONCE,
    directory::Directories,
    wire::{Status, TimeGroupStatus},
};

/// The time that a team's users have posted. A clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Polled {
    pub(crate) client: Client,
    pub(crate) clio: Clio,
    pub(crate) directories: Arc<Directories>,
    /// A webhook that is in the way is taken away.
    pub(crate) takes_over: bool,
    /// What this run was handed out and has not acknowledged.
    pub(crate) open: Arc<Mutex<BTreeSet<String>>>,
}

#[async_trait]
impl InboxSource for Polled {
    type Record = Received;

    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fetch(&self) -> Result<InboxBatch<Received>> {
        let body = match self.client.posted_time_json(GROUPS_AT_ONCE).await {
            Err(error) if error.kind() == CoreErrorKind::Conflict && self.takes_over => {
                self.client.switch_to_fetch().await?;
                self.client.posted_time_json(GROUPS_AT_ONCE).await.map_err(in_the_way)?
            }
            other => other.map_err(in_the_way)?,
        };
        // A byte that is no text spoils a letter of one group, not the whole list.
        let body = String::from_utf8_lossy(&body);
        let groups: Vec<&RawValue> = serde_json::from_str(&body).map_err(|error| {
            // One that ends too early was cut off on its way; the groups are handed out again.
            let kind = if error.is_eof() { ErrorKind::Transient } else { ErrorKind::Protocol };
            // serde's words would quote what people did.
            Error::new(
                kind,
                format!("WiseTime's list of posted time does not decode, at column {}", error.column()),
            )
        })?;
        let more = groups.len() >= GROUPS_AT_ONCE as usize;
        let raw: Vec<Raw> = groups.into_iter().map(|raw| Raw::read(raw.get())).collect();
        self.open().extend(raw.iter().map(|raw| raw.id.clone()));
        Ok(InboxBatch { records: incoming(raw, &self.directories, &self.clio).await?, more })
    }

    async fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<()> {
        let told = self.tell(&status(acknowledgement)).await;
        if told.is_ok() {
            self.open().remove(&acknowledgement.id);
        }
        told
    }
}

impl Polled {
    fn open(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says of everything that was handed out and is not settled why it waits. WiseTime hands it out again.
    pub(crate) async fn tell_waiting(&self, why: &str) -> Result<()> {
        let waiting = std::mem::take(&mut *self.open());
        for time_group_id in waiting {
            let (status, message) = (Status::RetriableFailure, Some(why.to_owned()));
            self.tell(&TimeGroupStatus { time_group_id, status, message, external_id: None }).await?;
        }
        Ok(())
    }

    async fn tell(&self, status: &TimeGroupStatus) -> Result<()> {
        match self.client.update_status(status).await {
            // WiseTime has no use for it any more: the group is gone, or was settled in another way.
            Err(error) if matches!(error.kind(), CoreErrorKind::NotFound | CoreErrorKind::Invalid) => Ok(()),
            other => other.map_err(in_the_way),
        }
    }
}

/// A person has to choose one of the two ways.
fn in_the_way(error: clio_core::Error) -> Error {
    if error.kind() == CoreErrorKind::Conflict {
        return Error::new(ErrorKind::Configuration, error.to_string()).with_source(error);
    }
    error.into()
}
