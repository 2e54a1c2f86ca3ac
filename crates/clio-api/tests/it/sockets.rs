//! The production transport on real sockets, in real time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use clio_api::{
    Applied, Clio, Clock, ErrorKind, JsonBody, Limits, Method, Payload, Region, ReqwestTransport, Sleep,
    Token, Transport, TransportErrorKind,
};
use futures_util::{StreamExt, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server that answers each request with the same text, or closes the connection in its place.
struct Server {
    address: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answer: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (connections, requests) = (server.connections.clone(), server.requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, answer, requests.clone()));
            }
        });
        server
    }

    fn clio(&self) -> Clio {
        let region = Region::custom(&self.address).unwrap();
        Clio::builder(region).token(Token::access_only("old")).build().unwrap()
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads requests until the other side closes.
async fn serve(mut stream: TcpStream, answer: Option<&str>, requests: Arc<Mutex<Vec<String>>>) {
    let mut read = String::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => read.push_str(&String::from_utf8_lossy(&buffer[..count])),
            _ => return,
        }
        if !is_complete(&read) {
            continue;
        }
        requests.lock().unwrap().push(std::mem::take(&mut read));
        let Some(answer) = answer else { return };
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

fn is_complete(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return body.ends_with("0\r\n\r\n");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

const CREATED: &str =
    "HTTP/1.1 201 Created\r\ncontent-length: 28\r\n\r\n{\"data\":{\"id\":7,\"etag\":\"e\"}}";

#[tokio::test]
async fn a_write_whose_answer_is_lost_was_received_once() {
    let server = Server::start(None).await;
    let error = server.clio().activities().create(JsonBody::new("{}")).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Interrupted, Applied::Perhaps));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refused_connection_has_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let region = Region::custom(&address).unwrap();
    let clio = Clio::builder(region).token(Token::access_only("old")).build().unwrap();
    let error = clio.activities().create(JsonBody::new("{}")).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Connect, Applied::No));
}

/// A clock that stands at two seconds, after it was looked at so many times at one second.
#[derive(Debug)]
struct TwoSeconds {
    after: AtomicUsize,
}

impl TwoSeconds {
    fn after(looks: usize) -> Arc<Self> {
        Arc::new(Self { after: AtomicUsize::new(looks) })
    }
}

impl Clock for TwoSeconds {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        chrono::DateTime::UNIX_EPOCH
    }
    fn monotonic(&self) -> Duration {
        let look = self.after.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        Duration::from_secs(if look.is_ok() { 1 } else { 2 })
    }
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

fn hello() -> Payload {
    Payload::Stream(Box::pin(stream::iter([Ok("hello".into())])))
}

fn limits(send_by: u64) -> Limits {
    Limits { send_by: Some(Duration::from_secs(send_by)), ..Limits::default() }
}

/// The connection stood in time, but not the body: it does not leave, and that is known.
#[tokio::test]
async fn a_body_that_is_asked_for_too_late_does_not_leave() {
    let server = Server::start(Some(CREATED)).await;
    let send = |body, looks, send_by| {
        let transport = ReqwestTransport::new().unwrap().with_clock(TwoSeconds::after(looks));
        let uri = format!("{}/api/v4/activities.json", server.address);
        async move { transport.send(http::Request::post(uri).body(body).unwrap(), limits(send_by)).await }
    };
    let bytes = || Payload::Bytes(r#"{"data":{}}"#.into());
    for body in [bytes(), hello()] {
        let error = send(body, 1, 1).await.unwrap_err();
        assert_eq!((error.kind(), error.nothing_left()), (TransportErrorKind::Timeout, true));
    }
    assert_eq!(server.requests().len(), 0);
    assert_eq!(send(bytes(), 2, 1).await.unwrap().status(), 201);
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].to_lowercase().contains("content-length: 11"), "{}", requests[0]);
}

/// Without a body there is nothing to hold back once the head has left, so the clock is looked at when the connection
/// stands; and not before, which would leave the time that connecting takes out.
#[tokio::test]
async fn no_write_of_any_form_leaves_on_a_connection_that_stood_too_late() {
    let server = Server::start(Some(CREATED)).await;
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let transport = ReqwestTransport::new().unwrap().with_clock(TwoSeconds::after(0));
    let send = |method, address: &str, body, send_by| {
        let uri = format!("{address}/api/v4/activities/7.json");
        let request = http::Request::builder().method(method).uri(uri).body(body).unwrap();
        transport.send(request, limits(send_by))
    };
    let forms: [(Method, fn() -> Payload); 4] = [
        (Method::DELETE, || Payload::Empty),
        (Method::POST, || Payload::Empty),
        (Method::POST, || Payload::Bytes("{}".into())),
        (Method::PUT, hello),
    ];
    for (method, body) in forms {
        let error = send(method.clone(), &nobody, body(), 1).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Connect, "{method}");
        let error = send(method.clone(), &server.address, body(), 1).await.unwrap_err();
        assert_eq!((error.kind(), error.nothing_left()), (TransportErrorKind::Timeout, true), "{method}");
        assert_eq!(server.requests().len(), 0, "{method}");
    }
    assert_eq!(send(Method::DELETE, &server.address, Payload::Empty, 2).await.unwrap().status(), 201);
    assert_eq!(send(Method::PUT, &server.address, hello(), 2).await.unwrap().status(), 201);
    assert!(server.requests()[0].starts_with("DELETE") && server.requests()[1].contains("hello"));
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server =
        Server::start(Some("HTTP/1.1 303 See Other\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"))
            .await;
    let answer = server.clio().raw(Method::GET, "/documents/7/download.json").send().await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.headers["location"]), (303, &"/elsewhere".parse().unwrap()));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn every_write_opens_a_connection_and_reads_share_one() {
    let server = Server::start(Some(CREATED)).await;
    let clio = server.clio();
    for expected in 1..=2 {
        clio.activities().create(JsonBody::new("{}")).await.unwrap();
        assert_eq!(server.connections.load(Ordering::SeqCst), expected);
    }
    for _ in 0..2 {
        clio.users().who_am_i().await.unwrap();
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 3);

    let request = server.requests()[0].to_ascii_lowercase();
    assert!(request.contains("\r\nauthorization: bearer old\r\n"));
    assert!(request.contains(concat!("\r\nuser-agent: clio-rust/", env!("CARGO_PKG_VERSION"), "\r\n")));
    assert!(!request.contains("accept-encoding"));
}

/// Answers one request on each connection as if it would take more, and closes it as soon as another comes.
async fn half_dead() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server {
        address: format!("http://{}", listener.local_addr().unwrap()),
        connections: Arc::default(),
        requests: Arc::default(),
    };
    let (connections, requests) = (server.connections.clone(), server.requests.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::SeqCst);
            let requests = requests.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let count = stream.read(&mut buffer).await.unwrap_or(0);
                requests.lock().unwrap().push(String::from_utf8_lossy(&buffer[..count]).into_owned());
                stream.write_all(CREATED.as_bytes()).await.ok();
                // What comes next on it is read, perhaps carried out, and never answered.
                let count = stream.read(&mut buffer).await.unwrap_or(0);
                if count > 0 {
                    requests.lock().unwrap().push(String::from_utf8_lossy(&buffer[..count]).into_owned());
                }
            });
        }
    });
    server
}

#[tokio::test]
async fn a_dead_pooled_connection_never_repeats_a_write() {
    let server = half_dead().await;
    let clio = server.clio();
    for round in 1..=3 {
        // Leaves a connection in the pool that looks alive.
        clio.users().who_am_i().await.unwrap();
        clio.activities().create(JsonBody::new("{}")).await.unwrap();
        let posts = server.requests().iter().filter(|request| request.starts_with("POST")).count();
        assert_eq!(posts, round, "each write came once, and not on the connection of the read");
    }
    // The reads that met the dead connection were sent again by us.
    assert!(server.requests().iter().filter(|request| request.starts_with("GET")).count() > 3);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_perhaps_applied() {
    // A body of fewer bytes than promised, on a connection that the client is told will close.
    let server =
        Server::start(Some("HTTP/1.1 201 Created\r\ncontent-length: 28\r\nconnection: close\r\n\r\n{\"da"))
            .await;
    let clio = server.clio();
    let limits = Limits { total: Duration::from_millis(300), ..Limits::default() };
    let error = clio.activities().create(JsonBody::new("{}")).with_limits(limits).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Timeout, Applied::Perhaps));
}

#[tokio::test]
async fn a_stream_is_sent_in_hello() {
    let server = Server::start(Some(CREATED)).await;
    let pieces = stream::iter(["hello ", "world"]).map(|piece| Ok(piece.into()));
    let mut request = http::Request::new(Payload::Stream(Box::pin(pieces)));
    *request.method_mut() = Method::PUT;
    *request.uri_mut() = server.address.parse().unwrap();
    let transport = ReqwestTransport::new().unwrap();
    let response = transport.send(request, Limits::default()).await.unwrap();
    assert!(matches!(response.body(), Payload::Stream(_)));
    assert_eq!(response.into_body().into_bytes(100).await.unwrap().len(), 28);
    assert!(server.requests()[0].contains("hello "));
}

#[tokio::test]
async fn what_is_no_request_is_not_sent() {
    let transport = ReqwestTransport::new().unwrap();
    let error = transport.send(http::Request::new(Payload::Empty), Limits::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.nothing_left()), (TransportErrorKind::Request, true));
}
