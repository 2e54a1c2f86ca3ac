//! A document between the first and the last step of its upload: the calls of the API.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use clio_core::{
    Applied, Clock, Error, ErrorKind, Id, RequestParts, Selection,
    response::{self, RawResponse},
    schema::{
        Operation,
        objects::Document,
        operations::{CreateDocument, DeleteDocument, GetDocument, UpdateDocument},
    },
};

use url::Url;

use super::{
    Parent,
    backoff::Backoff,
    parts::Part,
    progress::{Events, ProgressEvent},
    seen::{Address, Seen},
    storage::safe_address,
    upload::Settings,
};
use crate::{CallOptions, Clio, documents};

/// What an upload works with.
pub(super) struct Job {
    pub(super) clio: Clio,
    pub(super) parent: Parent,
    pub(super) create: documents::CreateDocument,
    pub(super) settings: Settings,
    pub(super) options: CallOptions,
    pub(super) events: Arc<Events>,
    /// The upload that was begun before and is gone on with.
    pub(super) begun: Mutex<Option<Begun>>,
}

/// A document whose upload was begun before.
pub(super) struct Begun {
    pub(super) document: Id<Document>,
    pub(super) seen: Seen,
}

impl Job {
    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        self.clio.clock()
    }

    pub(super) fn backoff(&self) -> Backoff {
        Backoff::new(self.clock(), self.settings.repetitions)
    }

    /// An address for bytes, as an answer of Clio's has it.
    pub(super) fn safe_address(&self, text: &str) -> Result<Url, Error> {
        safe_address(text, self.clio.base())
    }

    /// Takes up the upload of a document that was begun before; `false` if the document is complete. What the upload would need
    /// to begin anew, as a version of the same document, is set.
    pub(super) async fn take_up(&mut self, document: Id<Document>) -> Result<bool, Error> {
        let request = RequestParts::new::<GetDocument>().path(document.to_string());
        let answer = self.ask::<Standing>(request).await?;
        let standing = response::one::<Document, Standing>(&answer, GetDocument::INFO)?;
        let seen = response::one::<Document, Seen>(&answer, GetDocument::INFO)?;
        if seen.is_complete() {
            return Ok(false);
        }
        let Standing { name, latest_document_version: Named { filename, content_type, received_at } } =
            standing;
        let mut create = documents::CreateDocument::new(name, self.parent.to_create());
        if let Some(filename) = filename {
            create = create.filename(filename);
        }
        if let Some(content_type) = content_type {
            create = create.content_type(content_type);
        }
        // What begins anew says the same of itself, so that it can be recognised.
        if let Some(received_at) = received_at {
            create = create.received_at(received_at);
        }
        self.create = create;
        self.begun = Mutex::new(Some(Begun { document, seen }));
        Ok(true)
    }

    /// The document as it is.
    pub(super) async fn document<S: Selection<Document>>(&self, document: Id<Document>) -> Result<S, Error> {
        let request = RequestParts::new::<GetDocument>().path(document.to_string());
        response::one(&self.ask::<S>(request).await?, GetDocument::INFO)
    }

    async fn ask<S: Selection<Document>>(&self, parts: RequestParts) -> Result<RawResponse, Error> {
        self.clio.execute(parts.select::<Document, S>(), self.options).await
    }
}

/// An upload that Clio knows of.
pub(super) struct Session {
    pub(super) job: Arc<Job>,
    document: Id<Document>,
    uuid: String,
}

impl Session {
    /// The first step. It is a write like any other: made once, whatever comes of it.
    pub(super) async fn begin(job: &Arc<Job>, parts: &[Part]) -> Result<(Self, Seen), Error> {
        // Once: whoever begins anew makes a new version.
        let begun = job.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Begun { document, seen }) = begun.filter(|_| parts.is_empty()) {
            return Ok((Self { job: job.clone(), document, uuid: seen.uuid().to_owned() }, seen));
        }
        let mut create = job.create.clone();
        if !parts.is_empty() {
            create = create.multiparts(parts.iter().map(Part::to_create).collect::<Vec<_>>());
        }
        let request = RequestParts::new::<CreateDocument>().body::<CreateDocument>(&create)?;
        let answer = job.ask::<Seen>(request).await?;
        // Whatever else is odd about the answer: the document is there, and has to be taken away if it is of no use.
        let document = response::one::<Document, Made>(&answer, CreateDocument::INFO)?.id;
        job.events.note(ProgressEvent::Begun { document });
        let mut session = Self { job: job.clone(), document, uuid: String::new() };
        match response::one::<Document, Seen>(&answer, CreateDocument::INFO) {
            Ok(seen) => {
                seen.uuid().clone_into(&mut session.uuid);
                Ok((session, seen))
            }
            Err(error) => Err(session.abandon(error).await),
        }
    }

    /// Announces further parts.
    pub(super) async fn announce(&self, parts: &[Part]) -> Result<Vec<Address>, Error> {
        self.announced(parts, None).await
    }

    /// Announces a part once more, which gives it another address than this one.
    pub(super) async fn announce_again(&self, part: &Part, old: &Address) -> Result<Address, Error> {
        let mut found = self.announced(std::slice::from_ref(part), Some(&old.url)).await?;
        Ok(Address { renewed: true, ..found.remove(0) })
    }

    /// An answer that was lost is known by the addresses that the document shows; by others than `old`.
    async fn announced(&self, parts: &[Part], old: Option<&Url>) -> Result<Vec<Address>, Error> {
        let multiparts: Vec<_> = parts.iter().map(Part::to_update).collect();
        let body = documents::UpdateDocument::new()
            .uuid(self.uuid.clone())
            .fully_uploaded(false)
            .multiparts(multiparts);
        let addresses = |seen: &Seen| seen.addresses(parts, &self.job);
        let read =
            |answer: &RawResponse| addresses(&response::one::<Document, Seen>(answer, UpdateDocument::INFO)?);
        let made = |seen: &Seen| {
            addresses(seen).is_ok_and(|found| found.iter().all(|address| Some(&address.url) != old))
        };
        match self.change::<Seen, _>(&body, read, made).await? {
            Changed::Answered(found) => Ok(found),
            Changed::Seen(seen) => addresses(&seen),
        }
    }

    /// The last step.
    pub(super) async fn complete<S: Selection<Document>>(&self) -> Result<S, Error> {
        self.job.events.note(ProgressEvent::Completing);
        let body = documents::UpdateDocument::new().uuid(self.uuid.clone()).fully_uploaded(true);
        let read = |answer: &RawResponse| response::one::<Document, S>(answer, UpdateDocument::INFO);
        match self.change::<S, _>(&body, read, |seen| seen.has_all_of(&self.uuid)).await? {
            Changed::Answered(document) => Ok(document),
            Changed::Seen(_) => {
                let document = self.look(&mut self.job.backoff()).await;
                document.map_err(|error| error.with_applied(Applied::Perhaps))
            }
        }
    }

    /// What Clio knows of the document now.
    pub(super) async fn get<S: Selection<Document>>(&self) -> Result<S, Error> {
        self.job.document(self.document).await
    }

    /// Sends a change until it is answered, or is seen to be made.
    ///
    /// One that surely was not applied is sent again. After any other failure the document is looked at: if the change is
    /// there, that is all; if not, it is sent again *on the condition that the document is still as it was seen*. So the
    /// first one, should it come late, makes the second one fail, and the next look finds it.
    async fn change<S: Selection<Document>, T>(
        &self,
        body: &documents::UpdateDocument,
        read: impl Fn(&RawResponse) -> Result<T, Error>,
        made: impl Fn(&Seen) -> bool,
    ) -> Result<Changed<T>, Error> {
        let bare = RequestParts::new::<UpdateDocument>()
            .path(self.document.to_string())
            .select::<Document, S>()
            .body::<UpdateDocument>(body)?;
        let (mut request, mut backoff, mut unsure) = (bare.clone(), self.job.backoff(), false);
        loop {
            let answer = self.job.clio.execute(request.clone(), self.job.options).await;
            let error = match answer.and_then(|answer| read(&answer)) {
                Ok(answer) => return Ok(Changed::Answered(answer)),
                Err(error) => error,
            };
            let goes_on = error.applied() == Applied::Perhaps || passes(&error, unsure);
            unsure |= error.applied() == Applied::Perhaps;
            if unsure {
                let seen = self.look::<Seen>(&mut backoff).await;
                let etag = match seen.ok() {
                    Some(seen) if made(&seen) => return Ok(Changed::Seen(seen)),
                    seen => seen.and_then(|seen| seen.etag).filter(|_| goes_on),
                };
                // Without a version there is nothing to make the second one depend on.
                let Some(etag) = etag else { return Err(error.with_applied(Applied::Perhaps)) };
                request = bare.clone().header("If-Match", etag.as_str());
                backoff.after(error.with_applied(Applied::Perhaps)).await?;
            } else if goes_on {
                backoff.after(error).await?;
            } else {
                return Err(error);
            }
        }
    }

    /// The document as it is, asked for until there is an answer.
    async fn look<S: Selection<Document>>(&self, backoff: &mut Backoff) -> Result<S, Error> {
        loop {
            match self.get().await {
                Err(error) if error.is_retryable() => backoff.after(error).await?,
                answer => return answer,
            }
        }
    }

    /// The upload failed: takes the unfinished document away, and says so in the error if that fails too.
    pub(super) async fn abandon(&self, error: Error) -> Error {
        // A document that was there before is not ours to delete, and Clio takes no version away.
        if self.is_ours() && self.remove().await {
            self.job.events.note(ProgressEvent::Removed { document: self.document });
            return error.with_applied(Applied::No);
        }
        self.leave(error)
    }

    /// The document was made by this upload.
    pub(super) fn is_ours(&self) -> bool {
        !matches!(self.job.parent, Parent::Document(_))
    }

    /// The document stays, finished or not.
    pub(super) fn leave(&self, error: Error) -> Error {
        error.with_applied(Applied::Perhaps).with_left_behind(self.document.get())
    }

    /// Deletes the document; whether it is gone.
    async fn remove(&self) -> bool {
        let mut backoff = Backoff::new(self.job.clock(), REMOVALS);
        let request = RequestParts::new::<DeleteDocument>().path(self.document.to_string());
        loop {
            let answer = self.job.clio.execute(request.clone(), self.job.options).await;
            let Err(error) = answer else { return true };
            if error.applied() == Applied::Perhaps {
                return self.is_gone().await;
            }
            if error.kind() == ErrorKind::NotFound {
                return true;
            }
            if !error.is_retryable() || backoff.after(error).await.is_err() {
                return false;
            }
        }
    }

    async fn is_gone(&self) -> bool {
        match self.get::<Trashed>().await {
            Ok(document) => document.deleted_at.is_some(),
            Err(error) => error.kind() == ErrorKind::NotFound && error.applied() == Applied::No,
        }
    }
}

/// How often a removal is tried again.
const REMOVALS: u32 = 2;

/// How a change came to be known as made.
enum Changed<T> {
    Answered(T),
    Seen(Seen),
}

/// A refusal that may not be the last word. After a change that may still come, it may be that one's doing.
fn passes(error: &Error, unsure: bool) -> bool {
    error.is_retryable()
        || error.clio_type() == Some("UploadTimeoutError")
        || (unsure && error.kind() == ErrorKind::Conflict)
}

/// No more than which document it is.
#[derive(serde::Deserialize)]
struct Made {
    id: Id<Document>,
}

impl Selection<Document> for Made {
    const FIELDS: &'static str = "id";

    fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

/// What a document is called.
#[derive(serde::Deserialize)]
struct Standing {
    name: String,
    latest_document_version: Named,
}

#[derive(serde::Deserialize)]
struct Named {
    filename: Option<String>,
    content_type: Option<String>,
    received_at: Option<DateTime<Utc>>,
}

impl Selection<Document> for Standing {
    const FIELDS: &'static str = "id,etag,name,latest_document_version{uuid,filename,content_type,received_at,\
        put_url,put_headers,multiparts,fully_uploaded}";

    fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

/// Whether a document is in the trash.
#[derive(serde::Deserialize)]
struct Trashed {
    deleted_at: Option<serde::de::IgnoredAny>,
}

impl Selection<Document> for Trashed {
    const FIELDS: &'static str = "id,deleted_at";

    fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}
