//! Documents as a target: a creation of several steps.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, JsonBody, RetryPolicy, files::Content as Bytes};
use clio_core::{
    Body, ErrorKind as ClioErrorKind, Id, Limits,
    schema::{objects, operations::CreateDocument},
};
use serde_json::{Value, json};

use super::{
    records::{DocumentKind, Records, Seen, write},
    sending::{Sender, outcome, remote},
    versions::{self, Stamp, Standing, version_id},
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
/// the category and the like: the bytes stay those of the creation, unless [`Documents::with_versions`] says otherwise.
///
/// A write whose parent is a document makes a new version of that one. It is recognised by the name of its file and by
/// `received_at`, which it has to have, and linked as `7/12`: version 12 of the document 7. It is never deleted, because Clio would
/// delete the whole document.
pub fn documents(clio: &Clio, files: impl FileSource + 'static) -> Documents {
    Documents { records: Records::new(clio), files: Arc::new(files), versions: false }
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
    Ok(with(write, FILE, file.into().into()))
}

/// The same, of a file that has so many bytes: by that two versions of one name and one second are told apart, and
/// [`Linked::wrote`](crate::Linked::wrote) knows it.
///
/// # Errors
///
/// What the body itself reports.
pub fn document_of_size(
    body: &impl Body<CreateDocument>,
    file: impl Into<String>,
    bytes: u64,
    label: impl Into<String>,
) -> Result<Write, clio_core::Error> {
    let mut write = with(document(body, file, label)?, SIZE, bytes.into());
    write.content.insert(SIZE.into(), bytes.into());
    Ok(write)
}

/// The write with a member that Clio is not sent.
fn with(write: Write, name: &str, value: Value) -> Write {
    let mut payload: serde_json::Map<String, Value> =
        serde_json::from_str(&write.payload).unwrap_or_default();
    payload.insert(name.into(), value);
    Write { payload: Value::Object(payload).to_string(), ..write }
}

/// The member of a payload that is not for Clio: the reference of the file.
const FILE: &str = "clio-sync-file";

/// Another: how many bytes it has.
const SIZE: &str = "size";

/// Documents as a target. Made by [`documents`].
#[derive(Debug, Clone)]
pub struct Documents {
    records: Records<DocumentKind>,
    files: Arc<dyn FileSource>,
    versions: bool,
}

impl Documents {
    /// A change brings the file with it, as a new version of the document, and changes nothing else of it: the name stays as
    /// people have it. A version that stands already, by the name of its file and its `received_at`, is not added again.
    ///
    /// What others did to the document in the meantime is no reason not to add a version, so the flow should say
    /// [`ConflictPolicy::Ours`](crate::ConflictPolicy::Ours).
    #[must_use]
    pub fn with_versions(mut self) -> Self {
        self.versions = true;
        self
    }

    async fn create(&self, sending: &Sending, limits: SendLimits, ready: Ready) -> Outcome {
        if let Some(document) = versions::parent(&payload(sending)) {
            drop(ready);
            return match self.add(sending, document, Known::Nothing, limits).await {
                Outcome::Gone => Outcome::Refused("the document that it is a version of was deleted".into()),
                outcome => outcome,
            };
        }
        let mut sender = Sender::new(limits, ready);
        // Before Clio is told: what has no bytes is not to be begun.
        let content = match self.open(sending).await {
            Ok(content) => content,
            Err(error) if error.is_retryable() => return Outcome::NotSent(error),
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let begun = match self.records.post(sending, &mut sender).await {
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

    /// A change of the record of this id.
    async fn change(&self, sending: &Sending, remote_id: &str, limits: SendLimits, ready: Ready) -> Outcome {
        let standing = Standing::read(remote_id);
        match standing.filter(|standing| self.versions || standing.is_version) {
            None => self.records.alter(sending, &mut Sender::new(limits, ready)).await,
            Some(standing) => {
                drop(ready);
                match self.add(sending, standing.document, Known::ByStamp, limits).await {
                    // The name and the rest are as people have them: that teaches nothing of what Clio keeps.
                    Outcome::Applied { etag, .. } => {
                        Outcome::Applied { remote_id: remote_id.to_owned(), etag, echo: None }
                    }
                    outcome => outcome,
                }
            }
        }
    }

    /// Adds a version to a document. [`Outcome::Gone`] if a person deleted that.
    async fn add(
        &self,
        sending: &Sending,
        document: Id<objects::Document>,
        known: Known,
        limits: SendLimits,
    ) -> Outcome {
        let Some(stamp) = Stamp::of(&payload(sending)) else {
            return Outcome::Refused("a version has to say by `received_at` when it was received".into());
        };
        let seen = match self.records.read(&document.to_string()).await {
            Ok(Some(seen)) => seen,
            Ok(None) => return Outcome::Gone,
            Err(error) => return Outcome::NotSent(error),
        };
        let fitting = match known {
            Known::Nothing => Vec::new(),
            Known::ByStamp => match versions::fitting(&self.records.clio, document, &stamp).await {
                Ok(fitting) => fitting,
                Err(error) => return Outcome::NotSent(error),
            },
        };
        if let Some(done) = fitting.iter().find(|version| version.is_complete()) {
            return of_version(seen.applied(), document, Some(done.id.get()));
        }
        // Before Clio is told: what has no bytes is not to be begun.
        let content = match self.open(sending).await {
            Ok(content) => content,
            Err(error) if error.is_retryable() => return Outcome::NotSent(error),
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        // Bytes go to the newest version alone: one that another came after is never finished, and nobody sees it.
        let is_begun = fitting.iter().any(|version| latest(&seen) == Some(version.id.get()));
        if !is_begun && let Err(error) = self.begin(sending, document, &seen, limits).await {
            return outcome(error);
        }
        self.upload_version(document, content, limits).await
    }

    /// The first step of a version. Under the name that the document has by now, so that it keeps it; the external properties are
    /// those of the document.
    async fn begin(
        &self,
        sending: &Sending,
        document: Id<objects::Document>,
        seen: &Seen<DocumentKind>,
        limits: SendLimits,
    ) -> Result<(), clio_core::Error> {
        let sender = Sender::new(limits, Ready::nothing());
        let mut body = sender.body_of::<CreateDocument>(&sending.write.payload);
        body.remove("external_properties");
        body.insert("parent".into(), json!({"id": document.get(), "type": "Document"}));
        if let Some(name) = body.get("name").cloned() {
            body.entry("filename").or_insert(name);
        }
        if let Some(name) = seen.fields.get("name").filter(|name| name.is_string()) {
            body.insert("name".into(), name.clone());
        }
        let call = self.records.clio.documents().create(JsonBody::new(Value::Object(body).to_string()));
        call.select::<Seen<DocumentKind>>()
            .with_limits(Limits { total: limits.answer_within, ..Limits::default() })
            .with_retry(RetryPolicy::never())
            .with_send_by(limits.send_by)
            .await
            .map(drop)
    }

    async fn upload_version(
        &self,
        document: Id<objects::Document>,
        content: Bytes,
        limits: SendLimits,
    ) -> Outcome {
        let uploaded = self.upload(document, content, limits).await;
        match self.records.read(&document.to_string()).await {
            Ok(Some(seen)) => of_version(uploaded, document, latest(&seen)),
            // It is complete, and which one it is can be found out later.
            _ if matches!(uploaded, Outcome::Applied { .. }) => {
                Outcome::Unknown("it is not known which version it became".into())
            }
            _ => uploaded,
        }
    }

    async fn open(&self, sending: &Sending) -> Result<Bytes> {
        self.files.open(payload(sending).get(FILE).and_then(Value::as_str).unwrap_or_default()).await
    }

    /// The versions that may be of this write. One that is not complete counts if it can still be finished.
    async fn look_for_version(
        &self,
        sought: &Sending,
        document: Id<objects::Document>,
    ) -> Result<Vec<Found>> {
        let Some(stamp) = Stamp::of(&payload(sought)) else { return Ok(Vec::new()) };
        let mut fitting = versions::fitting(&self.records.clio, document, &stamp).await?;
        if fitting.iter().any(|version| !version.is_complete()) {
            let seen = self.records.read(&document.to_string()).await?;
            let newest = seen.as_ref().and_then(latest);
            fitting.retain(|version| newest == Some(version.id.get()));
        }
        let found = fitting.into_iter().map(|version| Found {
            marker: Some(sought.marker()),
            complete: version.is_complete(),
            ..Found::new(version_id(document, version.id.get()), None, sought.write.content.clone())
        });
        Ok(found.collect())
    }

    /// With those that are not complete, and those in the trash. What is both was taken away by the target itself, because its
    /// upload could not be finished: that is none.
    async fn look_for_documents(&self, look: &Look) -> Result<Vec<Found>> {
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

/// What is known of a version that is to be added.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// It was never sent, or a look did not find it.
    Nothing,
    /// It may stand: its stamp tells.
    ByStamp,
}

fn payload(sending: &Sending) -> Value {
    serde_json::from_str(&sending.write.payload).unwrap_or_default()
}

/// The newest version of a document.
fn latest(seen: &Seen<DocumentKind>) -> Option<i64> {
    seen.fields.get("latest_document_version")?.get("id")?.as_i64()
}

/// What became of a version, under the id that it has.
fn of_version(outcome: Outcome, document: Id<objects::Document>, version: Option<i64>) -> Outcome {
    match (outcome, version) {
        (Outcome::Applied { etag, .. }, Some(version)) => {
            Outcome::Applied { remote_id: version_id(document, version), etag, echo: None }
        }
        (outcome, _) => outcome,
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
        let capabilities = self.records.capabilities();
        // Nothing makes the first step of a version depend on what the document is by then.
        if self.versions { capabilities.unconditional_updates() } else { capabilities }
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
        // One at a time is what is asked for: the first has what was reserved.
        let (mut ready, mut outcomes) = (Some(ready), Vec::with_capacity(sendings.len()));
        for sending in sendings {
            let ready = ready.take().unwrap_or_default();
            outcomes.push(match &sending.action {
                Action::Create => self.create(sending, limits, ready).await,
                Action::Update { remote_id, .. } => self.change(sending, remote_id, limits, ready).await,
                Action::Delete { remote_id }
                    if Standing::read(remote_id).is_some_and(|one| one.is_version) =>
                {
                    Outcome::Refused("Clio takes no version of a document away".into())
                }
                Action::Delete { .. } => self.records.alter(sending, &mut Sender::new(limits, ready)).await,
            });
        }
        outcomes
    }

    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        let (mut found, mut documents) = (Vec::new(), Vec::new());
        for sought in &look.sought {
            match versions::parent(&payload(sought)) {
                Some(document) => found.extend(self.look_for_version(sought, document).await?),
                None => documents.push(sought.clone()),
            }
        }
        if !documents.is_empty() {
            let look = Look { since: look.since, sought: documents };
            found.extend(self.look_for_documents(&look).await?);
        }
        Ok(found)
    }

    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        let Some(standing) = Standing::read(remote_id) else { return Ok(None) };
        let Some(seen) = self.records.read(&standing.document.to_string()).await? else { return Ok(None) };
        let mut found = Found { remote_id: remote_id.to_owned(), ..seen.found() };
        if self.versions && !is_complete(&seen) {
            // What is told of bytes that never came is not to pass for what was written.
            found.content.retain(|name, _| name != "received_at" && name != SIZE);
        }
        Ok(Some(found))
    }

    async fn finish(&self, sending: &Sending, found: &Found, limits: SendLimits, ready: Ready) -> Outcome {
        // What was reserved is given back: an upload takes what it needs by itself.
        drop(ready);
        let Some(standing) = Standing::read(&found.remote_id) else { return Outcome::Gone };
        let document = standing.document;
        match self.open(sending).await {
            Ok(content) if standing.is_version => self.upload_version(document, content, limits).await,
            Ok(content) => self.upload(document, content, limits).await,
            Err(error) if error.is_retryable() => Outcome::NotSent(error),
            Err(error) => Outcome::Refused(error.to_string()),
        }
    }
}
