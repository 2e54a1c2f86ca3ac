//! The production transport, over reqwest.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clio_core::{
    Clock, Error, ErrorKind, Limits, Payload, SystemClock, Transport, TransportError, TransportErrorKind,
};
use futures_util::StreamExt;
use http::Method;
use tower::{BoxError, util::MapResultLayer};

/// No URL in it: a firewall in front of Clio refuses such a user agent.
const USER_AGENT: &str = concat!("clio-rust/", env!("CARGO_PKG_VERSION"));

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends over HTTP/1.1 or HTTP/2 with TLS by rustls, on the caller's tokio runtime. Cloning shares the connections.
///
/// Reads share pooled connections. Every write opens its own: a pooled connection may have been closed by the other side
/// already, and a write that fails on one leaves open whether it was applied. Nothing is repeated and no redirect is
/// followed. Answers are not decompressed.
///
/// Of the [`Limits`] it keeps only `send_by`, because what happens between the call and the first byte is seen only here: a
/// write looks at the clock once its connection stands, and again when its body is asked for. What remains are the
/// moments from there to the socket; a machine that is suspended in just these sends late. A read that has no body may
/// leave late. For the other limits [`Clio`](crate::Clio) and [`OAuth`](crate::OAuth) wrap it in [`clio_core::Deadline`].
/// Making a connection may take 10 seconds.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    reads: reqwest::Client,
    writes: reqwest::Client,
    clock: Arc<dyn Clock>,
}

impl ReqwestTransport {
    /// A transport with connections of its own. It goes straight to the server: a library reads no environment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when TLS cannot be set up on this system.
    pub fn new() -> Result<Self, Error> {
        Self::build(reqwest::ClientBuilder::no_proxy)
    }

    /// A transport that goes through the proxies which the environment names (`HTTPS_PROXY`, `NO_PROXY` and so on).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when TLS cannot be set up on this system.
    pub fn with_proxies_of_environment() -> Result<Self, Error> {
        Self::build(|builder| builder)
    }

    fn build(proxies: fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder) -> Result<Self, Error> {
        let client = |builder: reqwest::ClientBuilder| {
            proxies(builder)
                .user_agent(USER_AGENT)
                .connect_timeout(CONNECT_TIMEOUT)
                .retry(reqwest::retry::never())
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|e| Error::new(ErrorKind::Configuration, "TLS cannot be set up").with_source(e))
        };
        Ok(Self {
            reads: client(reqwest::Client::builder())?,
            writes: client(
                reqwest::Client::builder()
                    .pool_max_idle_per_host(0)
                    .connector_layer(MapResultLayer::new(unless_late)),
            )?,
            clock: Arc::new(SystemClock),
        })
    }

    /// Measures [`Limits::send_by`] by this clock, which has to be that of the client on top.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    fn client_for(&self, method: &Method) -> &reqwest::Client {
        if *method == Method::GET || *method == Method::HEAD { &self.reads } else { &self.writes }
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let client = self.client_for(request.method());
        let guard = limits.send_by.map(|send_by| Guard::new(send_by, self.clock.clone()));
        let request =
            reqwest::Request::try_from(request.map(|payload| into_reqwest(payload, guard.as_ref())))
                .map_err(|e| not_answered(e, None))?;
        match WRITING.scope(guard.clone(), client.execute(request)).await {
            Ok(response) => Ok(from_reqwest(response)),
            Err(_) if guard.is_some_and(|guard| guard.was_late()) => Err(TransportError::not_sent(
                TransportErrorKind::Timeout,
                "connecting took until after the last moment to send",
            )),
            Err(error) => Err(not_answered(error, Some("no answer came"))),
        }
    }
}

fn into_reqwest(payload: Payload, guard: Option<&Guard>) -> reqwest::Body {
    let body = match payload {
        Payload::Empty => return reqwest::Body::default(),
        Payload::Bytes(bytes) => bytes.into(),
        Payload::Stream(stream) => reqwest::Body::wrap_stream(stream),
    };
    match guard {
        Some(guard) => reqwest::Body::wrap(Guarded { body, guard: Some(guard.clone()) }),
        None => body,
    }
}

tokio::task_local! {
    /// What guards the request that this task sends. A connector is told nothing but where to connect to. It is called in
    /// the task of the request, because the connections of writes are not shared.
    static WRITING: Option<Guard>;
}

/// Lets no connection be used that stands too late: the last look at the clock before the head of a write leaves.
fn unless_late<C>(made: Result<C, BoxError>) -> Result<C, BoxError> {
    let connection = made?;
    let late = WRITING.try_with(|guard| guard.as_ref().is_some_and(Guard::is_late)).unwrap_or(false);
    if late { Err(too_late().into()) } else { Ok(connection) }
}

/// Knows whether it is too late to send.
#[derive(Debug, Clone)]
struct Guard {
    send_by: Duration,
    clock: Arc<dyn Clock>,
    /// Set when it was.
    late: Arc<AtomicBool>,
}

impl Guard {
    fn new(send_by: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { send_by, clock, late: Arc::default() }
    }

    fn is_late(&self) -> bool {
        let late = self.clock.monotonic() > self.send_by;
        self.late.fetch_or(late, Ordering::SeqCst);
        late
    }

    fn was_late(&self) -> bool {
        self.late.load(Ordering::SeqCst)
    }
}

/// A body that is only begun in time.
///
/// The deadline is checked before a request comes here; but then a name is looked up, a connection made, keys are
/// exchanged, and the machine may sleep. The body is asked for after all that. A request of which the server only ever
/// sees the head is none that it could carry out.
#[derive(Debug)]
struct Guarded {
    body: reqwest::Body,
    /// Taken at the first look: what has begun goes on.
    guard: Option<Guard>,
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        if self.guard.take().is_some_and(|guard| guard.is_late()) {
            return Poll::Ready(Some(Err(too_late().into())));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

fn too_late() -> TransportError {
    TransportError::not_sent(TransportErrorKind::Timeout, "the last moment to send has passed")
}

fn from_reqwest(mut response: reqwest::Response) -> http::Response<Payload> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let pieces =
        response.bytes_stream().map(|piece| piece.map_err(|e| not_answered(e, Some("the answer broke off"))));
    let mut response = http::Response::new(Payload::Stream(Box::pin(pieces)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Only what fails before there is a connection has surely sent nothing.
fn not_answered(error: reqwest::Error, when_sent: Option<&str>) -> TransportError {
    // The address holds the query, and so what was searched for.
    let error = error.without_url();
    if error.is_connect() {
        return TransportError::not_sent(TransportErrorKind::Connect, "no connection to the server")
            .with_source(error);
    }
    match when_sent {
        Some(message) if !error.is_builder() => {
            let kind = if error.is_timeout() {
                TransportErrorKind::Timeout
            } else {
                TransportErrorKind::Interrupted
            };
            TransportError::perhaps_sent(kind, message).with_source(error)
        }
        _ => TransportError::not_sent(TransportErrorKind::Request, "the request cannot be sent as it is")
            .with_source(error),
    }
}
