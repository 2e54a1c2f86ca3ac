//! The runners: faults in memory; wiremock and a socket in the module below.

mod socket;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use clio_core::{Clock, Deadline, Limits, Payload, Transport, TransportError, TransportErrorKind};
use futures_util::StreamExt;
use http::{Request, Response};

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
            Fault::Refuse | Fault::NoSuchHost => (Err((Connect, true)), 0, 0),
            Fault::AnswerLost | Fault::ResetApplied | Fault::BodyBreaks => (Err((Interrupted, false)), 1, 1),
            Fault::RequestLost | Fault::ResetNotApplied => (Err((Interrupted, false)), 0, 0),
            Fault::AppliedLate(_) => (Err((Timeout, false)), 0, 1),
            Fault::TimesOut => (Err((Timeout, false)), 0, 0),
            Fault::AppliedThenHangs => (Err((Timeout, false)), 1, 1),
            Fault::ServerErrorApplied => (Ok(500), 1, 1),
            Fault::ServerErrorNotApplied => (Ok(502), 0, 0),
            Fault::RateLimitedNotApplied => (Ok(429), 0, 0),
            Fault::RateLimitedApplied => (Ok(429), 1, 1),
            Fault::Truncated | Fault::SlowDrip(_) => (Ok(201), 1, 1),
            Fault::EmptyAnswer => (Ok(200), 1, 1),
        };
        assert_eq!((status, at_once, world.activities().len()), (expected, now, finally), "{fault:?}");
        let call = world.calls().remove(0);
        // Of a body that breaks the caller had the head.
        let answered = expected.is_ok() || *fault == Fault::BodyBreaks;
        assert_eq!((call.fault, call.answered, call.applied), (Some(*fault), answered, finally == 1));
        assert_eq!(fault.applies(), finally == 1);
        assert_eq!(fault.sent(), !matches!(learned, Err((_, true))));
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

/// Status and `content-length` are right, the pieces come over time: 16 of them in 10 seconds.
#[tokio::test(start_paused = true)]
async fn a_slow_body_drips_over_the_clock_and_is_whole() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).clock(clock.clone()).start();
    world.faults().at_call(1, Fault::SlowDrip(Duration::from_secs(10)));
    let answer = world.transport().send(request(&world), Limits::default()).await.unwrap();
    let length: usize = answer.headers()["content-length"].to_str().unwrap().parse().unwrap();
    assert_eq!((answer.status().as_u16(), clock.monotonic()), (201, Duration::ZERO));
    let Payload::Stream(mut pieces) = answer.into_body() else { panic!("a body in pieces") };
    let (mut body, mut count) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece.unwrap());
        count += 1;
        assert_eq!(clock.monotonic(), Duration::from_secs(10) * count / 16);
    }
    assert_eq!((count, body.len()), (16, length));
    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_for_longer_than_the_caller_waits_is_a_timeout() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).clock(clock.clone()).start();
    world.faults().at_call(1, Fault::SlowDrip(Duration::from_secs(31)));
    let error = send(&world, clock.clone()).await.unwrap_err();
    assert_eq!((error.kind(), error.nothing_left()), (TransportErrorKind::Timeout, false));
    assert_eq!((world.activities().len(), clock.monotonic()), (1, Duration::from_secs(30)));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_gives_its_first_half() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).clock(clock.clone()).start();
    world.faults().at_call(1, Fault::BodyBreaks);
    let answer = world.transport().send(request(&world), Limits::default()).await.unwrap();
    let length: usize = answer.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let Payload::Stream(mut pieces) = answer.into_body() else { panic!("a body in pieces") };
    assert_eq!(pieces.next().await.unwrap().unwrap().len(), length / 2);
    assert_eq!(pieces.next().await.unwrap().unwrap_err().kind(), TransportErrorKind::Interrupted);
    assert!(pieces.next().await.is_none());
}

/// An hour in which nothing is reached, in the middle of a day.
#[tokio::test(start_paused = true)]
async fn an_outage_lasts_as_long_as_its_window() {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).clock(clock.clone()).start();
    let noon = clock.now() + Duration::from_secs(3 * 3600);
    world.faults().during(noon..noon + Duration::from_secs(3600), "", "", Fault::NoSuchHost);
    let mut reached = Vec::new();
    for _ in 0..4 {
        clock.sleep(Duration::from_secs(4000)).await;
        reached.push(send(&world, clock.clone()).await.is_ok());
    }
    assert_eq!(reached, [true, true, false, true]);
}
