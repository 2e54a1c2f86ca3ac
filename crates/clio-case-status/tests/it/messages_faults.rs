//! Messages while something goes wrong: each fault and a crash, at each call.

use std::time::Duration;

use clio_case_status::DeskFault;
use clio_fixtures::Fault;

use crate::{bench::Bench, cut::Cut};

const FLOW: &str = "case-status/messages";

/// A firm with a message of a client and one of the staff that wait.
async fn waiting() -> Bench {
    let bench = Bench::with(|world| world.matters(2), |_, _| ()).await;
    bench.night().await;
    let case = bench.case(bench.matter(0));
    bench.desk.client_writes(&case, "Any news?").expect("a message");
    bench.desk.staff_writes(&case, "A temp", "temp@firm.example", "Tomorrow.").expect("a message");
    bench
}

/// Every two minutes, for half an hour.
async fn half_an_hour(bench: &Bench) {
    for _ in 0..15 {
        // What failed is tried again by the next poll.
        let _ = bench.firm.run(FLOW).await;
        bench.pass(Duration::from_secs(120)).await;
    }
}

/// Both are there once.
async fn check(bench: &Bench, what: &str) {
    let mut bodies: Vec<String> = bench
        .world
        .records("Communication")
        .iter()
        .filter(|one| one["subject"] == "Case Status Message")
        .map(|one| one["body"].as_str().expect("a text").to_owned())
        .collect();
    bodies.sort();
    assert_eq!(bodies, ["Any news?", "Tomorrow."], "{what}");
    assert!(bench.firm.parked().await.expect("the store").is_empty(), "{what}");
    assert!(bench.firm.dead_letters().await.expect("the store").is_empty(), "{what}");
    let calls = bench.world.calls().len();
    bench.firm.run(FLOW).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(bench.world.calls().len(), calls, "at rest: {what}");
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_clio_at_each_call_files_each_message_once() {
    for fault in Fault::ALL {
        for n in 1.. {
            let bench = waiting().await;
            let before = bench.world.calls().len() as u64;
            bench.world.faults().at_call(before + n, *fault);
            half_an_hour(&bench).await;
            let reached = bench.world.calls().len() as u64 >= before + n;
            bench.world.faults().clear();
            check(&bench, &format!("{fault:?} at call {n}")).await;
            if !reached {
                assert!(n > 3, "there are a few calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_case_status_at_each_call_files_each_message_once() {
    let late = DeskFault::Late(Duration::from_secs(60));
    for fault in [DeskFault::Unavailable, DeskFault::AnswerLost, late, DeskFault::Silence] {
        for n in 1..=2 {
            let bench = waiting().await;
            bench.desk.fail(n, fault);
            half_an_hour(&bench).await;
            check(&bench, &format!("{fault:?} at call {n}")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_each_call_files_each_message_once() {
    for point in 1.. {
        let mut bench = waiting().await;
        let cut = Cut::at(point, &bench);
        bench.restart_over(cut.clone());
        let _ = cut.cut(bench.firm.run(FLOW)).await;
        let reached = cut.was_reached();
        bench.restart();
        half_an_hour(&bench).await;
        check(&bench, &format!("a crash at point {point}")).await;
        if !reached {
            assert!(point > 6, "there are a few calls");
            break;
        }
    }
}
