//! The sync of matters while something goes wrong: each fault and a crash, at each call of either side.

use std::time::Duration;

use clio_case_status::{DeskFault, Notify};
use clio_fixtures::Fault;
use serde_json::json;

use crate::{
    bench::{Bench, DAY, STATUSES, map_stages},
    cut::Cut,
};

const FLOW: &str = "case-status/matters";

/// A night before which one matter moved, one was renamed, and one is new.
async fn before_the_night() -> Bench {
    let bench = Bench::with(|world| world.matters(2), map_stages).await;
    let (moved, renamed) = (bench.matter(0), bench.matter(1));
    bench.move_to(moved, bench.stages(moved)[0]);
    bench.night().await;
    bench.pass(DAY).await;
    bench.move_to(moved, bench.stages(moved)[1]);
    bench.change(&format!("/matters/{renamed}.json"), json!({ "description": "Will of Ruth" })).await;
    // The default number does not do: a request of its own.
    let numbers = json!([
        { "name": "Work", "number": "ask reception", "default_number": true },
        { "name": "Mobile", "number": "(415) 555-2671" },
    ]);
    let who =
        json!({ "type": "Person", "first_name": "Ruth", "last_name": "Brook", "phone_numbers": numbers });
    let client = bench.create("/contacts.json", who).await;
    bench.create("/matters.json", json!({ "client": { "id": client }, "description": "Lease" })).await;
    bench
}

/// Again and again, until whatever was late has come.
async fn rest(bench: &Bench) {
    for _ in 0..4 {
        let _ = bench.firm.run_to_rest(FLOW).await;
        bench.pass(Duration::from_secs(1_800)).await;
    }
}

async fn check(bench: &Bench, what: &str) {
    let mut titles: Vec<String> = bench.desk.cases().into_iter().map(|case| case.fields.title).collect();
    titles.retain(|title| title.starts_with("Will of Ruth") || title.starts_with("Lease"));
    titles.sort();
    assert_eq!(titles.len(), 2, "{what}: {titles:?}");
    assert_eq!(bench.desk.cases().len(), 3, "{what}");
    let moved = bench.matter(0);
    assert_eq!(bench.told(moved), [STATUSES[1]], "{what}");
    assert_eq!(bench.status(moved).as_deref(), Some(STATUSES[1]), "{what}");
    let told = bench.desk.updates().iter().filter(|update| update.notify == Notify::Client).count();
    assert_eq!(told, 1, "nobody else: {what}");
    assert!(bench.firm.parked().await.expect("the store").is_empty(), "{what}");
    assert!(bench.firm.dead_letters().await.expect("the store").is_empty(), "{what}");
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_clio_at_each_call_keeps_the_cases_right() {
    use Fault::{AnswerLost, BodyBreaks, Refuse, ServerErrorApplied, TimesOut, Truncated};
    // Clio is only read here: whether a fault applies makes no difference.
    for fault in
        [Refuse, AnswerLost, TimesOut, ServerErrorApplied, Fault::RateLimitedApplied, Truncated, BodyBreaks]
    {
        for n in 1.. {
            let bench = before_the_night().await;
            let before = bench.world.calls().len() as u64;
            bench.world.faults().at_call(before + n, fault);
            let _ = bench.firm.run(FLOW).await;
            let reached = bench.world.calls().len() as u64 >= before + n;
            rest(&bench).await;
            check(&bench, &format!("{fault:?} at call {n}")).await;
            if !reached {
                assert!(n > 2, "there are a few calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_case_status_at_each_call_keeps_the_cases_right() {
    let late = DeskFault::Late(Duration::from_secs(60));
    for fault in [DeskFault::Unavailable, DeskFault::AnswerLost, late, DeskFault::Silence] {
        for n in 1.. {
            let bench = before_the_night().await;
            let before = bench.desk.calls();
            bench.desk.fail(n, fault);
            let _ = bench.firm.run(FLOW).await;
            let reached = bench.desk.calls() >= before + n;
            rest(&bench).await;
            check(&bench, &format!("{fault:?} at call {n}")).await;
            if !reached {
                assert!(n > 4, "there are a few calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_each_call_keeps_the_cases_right() {
    for point in 1.. {
        let mut bench = before_the_night().await;
        let cut = Cut::at(point, &bench);
        bench.restart_over(cut.clone());
        let _ = cut.cut(bench.firm.run(FLOW)).await;
        let reached = cut.was_reached();
        bench.restart();
        rest(&bench).await;
        check(&bench, &format!("a crash at point {point}")).await;
        if !reached {
            assert!(point > 4, "there are a few calls");
            break;
        }
    }
}
