//! Every fault at every call of the flow.

use clio_fixtures::Fault;

use simulation::{Scene, Setting, Tally, enumerate, scenarios};

/// How many calls a good day makes to each world.
async fn calls() -> (u64, u64) {
    let scene = Scene::day();
    scene.post(&scene.setup().firm()).await.expect("a report");
    (scene.clio.calls().len() as u64, scene.wisetime.calls().len() as u64)
}

/// `cargo xtask simulate` does the same under each setting of everything that is disputed about Clio.
#[tokio::test(start_paused = true)]
async fn every_fault_at_every_call_of_every_scenario() {
    let mut tally = Tally::default();
    for &scenario in scenarios::ALL {
        let usual = Setting::default();
        tally += enumerate::faults_everywhere(scenario, usual, enumerate::faults(), 0, 1).await;
    }
    tally.assert_clean();
    println!("{tally}");
}

/// A write that is refused by the network three times in a row, or always lost, stays one write.
#[tokio::test(start_paused = true)]
async fn the_same_fault_at_the_first_two_writes() {
    for &fault in Fault::ALL {
        let scene = Scene::day();
        scene.clio.faults().at_nth("POST", "/activities.json", 1, fault);
        scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
        scene.post(&scene.setup().firm()).await;
        scene.assert_posted_once(&format!("{fault:?} twice")).await;
    }
}

/// Whatever goes wrong once passes by itself: nobody has to start the flow again.
#[tokio::test(start_paused = true)]
async fn no_single_fault_ends_a_run_to_rest() {
    let (to_clio, to_wisetime) = calls().await;
    for (world, calls) in [("Clio", to_clio), ("WiseTime", to_wisetime)] {
        for call in 1..=calls {
            for &fault in Fault::ALL {
                let scene = Scene::day();
                let faults = if world == "Clio" { scene.clio.faults() } else { scene.wisetime.faults() };
                faults.at_call(call, fault);
                let ended = scene.setup().firm().run_to_rest(simulation::POSTED_TIME).await;
                assert!(ended.is_ok(), "{fault:?} at call {call} to {world}: {ended:?}");
            }
        }
    }
}
