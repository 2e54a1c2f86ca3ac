//! The receiver of callbacks, on real sockets in real time.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clio_api::{App, Begun, Clock, ErrorKind, LoopbackReceiver, OAuth, Region, Sleep};
use clio_core::SystemClock;
use futures_util::future::join;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Url;

async fn receiver() -> (LoopbackReceiver, Begun, SocketAddr) {
    let receiver = LoopbackReceiver::bind("http://127.0.0.1:0/callback").await.unwrap();
    let oauth = OAuth::new(Region::Us, App::new("key", "s3cret"), receiver.redirect_uri()).unwrap();
    let address = Url::parse(receiver.redirect_uri()).unwrap().socket_addrs(|| None).unwrap()[0];
    (receiver, oauth.begin(), address)
}

/// Sends these bytes and answers whatever comes until the other side closes.
async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

async fn get(address: SocketAddr, target: &str) -> String {
    ask(address, &format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n\r\n")).await
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn only_the_callback_of_the_flow_ends_the_wait() {
    let (receiver, begun, address) = receiver().await;
    let good = format!("/callback?code=c0de&state={}", begun.state.expose());
    let browser = async {
        assert_eq!(status(&get(address, "/favicon.ico").await), "404");
        assert_eq!(status(&get(address, &good.replace("/callback", "/other")).await), "404");
        assert_eq!(status(&get(address, "/callback?code=c0de&state=forged").await), "400");
        assert_eq!(status(&get(address, "/callback?code=c0de").await), "400");
        let head = ask(address, &format!("HEAD {good} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        assert_eq!(status(&head), "405");
        let post =
            ask(address, &format!("POST {good} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")).await;
        assert_eq!(status(&post), "405");
        let large = format!("{good}&more={}", "x".repeat(20_000));
        assert_eq!(status(&get(address, &large).await), "431");
        let large = format!("GET {good} HTTP/1.1\r\nx-large: {}\r\n\r\n", "x".repeat(20_000));
        assert_eq!(status(&ask(address, &large).await), "431");
        assert!(status(&ask(address, "\x16\x03\x01 not HTTP\r\n\r\n").await) != "200");
        get(address, &good).await
    };
    let (callback, answer) = join(receiver.wait(&begun, SOON), browser).await;
    assert_eq!(callback.unwrap().as_str(), format!("http://{address}{good}"));
    assert_eq!(status(&answer), "200");
    assert!(answer.contains("close this window"));
    for secret in ["c0de", begun.state.expose()] {
        assert!(!answer.contains(secret));
    }
    let answer = answer.to_lowercase();
    assert!(answer.contains("cache-control: no-store") && answer.contains("referrer-policy: no-referrer"));
    assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
}

/// A person who declines comes back, and the flow says so.
#[tokio::test]
async fn a_person_who_declines_ends_the_wait_too() {
    let (receiver, begun, address) = receiver().await;
    let oauth = OAuth::new(Region::Us, App::new("key", "s3cret"), receiver.redirect_uri()).unwrap();
    let target = format!("/callback?error=access_denied&state={}", begun.state.expose());
    let (callback, _) = join(receiver.wait(&begun, SOON), get(address, &target)).await;
    let error = oauth.finish(&begun, &callback.unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorisation);
}

/// Browsers open connections ahead and say nothing on them.
#[tokio::test]
async fn those_who_say_nothing_or_only_half_do_not_block_it() {
    let (receiver, begun, address) = receiver().await;
    let good = format!("/callback?code=c&state={}", begun.state.expose());
    let browser = async {
        let mut silent = Vec::new();
        for _ in 0..31 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /callback HTTP/1.1\r\nhost:").await.unwrap();
            silent.push(stream);
        }
        let answer = get(address, &good).await;
        drop(silent);
        answer
    };
    let begun_at = SystemClock.monotonic();
    let (callback, answer) = join(receiver.wait(&begun, SOON), browser).await;
    callback.unwrap();
    assert_eq!(status(&answer), "200");
    assert!(SystemClock.monotonic() < begun_at + Duration::from_secs(3));
}

/// As many silent ones as there are places: each has to go after a while.
#[tokio::test]
async fn a_crowd_of_silent_ones_is_sent_away() {
    let (receiver, begun, address) = receiver().await;
    let good = format!("/callback?code=c&state={}", begun.state.expose());
    let browser = async {
        let mut silent = Vec::new();
        for _ in 0..40 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let answer = get(address, &good).await;
        drop(silent);
        answer
    };
    let (callback, answer) = join(receiver.clock(Arc::new(Hasty)).wait(&begun, SOON), browser).await;
    callback.unwrap();
    assert_eq!(status(&answer), "200");
}

/// Waits a tenth of the time.
#[derive(Debug)]
struct Hasty;

impl Clock for Hasty {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        chrono::DateTime::UNIX_EPOCH
    }
    fn monotonic(&self) -> Duration {
        SystemClock.monotonic()
    }
    fn sleep(&self, duration: Duration) -> Sleep {
        SystemClock.sleep(duration / 10)
    }
}

#[tokio::test]
async fn nobody_comes() {
    let (receiver, begun, _) = receiver().await;
    let error = receiver.wait(&begun, Duration::from_millis(30)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_at_the_very_address() {
    for bad in [
        "https://127.0.0.1:0/callback",
        "http://0.0.0.0:0/callback",
        "http://192.0.2.1:0/callback",
        "http://example.com/callback",
        "http://localhost.example.com:0/callback",
        "http://127.0.0.1:0/callback?x=1",
        "ftp://127.0.0.1:0/callback",
        "callback",
    ] {
        let error = LoopbackReceiver::bind(bad).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{bad}");
    }
    let first = LoopbackReceiver::bind("http://localhost:0/callback").await.unwrap();
    assert!(first.redirect_uri().starts_with("http://localhost:"));
    let address = first.redirect_uri().to_owned();
    let taken = LoopbackReceiver::bind(address.as_str()).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Configuration);
    drop(first);
    assert_eq!(LoopbackReceiver::bind(address.as_str()).await.unwrap().redirect_uri(), address);
}
