//! The way out: a client just good enough to call a webhook.

use std::{io, pin::pin};

use async_trait::async_trait;
use bytes::Bytes;
use clio_core::{Limits, Payload, Transport, TransportError, TransportErrorKind};
use futures_util::future::{Either, select};
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A [`Transport`] over plain http, for worlds that call a webhook on a loopback socket. One connection a request, no
/// TLS, and no limits kept: wrap it in a [`clio_core::Deadline`].
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainHttp;

#[async_trait]
impl Transport for PlainHttp {
    async fn send(
        &self,
        request: Request<Payload>,
        _limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let (mut head, body) = request.into_parts();
        let body = body.into_bytes(u64::MAX).await?;
        let (host, port) = target(&head.uri).ok_or_else(|| {
            TransportError::not_sent(TransportErrorKind::Request, "the address is no plain http address")
        })?;
        if let Ok(value) = HeaderValue::from_str(&format!("{host}:{port}")) {
            head.headers.entry(header::HOST).or_insert(value);
        }
        // The form of an address that a server wants, rather than a proxy.
        let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        head.uri = path.parse().unwrap_or_default();
        let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|error| {
            TransportError::not_sent(TransportErrorKind::Connect, "no connection").with_source(error)
        })?;
        exchange(stream, Request::from_parts(head, Full::new(body))).await.map_err(|error| {
            TransportError::perhaps_sent(TransportErrorKind::Interrupted, "the connection broke")
                .with_source(error)
        })
    }
}

fn target(uri: &Uri) -> Option<(String, u16)> {
    (uri.scheme_str()? == "http").then_some(())?;
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    Some((host.to_owned(), uri.port_u16().unwrap_or(80)))
}

async fn exchange(stream: TcpStream, request: Request<Full<Bytes>>) -> io::Result<Response<Payload>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let call = pin!(async {
        let (head, body) = sender.send_request(request).await.map_err(io::Error::other)?.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Response::from_parts(head, Payload::Bytes(body)))
    });
    match select(call, pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        // The connection has ended; what came over it is there already.
        Either::Right((_, call)) => call.await,
    }
}
