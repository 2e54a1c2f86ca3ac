//! The wrapper that tells `tracing` of every exchange.

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, Request, Response};
use tracing::{Instrument, Span, field::Empty};

use super::retry::Resent;
use crate::{Limits, Payload, Transport, TransportError, TransportErrorKind};

/// A span for each exchange, over any transport, named and filled by [OpenTelemetry's conventions for HTTP clients][otel].
///
/// The span is `http` at level debug, with `otel.name`, `otel.kind`, `http.request.method`, `server.address`,
/// `server.port`, `url.scheme`, `url.template`, `http.request.resend_count`, `http.response.status_code`,
/// `http.response.header.x-request-id`, `error.type` and `otel.status_code`.
///
/// No client data is in it, and no secret: neither the address with its query, nor a header, nor a body. The
/// `url.template` is there only if the request names one by a [`Route`].
///
/// It stands inside [`Retry`](crate::Retry), so that every attempt has a span of its own.
///
/// [otel]: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
#[derive(Debug, Clone)]
pub struct Traced {
    inner: Arc<dyn Transport>,
}

/// The template of a request's path, `/matters/{id}.json`: in the extensions of a request, for [`Traced`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route(pub &'static str);

impl Traced {
    /// Wraps `inner`.
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Self { inner }
    }
}

#[async_trait]
impl Transport for Traced {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let span = span(&request);
        let outcome = self.inner.send(request, limits).instrument(span.clone()).await;
        match &outcome {
            Ok(response) => record(&span, response),
            Err(error) => {
                span.record("error.type", name(error.kind()));
                span.record("otel.status_code", "ERROR");
            }
        }
        outcome
    }
}

fn span(request: &Request<Payload>) -> Span {
    let (method, uri) = (request.method().as_str(), request.uri());
    let route = request.extensions().get::<Route>().map(|route| route.0);
    tracing::debug_span!(
        "http",
        // Made only if anybody looks.
        otel.name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}")),
        otel.kind = "client",
        http.request.method = if is_known(request.method()) { method } else { "_OTHER" },
        server.address = uri.host(),
        server.port = uri.port_u16().or_else(|| usual_port(uri.scheme_str()?)),
        url.scheme = uri.scheme_str(),
        url.template = route,
        http.request.resend_count = request.extensions().get::<Resent>().map(|resent| resent.0),
        http.response.status_code = Empty,
        "http.response.header.x-request-id" = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

fn record(span: &Span, response: &Response<Payload>) {
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_client_error() || status.is_server_error() {
        span.record("error.type", status.as_str());
        span.record("otel.status_code", "ERROR");
    }
    if let Some(id) = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()) {
        span.record("http.response.header.x-request-id", id);
    }
}

/// The methods that the conventions know by name.
fn is_known(method: &Method) -> bool {
    const KNOWN: [Method; 9] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::CONNECT,
        Method::OPTIONS,
        Method::TRACE,
        Method::PATCH,
    ];
    KNOWN.contains(method)
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

fn name(kind: TransportErrorKind) -> &'static str {
    match kind {
        TransportErrorKind::Connect => "connect",
        TransportErrorKind::Timeout => "timeout",
        TransportErrorKind::Interrupted => "interrupted",
        TransportErrorKind::TooLarge => "too_large",
        TransportErrorKind::Request => "request",
        TransportErrorKind::Throttled => "throttled",
    }
}
