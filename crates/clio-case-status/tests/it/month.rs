//! A simulated month: people move stages, calls fail, answers are lost or late, the programme is stopped.

use std::{collections::BTreeMap, time::Duration};

use clio_case_status::{DeskFault, Notify};
use clio_core::Random;
use clio_fixtures::SeededRandom;

use crate::bench::{Bench, STATUSES, map_stages};

/// Nights until all is settled: nothing is late by more.
const REST: usize = 3;

const HOUR: Duration = Duration::from_secs(3_600);

/// What the clients are to be told: recomputed here, without the engine, from where each matter was at each night.
#[derive(Default)]
struct Expected {
    /// The stage and the status of each matter as the last complete night saw them.
    seen: BTreeMap<i64, Option<String>>,
    told: BTreeMap<i64, Vec<String>>,
}

impl Expected {
    fn night(&mut self, now: &BTreeMap<i64, Option<String>>) {
        for (matter, status) in now {
            let before = self.seen.insert(*matter, status.clone());
            if let (Some(before), Some(status)) = (before, status)
                && before.as_ref() != Some(status)
            {
                self.told.entry(*matter).or_default().push(status.clone());
            }
        }
    }
}

fn placed(bench: &Bench) -> BTreeMap<i64, Option<String>> {
    let of = |matter: i64| {
        let stage = bench.world.record("Matter", matter).expect("a matter")["matter_stage"]["id"].as_i64();
        let at = bench.stages(matter).iter().position(|one| Some(*one) == stage);
        at.and_then(|at| STATUSES.get(at)).map(|status| (*status).to_owned())
    };
    bench.world.matters().iter().map(|matter| (matter.id, of(matter.id))).collect()
}

fn below(random: &SeededRandom, end: usize) -> usize {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    usize::try_from(u64::from_le_bytes(bytes) % end as u64).unwrap_or(0)
}

async fn month(seed: u64) {
    let random = SeededRandom::new(seed);
    let below = |end: usize| below(&random, end);
    let mut bench = Bench::with(|world| world.matters(5), map_stages).await;
    let matters: Vec<i64> = bench.world.matters().iter().map(|matter| matter.id).collect();
    for matter in &matters {
        bench.move_to(*matter, bench.stages(*matter)[below(3)]);
    }
    let mut expected = Expected::default();
    settle(&bench).await;
    expected.night(&placed(&bench));
    for _night in 0..30 {
        bench.pass(HOUR * 12).await;
        for _ in 0..below(6) {
            let matter = matters[below(matters.len())];
            bench.move_to(matter, bench.stages(matter)[below(3)]);
        }
        for _ in 0..below(4) {
            let fault = match below(3) {
                0 => DeskFault::Unavailable,
                1 => DeskFault::AnswerLost,
                _ => DeskFault::Late(Duration::from_secs(below(60) as u64)),
            };
            bench.desk.fail(1 + below(12) as u64, fault);
        }
        // Whatever becomes of it: the next one goes on from there.
        let run = bench.firm.run("case-status/matters");
        match below(4) {
            0 => {
                #[expect(clippy::disallowed_methods, reason = "polled once, as a crash drops it")]
                let _ = tokio::time::timeout(Duration::ZERO, run).await;
                bench.restart();
            }
            _ => drop(run.await),
        }
        settle(&bench).await;
        expected.night(&placed(&bench));
        bench.pass(HOUR * 11).await;
    }
    let cases = bench.desk.cases();
    assert_eq!(cases.len(), matters.len(), "seed {seed}: nothing is imported twice, nothing is lost");
    let now = placed(&bench);
    for matter in &matters {
        let told = bench.told(*matter);
        assert_eq!(told, expected.told.remove(matter).unwrap_or_default(), "seed {seed}, matter {matter}");
        assert_eq!(bench.status(*matter), now[matter], "seed {seed}, matter {matter}");
    }
    let silent = bench.desk.updates().iter().filter(|update| update.notify == Notify::Nobody).count();
    assert!(silent <= matters.len(), "seed {seed}: only imports set a status in silence");
}

/// The same night again, until everything is known to stand.
async fn settle(bench: &Bench) {
    for _ in 0..REST {
        let _ = bench.firm.run_to_rest("case-status/matters").await;
    }
    let parked = bench.firm.parked().await.expect("the store");
    assert!(parked.is_empty(), "{parked:?}");
}

#[tokio::test(start_paused = true)]
async fn each_client_is_told_of_each_net_change_exactly_once_and_of_nothing_else() {
    let months = std::env::var("CASE_STATUS_MONTHS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    for seed in 0..months {
        month(seed).await;
    }
}
