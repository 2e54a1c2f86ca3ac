//! The same behind wiremock and on a real socket.

use std::{io, time::Duration};

use clio_core::{Clock, Random, SystemClock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::BODY;
use crate::{ClioWorld, Fault, SeededRandom, ServeOptions};

const ACTIVITIES: &str = "/api/v4/activities.json";

/// Sends bytes, and reads until the other side ends or resets.
async fn raw(url: &str, bytes: &[u8]) -> (Vec<u8>, io::Result<usize>) {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).await;
    (answer, end)
}

fn request(world: &ClioWorld, method: &str, target: &str, body: &str) -> Vec<u8> {
    let token = world.token().access.expose().to_owned();
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One exchange; the answer is whatever came until the other side closed.
async fn exchange(url: &str, world: &ClioWorld, method: &str, target: &str, body: &str) -> String {
    let (answer, _) = raw(url, &request(world, method, target, body)).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn wiremock_answers_out_of_the_world() {
    let world = ClioWorld::firm(7).start();
    let server = wiremock::MockServer::start().await;
    world.mount(&server).await;
    let answer = exchange(&server.uri(), &world, "GET", "/api/v4/matters.json?limit=2", "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("/api/v4/matters.json?limit=2&page_token="), "{answer}");
    let answer = exchange(&server.uri(), &world, "POST", ACTIVITIES, BODY).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    world.faults().always("POST", "", Fault::SlowDrip(Duration::from_millis(300)));
    let start = SystemClock.monotonic();
    let answer = exchange(&server.uri(), &world, "POST", ACTIVITIES, BODY).await;
    assert!(
        answer.starts_with("HTTP/1.1 201") && SystemClock.monotonic() >= start + Duration::from_millis(300),
        "{answer}"
    );
    assert_eq!((world.activities().len(), world.calls().len()), (2, 3));
}

#[tokio::test]
async fn a_socket_answers_breaks_and_hangs() {
    let world = ClioWorld::firm(7).start();
    let served = world.serve().await.unwrap();
    let answer = exchange(&served.url(), &world, "GET", "/api/v4/matters.json?limit=2", "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("/api/v4/matters.json?limit=2&page_token="), "{answer}");
    for (fault, written) in
        [(Fault::Refuse, 0), (Fault::NoSuchHost, 0), (Fault::RequestLost, 0), (Fault::AnswerLost, 1)]
    {
        world.faults().always("POST", "activities.json", fault);
        let (answer, end) = raw(&served.url(), &request(&world, "POST", ACTIVITIES, BODY)).await;
        assert_eq!((answer.len(), end.unwrap()), (0, 0), "{fault:?}: an orderly end");
        assert_eq!(served.world().activities().len(), written, "{fault:?}");
        world.faults().clear();
    }
    world.faults().always("POST", "activities.json", Fault::AppliedThenHangs);
    let (url, bytes) = (served.url(), request(&world, "POST", ACTIVITIES, BODY));
    let hanging = tokio::spawn(async move { raw(&url, &bytes).await.0 });
    while world.activities().len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(served);
    assert_eq!(hanging.await.unwrap(), b"");
}

/// A TCP RST, which is another error than an orderly end: no answer, and `ConnectionReset` from the system.
#[tokio::test]
async fn a_reset_is_a_reset() {
    let world = ClioWorld::firm(7).start();
    let served = world.serve().await.unwrap();
    for (fault, written) in [(Fault::ResetNotApplied, 0), (Fault::ResetApplied, 1)] {
        world.faults().at_call(world.calls().len() as u64 + 1, fault);
        let (answer, end) = raw(&served.url(), &request(&world, "POST", ACTIVITIES, BODY)).await;
        assert_eq!((answer.len(), end.unwrap_err().kind()), (0, io::ErrorKind::ConnectionReset));
        assert_eq!(world.activities().len(), written, "{fault:?}");
    }
}

/// Head and body of an answer, and what its head says about the length of the body.
fn parts(answer: &[u8]) -> (String, usize, usize) {
    let text = String::from_utf8(answer.to_vec()).unwrap().to_lowercase();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let (_, length) = head.split_once("content-length: ").unwrap();
    let length = length.split("\r\n").next().unwrap().parse().unwrap();
    (head.to_owned(), length, body.len())
}

#[tokio::test]
async fn a_body_drips_in_real_pieces_or_breaks_in_its_middle() {
    let world = ClioWorld::firm(7).start();
    let served = world.serve().await.unwrap();
    world.faults().at_call(1, Fault::SlowDrip(Duration::from_millis(400)));
    world.faults().at_call(2, Fault::BodyBreaks);
    world.faults().at_call(3, Fault::Truncated);

    let mut stream = TcpStream::connect(served.address()).await.unwrap();
    stream.write_all(&request(&world, "POST", ACTIVITIES, BODY)).await.unwrap();
    let (start, mut reads, mut answer) = (SystemClock.monotonic(), 0, Vec::new());
    while stream.read_buf(&mut answer).await.unwrap() > 0 {
        reads += 1;
    }
    let (head, length, came) = parts(&answer);
    assert!(head.starts_with("http/1.1 201") && length == came, "{head}");
    assert!(reads > 8 && SystemClock.monotonic() >= start + Duration::from_millis(400), "{reads} pieces");

    let (answer, _) = raw(&served.url(), &request(&world, "POST", ACTIVITIES, BODY)).await;
    let (head, length, came) = parts(&answer);
    assert!(head.starts_with("http/1.1 201") && came == length / 2 && came > 0, "{came} of {length}");

    let (answer, _) = raw(&served.url(), &request(&world, "POST", ACTIVITIES, BODY)).await;
    let (_, length, came) = parts(&answer);
    assert_eq!(length, came, "what truncates has counted again");
    assert_eq!(world.activities().len(), 3);
}

#[tokio::test]
async fn a_port_can_be_chosen_and_is_free_again_afterwards() {
    let world = ClioWorld::firm(7).start();
    let port = world.serve().await.unwrap().address().port();
    let served = loop {
        // The task that listened ends in its own time.
        match world.serve_on(port).await {
            Ok(served) => break served,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_eq!(served.url(), format!("http://127.0.0.1:{port}"));
    assert!(world.serve_on(served.address()).await.is_err(), "it is taken");
}

/// 413 comes from the server: the world never sees the request. Up to the limit it does.
#[tokio::test]
async fn a_body_beyond_the_limit_is_413() {
    let world = ClioWorld::firm(7).start();
    let served = world.serve_on(ServeOptions::new().max_request_body(100_000)).await.unwrap();
    let within = format!("{BODY}{}", " ".repeat(100_000 - BODY.len()));
    let answer = exchange(&served.url(), &world, "POST", ACTIVITIES, &within).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let beyond = format!("{BODY}{}", " ".repeat(5_000_000));
    let answer = exchange(&served.url(), &world, "POST", ACTIVITIES, &beyond).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let call = world.calls().pop().unwrap();
    assert_eq!((call.status, call.applied, world.activities().len()), (Some(413), false, 1));

    let head = "POST / HTTP/1.1\r\nHost: a.test\r\n";
    for rest in ["Content-Length: 100001\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n186a1\r\n"] {
        let mut bytes = format!("{head}{rest}").into_bytes();
        if rest.starts_with('T') {
            bytes.resize(bytes.len() + 100_001, b' ');
        }
        let (answer, _) = raw(&served.url(), &bytes).await;
        assert!(answer.starts_with(b"HTTP/1.1 413"), "{rest}: it does not wait for the rest");
    }
}

/// Bytes that are no HTTP, and HTTP that breaks off anywhere: the server stands afterwards.
#[tokio::test]
async fn no_bytes_end_the_server() {
    let world = ClioWorld::firm(7).start();
    let served = world.serve().await.unwrap();
    let random = SeededRandom::new(1);
    let good = request(&world, "POST", ACTIVITIES, BODY);
    for round in 0..200 {
        let mut bytes = if round % 2 == 0 { vec![0; 60] } else { good.clone() };
        let at = usize::try_from(random.below(bytes.len() as u64)).unwrap();
        if round % 2 == 0 {
            random.fill(&mut bytes);
        } else if round % 4 == 1 {
            random.fill(&mut bytes[at..]);
        } else {
            bytes.truncate(at);
        }
        let mut stream = TcpStream::connect(served.address()).await.unwrap();
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    let answer = exchange(&served.url(), &world, "GET", "/api/v4/matters.json", "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
