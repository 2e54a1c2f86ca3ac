//! Requests from a world to receivers on the same machine.

use std::net::Ipv4Addr;

use async_trait::async_trait;
use clio_core::{Limits, Payload, Transport, TransportError, TransportErrorKind};
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Carries plain `http` to this machine and nowhere else: what a world that is served sends its webhooks with. It keeps no
/// time limit; wrap it in a [`clio_core::Deadline`].
///
/// ```
/// use clio_core::Transport;
/// use clio_fixtures::LoopbackTransport;
///
/// let carrier: Box<dyn Transport> = Box::new(LoopbackTransport);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct LoopbackTransport;

#[async_trait]
impl Transport for LoopbackTransport {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let authority = authority(request.uri())?;
        let (mut head, body) = request.into_parts();
        let body = Full::new(body.into_bytes(u64::MAX).await?);
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        head.uri = path.parse().map_err(|error| unfit("the path cannot be sent").with_source(error))?;
        if let Ok(host) = HeaderValue::from_str(&authority) {
            head.headers.insert(header::HOST, host);
        }
        let connect = |error| {
            TransportError::not_sent(TransportErrorKind::Connect, "nobody listens there").with_source(error)
        };
        let stream = TcpStream::connect(&authority).await.map_err(connect)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let connection = Connection(tokio::spawn(async {
            // How it ended is known from the answer.
            let _ = connection.await;
        }));
        let answer = sender.send_request(Request::from_parts(head, body)).await.map_err(broken)?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(broken)?.to_bytes();
        drop(connection);
        let body = Payload::Bytes(Payload::Bytes(body).into_bytes(limits.max_body).await?);
        Ok(Response::from_parts(head, body))
    }
}

/// The task that drives a connection; it ends with the exchange.
struct Connection(tokio::task::JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Host and port of an address on this machine.
fn authority(uri: &Uri) -> Result<String, TransportError> {
    let host = uri.host().unwrap_or_default();
    let here = matches!(host, "localhost" | "[::1]")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    if uri.scheme_str() != Some("http") || !here {
        return Err(unfit("only plain http to this machine is carried"));
    }
    Ok(format!("{host}:{}", uri.port_u16().unwrap_or(80)))
}

fn unfit(message: &str) -> TransportError {
    TransportError::not_sent(TransportErrorKind::Request, message)
}

fn broken(error: hyper::Error) -> TransportError {
    TransportError::perhaps_sent(TransportErrorKind::Interrupted, "the connection broke").with_source(error)
}
