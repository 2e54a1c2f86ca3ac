//! A world on a loopback socket.

use std::{convert::Infallible, io, net::Ipv4Addr, net::SocketAddr};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use super::{Machine, Outcome, run};
use crate::{ClioWorld, Fault};

/// A world that listens on a loopback port, until this is dropped.
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

/// Binds a free port and serves the world in a task of the current runtime.
pub(crate) async fn serve<M: Machine>(world: M) -> io::Result<Served<M>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(accept(listener, world.clone()));
    Ok(Served { address, world, task })
}

/// The connections belong to this task: they end with it.
async fn accept<M: Machine>(listener: TcpListener, world: M) -> Infallible {
    let mut connections = JoinSet::new();
    connections.spawn(world.clone().pump());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                while connections.try_join_next().is_some() {}
                connections.spawn(connection(stream, world.clone()));
            }
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn connection<M: Machine>(stream: TcpStream, world: M) {
    let service = service_fn(|request| exchange(&world, request));
    // An error here is a connection that the client or a fault has closed.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// An error makes hyper close the connection without an answer.
async fn exchange<M: Machine>(world: &M, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let ticket = world.book().arrive(request.method(), request.uri(), world.clock().now(), true);
    if ticket.fault == Some(Fault::Refuse) {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    match run(world, ticket, Request::from_parts(head, body)).await {
        Outcome::Answer(answer) => Ok(answer.map(Full::new)),
        Outcome::Refused | Outcome::Broken => Err(io::ErrorKind::ConnectionReset.into()),
        Outcome::Silent => std::future::pending().await,
    }
}
