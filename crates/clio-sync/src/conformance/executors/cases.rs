//! What an executor does, and when.

use std::time::Duration;

use futures_util::future::join_all;

use super::{ExecutorBench, stage::Stage};
use crate::{RunOutcome, Schedule};

/// Each case plays on a stage of its own.
macro_rules! all {
    ($($case:ident),+ $(,)?) => {
        pub(super) async fn all(bench: &dyn ExecutorBench) {
            let cases = vec![$(Box::pin(async { $case(&Stage::new(bench).await).await }) as Case<'_>),+];
            join_all(cases).await;
        }
    };
}

type Case<'a> = std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

all![
    what_is_triggered_runs,
    a_trigger_waits_as_long_as_it_says,
    the_sooner_trigger_counts,
    triggers_coalesce,
    one_run_at_a_time,
    an_interval_is_from_end_to_start,
    the_same_schedule_changes_nothing,
    a_schedule_replaces_another,
    cron_ticks_are_at_their_minute_and_become_one,
    what_was_cancelled_does_not_run,
    cancelled_while_it_runs,
    again_after_a_while,
    a_wait_is_kept,
    failures_are_tried_later_each_time,
    a_terminal_run_waits_for_a_person,
    a_crash_runs_it_again,
    a_stop_lets_the_run_under_way_end,
];

async fn what_is_triggered_runs(stage: &Stage) {
    stage.trigger("before", 0).await;
    stage
        .play(async {
            stage.trigger("after", 0).await;
            stage.wait_out(1).await;
        })
        .await;
    for flow in ["before", "after"] {
        let began = stage.began(flow);
        assert_eq!(began.len(), 1, "what is triggered {flow} `run` is called runs, once");
        assert_eq!(began[0].failures, 0);
    }
}

async fn a_trigger_waits_as_long_as_it_says(stage: &Stage) {
    stage
        .play(async {
            let asked = stage.clock.monotonic();
            stage.trigger("x", 3).await;
            stage.wait_out(5).await;
            let began = stage.began("x");
            assert_eq!(began.len(), 1, "a trigger is one run");
            // It may have counted from a little later than this.
            let at = began[0].at.saturating_sub(asked);
            assert!(at >= stage.unit * 3, "a trigger that is to wait came after {at:?}");
            assert!(at <= stage.unit * 3 + stage.late * 2, "it came as late as {at:?}");
        })
        .await;
}

async fn the_sooner_trigger_counts(stage: &Stage) {
    stage
        .play(async {
            stage.trigger("x", 8).await;
            stage.trigger("x", 2).await;
            stage.trigger("x", 9).await;
            stage.wait_out(6).await;
            assert_eq!(stage.count("x"), 1, "of several triggers the soonest counts");
            stage.wait_out(6).await;
            assert_eq!(stage.count("x"), 1, "a flow that is due already is not made due twice");
        })
        .await;
}

async fn triggers_coalesce(stage: &Stage) {
    stage.takes(4);
    stage
        .play(async {
            for _ in 0..5 {
                stage.trigger("x", 0).await;
            }
            stage.wait(2).await;
            assert_eq!(stage.count("x"), 1, "triggers before a run become one run");
            for _ in 0..5 {
                stage.trigger("x", 0).await;
            }
            stage.wait_out(12).await;
        })
        .await;
    let began = stage.began("x");
    assert_eq!(began.len(), 2, "triggers during a run become one run after it, and are not lost");
    let ended = began[0].ended.expect("the first run ended");
    stage.on_time(began[1].at, ended, "a run that was asked for during another");
}

async fn one_run_at_a_time(stage: &Stage) {
    stage.takes(3);
    stage.schedule("x", &stage.every(1)).await;
    stage
        .play(async {
            for _ in 0..12 {
                stage.trigger("x", 0).await;
                stage.wait(1).await;
            }
        })
        .await;
    let began = stage.began("x");
    assert!(began.len() >= 3, "it runs again and again, not {} times", began.len());
    for pair in began.windows(2) {
        let ended = pair[0].ended.expect("a run that is under way when it is stopped ends");
        assert!(pair[1].at >= ended, "a flow runs once at a time");
    }
}

async fn an_interval_is_from_end_to_start(stage: &Stage) {
    stage.takes(2);
    stage.schedule("x", &stage.every(3)).await;
    stage.play(stage.wait(20)).await;
    let began = stage.began("x");
    assert!(began.len() >= 3, "a schedule runs a flow again and again, not {} times", began.len());
    for pair in began.windows(2) {
        let ended = pair[0].ended.expect("a run ends");
        stage.on_time(pair[1].at, ended + stage.unit * 3, "an interval is from end to start");
    }
}

async fn the_same_schedule_changes_nothing(stage: &Stage) {
    stage
        .play(async {
            for _ in 0..5 {
                stage.schedule("x", &stage.every(20)).await;
                stage.wait_out(1).await;
            }
            assert!(stage.count("x") <= 1, "the same schedule again does not run the flow again");
        })
        .await;
}

async fn a_schedule_replaces_another(stage: &Stage) {
    stage.schedule("slower", &stage.every(2)).await;
    stage.schedule("faster", &stage.every(1000)).await;
    stage
        .play(async {
            stage.wait_out(5).await;
            assert!(stage.count("slower") >= 2, "it runs on its first schedule");
            let (slower, faster) = (stage.count("slower"), stage.count("faster"));
            stage.schedule("slower", &stage.every(1000)).await;
            stage.schedule("faster", &stage.every(2)).await;
            stage.wait_out(9).await;
            assert!(stage.count("slower") <= slower + 1, "the first schedule is gone");
            assert!(stage.count("faster") >= faster + 3, "the second schedule is kept");
        })
        .await;
}

async fn cron_ticks_are_at_their_minute_and_become_one(stage: &Stage) {
    let minute = Duration::from_secs(60);
    stage.schedule("x", &Schedule::cron("* * * * *").expect("a cron expression")).await;
    stage
        .play(async {
            stage.clock.sleep(minute + stage.late).await;
            let first = stage.began("x");
            assert_eq!(first.len(), 1, "a cron schedule runs at its ticks only");
            let into = first[0].wall.timestamp().rem_euclid(60);
            let late = i64::try_from(stage.late.as_secs()).unwrap_or(i64::MAX);
            assert!(into <= late, "it began {into} seconds after the tick");
            // The next run misses a tick or two, at whatever second of the minute this began.
            stage.take(minute + minute / 2);
            stage.clock.sleep(minute).await;
            stage.takes(0);
            stage.clock.sleep(minute * 3 / 2).await;
        })
        .await;
    let began = stage.began("x");
    let ended = began[1].ended.expect("the long run ended");
    stage.on_time(began[2].at, ended, "a tick that came during a run");
    let soon = began.iter().filter(|run| run.at >= ended && run.at < ended + Duration::from_secs(20));
    assert_eq!(soon.count(), 1, "ticks that were missed become one run");
}

async fn what_was_cancelled_does_not_run(stage: &Stage) {
    stage.schedule("scheduled", &stage.every(2)).await;
    stage.trigger("triggered", 4).await;
    stage
        .play(async {
            stage.wait_out(1).await;
            stage.cancel("scheduled").await;
            stage.cancel("triggered").await;
            stage.cancel("unknown").await;
            let before = stage.count("scheduled");
            stage.wait_out(8).await;
            assert_eq!(stage.count("scheduled"), before, "a cancelled schedule does not run");
            assert_eq!(stage.count("triggered"), 0, "a cancelled trigger does not run");
            stage.trigger("scheduled", 0).await;
            stage.schedule("triggered", &stage.every(1000)).await;
            stage.trigger("triggered", 0).await;
            stage.wait_out(1).await;
            assert_eq!(stage.count("scheduled"), before + 1, "what is triggered anew runs");
            assert!(stage.count("triggered") >= 1, "what is scheduled anew runs");
            stage.wait_out(4).await;
            assert_eq!(stage.count("scheduled"), before + 1, "but its schedule is not back");
        })
        .await;
}

async fn cancelled_while_it_runs(stage: &Stage) {
    stage.takes(3);
    stage.ends(&[RunOutcome::Again(stage.unit)]);
    stage.schedule("x", &stage.every(1)).await;
    stage
        .play(async {
            stage.trigger("x", 0).await;
            stage.wait(1).await;
            stage.cancel("x").await;
            stage.wait_out(8).await;
            let began = stage.began("x");
            assert_eq!(began.len(), 1, "whatever the outcome of a cancelled run, it is the last");
            assert!(began[0].ended.is_some(), "a run under way goes on when its flow is cancelled");
        })
        .await;
}

async fn again_after_a_while(stage: &Stage) {
    stage.ends(&[RunOutcome::Again(stage.unit * 4), RunOutcome::Again(stage.unit * 50)]);
    stage
        .play(async {
            stage.trigger("x", 0).await;
            stage.wait_out(6).await;
            let began = stage.began("x");
            assert_eq!(began.len(), 2, "a run that asks for another gets one");
            let ended = began[0].ended.expect("a run ends");
            stage.on_time(began[1].at, ended + stage.unit * 4, "a run that was asked for by the last");
            stage.trigger("x", 0).await;
            stage.wait_out(1).await;
            assert_eq!(stage.count("x"), 3, "a trigger need not wait for it");
        })
        .await;
}

async fn a_wait_is_kept(stage: &Stage) {
    stage.ends(&[RunOutcome::Wait(stage.unit * 8)]);
    stage
        .play(async {
            stage.trigger("x", 0).await;
            stage.wait_out(1).await;
            stage.trigger("x", 0).await;
            stage.schedule("x", &stage.every(1)).await;
            stage.wait(3).await;
            stage.trigger("x", 0).await;
            stage.wait_out(8).await;
        })
        .await;
    let began = stage.began("x");
    assert!(began.len() >= 2, "a wait ends");
    let ended = began[0].ended.expect("a run ends");
    stage.on_time(began[1].at, ended + stage.unit * 8, "a wait, whatever a trigger or a schedule says");
}

async fn failures_are_tried_later_each_time(stage: &Stage) {
    stage.ends(&[RunOutcome::Backoff, RunOutcome::Backoff, RunOutcome::Backoff]);
    stage
        .play(async {
            stage.trigger("x", 0).await;
            for _ in 0..240 {
                stage.wait(1).await;
                if stage.count("x") == 4 {
                    break;
                }
            }
            stage.trigger("x", 0).await;
            stage.wait_out(1).await;
        })
        .await;
    let began = stage.began("x");
    assert!(began.len() >= 5, "a run that failed is tried again, more often than {} times", began.len());
    let failures: Vec<_> = began[..5].iter().map(|run| run.failures).collect();
    assert_eq!(failures, [0, 1, 2, 3, 0], "failures in a row are counted until one succeeds");
    let gaps: Vec<_> = began[..4].windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at)).collect();
    assert!(gaps[0] > Duration::ZERO && gaps[2] > gaps[0], "later each time, not {gaps:?}");
}

async fn a_terminal_run_waits_for_a_person(stage: &Stage) {
    stage.ends(&[RunOutcome::Terminal, RunOutcome::Terminal]);
    stage.schedule("scheduled", &stage.every(1)).await;
    stage
        .play(async {
            stage.wait_out(1).await;
            let first = stage.count("scheduled");
            assert_eq!(first, 1, "a schedule runs a flow");
            stage.wait_out(20).await;
            assert_eq!(stage.count("scheduled"), first, "what cannot succeed is not tried again soon");
            stage.trigger("scheduled", 0).await;
            stage.wait_out(1).await;
            assert_eq!(stage.count("scheduled"), first + 1, "but when a person wants it");
        })
        .await;
}

async fn a_crash_runs_it_again(stage: &Stage) {
    stage.takes(3);
    stage.trigger("x", 0).await;
    stage.crash_after(2).await;
    assert_eq!(stage.count("x"), 1, "the run began");
    stage.takes(0);
    stage
        .play(async {
            stage.clock.sleep(stage.redelivery + stage.late).await;
            stage.wait(1).await;
        })
        .await;
    assert!(stage.count("x") >= 2, "a run that did not end is delivered again");
}

async fn a_stop_lets_the_run_under_way_end(stage: &Stage) {
    stage.takes(4);
    stage.schedule("other", &stage.every(1000)).await;
    stage.trigger("x", 0).await;
    stage.trigger("later", 3).await;
    stage.play(stage.wait(2)).await;
    let now = stage.clock.monotonic();
    let began = stage.began("x");
    let ended = began[0].ended.expect("the run under way ends before `run` returns");
    stage.on_time(now, ended, "an executor that was stopped ends with its last run");
    assert_eq!(began.len(), 1);
    assert_eq!(stage.count("later"), 0, "what comes due after the stop does not run");
}
