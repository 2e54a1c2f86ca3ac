//! The public part of Case Status's API.

mod files;
mod lists;
mod port;
mod rows;
mod unpublished;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clio_api::ReqwestTransport;
use clio_core::{
    Base, Clock, Deadline, Limits, Payload, Secret, SystemClock, Traced, Transport, date, retry_after,
};
use clio_sync::{Error, ErrorKind, Result};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header::AUTHORIZATION};
use serde_json::Value;

use files::Addresses;
use lists::Seen;

/// The address of Case Status.
const BASE: &str = "https://app.casestatus.com";

/// How many messages or files a page has, as far as Airbyte's public connector counts on it.
const ROWS: usize = 10;

/// A client for what is public of Case Status's API: four requests that read, known from Airbyte's public connector
/// (`source-case-status`). A clone is the same client.
///
/// | request | serves |
/// |---|---|
/// | `GET /reporting/firm` | [`firm`](crate::CaseStatus::firm) |
/// | `GET /reporting/cases` | [`cases_of`](crate::CaseStatus::cases_of) and [`case`](crate::CaseStatus::case), each of which reads the whole report |
/// | `GET /v1/api/messages` | [`messages`](crate::CaseStatus::messages) |
/// | `GET /v1/api/files`, and the address of a file | [`files`](crate::CaseStatus::files), [`open_file`](crate::CaseStatus::open_file) |
///
/// **No request that writes is published**, nor one for the updates of a status: those calls of the port are refused with
/// [`Configuration`](ErrorKind::Configuration). So an [`Integration`](crate::Integration) over this alone files messages and
/// documents, and cannot keep cases. Whoever has Case Status's documents implements [`CaseStatus`](crate::CaseStatus) and
/// hands the reading on:
///
/// ```
/// use async_trait::async_trait;
/// use chrono::{DateTime, Utc};
/// use clio_api::files::Content;
/// use clio_case_status::{
///     Case, CaseFields, CaseFile, CaseId, CaseStatus, FileId, FirmSettings, Http, Message, NewStatus, Page, StatusUpdate,
///     UpdateId,
/// };
/// use clio_sync::Result;
///
/// #[derive(Debug)]
/// struct Whole {
///     public: Http,
///     partner: PartnerApi,
/// }
///
/// #[async_trait]
/// impl CaseStatus for Whole {
///     // What is public is handed on.
///     async fn firm(&self) -> Result<FirmSettings> {
///         self.public.firm().await
///     }
///     async fn messages(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<Message>> {
///         self.public.messages(since, position).await
///     }
///     async fn files(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<CaseFile>> {
///         self.public.files(since, position).await
///     }
///     async fn open_file(&self, id: &FileId) -> Result<Content> {
///         self.public.open_file(id).await
///     }
///     // It answers too, but reads the whole report for each: a request for one case is better.
///     async fn cases_of(&self, integration_id: &str) -> Result<Vec<Case>> {
///         self.partner.find(integration_id).await
///     }
///     async fn case(&self, id: &CaseId) -> Result<Option<Case>> {
///         self.partner.case(id).await
///     }
///     // What is not public.
///     async fn create_case(&self, fields: &CaseFields) -> Result<Case> {
///         self.partner.create(fields).await
///     }
///     async fn update_case(&self, id: &CaseId, fields: &CaseFields) -> Result<Case> {
///         self.partner.update(id, fields).await
///     }
///     async fn status_updates(&self, case: &CaseId, since: DateTime<Utc>) -> Result<Vec<StatusUpdate>> {
///         self.partner.updates(case, since).await
///     }
///     async fn set_status(&self, update: &NewStatus) -> Result<UpdateId> {
///         self.partner.set_status(update).await
///     }
/// }
/// # #[derive(Debug)]
/// # struct PartnerApi;
/// # impl PartnerApi {
/// #     async fn find(&self, _: &str) -> Result<Vec<Case>> { todo!() }
/// #     async fn case(&self, _: &CaseId) -> Result<Option<Case>> { todo!() }
/// #     async fn create(&self, _: &CaseFields) -> Result<Case> { todo!() }
/// #     async fn update(&self, _: &CaseId, _: &CaseFields) -> Result<Case> { todo!() }
/// #     async fn updates(&self, _: &CaseId, _: DateTime<Utc>) -> Result<Vec<StatusUpdate>> { todo!() }
/// #     async fn set_status(&self, _: &NewStatus) -> Result<UpdateId> { todo!() }
/// # }
/// ```
///
/// A key that Case Status refuses is [`Configuration`](ErrorKind::Configuration) too, and not
/// [`AuthorisationLost`](ErrorKind::AuthorisationLost): that would say that the firm's connection to Clio is lost.
#[derive(Clone)]
pub struct Http {
    base: Base,
    key: Secret,
    transport: Arc<dyn Transport>,
    order: Order,
    rows: usize,
    messages: Arc<Seen>,
    files: Arc<Seen>,
    addresses: Arc<Addresses>,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("base", &self.base).field("order", &self.order).finish_non_exhaustive()
    }
}

/// In which order the lists of messages and files are. Case Status does not say. A list that is seen to be in the other order is
/// refused with [`Configuration`](ErrorKind::Configuration): a poll would pass over what is new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// What is new is at the end: a poll begins at the last page that it knows, or at the first one, if what is before that page
    /// is not what it was. One that finds nothing takes one request, or two while the last page is exactly full.
    #[default]
    OldestFirst,
    /// What is new is at the beginning: a poll ends at the first page that ends before its time.
    NewestFirst,
}

/// Makes an [`Http`].
pub struct HttpBuilder {
    base: String,
    key: Secret,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    order: Order,
    rows: usize,
}

impl fmt::Debug for HttpBuilder {
    /// Shows no address: nobody has looked at it yet, and it may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBuilder").field("order", &self.order).finish_non_exhaustive()
    }
}

impl HttpBuilder {
    /// Another address: a fake, or a sandbox. Default: `https://app.casestatus.com`.
    #[must_use]
    pub fn base(mut self, address: impl Into<String>) -> Self {
        self.base = address.into();
        self
    }

    /// Sends over this transport.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Measures by this clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The order of the lists. Default: [`Order::OldestFirst`].
    #[must_use]
    pub const fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// How many messages or files a full page has, at least one: a page with fewer is the last one. Default: 10, which is what
    /// Airbyte's connector counts on. Where pages are larger, each poll takes one request more; were they smaller, what
    /// follows the first would be missed.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows.max(1);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the address is none, or not https.
    pub fn build(self) -> Result<Http> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::new()?.with_clock(self.clock.clone())),
        };
        let transport = Arc::new(Traced::new(Arc::new(Deadline::new(transport, self.clock))));
        let (base, key, order, rows) = (Base::parse(&self.base)?, self.key, self.order, self.rows);
        let (messages, files) = Default::default();
        Ok(Http { base, key, transport, order, rows, messages, files, addresses: Arc::default() })
    }
}

impl Http {
    /// A client that identifies itself by a firm's API key.
    pub fn builder(api_key: impl Into<String>) -> HttpBuilder {
        HttpBuilder {
            base: BASE.to_owned(),
            key: Secret::new(api_key),
            transport: None,
            clock: Arc::new(SystemClock),
            order: Order::default(),
            rows: ROWS,
        }
    }

    /// One list or report, a page of it.
    async fn get(&self, path: &str, query: &str) -> Result<Answer> {
        let mut url = self.base.join(path);
        url.set_query(Some(query));
        let response = self.send(url.as_str(), true, Limits::default()).await?;
        let (parts, body) = response.into_parts();
        if !parts.status.is_success() {
            return Err(refused(parts.status, &parts.headers));
        }
        let body = body.into_bytes(Limits::default().max_body).await;
        let body = body.map_err(|error| Error::from(clio_core::Error::from(error)))?;
        Ok(Answer { body: json(&body)?, at: date(&parts.headers) })
    }

    /// One GET, and whatever was answered. The key is told to Case Status alone.
    async fn send(&self, url: &str, with_key: bool, limits: Limits) -> Result<Response<Payload>> {
        let cannot = |what: &str| Error::new(ErrorKind::Configuration, what.to_owned());
        let mut request = Request::get(url);
        if with_key {
            let key = HeaderValue::from_str(&format!("ApiKey {}", self.key.expose()));
            // The cause would show the key.
            let mut key = key.map_err(|_| cannot("the API key has letters that no key has"))?;
            key.set_sensitive(true);
            request = request.header(AUTHORIZATION, key);
        }
        let request = request.body(Payload::Empty);
        let request =
            request.map_err(|error| cannot("the request cannot be written down").with_source(error))?;
        let sent = self.transport.send(request, limits).await;
        sent.map_err(|error| Error::from(clio_core::Error::from(error)))
    }
}

struct Answer {
    body: Value,
    /// Case Status's own time.
    at: Option<DateTime<Utc>>,
}

fn json(body: &Bytes) -> Result<Value> {
    // serde's words would quote the answer.
    serde_json::from_slice(body).map_err(|error| {
        let why =
            format!("Case Status's answer is no JSON, at line {}, column {}", error.line(), error.column());
        Error::new(ErrorKind::Protocol, why)
    })
}

/// What an answer that is no success says. Never that an authorisation is lost: the engine would take it for Clio's.
fn refused(status: StatusCode, headers: &HeaderMap) -> Error {
    let (kind, words) = match status.as_u16() {
        401 => {
            (ErrorKind::Configuration, "Case Status does not accept the API key: set the firm's current one")
        }
        403 => (
            ErrorKind::Configuration,
            "the API key of Case Status may not read this: ask Case Status for the right",
        ),
        404 => (ErrorKind::Configuration, "Case Status has nothing at this address: is its base right?"),
        429 => (ErrorKind::RateLimited, "too many requests to Case Status"),
        300..=399 => (ErrorKind::Configuration, "Case Status answers from elsewhere: set its base"),
        400..=499 => (ErrorKind::Protocol, "Case Status refused the request"),
        _ => (ErrorKind::Transient, "Case Status failed"),
    };
    Error::new(kind, format!("{words} ({})", status.as_u16())).with_retry_after(retry_after(headers))
}
