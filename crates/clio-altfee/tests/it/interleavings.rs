//! Random walks through everything that people do with one matter or several at AltFee and in Clio, with a rest after each
//! step or two. Status and locks come by the flow `altfee/status` alone.
//!
//! What is expected is kept beside, from the steps alone: who is on which bill, what people changed or deleted in
//! Clio, what was kept.

mod model;
mod steps;

use std::time::Duration;

use clio_core::Random;
use clio_fixtures::SeededRandom;

use model::Walk;

const STEPS: usize = 16;

/// Each walk follows from its seed, which a failure names. `ALTFEE_WALKS` asks for more than the few of every day.
async fn walks(first: u64) {
    let asked = std::env::var("ALTFEE_WALKS").ok().and_then(|number| number.parse().ok());
    for seed in first..first + asked.unwrap_or(15) {
        let mut walk = Walk::start(seed).await;
        for _ in 0..STEPS {
            walk.step().await;
            // Mostly one after the other, now and then two at once.
            if below(&walk.random, 3) == 0 {
                walk.step().await;
            }
            // Longer than any source is read again.
            walk.bench.firm.run("altfee/projects").await.expect("run");
            walk.bench.clio.clock().sleep(Duration::from_secs(24 * 3600)).await;
            walk.rest_and_check().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_people_do_both_sides_agree() {
    walks(0).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_else_people_do_both_sides_agree() {
    walks(1_000_000).await;
}

/// A choice that follows from the seed.
fn below(random: &SeededRandom, end: usize) -> usize {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    u32::from_le_bytes(bytes) as usize % end.max(1)
}
