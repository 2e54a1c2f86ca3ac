//! How much of the rate limit a backlog uses, under virtual time: `cargo bench -p clio-api --bench budget`.
//!
//! A window of a server that begins with its first request is told in whole seconds, so that a cycle lasts up to a second
//! longer than a minute: what is compared is what the server would have let through at most.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../tests/it/limited.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod limited;
#[path = "../tests/it/script.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod script;

use std::{sync::Arc, time::Duration};

use clio_api::{Clio, Region, Token};
use futures_util::future::{join_all, select};
use limited::{Behaviour, Limited, Windows};
use script::{Answer, Script, TestClock, builder, token_ending_at};

const MINUTES: u64 = 60;

fn main() {
    println!("a backlog at 50 requests a minute, {MINUTES} minutes of virtual time");
    for windows in [Windows::FromFirst, Windows::Aligned, Windows::Sliding] {
        for background in [false, true] {
            let (share, refused) = virtually(use_of(windows, background));
            let whose = if background { "background" } else { "people" };
            println!(
                "  {windows:?}, {whose}: {:.1} % of the budget used (target 97), {refused} answers 429 (target 0)",
                100.0 * share
            );
        }
    }
    let refreshes = virtually(refreshes());
    println!("50 tasks that meet an expired token: {refreshes} refresh (target 1)");
}

fn virtually<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(work)
}

/// What share of the requests that the server would have let through it was asked for, and how often it said 429.
async fn use_of(windows: Windows, background: bool) -> (f64, usize) {
    let clock = Arc::new(TestClock::start());
    let server = Limited::new(clock.clone(), Behaviour { windows, ..Behaviour::default() });
    let clio = Clio::builder(Region::Us)
        .token(Token::access_only("t"))
        .transport(server.clone())
        .clock(clock)
        .longest_wait(Duration::from_secs(1_000_000))
        .build()
        .expect("a client");
    let clio = if background { clio.background("nightly") } else { clio };
    let backlog = join_all((0..100 * MINUTES).map(|_| clio.users().who_am_i().into_future()));
    select(Box::pin(backlog), clio.clock().sleep(Duration::from_secs(60 * MINUTES))).await;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    let share = server.served().len() as f64 / (50 * MINUTES) as f64;
    (share, server.refused().len())
}

async fn refreshes() -> usize {
    let me = || Answer::ok(r#"{"data":{"id":9,"etag":"e"}}"#);
    let mut answers = vec![Answer::token("new", None).after(Duration::from_secs(1))];
    answers.extend((0..50).map(|_| me()));
    let script = Script::new(answers);
    let clio = builder(&script).token(token_ending_at(-5)).build().expect("a client");
    for result in join_all((0..50).map(|_| clio.users().who_am_i().into_future())).await {
        result.expect("an answer");
    }
    script.asked().iter().filter(|asked| asked.url.ends_with("/oauth/token")).count()
}
