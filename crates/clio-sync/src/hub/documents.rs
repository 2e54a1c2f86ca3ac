//! Documents as a target: a creation of several steps.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, files::Content as Bytes};
use clio_core::{
    Body, ErrorKind as ClioErrorKind, Id, Limits,
    schema::{objects, operations::CreateDocument},
};
use serde_json::Value;

use super::{
    records::{DocumentKind, Records, Seen, write},
    sending::{Sender, outcome, remote},
};
use crate::{Action, Capabilities, Found, Look, Outcome, Ready, Result, SendLimits, Sending, Target, Write};

/// Where the bytes of documents come from.
#[async_trait]
pub trait FileSource: fmt::Debug + Send + Sync {
    /// The content of the file of this reference, from its beginning. It can be asked for again, after a crash too, and is the
    /// same each time.
    ///
    /// # Errors
    ///
    /// What is [retryable](crate::Error::is_retryable) is tried again. Of anything else the document can never be made: it goes to
    /// the dead letters or, if Clio knows of it already, waits for a person.
    async fn open(&self, reference: &str) -> Result<Bytes>;
}

/// Documents, recognised by an external property. The bytes of each come from `files` as they are sent, and are never held
/// whole.
///
/// A document is told to Clio, its bytes go to the storage, and Clio is told that they are there. Until then nobody sees it. What
/// was broken off midway is found and gone on with; what a person put into the trash stays there. A change is one of the name,
/// the category and the like: the bytes stay those of the creation.
pub fn documents(clio: &Clio, files: impl FileSource + 'static) -> Documents {
    Documents { records: Records::new(clio), files: Arc::new(files) }
}

/// The write that creates this document with the bytes of the file of this reference, as the [`FileSource`] knows it, or brings
/// its other members to this state. `label` is for people who read a report.
///
/// # Errors
///
/// What the body itself reports.
pub fn document(
    body: &impl Body<CreateDocument>,
    file: impl Into<String>,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    let write = write::<DocumentKind, _>(body, label)?;
    let mut payload: serde_json::Map<String, Value> =
        serde_json::from_str(&write.payload).unwrap_or_default();
    payload.insert(FILE.into(), file.into().into());
    Ok(Write { payload: Value::Object(payload).to_string(), ..write })
}

/// The member of a payload that is not for Clio: the reference of the file.
const FILE: &str = "clio-sync-file";

/// Documents as a target. Made by [`documents`].
#[derive(Debug, Clone)]
pub struct Documents {
    records: Records<DocumentKind>,
    files: Arc<dyn FileSource>,
}

impl Documents {
    async fn create(&self, sending: &Sending, sender: &mut Sender, limits: SendLimits) -> Outcome {
        // Before Clio is told: what has no bytes is not to be begun.
        let content = match self.open(sending).await {
            Ok(content) => content,
            Err(error) if error.is_retryable() => return Outcome::NotSent(error),
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let begun = match self.records.post(sending, sender).await {
            Ok(seen) => seen,
            Err(error) => return outcome(error),
        };
        let Some(id) = remote(&begun.id) else { return Outcome::Unknown("Clio gave it no number".into()) };
        match self.upload(id, content, limits).await {
            // Nobody has seen it yet.
            Outcome::Refused(reason) => {
                let removed = sender.dress_done(self.records.clio.documents().delete(id)).await;
                if removed.is_ok() { Outcome::Refused(reason) } else { Outcome::Unknown(reason) }
            }
            settled => settled,
        }
    }

    async fn open(&self, sending: &Sending) -> Result<Bytes> {
        let payload: Value = serde_json::from_str(&sending.write.payload).unwrap_or_default();
        self.files.open(payload.get(FILE).and_then(Value::as_str).unwrap_or_default()).await
    }

    /// The steps after the first. Each can be done again.
    async fn upload(&self, id: Id<objects::Document>, content: Bytes, limits: SendLimits) -> Outcome {
        let upload = self
            .records
            .clio
            .documents()
            .resume_upload(id, content)
            .with_limits(Limits { total: limits.answer_within, ..Limits::default() })
            .select::<Seen<DocumentKind>>();
        match upload.await {
            Ok(seen) => seen.applied(),
            // The file is another than it should be, or cannot be read.
            Err(error) if error.kind() == ClioErrorKind::Content => Outcome::Refused(error.to_string()),
            // It is there, and not complete as far as is known: a look tells.
            Err(error) => Outcome::Unknown(error.to_string()),
        }
    }
}

fn is_complete(seen: &Seen<DocumentKind>) -> bool {
    let version = seen.fields.get("latest_document_version");
    let uploaded = version.and_then(|version| version.get("fully_uploaded"));
    uploaded.is_none_or(|uploaded| *uploaded != false)
}

#[async_trait]
impl Target for Documents {
    fn kind(&self) -> &str {
        self.records.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.records.capabilities()
    }

    fn monotonic(&self) -> Duration {
        self.records.monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        self.records.prepare(within).await
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        self.records.server_time().await
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, ready: Ready) -> Vec<Outcome> {
        let mut sender = Sender::new(limits, ready);
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            outcomes.push(match &sending.action {
                Action::Create => self.create(sending, &mut sender, limits).await,
                _ => self.records.alter(sending, &mut sender).await,
            });
        }
        outcomes
    }

    /// With those that are not complete, and those in the trash. What is both was taken away by the target itself, because its
    /// upload could not be finished: that is none.
    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        let seen = self.records.list(look, |list| list.show_uncompleted(true)).await?;
        let mut found: Vec<Found> = seen
            .iter()
            .map(|seen| (Found { complete: is_complete(seen), ..seen.found() }, seen.is_trashed()))
            .filter(|(found, trashed)| found.complete || !trashed)
            .map(|(found, _)| found)
            .collect();
        // Where one is complete, one that is not is no more than a remainder.
        let done: Vec<Option<String>> =
            found.iter().filter(|found| found.complete).map(|found| found.marker.clone()).collect();
        found.retain(|found| found.complete || !done.contains(&found.marker));
        Ok(found)
    }

    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        self.records.get(remote_id).await
    }

    async fn finish(&self, sending: &Sending, found: &Found, limits: SendLimits, ready: Ready) -> Outcome {
        // What was reserved is given back: an upload takes what it needs by itself.
        drop(ready);
        let Some(id) = remote(&found.remote_id) else { return Outcome::Gone };
        match self.open(sending).await {
            Ok(content) => self.upload(id, content, limits).await,
            Err(error) if error.is_retryable() => Outcome::NotSent(error),
            Err(error) => Outcome::Refused(error.to_string()),
        }
    }
}
