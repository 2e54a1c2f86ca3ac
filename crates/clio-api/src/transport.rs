//! The production transport, over reqwest.

use std::time::Duration;

use async_trait::async_trait;
use clio_core::{Error, ErrorKind, Limits, Payload, Transport, TransportError, TransportErrorKind};
use futures_util::StreamExt;
use http::Method;

/// No URL in it: a firewall in front of Clio refuses such a user agent.
const USER_AGENT: &str = concat!("clio-rust/", env!("CARGO_PKG_VERSION"));

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends over HTTP/1.1 or HTTP/2 with TLS by rustls, on the caller's tokio runtime. Cloning shares the connections.
///
/// Reads share pooled connections. Every write opens its own: a pooled connection may have been closed by the other side
/// already, and a write that fails on one leaves open whether it was applied. Nothing is repeated and no redirect is
/// followed. Proxies are taken from where reqwest takes them. Answers are not decompressed.
///
/// It does not keep [`Limits`] itself: [`Clio`](crate::Clio) and [`OAuth`](crate::OAuth) wrap it in
/// [`clio_core::Deadline`]. Only making a connection has a limit here, 10 seconds.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    reads: reqwest::Client,
    writes: reqwest::Client,
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
            writes: client(reqwest::Client::builder().pool_max_idle_per_host(0))?,
        })
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
        _limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let client = self.client_for(request.method());
        let request =
            reqwest::Request::try_from(request.map(into_reqwest)).map_err(|e| not_answered(e, None))?;
        let response = client.execute(request).await.map_err(|e| not_answered(e, Some("no answer came")))?;
        Ok(from_reqwest(response))
    }
}

fn into_reqwest(payload: Payload) -> reqwest::Body {
    match payload {
        Payload::Empty => reqwest::Body::default(),
        Payload::Bytes(bytes) => bytes.into(),
        Payload::Stream(stream) => reqwest::Body::wrap_stream(stream),
    }
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
