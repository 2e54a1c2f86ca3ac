//! The budget of the rate limit, against servers that limit in different ways.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use clio_api::{Applied, Clio, Error, ErrorKind, Priority, Region, RetryPolicy, Token};
use futures_util::{
    FutureExt,
    future::{self, Either, join_all, select},
};

use crate::{
    limited::{Behaviour, Limited, Windows},
    script::TestClock,
};

fn client(behaviour: Behaviour) -> (Arc<Limited>, Clio) {
    let clock = Arc::new(TestClock::start());
    let server = Limited::new(clock.clone(), behaviour);
    let clio = Clio::builder(Region::Us)
        .token(Token::access_only("t"))
        .transport(server.clone())
        .clock(clock)
        .longest_wait(Duration::from_secs(86_400))
        .build()
        .unwrap();
    (server, clio)
}

async fn ask(clio: &Clio) -> Result<(), Error> {
    clio.users().who_am_i().await.map(drop)
}

/// `count` requests, all wanted at once.
async fn backlog(clio: &Clio, count: usize) {
    for result in join_all((0..count).map(|_| ask(clio))).await {
        result.unwrap();
    }
}

const EVERY_KIND: [Windows; 3] = [Windows::FromFirst, Windows::Aligned, Windows::Sliding];

#[tokio::test(start_paused = true)]
async fn a_backlog_uses_the_windows_up_without_a_single_429() {
    for windows in EVERY_KIND {
        for background in [false, true] {
            let (server, clio) = client(Behaviour { windows, ..Behaviour::default() });
            let clio = if background { clio.background("nightly") } else { clio };
            let hour = clio.clock().sleep(Duration::from_secs(600));
            select(Box::pin(backlog(&clio, 2000)), hour).await;
            let served = server.served().len();
            assert_eq!(server.refused(), [], "{windows:?} {background}");
            // Ten minutes of 50, and a window that begins with its first request is told in whole seconds.
            assert!(served >= 485, "{windows:?} {background}: {served}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn clocks_may_differ_and_dates_be_missing() {
    for skew in [TimeDelta::hours(1), TimeDelta::hours(-1), TimeDelta::milliseconds(700)] {
        for date in [true, false] {
            let (server, clio) = client(Behaviour { skew, date, ..Behaviour::default() });
            backlog(&clio, 160).await;
            assert_eq!(server.refused(), [], "{skew} {date}");
            let last = server.served()[159].at;
            assert!(last < Duration::from_secs(200), "{skew} {date}: {last:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_changes_midway_is_learned() {
    let (server, clio) = client(Behaviour { limit: 300, ..Behaviour::default() });
    backlog(&clio, 300).await;
    server.change(|behaviour| behaviour.limit = 50);
    backlog(&clio, 100).await;
    assert_eq!(server.refused(), []);
    server.change(|behaviour| behaviour.limit = 300);
    let start = clio.clock().monotonic();
    backlog(&clio, 300).await;
    assert_eq!(server.refused(), []);
    assert!(clio.clock().monotonic() - start < Duration::from_secs(70));
}

#[tokio::test(start_paused = true)]
async fn without_headers_only_a_429_slows_down() {
    let (server, clio) = client(Behaviour { headers: false, ..Behaviour::default() });
    // Nobody says that there is a limit: all go at once, and some are refused; they come through all the same.
    backlog(&clio, 60).await;
    assert_eq!(server.served().len(), 60);
    let refused = server.refused().len();
    assert!((1..=11).contains(&refused), "{refused}");
    // Nor how long to wait: each time a little longer.
    let (server, clio) =
        client(Behaviour { headers: false, retry_after: false, date: false, ..Behaviour::default() });
    for _ in 0..60 {
        while ask(&clio).await.is_err() {}
    }
    let refused = server.refused().len();
    assert!((1..=7).contains(&refused), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn an_end_that_is_told_too_early_is_learned_once() {
    let (server, clio) = client(Behaviour { windows: Windows::TruncatedReset, ..Behaviour::default() });
    backlog(&clio, 500).await;
    assert!(server.refused().len() <= 2, "{:?}", server.refused());
}

#[tokio::test(start_paused = true)]
async fn another_application_takes_its_share() {
    let (server, clio) = client(Behaviour::default());
    let other = async {
        loop {
            clio.clock().sleep(Duration::from_secs(2)).await;
            server.another_request();
        }
    };
    let background = clio.background("nightly");
    select(Box::pin(backlog(&background, 100)), Box::pin(other)).await;
    // It only sees the other's requests in answers, and the last few of a window may be gone.
    let refused = server.refused().len();
    assert!(refused <= 3, "{refused}");
    assert_eq!(server.served().len(), 100);
}

#[tokio::test(start_paused = true)]
async fn people_go_before_background_work_and_find_room() {
    let (server, clio) = client(Behaviour::default());
    let background = clio.background("nightly");
    let mut longest = Duration::ZERO;
    let people = async {
        for _ in 0..40 {
            clio.clock().sleep(Duration::from_secs(7)).await;
            let start = clio.clock().monotonic();
            ask(&clio).await.unwrap();
            longest = longest.max(clio.clock().monotonic() - start);
        }
    };
    select(Box::pin(backlog(&background, 1000)), Box::pin(people)).await;
    assert_eq!(server.refused(), []);
    assert!(longest < Duration::from_secs(6), "a person waited for {longest:?}");
    assert!(server.served().len() > 220, "{}", server.served().len());
}

#[tokio::test(start_paused = true)]
async fn a_small_job_in_the_background_is_done_at_once() {
    let (_, clio) = client(Behaviour::default());
    backlog(&clio.background("nightly"), 20).await;
    assert!(clio.clock().monotonic() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn flows_take_turns() {
    let (server, clio) = client(Behaviour { limit: 10, ..Behaviour::default() });
    let (large, small) = (clio.background("large"), clio.background("small"));
    let large_one = backlog(&large, 200);
    let small_one = async {
        for _ in 0..10 {
            small.matters().get(clio_api::Id::new(7)).await.map(drop).ok();
        }
        small.clock().monotonic()
    };
    let Either::Right((end, _)) = select(Box::pin(large_one), Box::pin(small_one)).await else {
        panic!("the small one is not held up by the large one")
    };
    assert!(end < Duration::from_secs(150), "{end:?}");
    assert_eq!(server.refused(), []);
}

#[tokio::test(start_paused = true)]
async fn background_work_does_not_wait_for_ever() {
    let (server, clio) = client(Behaviour { limit: 10, ..Behaviour::default() });
    let background = clio.background("nightly");
    let people = backlog(&clio, 1000);
    let one = async {
        clio.clock().sleep(Duration::from_secs(1)).await;
        ask(&background).await.unwrap();
        background.clock().monotonic()
    };
    let Either::Right((end, _)) = select(Box::pin(people), Box::pin(one)).await else {
        panic!("one got through")
    };
    assert!(end < Duration::from_secs(200), "{end:?}");
    assert_eq!(server.refused(), []);
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_is_dropped_goes_to_the_next() {
    let (server, clio) = client(Behaviour { limit: 2, ..Behaviour::default() });
    ask(&clio).await.unwrap();
    let permit = clio.reserve(Duration::ZERO).await.unwrap();
    let mut waiting = Box::pin(ask(&clio));
    assert!(waiting.as_mut().now_or_never().is_none(), "the window holds two");
    drop(permit);
    waiting.await.unwrap();
    assert!(clio.clock().monotonic() < Duration::from_secs(1));
    assert_eq!(server.refused(), []);
}

#[tokio::test(start_paused = true)]
async fn a_reserved_permit_sends_at_once_even_when_the_window_is_used_up() {
    let (server, clio) = client(Behaviour { limit: 3, ..Behaviour::default() });
    ask(&clio).await.unwrap();
    let permit = clio.reserve(Duration::ZERO).await.unwrap();
    ask(&clio).await.unwrap();
    let start = clio.clock().monotonic();
    clio.users().who_am_i().with_permit(permit).await.unwrap();
    assert!(clio.clock().monotonic() - start < Duration::from_secs(1));
    assert_eq!((server.served().len(), server.refused().len()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_holds_nobody_up() {
    let (server, clio) = client(Behaviour { limit: 5, ..Behaviour::default() });
    backlog(&clio, 5).await;
    let mut impatient: Vec<_> = (0..5).map(|_| Box::pin(ask(&clio))).collect();
    for waiting in &mut impatient {
        assert!(waiting.now_or_never().is_none());
    }
    let mut patient = Box::pin(ask(&clio));
    assert!(patient.as_mut().now_or_never().is_none());
    drop(impatient);
    patient.await.unwrap();
    assert_eq!(server.served().len(), 6);
    // A request that is dropped under way may have been counted.
    let under_way = Box::pin(ask(&clio));
    select(under_way, clio.clock().sleep(Duration::from_millis(150))).await;
    backlog(&clio, 10).await;
    assert_eq!(server.refused(), []);
}

#[tokio::test(start_paused = true)]
async fn too_long_a_wait_is_an_error_at_once() {
    let (server, clio) = client(Behaviour { limit: 1, ..Behaviour::default() });
    ask(&clio).await.unwrap();
    let start = clio.clock().monotonic();
    let error = clio.users().who_am_i().with_longest_wait(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::RateLimited, Applied::No));
    assert!(error.retry_after().unwrap() > Duration::from_secs(55), "{:?}", error.retry_after());
    assert_eq!(clio.clock().monotonic(), start);
    // Nor does a write wait for longer than it may be sent.
    let call = clio.activities().create(clio_api::JsonBody::new("{}"));
    let error = call.with_send_by(start + Duration::from_secs(5)).await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::RateLimited, Applied::No));
    assert_eq!(server.served().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_429_is_waited_out_by_all() {
    let (server, clio) = client(Behaviour { limit: 1, ..Behaviour::default() });
    ask(&clio).await.unwrap();
    server.change(|behaviour| behaviour.limit = 0);
    clio.clock().sleep(Duration::from_secs(61)).await;
    let once = clio.users().who_am_i().with_retry(RetryPolicy::never());
    let error = once.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    server.change(|behaviour| behaviour.limit = 10);
    let wait = error.retry_after().unwrap();
    let start = clio.clock().monotonic();
    backlog(&clio, 3).await;
    assert!(clio.clock().monotonic() - start >= wait.saturating_sub(Duration::from_secs(1)));
    assert_eq!(server.refused().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_slow_request_at_the_beginning_of_a_window_holds_nobody_up_for_long() {
    let (server, clio) = client(Behaviour { latency: Duration::from_secs(20), ..Behaviour::default() });
    let slow = Box::pin(ask(&clio));
    let others = async {
        clio.clock().sleep(Duration::from_millis(10)).await;
        server.change(|behaviour| behaviour.latency = Duration::from_millis(100));
        backlog(&clio, 5).await;
        clio.clock().monotonic()
    };
    let Either::Right((end, _)) = select(slow, Box::pin(others)).await else {
        panic!("the slow one is slower")
    };
    assert!(end < Duration::from_secs(3), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_can_have_a_priority_of_its_own() {
    let (server, clio) = client(Behaviour { limit: 2, ..Behaviour::default() });
    backlog(&clio, 2).await;
    let behind = clio.matters().get(clio_api::Id::new(7)).with_priority(Priority::Background).into_future();
    let before = clio.users().who_am_i().into_future();
    let _ = future::join(behind, before).await;
    let paths: Vec<_> = server.served().into_iter().skip(2).map(|served| served.path).collect();
    assert!(paths[0].ends_with("who_am_i.json"), "{paths:?}");
}
