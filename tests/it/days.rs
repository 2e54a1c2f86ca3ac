//! Random days and weeks, a few of each kind. `cargo xtask simulate` goes through thousands, and replays one by its seed.

use simulation::{
    Tally,
    days::{self, Mode},
    week,
};

async fn many(mode: Mode, count: u64) {
    let mut tally = Tally::default();
    for seed in 1..=count {
        tally.add(format!("day {seed}, {mode:?}"), days::run(seed, mode).await);
    }
    tally.assert_clean();
}

#[tokio::test(start_paused = true)]
async fn faults() {
    many(Mode::PLAIN, 12).await;
}

#[tokio::test(start_paused = true)]
async fn calls_that_go_wrong_by_chance() {
    many(Mode { rough: true, ..Mode::PLAIN }, 8).await;
}

#[tokio::test(start_paused = true)]
async fn two_engines() {
    many(Mode { more_engines: 1, ..Mode::PLAIN }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn runs_cut_off() {
    many(Mode { cut: true, ..Mode::PLAIN }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn runs_cut_off_over_a_store_that_goes_on() {
    many(Mode { cut: true, detached: true, ..Mode::PLAIN }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn tags_at_the_same_time() {
    many(Mode { tags: true, more_engines: 1, ..Mode::PLAIN }, 4).await;
}

#[tokio::test(start_paused = true)]
async fn two_handles() {
    many(Mode { handles: true, ..Mode::PLAIN }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn everything_at_once() {
    many(Mode::ALL[7], 4).await;
}

#[tokio::test(start_paused = true)]
async fn weeks() {
    let mut tally = Tally::default();
    for seed in 1..=6 {
        tally.add(format!("week {seed}"), week::run(seed).await);
    }
    assert!(tally.faults > 0 && tally.crashes > 0 && tally.looks > 0, "nothing went wrong: {tally}");
    tally.assert_clean();
}

/// What cannot be replayed cannot be mended.
#[tokio::test(start_paused = true)]
async fn a_seed_has_one_course() {
    let course = async || {
        let course = week::run(3).await;
        (course.calls, course.faults, course.crashes, course.looks, course.verdict)
    };
    assert_eq!(course().await, course().await);
}
