//! Where a browser on this machine comes back to.

use std::{
    convert::Infallible,
    future::ready,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clio_core::{Clock, Error, ErrorKind, SystemClock};
use futures_util::{
    StreamExt,
    future::{Either, select},
    stream,
};
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use url::{Host, Url};

use super::{Begun, callback::belongs};

/// Connections that are served at once. Those beyond wait until one has ended.
const AT_ONCE: usize = 32;

/// How long one connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes of a request's head; hyper takes no less. A callback is a fraction of it.
const MOST: usize = 8192;

/// Listens on the loopback interface for the one callback of a flow: the redirect of a program that runs where its user
/// sits.
///
/// ```no_run
/// # async fn example() -> Result<(), clio_api::Error> {
/// use std::time::Duration;
/// use clio_api::{App, LoopbackReceiver, OAuth, Region};
///
/// let receiver = LoopbackReceiver::bind("http://127.0.0.1:8080/callback").await?;
/// let oauth = OAuth::new(Region::Us, App::new("key", "secret"), receiver.redirect_uri())?;
/// let begun = oauth.begin();
/// println!("Open {}", begun.url);
/// let callback = receiver.wait(&begun, Duration::from_secs(300)).await?;
/// let token = oauth.finish(&begun, &callback).await?;
/// # Ok(())
/// # }
/// ```
///
/// Only a GET of the path with the state of the flow ends the wait. Everything else is answered (404, 405, 400, 431) and
/// forgotten. At most 32 connections are served at once, each for at most 5 seconds. The page that the browser shows says
/// no more than that the window can be closed. It runs in the task that waits and needs a tokio runtime with I/O.
#[derive(Debug)]
pub struct LoopbackReceiver {
    listener: TcpListener,
    redirect_uri: String,
    redirect: Url,
    clock: Arc<dyn Clock>,
}

impl LoopbackReceiver {
    /// Listens where `redirect_uri` leads: `http://127.0.0.1:8080/callback`, registered with the app letter by letter, port
    /// included. `localhost` is 127.0.0.1. Port 0 is any free one, for servers that do not look at it;
    /// [`redirect_uri`](Self::redirect_uri) tells which.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for anything but plain http on a loopback address without a query, and when the port
    /// cannot be listened on.
    pub async fn bind(redirect_uri: impl Into<String>) -> Result<Self, Error> {
        let mut redirect_uri = redirect_uri.into();
        let mut redirect =
            Url::parse(&redirect_uri).map_err(|e| wrong("is not an address").with_source(e))?;
        let address = address(&redirect)?;
        let in_use = |error: io::Error| wrong("cannot be listened on").with_source(error);
        let listener = TcpListener::bind(address).await.map_err(in_use)?;
        if address.port() == 0 {
            let port = listener.local_addr().map_err(in_use)?.port();
            redirect.set_port(Some(port)).map_err(|()| wrong("has no port"))?;
            redirect_uri = redirect.to_string();
        }
        Ok(Self { listener, redirect_uri, redirect, clock: Arc::new(SystemClock) })
    }

    /// Measures its limits by this clock. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// What [`OAuth::new`](crate::OAuth::new) needs: the address as it was given, with the port in place of 0.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Waits for the callback of this flow and answers its address, for [`OAuth::finish`](crate::OAuth::finish). A person
    /// who declines comes back too: `finish` tells. The port is closed in the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] when it did not come within `timeout`.
    pub async fn wait(self, begun: &Begun, timeout: Duration) -> Result<Url, Error> {
        let arrivals = stream::poll_fn(|context| self.listener.poll_accept(context).map(Some));
        let callbacks =
            arrivals.map(|arrival| self.serve(arrival, begun)).buffer_unordered(AT_ONCE).filter_map(ready);
        let mut callbacks = pin!(callbacks);
        match select(callbacks.next(), self.clock.sleep(timeout)).await {
            Either::Left((Some(callback), _)) => Ok(callback),
            _ => Err(Error::new(ErrorKind::Timeout, "nobody came back from Clio's page in time")),
        }
    }

    /// Serves one connection. The callback, if this was it: only now, because the browser has its page by now.
    async fn serve(&self, arrival: io::Result<(TcpStream, SocketAddr)>, begun: &Begun) -> Option<Url> {
        let Ok((stream, _)) = arrival else {
            // No more files, perhaps: it passes.
            self.clock.sleep(Duration::from_millis(10)).await;
            return None;
        };
        let found = Mutex::new(None);
        let service = service_fn(|request: Request<_>| {
            let (answer, callback) = self.answer(&request, begun);
            if callback.is_some() {
                *found.lock().unwrap_or_else(PoisonError::into_inner) = callback;
            }
            ready(Ok::<_, Infallible>(answer))
        });
        let connection = http1::Builder::new()
            .keep_alive(false)
            .max_buf_size(MOST)
            .serve_connection(TokioIo::new(stream), service);
        // Whether it ended well or badly or in time: what counts is what was asked.
        select(connection, self.clock.sleep(PATIENCE)).await;
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer<B>(&self, request: &Request<B>, begun: &Begun) -> (Response<String>, Option<Url>) {
        if request.uri().path() != self.redirect.path() {
            return (page(StatusCode::NOT_FOUND, "There is nothing here."), None);
        }
        if request.method() != Method::GET {
            return (page(StatusCode::METHOD_NOT_ALLOWED, "Only GET."), None);
        }
        let mut callback = self.redirect.clone();
        callback.set_query(request.uri().query());
        if belongs(begun, &callback) {
            let told = "The app has been told. You can close this window.";
            return (page(StatusCode::OK, told), Some(callback));
        }
        (page(StatusCode::BAD_REQUEST, "This is not the answer that the app waits for."), None)
    }
}

/// Where to listen; only ever on the loopback interface.
fn address(redirect: &Url) -> Result<SocketAddr, Error> {
    let ip = match redirect.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
        Some(Host::Domain("localhost")) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => return Err(wrong("is not on a loopback address")),
    };
    if !ip.is_loopback() {
        return Err(wrong("is not on a loopback address"));
    }
    if redirect.scheme() != "http" || redirect.query().is_some() || redirect.fragment().is_some() {
        return Err(wrong("is not plain http, or has a query"));
    }
    Ok(SocketAddr::new(ip, redirect.port_or_known_default().unwrap_or(80)))
}

fn wrong(why: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("the redirect URI {why}"))
}

fn page(status: StatusCode, text: &str) -> Response<String> {
    let body = format!("<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>{text}</title>\n<p>{text}</p>\n");
    let mut response = Response::new(body);
    *response.status_mut() = status;
    // The address of this page holds a code: it is neither kept nor told to anybody.
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
