//! WiseTime's Connect API.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use clio_api::ReqwestTransport;
use clio_core::{
    Applied, Base, Clock, Deadline, Error, ErrorKind, Limits, Payload, Secret, SystemClock, Traced, Transport,
};
use http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};

use crate::wire::{TimeGroupStatus, UpsertTag};

/// The address of the Connect API.
const BASE: &str = "https://wisetime.com/connect/api";

/// The longest that WiseTime holds an empty poll is 60 seconds.
const LONG_POLL: Duration = Duration::from_secs(75);

/// The most groups that one poll hands out.
pub(crate) const GROUPS_AT_ONCE: u32 = 25;

/// A client for WiseTime's Connect API. It acts for one team.
#[derive(Clone)]
pub struct Client {
    base: Base,
    key: Secret,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Makes a [`Client`].
pub struct ClientBuilder {
    base: String,
    key: Secret,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for ClientBuilder {
    /// Shows no address: nobody has looked at it yet, and it may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("transport", &self.transport).finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Another address of the API: a proxy, or a fake.
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

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the address is none, or not https.
    pub fn build(self) -> Result<Client, Error> {
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::new()?.with_clock(self.clock.clone())),
        };
        let transport = Arc::new(Traced::new(Arc::new(Deadline::new(transport, self.clock.clone()))));
        Ok(Client { base: Base::parse(&self.base)?, key: self.key, transport, clock: self.clock })
    }
}

/// What is wrong with one item of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemError {
    pub(crate) index: usize,
    #[serde(default)]
    pub(crate) error_description: String,
}

impl Client {
    /// A client that identifies itself by a team's API key.
    pub fn builder(api_key: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            base: BASE.to_owned(),
            key: Secret::new(api_key),
            transport: None,
            clock: Arc::new(SystemClock),
        }
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The team's name: a way to try the key.
    pub async fn team_name(&self) -> Result<String, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Team {
            team_name: String,
        }
        let answer = self.call("get-team-info", Method::GET, "team/info", None, Limits::default()).await?;
        let team: Team = decode("get-team-info", &answer.succeeded("get-team-info")?)?;
        Ok(team.team_name)
    }

    /// Time that waits to be taken, as it stands on the wire. Held open by WiseTime for up to a minute when there is
    /// none.
    pub async fn posted_time(&self, limit: u32) -> Result<Bytes, Error> {
        let path = format!("postedtime?limit={limit}");
        let limits = Limits { total: LONG_POLL, ..Limits::default() };
        self.call("fetch-posted-time", Method::GET, &path, None, limits).await?.succeeded("fetch-posted-time")
    }

    /// Says what became of a group.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when WiseTime does not know the group (any more).
    pub async fn update_status(&self, status: &TimeGroupStatus) -> Result<(), Error> {
        let operation = "update-posted-time-status";
        let body = Some(encode(operation, status)?);
        let answer = self.call(operation, Method::POST, "postedtime/status", body, Limits::default()).await?;
        answer.succeeded(operation).map(drop)
    }

    /// Creates or updates tags, at most 2,000 at once.
    ///
    /// # Errors
    ///
    /// As the answer says. What is wrong with single tags is not an error of the call, but listed.
    pub(crate) async fn upsert_tags(
        &self,
        tags: &[UpsertTag],
        limits: Limits,
    ) -> Result<Vec<ItemError>, Error> {
        #[derive(Serialize)]
        struct Batch<'a> {
            tags: &'a [UpsertTag],
        }
        #[derive(Deserialize)]
        struct Errors {
            errors: Vec<ItemError>,
        }
        let operation = "batch-tag-upsert";
        let body = encode(operation, &Batch { tags })?;
        let answer = self.call(operation, Method::POST, "tag/batch", Some(body), limits).await?;
        if answer.status == StatusCode::BAD_REQUEST
            && let Ok(Errors { errors }) = serde_json::from_slice(&answer.body)
            && !errors.is_empty()
        {
            return Ok(errors);
        }
        answer.succeeded(operation).map(|_| Vec::new())
    }

    async fn call(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: Option<Bytes>,
        limits: Limits,
    ) -> Result<Answer, Error> {
        let url = format!("{}/{path}", self.base.url().as_str().trim_end_matches('/'));
        let mut key = HeaderValue::from_str(self.key.expose()).map_err(|error| {
            Error::new(ErrorKind::Configuration, "the API key has letters that no key has")
                .with_operation(operation)
                .with_source(error)
        })?;
        key.set_sensitive(true);
        let request = http::Request::builder()
            .method(method)
            .uri(url)
            .header("x-api-key", key)
            .header(CONTENT_TYPE, "application/json")
            .body(body.map_or(Payload::Empty, Payload::Bytes))
            .map_err(|error| {
                Error::new(ErrorKind::Configuration, "the request to WiseTime cannot be written down")
                    .with_operation(operation)
                    .with_source(error)
            })?;
        let response = self
            .transport
            .send(request, limits)
            .await
            .map_err(|e| Error::from(e).with_operation(operation))?;
        let status = response.status();
        let body = response.into_body().into_bytes(limits.max_body).await;
        Ok(Answer { status, body: body.map_err(|error| Error::from(error).with_operation(operation))? })
    }
}

struct Answer {
    status: StatusCode,
    body: Bytes,
}

impl Answer {
    fn succeeded(self, operation: &'static str) -> Result<Bytes, Error> {
        let (kind, applied, message) = match self.status.as_u16() {
            200..=299 => return Ok(self.body),
            400 => (ErrorKind::Invalid, Applied::No, "WiseTime refused the request"),
            401 => (
                ErrorKind::AuthorisationLost,
                Applied::No,
                "WiseTime does not accept the API key: authorise again with a key from the team's settings",
            ),
            402 => (
                ErrorKind::Forbidden,
                Applied::No,
                "the plan of the WiseTime team does not allow this many tags",
            ),
            404 => (ErrorKind::NotFound, Applied::No, "WiseTime does not know this"),
            409 => (
                ErrorKind::Conflict,
                Applied::No,
                "the WiseTime team is set to deliver posted time in another way: unregister that first",
            ),
            429 => (ErrorKind::RateLimited, Applied::Perhaps, "too many requests to WiseTime"),
            _ => (ErrorKind::Server, Applied::Perhaps, "WiseTime failed"),
        };
        Err(Error::new(kind, message).with_applied(applied).with_operation(operation))
    }
}

fn encode(operation: &'static str, value: &impl Serialize) -> Result<Bytes, Error> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|error| {
        Error::new(ErrorKind::Configuration, "the request to WiseTime cannot be written as JSON")
            .with_operation(operation)
            .with_source(error)
    })
}

fn decode<'a, T: Deserialize<'a>>(operation: &'static str, body: &'a [u8]) -> Result<T, Error> {
    // serde's words would quote the answer.
    serde_json::from_slice(body).map_err(|error| {
        let why = format!("WiseTime's answer does not decode, at column {}", error.column());
        Error::new(ErrorKind::Decode, why).with_operation(operation)
    })
}
