//! The server's time and the rate limit's window.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clio_api::ErrorKind;

use crate::script::{Answer, Script, builder, clio, start_of_time, token_ending_at};

/// An answer at this second of the server's time, which is an hour ahead of ours.
fn answer_at(second: i64, remaining: u32, reset: i64) -> Answer {
    let now = server_time(second);
    Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#)
        .header("date", &now.format("%a, %d %b %Y %H:%M:%S GMT"))
        .header("x-ratelimit-remaining", &remaining)
        .header("x-ratelimit-reset", &server_time(reset).timestamp())
}

fn server_time(second: i64) -> DateTime<Utc> {
    start_of_time() + TimeDelta::hours(1) + TimeDelta::seconds(second)
}

#[tokio::test(start_paused = true)]
async fn the_servers_time_goes_on_and_one_clock_that_is_ahead_does_no_harm() {
    let script = Script::new([answer_at(4000, 9, 60), answer_at(3, 8, 60)]);
    let clio = clio(&script);
    assert_eq!(clio.server_time(), None);
    clio.users().who_am_i().await.unwrap();
    clio.users().who_am_i().await.unwrap();
    assert_eq!(clio.server_time(), Some(server_time(3)));
    clio.clock().sleep(Duration::from_secs(60)).await;
    assert_eq!(clio.server_time(), Some(server_time(63)));
}

#[tokio::test(start_paused = true)]
async fn a_used_up_window_is_waited_out_by_the_servers_clock() {
    let script = Script::new([answer_at(0, 0, 42)]);
    let clio = clio(&script);
    clio.users().who_am_i().await.unwrap();
    clio.ready(Duration::ZERO).await.unwrap();
    assert_eq!(clio.clock().monotonic(), Duration::from_secs(42));
    clio.ready(Duration::ZERO).await.unwrap();
    assert_eq!(clio.clock().monotonic(), Duration::from_secs(42));
}

#[tokio::test(start_paused = true)]
async fn a_window_with_requests_left_is_not_waited_for() {
    let script = Script::new([answer_at(0, 1, 42)]);
    let clio = clio(&script);
    clio.users().who_am_i().await.unwrap();
    clio.ready(Duration::ZERO).await.unwrap();
    assert_eq!(clio.clock().monotonic(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_429_is_waited_out() {
    let script = Script::new([Answer::new(429, "").header("retry-after", &7)]);
    let clio = clio(&script);
    let error = clio.users().who_am_i().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(7))));
    clio.ready(Duration::ZERO).await.unwrap();
    assert_eq!(clio.clock().monotonic(), Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn only_a_newer_answer_opens_the_window() {
    let script = Script::new([answer_at(10, 0, 42), answer_at(9, 1, 42), answer_at(11, 5, 42)]);
    let clio = clio(&script);
    clio.users().who_am_i().await.unwrap();
    clio.users().who_am_i().await.unwrap();
    clio.ready(Duration::ZERO).await.unwrap();
    assert_eq!(clio.clock().monotonic(), Duration::from_secs(32));

    let script = Script::new([answer_at(10, 0, 42), answer_at(11, 5, 42)]);
    let clio = self::clio(&script);
    clio.users().who_am_i().await.unwrap();
    clio.users().who_am_i().await.unwrap();
    clio.ready(Duration::ZERO).await.unwrap();
    assert_eq!(clio.clock().monotonic(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn ready_renews_a_token_that_will_not_last() {
    let script = Script::new([Answer::token("new", None)]);
    let clio = builder(&script).token(token_ending_at(300)).build().unwrap();
    clio.ready(Duration::from_secs(299)).await.unwrap();
    assert!(script.asked().is_empty());
    clio.ready(Duration::from_secs(300)).await.unwrap();
    clio.ready(Duration::from_secs(300)).await.unwrap();
    assert_eq!(script.asked().len(), 1);
}
