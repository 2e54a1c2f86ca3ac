//! Tags while something goes wrong: each fault and a crash, at each call.

use std::time::Duration;

use clio_core::Clock;
use clio_fixtures::Fault;
use clio_wisetime::Settings;

use crate::bench::Bench;
use crate::cut::Cut;
use crate::office::{SWEEP, TAGS};

/// Everything that can become of a matter, between two runs.
async fn prepared() -> Bench {
    let office = Bench::new();
    office.close(0);
    office.settle_flow(&office.firm(), TAGS).await;
    office.later().await;
    let (one, other) = (office.matter(1).1, office.matter(2).1);
    office.rename(1, &other);
    office.rename(2, &one);
    office.rename(3, "00099-Renamed");
    office.close(4);
    office.reopen(0);
    office
}

/// What is late has come, and then everything is as it should be, and stays so.
async fn check(office: &Bench, what: &str) {
    office.clio.faults().clear();
    office.wisetime.faults().clear();
    office.clock.sleep(Duration::from_secs(600)).await;
    let firm = office.firm();
    office.settle_flow(&firm, TAGS).await;
    office.assert_tags(what);
    let before = office.calls();
    office.settle_flow(&firm, TAGS).await;
    assert_eq!(office.calls()[1], before[1], "{what}: once more writes nothing");
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_the_tags_are_right_in_the_end() {
    for &fault in Fault::ALL {
        for world in [0, 1] {
            for n in 1.. {
                let office = prepared().await;
                let before = office.calls();
                let faults = if world == 0 { office.clio.faults() } else { office.wisetime.faults() };
                faults.at_call(before[world] + n, fault);
                let _ = office.firm().run_to_rest(TAGS).await;
                let reached = office.calls()[world] >= before[world] + n;
                check(&office, &format!("{fault:?} at call {n} to {world}")).await;
                if !reached {
                    break;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_it_crashes_the_tags_are_right_in_the_end() {
    for flow in [TAGS, SWEEP] {
        for at in 1.. {
            let office = prepared().await;
            let cut = Cut::at(at);
            let doomed = office.firm_over(
                cut.on(office.clio.transport()),
                cut.on(office.wisetime.transport()),
                Settings::default(),
            );
            cut.cut(doomed.run_to_rest(flow)).await;
            drop(doomed);
            office.settle_flow(&office.firm(), flow).await;
            check(&office, &format!("{flow}: a crash at point {at}")).await;
            if !cut.was_reached() {
                break;
            }
        }
    }
}
