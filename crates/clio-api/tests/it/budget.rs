//! The budget of the rate limit, against servers that limit in different ways.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use clio_api::{Applied, Clio, Error, ErrorKind, Id, JsonBody, Priority, Region, RetryPolicy, Token};
use futures_util::{
    FutureExt,
    future::{self, Either, join_all, select},
};

use crate::{
    limited::{Behaviour, Limited, Windows},
    script::{self, Answer, Script, TestClock},
};

const ME: &str = r#"{"data":{"id":9,"etag":"e"}}"#;

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

/// How long ago that was.
fn since(clio: &Clio, start: Duration) -> Duration {
    clio.clock().monotonic().saturating_sub(start)
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
            let (server, clio) = client(Behaviour { date, skew, ..Behaviour::default() });
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
    assert!(since(&clio, start) < Duration::from_secs(70));
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
            longest = longest.max(since(&clio, start));
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
            small.matters().get(Id::new(7)).await.map(drop).ok();
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
    assert!(since(&clio, start) < Duration::from_secs(1));
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
    let call = clio.activities().create(JsonBody::new("{}"));
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
    assert!(since(&clio, start) >= wait.saturating_sub(Duration::from_secs(1)));
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
    let behind = clio.matters().get(Id::new(7)).with_priority(Priority::Background).into_future();
    let before = clio.users().who_am_i().into_future();
    let _ = future::join(behind, before).await;
    let paths: Vec<_> = server.served().into_iter().skip(2).map(|served| served.path).collect();
    assert!(paths[0].ends_with("who_am_i.json"), "{paths:?}");
}

#[tokio::test(start_paused = true)]
async fn reservations_are_bounded_while_nothing_is_known_of_a_window() {
    let (server, clio) = client(Behaviour::default());
    let given = (0..60).filter_map(|_| clio.reserve(Duration::ZERO).now_or_never()).collect::<Vec<_>>();
    assert_eq!(given.len(), 1, "the first finds out for the others");
    drop(given);
    ask(&clio).await.unwrap();
    // At the end of a window, by 60 tasks that each write something down before they send.
    clio.clock().sleep(Duration::from_secs(70)).await;
    let tasks = (0..60).map(|_| async {
        let permit = clio.reserve(Duration::ZERO).await.unwrap();
        clio.clock().sleep(Duration::from_millis(5)).await;
        clio.activities().create(JsonBody::new("{}")).with_permit(permit).await
    });
    for result in join_all(tasks).await {
        result.unwrap();
    }
    assert_eq!(server.refused(), []);
}

/// What a server says once that cannot be must not stop the client for good.
#[tokio::test(start_paused = true)]
async fn one_absurd_answer_is_got_over() {
    let (year_2099, milliseconds) = ("4102444800", "1773478860000");
    for (reset, retry_after) in [
        (year_2099, None),
        (milliseconds, None),
        (&*i64::MIN.to_string(), None),
        (&*i64::MAX.to_string(), None),
        ("1773478860", Some("31536000")),
    ] {
        let mut absurd = Answer::new(if retry_after.is_some() { 429 } else { 200 }, ME)
            .header("date", &"Sat, 14 Mar 2026 09:00:00 GMT")
            .header("x-ratelimit-limit", &50)
            .header("x-ratelimit-remaining", &0)
            .header("x-ratelimit-reset", &reset);
        if let Some(wait) = retry_after {
            absurd = absurd.header("retry-after", &wait);
        }
        let honest = |remaining: i32| {
            Answer::ok(ME)
                .header("date", &"Sat, 14 Mar 2026 21:00:00 GMT")
                .header("x-ratelimit-limit", &50)
                .header("x-ratelimit-remaining", &remaining)
                .header("x-ratelimit-reset", &1_773_522_060)
        };
        let script = Script::new([absurd, honest(1), honest(0)]);
        let clio = script::clio(&script);
        let _ = ask(&clio).await;
        clio.clock().sleep(Duration::from_secs(2 * 3600)).await;
        ask(&clio).await.unwrap();
        ask(&clio).await.unwrap();
        // And the honest ones are believed again.
        let once = clio.users().who_am_i().with_longest_wait(Duration::ZERO).await;
        assert_eq!(once.unwrap_err().kind(), ErrorKind::RateLimited, "{reset}");
    }
}

#[tokio::test(start_paused = true)]
async fn garbage_in_the_headers_holds_nobody_up() {
    for (limit, remaining, reset) in [
        ("0", "49", "1773478860"),
        ("50", "49", "0"),
        ("", "x", "y"),
        ("50", "49", "37"),
        ("-5", "9", "1773478860"),
    ] {
        let answer = || {
            Answer::ok(ME)
                .header("date", &"Sat, 14 Mar 2026 09:00:00 GMT")
                .header("x-ratelimit-limit", &limit)
                .header("x-ratelimit-remaining", &remaining)
                .header("x-ratelimit-reset", &reset)
        };
        let clio = script::clio(&Script::new((0..10).map(|_| answer())));
        for _ in 0..5 {
            ask(&clio.background("nightly")).await.unwrap();
            ask(&clio).await.unwrap();
        }
        assert!(clio.clock().monotonic() < Duration::from_secs(120), "{limit} {remaining} {reset}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reserved_write_heeds_a_429_that_came_meanwhile() {
    let told = |answer: Answer, remaining: i32| {
        answer
            .header("date", &"Sat, 14 Mar 2026 09:00:00 GMT")
            .header("x-ratelimit-limit", &50)
            .header("x-ratelimit-remaining", &remaining)
            .header("x-ratelimit-reset", &1_773_478_860)
    };
    let throttled = told(Answer::new(429, "").header("retry-after", &30), 0);
    let script = Script::new([told(Answer::ok(ME), 40), throttled]);
    let clio = script::clio(&script);
    ask(&clio).await.unwrap();
    let permit = clio.reserve(Duration::ZERO).await.unwrap();
    ask(&clio).await.unwrap_err();
    let send_by = clio.clock().monotonic() + Duration::from_secs(15);
    let call = clio.activities().create(JsonBody::new("{}")).with_permit(permit).with_send_by(send_by);
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::RateLimited, Applied::No));
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_permit_of_another_client_is_none_of_this_one() {
    let (server, one) = client(Behaviour { limit: 2, ..Behaviour::default() });
    let (_, other) = client(Behaviour::default());
    backlog(&one, 2).await;
    let permit = other.reserve(Duration::ZERO).await.unwrap();
    one.users().who_am_i().with_permit(permit).await.unwrap();
    assert_eq!(server.refused(), []);
}

#[tokio::test(start_paused = true)]
async fn ever_new_flows_do_not_starve_an_old_one() {
    let (server, clio) = client(Behaviour { limit: 10, ..Behaviour::default() });
    let old = clio.background("nightly");
    let nightly = join_all((0..200).map(|_| old.matters().get(Id::new(7)).into_future()));
    let others = async {
        for job in 0..120 {
            let job = clio.background(format!("job-{job}"));
            tokio::spawn(async move { job.users().who_am_i().await.map(drop).ok() });
            clio.clock().sleep(Duration::from_secs(6)).await;
        }
    };
    select(Box::pin(nightly), Box::pin(others)).await;
    let served = server.served();
    let of_old = served.iter().filter(|served| served.path.contains("matters")).count();
    // As many flows as wait take turns; were the new ones always first, nothing would be left for the old one.
    assert!(of_old * 10 >= served.len(), "{of_old} of {}", served.len());
}

#[tokio::test(start_paused = true)]
async fn cancelled_at_any_moment_no_permit_is_lost() {
    for moment in (0..400).step_by(26).chain((55_000..65_000).step_by(1954)) {
        let (server, clio) = client(Behaviour { limit: 5, ..Behaviour::default() });
        let reserved = (0..7).map(|_| async {
            let permit = clio.reserve(Duration::ZERO).await.unwrap();
            clio.users().who_am_i().with_permit(permit).await
        });
        let work = future::join(join_all(reserved), join_all((0..7).map(|_| ask(&clio))));
        select(Box::pin(work), clio.clock().sleep(Duration::from_millis(moment))).await;
        clio.clock().sleep(Duration::from_secs(130)).await;
        let start = clio.clock().monotonic();
        backlog(&clio, 15).await;
        let took = since(&clio, start);
        assert!(took < Duration::from_secs(130), "{moment}: {took:?}");
        assert_eq!(server.refused(), [], "{moment}");
    }
}
