//! A client for WiseTime's Connect API: one file for each group of operations.

mod activity_types;
mod batch;
mod categories;
mod connector;
mod posted_time;
mod tags;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use clio_api::ReqwestTransport;
use clio_core::{
    Applied, Base, Clock, Deadline, Error, ErrorKind, Limits, Payload, Secret, SystemClock, Traced, Transport,
};
use http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};

pub use batch::ITEMS_AT_ONCE;
pub(crate) use posted_time::GROUPS_AT_ONCE;

/// The address of the Connect API.
const BASE: &str = "https://wisetime.com/connect/api";

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

    /// One call, and whatever was answered.
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

/// What a 402 says. It is the [plan's limit](is_plan_limit) of tags.
pub(crate) const PLAN_LIMIT: &str =
    "the plan of the WiseTime team has no room for more tags: upgrade it in WiseTime's team settings";

/// What a 402 says of anything else. WiseTime's document has none there; its guide says which plan the connection needs.
const NEEDS_PRO: &str = "the plan of the WiseTime team does not allow this: the connection needs the Pro plan. Upgrade it in WiseTime's team settings";

/// WiseTime refused tags because the team's plan has no room for more (402). Updates of tags that exist are not refused so.
pub fn is_plan_limit(error: &Error) -> bool {
    error.status() == Some(StatusCode::PAYMENT_REQUIRED.as_u16())
}

struct Answer {
    status: StatusCode,
    body: Bytes,
}

impl Answer {
    /// The body of a success; anything else is an error, the only place where it becomes one.
    fn succeeded(self, operation: &'static str) -> Result<Bytes, Error> {
        let (kind, applied, message) = match self.status.as_u16() {
            200..=299 => return Ok(self.body),
            400 => (ErrorKind::Invalid, Applied::No, "WiseTime refused the request"),
            // Not lost authorisation: to the engine that is Clio's, and the firm would count as cut off from Clio.
            401 => (
                ErrorKind::Configuration,
                Applied::No,
                "WiseTime does not accept the API key: authorise again with a key from the team's settings",
            ),
            402 if operation.contains("tag") => (ErrorKind::Forbidden, Applied::No, PLAN_LIMIT),
            402 => (ErrorKind::Forbidden, Applied::No, NEEDS_PRO),
            404 => (ErrorKind::NotFound, Applied::No, "WiseTime does not know this"),
            409 => (
                ErrorKind::Conflict,
                Applied::No,
                "the WiseTime team is set to deliver posted time in another way: unregister that first",
            ),
            429 => (ErrorKind::RateLimited, Applied::Perhaps, "too many requests to WiseTime"),
            _ => (ErrorKind::Server, Applied::Perhaps, "WiseTime failed"),
        };
        let error = Error::new(kind, message)
            .with_applied(applied)
            .with_operation(operation)
            .with_status(self.status.as_u16(), None);
        Err(if kind == ErrorKind::Invalid { self.in_its_words(error) } else { error })
    }

    /// The same, where a 404 only says that there was nothing to do: `false`.
    fn found(self, operation: &'static str) -> Result<bool, Error> {
        if self.status == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        self.succeeded(operation).map(|_| true)
    }

    /// WiseTime describes no body of a refusal but that of a batch. Where one has a message, people may want to read it.
    fn in_its_words(&self, error: Error) -> Error {
        #[derive(Deserialize)]
        struct Told {
            message: String,
        }
        match serde_json::from_slice::<Told>(&self.body) {
            Ok(Told { message }) if !message.trim().is_empty() => error.with_words(message.trim()),
            _ => error,
        }
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
