//! The nightly sync under the engine's scheduler, on and off for each firm (row CS5).

use std::time::Duration;

use clio_core::Clock;
use clio_sync::LocalExecutor;

use crate::bench::{Bench, DAY};

/// Serves the engine for so long.
async fn serve(bench: &Bench, time: Duration) {
    let executor = LocalExecutor::new().with_clock(bench.clock.clone());
    let stop = async {
        bench.pass(time).await;
        executor.stop();
    };
    let (served, ()) = tokio::join!(bench.engine.serve(&executor), stop);
    served.expect("served");
}

/// The times of the day at which matters were asked for since this call.
fn nights(bench: &Bench, since: usize) -> Vec<String> {
    let calls = bench.world.calls();
    let lists = calls[since..].iter().filter(|call| call.path.ends_with("/matters.json"));
    let mut times: Vec<String> = lists.map(|call| call.at.format("%F %H:%M").to_string()).collect();
    times.dedup();
    times
}

#[tokio::test(start_paused = true)]
async fn cs5_the_automatic_sync_runs_nightly_at_a_quarter_past_nine_utc() {
    let bench = Bench::new().await;
    bench.firm.disable("case-status/messages").await.expect("switched");
    serve(&bench, 3 * DAY).await;
    let nights = nights(&bench, 0);
    assert_eq!(nights.len(), 3, "{nights:?}");
    assert!(nights.iter().all(|at| at.ends_with(" 21:15")), "{nights:?}");
    assert!(!bench.desk.cases().is_empty());
}

#[tokio::test(start_paused = true)]
async fn cs5_it_is_turned_off_and_on_at_the_firm_s_request() {
    let bench = Bench::new().await;
    bench.firm.disable("case-status/messages").await.expect("switched");
    bench.firm.disable("case-status/matters").await.expect("switched");
    serve(&bench, 2 * DAY).await;
    assert!(bench.world.calls().is_empty(), "off");
    assert!(bench.desk.cases().is_empty());
    // "Sync with Clio" works all the same.
    bench.session().sync_all().await.expect("a sync");
    assert!(!bench.desk.cases().is_empty());
    let before = bench.world.calls().len();
    bench.firm.enable("case-status/matters").await.expect("switched");
    serve(&bench, DAY).await;
    let nights = nights(&bench, before);
    assert!(matches!(nights.as_slice(), [at] if at.ends_with(" 21:15")), "{nights:?}");
}

#[tokio::test(start_paused = true)]
async fn cs8_messages_are_there_within_two_minutes_under_the_scheduler() {
    let bench = Bench::new().await;
    bench.night().await;
    let case = bench.case(bench.matter(0));
    let writes = async {
        bench.pass(Duration::from_secs(601)).await;
        bench.desk.client_writes(&case, "Any news?").expect("a message");
        let sent = bench.clock.now();
        bench.pass(Duration::from_secs(150)).await;
        let filed = bench.world.records("Communication");
        let ours = filed.iter().find(|one| one["subject"] == "Case Status Message").expect("filed");
        let at: chrono::DateTime<chrono::Utc> =
            ours["created_at"].as_str().expect("a time").parse().expect("a time");
        assert!((at - sent).num_seconds() <= 125, "{at}, sent {sent}");
    };
    tokio::join!(serve(&bench, Duration::from_secs(900)), writes);
}
