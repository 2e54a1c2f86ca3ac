//! Schedules by the wall clock.

use std::{sync::atomic::Ordering, time::Duration};

use clio_core::Clock;

use super::{every, key, noting, on_schedule, run_for};
use crate::{Executor, RunOutcome, Schedule};

fn cron(text: &str) -> Schedule {
    Schedule::cron(text).unwrap()
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

#[tokio::test(start_paused = true)]
async fn a_cron_schedule_waits_for_its_ticks() {
    let nightly = cron("15 21 * * *");
    let first = 21 * HOUR + 15 * 60;
    assert_eq!(on_schedule(nightly, RunOutcome::Done, 3).await, [first, first + DAY, first + 2 * DAY]);
    assert_eq!(on_schedule(cron("*/20 * * * *"), RunOutcome::Done, 3).await, [1200, 2400, 3600]);
}

#[tokio::test(start_paused = true)]
async fn a_schedule_is_replaced_by_the_next() {
    let (executor, noting) = noting(RunOutcome::Done, 99);
    executor.ensure_schedule(&key("x"), &every(10)).await.unwrap();
    executor.ensure_schedule(&key("y"), &cron("* * * * *")).await.unwrap();
    run_for(12, &executor, &noting).await;
    executor.ensure_schedule(&key("x"), &cron("*/20 * * * *")).await.unwrap();
    executor.ensure_schedule(&key("y"), &cron("*/20 * * * *")).await.unwrap();
    run_for(2400, &executor, &noting).await;
    assert_eq!(noting.times(), [0, 1200, 1200, 2400, 2400]);
}

#[tokio::test(start_paused = true)]
async fn ticks_during_a_run_become_one_run_after() {
    let (executor, noting) = noting(RunOutcome::Done, 99);
    noting.takes.store(150, Ordering::SeqCst);
    executor.ensure_schedule(&key("x"), &cron("* * * * *")).await.unwrap();
    run_for(600, &executor, &noting).await;
    assert_eq!(noting.times(), [60, 210, 360, 510]);
}

#[tokio::test(start_paused = true)]
async fn no_tick_comes_before_a_wait_or_after_a_failure() {
    let wait = RunOutcome::Wait(Duration::from_secs(600));
    assert_eq!(on_schedule(cron("* * * * *"), wait, 3).await, [60, 663, 1266]);
    assert_eq!(on_schedule(cron("* * * * *"), RunOutcome::Terminal, 3).await, [60, 663, 1266]);
    // Two seconds, four, eight; a minute comes later only.
    assert_eq!(on_schedule(cron("* * * * *"), RunOutcome::Backoff, 7).await, [60, 65, 72, 83, 102, 137, 204]);
    let again = RunOutcome::Again(Duration::from_secs(90));
    assert_eq!(on_schedule(cron("*/2 * * * *"), again, 4).await, [120, 213, 240, 333]);
}

#[tokio::test(start_paused = true)]
async fn a_tick_after_a_terminal_run_is_late_but_not_lost() {
    let (executor, noting) = noting(RunOutcome::Terminal, 2);
    executor.trigger(&key("x"), Duration::from_secs(3600 - 60)).await.unwrap();
    executor.ensure_schedule(&key("x"), &cron("@hourly")).await.unwrap();
    executor.run(noting.clone()).await.unwrap();
    assert_eq!(noting.times(), [3540, 3540 + 603]);
}

/// Runs a daily flow for four days on a clock that is set by this after that many seconds.
async fn daily_on_a_clock_set(after: u64, by: i64) -> Vec<u64> {
    let (executor, noting) = noting(RunOutcome::Done, 99);
    executor.ensure_schedule(&key("x"), &cron("0 12 * * *")).await.unwrap();
    let set = async {
        noting.clock.sleep(Duration::from_secs(after)).await;
        noting.clock.set_by(by);
    };
    tokio::join!(run_for(4 * DAY, &executor, &noting), set);
    noting.times()
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_makes_up_for_all_ticks_with_one_run() {
    // To who waits, a sleep of the machine is a clock that was set forward.
    let times = daily_on_a_clock_set(HOUR, 3 * 86_400).await;
    assert!(times[0] - HOUR <= 120, "{times:?}");
    assert_eq!(times[1..], [12 * HOUR, 36 * HOUR, 60 * HOUR, 84 * HOUR]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_runs_nothing_twice_and_stops_nothing() {
    let times = daily_on_a_clock_set(13 * HOUR, -2 * 3600).await;
    assert_eq!(times, [12 * HOUR, 38 * HOUR, 62 * HOUR, 86 * HOUR]);
    let times = daily_on_a_clock_set(13 * HOUR, -365 * 86_400).await;
    assert_eq!(times, [12 * HOUR, 36 * HOUR, 60 * HOUR, 84 * HOUR]);
    let before_the_tick = daily_on_a_clock_set(11 * HOUR, -2 * 3600).await;
    assert_eq!(before_the_tick, [14 * HOUR, 38 * HOUR, 62 * HOUR, 86 * HOUR]);
}
