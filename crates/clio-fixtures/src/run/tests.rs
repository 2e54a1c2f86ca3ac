//! The runners: faults in memory, wiremock, a socket.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use clio_core::{Clock, Deadline, Limits, Payload, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{ClioWorld, Fault, Origin, VirtualClock};

const BODY: &str = r#"{"data":{"type":"TimeEntry","date":"2026-03-02","quantity":360}}"#;

fn request(world: &ClioWorld) -> Request<Payload> {
    Request::post("https://clio.test/api/v4/activities.json")
        .header("authorization", format!("Bearer {}", world.token().access.expose()))
        .body(Payload::Bytes(Bytes::from_static(BODY.as_bytes())))
        .unwrap()
}

async fn send(world: &ClioWorld, clock: Arc<VirtualClock>) -> Result<Response<Bytes>, TransportError> {
    let (head, body) =
        Deadline::new(world.transport(), clock).send(request(world), Limits::default()).await?.into_parts();
    Ok(Response::from_parts(head, body.into_bytes(u64::MAX).await?))
}

/// What the caller learns (a status, or whether anything left), and how many activities there are after it and after
/// another hour.
#[tokio::test(start_paused = true)]
async fn each_fault_does_what_it_says_in_memory() {
    use TransportErrorKind::{Connect, Interrupted, Timeout};
    for fault in Fault::ALL {
        let clock = VirtualClock::new();
        let world = ClioWorld::firm(7).clock(clock.clone()).start();
        world.faults().at_nth("POST", "/activities.json", 1, *fault);
        let learned = match send(&world, clock.clone()).await {
            Ok(answer) => Ok((answer.status().as_u16(), answer.into_body())),
            Err(error) => Err((error.kind(), error.nothing_left())),
        };
        let at_once = world.activities().len();
        clock.sleep(Duration::from_secs(3600)).await;
        let status = learned.as_ref().map(|(status, _)| *status).map_err(|error| *error);
        let (expected, now, finally) = match fault {
            Fault::Refuse => (Err((Connect, true)), 0, 0),
            Fault::AnswerLost => (Err((Interrupted, false)), 1, 1),
            Fault::RequestLost => (Err((Interrupted, false)), 0, 0),
            Fault::AppliedLate(_) => (Err((Timeout, false)), 0, 1),
            Fault::TimesOut => (Err((Timeout, false)), 0, 0),
            Fault::AppliedThenHangs => (Err((Timeout, false)), 1, 1),
            Fault::ServerErrorApplied => (Ok(500), 1, 1),
            Fault::ServerErrorNotApplied => (Ok(502), 0, 0),
            Fault::RateLimitedNotApplied => (Ok(429), 0, 0),
            Fault::RateLimitedApplied => (Ok(429), 1, 1),
            Fault::Truncated => (Ok(201), 1, 1),
            Fault::EmptyAnswer => (Ok(200), 1, 1),
        };
        assert_eq!((status, at_once, world.activities().len()), (expected, now, finally), "{fault:?}");
        let call = world.calls().remove(0);
        assert_eq!((call.fault, call.answered, call.applied), (Some(*fault), expected.is_ok(), finally == 1));
        assert_eq!(fault.applies(), finally == 1);
        if let (Fault::Truncated | Fault::EmptyAnswer, Ok((_, body))) = (fault, learned) {
            assert!(serde_json::from_slice::<serde_json::Value>(&body).is_err());
        }
        assert!(send(&world, clock).await.is_ok(), "the next call is a good one");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_late_carries_its_own_time_and_comes_before_what_follows() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).clock(clock.clone()).start();
    world.faults().at_call(1, Fault::AppliedLate(Duration::from_secs(90)));
    assert!(send(&world, clock.clone()).await.is_err());
    assert!(send(&world, clock.clone()).await.is_ok());
    clock.sleep(Duration::from_secs(100)).await;
    assert!(send(&world, clock.clone()).await.is_ok());
    let origins: Vec<_> = world.activities().into_iter().map(|one| (one.origin, one.created_at)).collect();
    let calls: Vec<_> = origins.iter().map(|(origin, _)| origin.clone()).collect();
    assert_eq!(calls, [2, 1, 3].map(|call| Origin::Token { call }));
    assert_eq!(origins[1].1.to_rfc3339(), "2026-03-02T09:01:30+00:00");
}

#[tokio::test(start_paused = true)]
async fn latency_is_slept_on_the_clock() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).clock(clock.clone()).latency(Duration::from_secs(3)).start();
    assert!(send(&world, clock.clone()).await.is_ok());
    assert_eq!(clock.monotonic(), Duration::from_secs(3));
}

/// One exchange over a plain socket; the answer is whatever came until the other side closed.
async fn exchange(url: &str, target: &str, token: &str, method: &str, body: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset shows as an error after what came before it.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn wiremock_answers_out_of_the_world() {
    let world = ClioWorld::firm(7).start();
    let server = wiremock::MockServer::start().await;
    world.mount(&server).await;
    let token = world.token().access.expose().to_owned();
    let answer = exchange(&server.uri(), "/api/v4/matters.json?limit=2", &token, "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains(&format!("{}/api/v4/matters.json?limit=2&page_token=", server.uri())),
        "{answer}"
    );
    let answer = exchange(&server.uri(), "/api/v4/activities.json", &token, "POST", BODY).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!((world.activities().len(), world.calls().len()), (1, 2));
}

#[tokio::test]
async fn a_socket_answers_breaks_and_hangs() {
    let world = ClioWorld::firm(7).start();
    let served = world.serve().await.unwrap();
    let token = world.token().access.expose().to_owned();
    let answer = exchange(&served.url(), "/api/v4/matters.json?limit=2", &token, "GET", "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains(&format!("{}/api/v4/matters.json?limit=2&page_token=", served.url())),
        "{answer}"
    );
    for (fault, written) in [(Fault::Refuse, 0), (Fault::RequestLost, 0), (Fault::AnswerLost, 1)] {
        world.faults().always("POST", "activities.json", fault);
        assert_eq!(exchange(&served.url(), "/api/v4/activities.json", &token, "POST", BODY).await, "");
        assert_eq!(served.world().activities().len(), written, "{fault:?}");
        world.faults().clear();
    }
    world.faults().always("POST", "activities.json", Fault::AppliedThenHangs);
    let url = served.url();
    let hanging =
        tokio::spawn(async move { exchange(&url, "/api/v4/activities.json", &token, "POST", BODY).await });
    while world.activities().len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(served);
    assert_eq!(hanging.await.unwrap(), "");
}
