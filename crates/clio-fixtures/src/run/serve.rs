//! A world on a socket.

use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{StreamExt, future::select};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    body::{Body as _, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use super::{
    Machine, Outcome,
    body::pieces,
    plan::{before_sending, html},
    run,
};
use crate::ClioWorld;

/// Where a world listens, and how much it takes. A port alone stands for that port of the loopback interface.
///
/// ```
/// use clio_fixtures::ServeOptions;
///
/// let options = ServeOptions::new().port(4020).max_request_body(1024 * 1024);
/// assert_ne!(options, ServeOptions::from(4020));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct ServeOptions {
    address: SocketAddr,
    max_request_body: usize,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), max_request_body: 512 * 1024 * 1024 }
    }
}

impl ServeOptions {
    /// Any free port of the loopback interface, and bodies of up to 512 MiB.
    pub fn new() -> Self {
        Self::default()
    }

    /// The port; 0, which is what it is unless said, for any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// The address and port. Beyond the loopback interface everybody who reaches the machine reaches the world.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The most bytes of a request's body. What is larger is answered with 413 by the server and never reaches the
    /// world. 512 MiB unless said, which is our choice; the world gets a body in one piece, so it is also the most
    /// memory that one call takes.
    pub fn max_request_body(mut self, bytes: usize) -> Self {
        self.max_request_body = bytes;
        self
    }
}

impl From<u16> for ServeOptions {
    fn from(port: u16) -> Self {
        Self::new().port(port)
    }
}

impl From<SocketAddr> for ServeOptions {
    fn from(address: SocketAddr) -> Self {
        Self::new().address(address)
    }
}

/// A world that listens on a port, until this is dropped: then the port is closed, and every connection with it.
///
/// It speaks HTTP/1.1 without TLS. Use it without paused time: a socket does not wait for virtual clocks.
#[derive(Debug)]
pub struct Served<W = ClioWorld> {
    address: SocketAddr,
    world: W,
    task: JoinHandle<Infallible>,
}

impl<W> Served<W> {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The world behind it.
    pub fn world(&self) -> &W {
        &self.world
    }
}

impl<W> Drop for Served<W> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ClioWorld {
    /// Serves this world on a port of your choice: `serve_on(4020)`, or with [`ServeOptions`].
    ///
    /// # Errors
    ///
    /// When the port cannot be bound.
    pub async fn serve_on(&self, options: impl Into<ServeOptions>) -> io::Result<Served<Self>> {
        serve_on(self.clone(), options.into()).await
    }
}

/// Serves the world on any free port of the loopback interface.
pub(crate) async fn serve<M: Machine>(world: M) -> io::Result<Served<M>> {
    serve_on(world, ServeOptions::new()).await
}

/// Binds the port and serves the world in a task of the current runtime.
pub(crate) async fn serve_on<M: Machine>(world: M, options: ServeOptions) -> io::Result<Served<M>> {
    let listener = TcpListener::bind(options.address).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(accept(listener, world.clone(), options.max_request_body));
    Ok(Served { address, world, task })
}

/// The connections belong to this task: they end with it.
async fn accept<M: Machine>(listener: TcpListener, world: M, most: usize) -> Infallible {
    let mut connections = JoinSet::new();
    connections.spawn(world.clone().pump());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                while connections.try_join_next().is_some() {}
                connections.spawn(connection(stream, world.clone(), most));
            }
            // No more files, perhaps: it passes, and until then there is nothing to do.
            Err(_) => world.clock().sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection<M: Machine>(stream: TcpStream, world: M, most: usize) {
    let reset = AtomicBool::new(false);
    let service = service_fn(|request| Box::pin(exchange(&world, request, most, &reset)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error here is a connection that the client or a fault has ended. hyper has not closed the socket by then.
    let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let stream = connection.into_parts().io.into_inner();
    if reset.load(Ordering::Relaxed) {
        // Without time to linger the system throws away what was not sent, and resets.
        let _ = stream.set_zero_linger();
    } else {
        select(pin!(close(stream)), world.clock().sleep(LINGER)).await;
    }
}

/// How long a client that is told the end may go on sending.
const LINGER: Duration = Duration::from_secs(1);

/// Closes in good order. A socket that is closed with bytes unread resets, and the client may lose the answer by it.
async fn close(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = vec![0; 64 * 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// An error makes hyper end the connection without an answer.
async fn exchange<M: Machine>(
    world: &M,
    request: Request<Incoming>,
    most: usize,
    reset: &AtomicBool,
) -> io::Result<Response<Body>> {
    let ticket = world.book().arrive(request.method(), request.uri(), world.clock().now(), true);
    if ticket.fault.is_some_and(|fault| before_sending(fault).is_some()) {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let (head, body) = request.into_parts();
    let Some(body) = read(body, most).await? else {
        world.book().answered(ticket.call, StatusCode::PAYLOAD_TOO_LARGE);
        let mut answer = html(StatusCode::PAYLOAD_TOO_LARGE).map(whole);
        // The rest of the body is not read, so nothing can follow it.
        answer.headers_mut().insert(header::CONNECTION, http::HeaderValue::from_static("close"));
        return Ok(answer);
    };
    match run(world, ticket, Request::from_parts(head, body)).await {
        Outcome::Answer(answer, flow) => {
            let clock = world.clock().clone();
            Ok(answer.map(|body| match pieces(body.clone(), flow, clock) {
                None => whole(body),
                Some(pieces) => StreamBody::new(pieces.map(|piece| {
                    piece.map(Frame::data).map_err(|_| io::Error::from(io::ErrorKind::ConnectionAborted))
                }))
                .boxed_unsync(),
            }))
        }
        Outcome::Reset => {
            reset.store(true, Ordering::Relaxed);
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Outcome::Refused | Outcome::NoSuchHost | Outcome::Broken => {
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Outcome::Silent => std::future::pending().await,
    }
}

/// The body; `None` as soon as it is known to be larger than allowed.
async fn read(body: Incoming, most: usize) -> io::Result<Option<Bytes>> {
    if body.size_hint().lower() > most as u64 {
        return Ok(None);
    }
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(Some(body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

fn whole(body: Bytes) -> Body {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}
