//! A call that uploads a file.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use clio_core::{
    Error, ErrorKind, Id, Limits, Selection, Stub,
    schema::{
        Operation as _, choices::DocumentParentType, objects, objects::Document,
        operations::CreateDocument as Create,
    },
};

use super::{
    Content, Progress, TransferLimits,
    plan::LEAST_PART,
    progress::{Events, Report, reporting},
    send::{resume, upload},
    session::Job,
};
use crate::{
    CallOptions,
    documents::{CreateDocument, CreateDocumentExternalProperty, CreateDocumentParent, Documents},
};

/// Where an uploaded file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// Into the folder of this matter.
    Matter(Id<objects::Matter>),
    /// Into this folder.
    Folder(Id<objects::Folder>),
    /// Into the folder of this contact.
    Contact(Id<objects::Contact>),
    /// As a new version of this document.
    Document(Id<Document>),
}

impl Parent {
    pub(super) fn to_create(self) -> CreateDocumentParent {
        let (id, kind) = match self {
            Self::Matter(id) => (id.get(), DocumentParentType::Matter),
            Self::Folder(id) => (id.get(), DocumentParentType::Folder),
            Self::Contact(id) => (id.get(), DocumentParentType::Contact),
            Self::Document(id) => (id.get(), DocumentParentType::Document),
        };
        CreateDocumentParent::new(id, kind)
    }
}

/// How many external properties a record has at most (Clio's documentation).
const MOST_PROPERTIES: usize = 5;

/// How the bytes go.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) limits: TransferLimits,
    pub(super) parts_from: u64,
    pub(super) part_size: u64,
    pub(super) least_part: u64,
    pub(super) parallel: usize,
    pub(super) repetitions: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: TransferLimits::default(),
            parts_from: 100 * 1000 * 1000,
            part_size: 8 * 1024 * 1024,
            least_part: LEAST_PART,
            parallel: 3,
            repetitions: 5,
        }
    }
}

/// An upload that has not begun yet; [`Documents::upload`]. Await it, or say first how it differs from the usual.
///
/// # What it does
///
/// Clio is told of the document, the bytes go to the address that it names, without the token, and Clio is told that they
/// are there. Content of 100 MB and more goes in parts of 8 MiB, three at a time, each with its MD5. The bytes are read as
/// they are sent: the memory that is needed does not grow with the file.
///
/// # When something fails
///
/// Bytes that did not get there are sent again, to a fresh address where the old one may be spent. The first step is a
/// write like any other, and made once: if its answer is lost, the error says
/// [`Applied::Perhaps`](clio_core::Applied::Perhaps). If the answer of the last step is lost, the document is looked at.
///
/// An upload that fails deletes the document that it began, and the error says
/// [`Applied::No`](clio_core::Applied::No): a second try doubles nothing. If that fails too, or if nobody knows whether the
/// document is complete, [`Error::left_behind`] has its id. A new version of a document that was there before is never
/// deleted, because Clio would delete the whole document; unfinished, it stays hidden.
///
/// An upload that is dropped midway cannot clean up behind itself. [`ProgressEvent::Begun`](super::ProgressEvent::Begun)
/// tells the id beforehand, and a list with
/// [`show_uncompleted(true)`](crate::List::show_uncompleted) shows what was left unfinished.
///
/// # Errors
///
/// Beside those of the calls of the API: [`ErrorKind::Content`] when the content cannot be read, is shorter than was said,
/// or was seen to change; [`ErrorKind::Address`] when the address for the bytes is not https; what the storage host
/// answered, with its own code as [`Error::clio_type`].
#[must_use = "an upload does nothing until it is awaited"]
pub struct Upload<'p, S = Stub<Document>> {
    wanted: Wanted,
    report: Report<'p>,
    form: PhantomData<fn() -> S>,
}

/// What is to be uploaded, and how.
struct Wanted {
    documents: Documents,
    parent: Parent,
    create: CreateDocument,
    properties: Vec<CreateDocumentExternalProperty>,
    content: Content,
    settings: Settings,
    options: CallOptions,
    nameless: bool,
    /// The document is there: its upload is gone on with.
    resumes: bool,
}

impl Documents {
    /// Uploads a file: `POST /documents.json`, its bytes, `PATCH /documents/{id}.json`.
    ///
    /// `name` is what Clio shows, and the name of the file unless [`filename`](Upload::filename) says otherwise.
    ///
    /// ```no_run
    /// # async fn example(clio: clio_api::Clio, id: clio_api::Id<clio_api::objects::Matter>) -> Result<(), Box<dyn std::error::Error>> {
    /// use clio_api::files::Parent;
    ///
    /// let file = tokio::fs::File::open("brief.pdf").await?;
    /// let document = clio.documents().upload(Parent::Matter(id), "brief.pdf", file).await?;
    /// println!("document {}", document.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload(
        &self,
        parent: Parent,
        name: impl Into<String>,
        content: impl Into<Content>,
    ) -> Upload<'static> {
        let name = name.into();
        let wanted = Wanted {
            documents: self.clone(),
            parent,
            nameless: name.trim().is_empty(),
            resumes: false,
            create: CreateDocument::new(name, parent.to_create()),
            properties: Vec::new(),
            content: content.into(),
            settings: Settings::default(),
            options: CallOptions::default(),
        };
        Upload { wanted, report: Box::new(|_| {}), form: PhantomData }
    }

    /// Goes on with an upload that was broken off after its first step: the bytes, and `PATCH /documents/{id}.json`. A document
    /// that is complete is answered as it is. Where the address for the bytes is spent, they become a new version of the same
    /// document, of the same name.
    ///
    /// `content` is all of it, from its beginning. The document is never deleted, whatever fails.
    ///
    /// ```no_run
    /// # async fn example(clio: clio_api::Clio) -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::TryStreamExt;
    ///
    /// let mut all = clio.documents().list().show_uncompleted(true).external_property_name("my-key").items();
    /// while let Some(document) = all.try_next().await? {
    ///     let file = tokio::fs::File::open("brief.pdf").await?;
    ///     clio.documents().resume_upload(document.id, file).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume_upload(&self, document: Id<Document>, content: impl Into<Content>) -> Upload<'static> {
        let mut upload = self.upload(Parent::Document(document), "", content);
        upload.wanted.nameless = false;
        upload.wanted.resumes = true;
        upload
    }
}

impl<'p, S> Upload<'p, S> {
    /// The name of the file, where it is another than what Clio shows.
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.wanted.create = self.wanted.create.filename(filename.into());
        self
    }

    /// The content type, such as `application/pdf`. Needed where the extension of the file name tells none.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.wanted.create = self.wanted.create.content_type(content_type.into());
        self
    }

    /// The category.
    pub fn document_category(mut self, category: Id<objects::DocumentCategory>) -> Self {
        self.wanted.create = self.wanted.create.document_category(category);
        self
    }

    /// When the file came in. Default: when it is uploaded.
    pub fn received_at(mut self, at: DateTime<Utc>) -> Self {
        self.wanted.create = self.wanted.create.received_at(at);
        self
    }

    /// Adds an external property. A document has five at most.
    pub fn external_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let property = CreateDocumentExternalProperty::new().name(name.into()).value(value.into());
        self.wanted.properties.push(property);
        self
    }

    /// Tells this how far it has come. It is called where the upload is awaited, so it may borrow, and should be quick.
    pub fn on_progress<'q>(self, report: impl FnMut(Progress) + Send + 'q) -> Upload<'q, S> {
        Upload { wanted: self.wanted, report: Box::new(report), form: PhantomData }
    }

    /// Asks for the fields of `T`, and answers a `T`: the document when it is complete.
    pub fn select<T: Selection<Document>>(self) -> Upload<'p, T> {
        Upload { wanted: self.wanted, report: self.report, form: PhantomData }
    }

    /// Content of at least so many bytes goes in parts. Default: 100 MB, from which on Clio asks for it. Content of unknown
    /// length goes in parts when it is longer than one.
    pub fn parts_from(mut self, bytes: u64) -> Self {
        self.wanted.settings.parts_from = bytes;
        self
    }

    /// How large a part is, in bytes: 8 MiB unless said, and more where there would be more than 10,000. Less than
    /// [`least_part`](Self::least_part) is an error, and so is more than the 5 GiB that the storage takes.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.wanted.settings.part_size = bytes;
        self
    }

    /// How large a part has to be at least: 5 MiB unless said, as Clio says. A server in a test may take less.
    pub fn least_part(mut self, bytes: u64) -> Self {
        self.wanted.settings.least_part = bytes;
        self
    }

    /// How many parts are on their way at once: 3 unless said. Of content that can be read only once, so many parts are
    /// held in memory.
    pub fn parallel(mut self, parts: usize) -> Self {
        self.wanted.settings.parallel = parts.max(1);
        self
    }

    /// How often the file, a part of it, or a call that surely was not applied, is sent again: 5 times unless said, after 1,
    /// 2, 4 seconds and so on.
    pub fn repetitions(mut self, times: u32) -> Self {
        self.wanted.settings.repetitions = times;
        self
    }

    /// How slow the way of the bytes may be.
    pub fn with_transfer_limits(mut self, limits: TransferLimits) -> Self {
        self.wanted.settings.limits = limits;
        self
    }

    /// Limits of each call of the API, in place of the client's.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.wanted.options = self.wanted.options.with_limits(limits);
        self
    }
}

impl<'p, S: Selection<Document> + Send + 'static> IntoFuture for Upload<'p, S> {
    type Output = Result<S, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'p>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let events = Arc::new(Events::default());
            let work = self.wanted.upload::<S>(&events);
            reporting(&events, self.report, work).await.map_err(|error| error.with_operation(Create::INFO.id))
        })
    }
}

impl Wanted {
    async fn upload<S: Selection<Document>>(self, events: &Arc<Events>) -> Result<S, Error> {
        let refuse = |why: &str| Err(Error::new(ErrorKind::Configuration, why));
        if self.nameless {
            return refuse("a document needs a name");
        }
        if self.properties.len() > MOST_PROPERTIES {
            return refuse("a document has five external properties at most");
        }
        let mut create = self.create;
        if !self.properties.is_empty() {
            create = create.external_properties(self.properties);
        }
        let job = Job {
            clio: self.documents.list().call.client().clone(),
            parent: self.parent,
            create,
            settings: self.settings,
            options: self.options,
            events: events.clone(),
            begun: Mutex::default(),
        };
        if self.resumes { resume(job, self.content).await } else { upload(Arc::new(job), self.content).await }
    }
}

impl<S> fmt::Debug for Upload<'_, S> {
    /// Shows where and how much, no names: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("parent", &self.wanted.parent)
            .field("content", &self.wanted.content)
            .finish_non_exhaustive()
    }
}
