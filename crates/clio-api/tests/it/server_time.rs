//! The server's time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::script::{Answer, Script, builder, clio, start_of_time, token_ending_at};

/// An answer at this second of the server's time, which is an hour ahead of ours.
fn answer_at(second: i64) -> Answer {
    let now = server_time(second);
    Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#).header("date", &now.format("%a, %d %b %Y %H:%M:%S GMT"))
}

fn server_time(second: i64) -> DateTime<Utc> {
    start_of_time() + TimeDelta::hours(1) + TimeDelta::seconds(second)
}

#[tokio::test(start_paused = true)]
async fn the_servers_time_goes_on_and_one_clock_that_is_ahead_does_no_harm() {
    let script = Script::new([answer_at(4000), answer_at(3)]);
    let clio = clio(&script);
    assert_eq!(clio.server_time(), None);
    clio.users().who_am_i().await.unwrap();
    clio.users().who_am_i().await.unwrap();
    assert_eq!(clio.server_time(), Some(server_time(3)));
    clio.clock().sleep(Duration::from_secs(60)).await;
    assert_eq!(clio.server_time(), Some(server_time(63)));
}

#[tokio::test(start_paused = true)]
async fn a_date_at_the_end_of_time_is_none() {
    let odd =
        Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#).header("date", &"Mon, 31 Dec 262142 23:59:59 GMT");
    let clio = clio(&Script::new([odd]));
    clio.users().who_am_i().await.unwrap();
    clio.clock().sleep(Duration::from_secs(5)).await;
    assert_eq!(clio.server_time(), None);
}

#[tokio::test(start_paused = true)]
async fn reserving_renews_a_token_that_will_not_last() {
    let script = Script::new([Answer::token("new", None)]);
    let clio = builder(&script).token(token_ending_at(300)).build().unwrap();
    drop(clio.reserve(Duration::from_secs(299)).await.unwrap());
    assert!(script.asked().is_empty());
    drop(clio.reserve(Duration::from_secs(300)).await.unwrap());
    drop(clio.reserve(Duration::from_secs(300)).await.unwrap());
    assert_eq!(script.asked().len(), 1);
}
