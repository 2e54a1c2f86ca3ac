//! A crash before and after every call that crosses a seam.

use std::{panic::AssertUnwindSafe, time::Duration};

use clio_core::Clock;
use clio_fixtures::Fault;
use futures_util::FutureExt;

use simulation::{
    POSTED_TIME, Scene, Setting, Tally, enumerate, scenarios,
    seams::{Crash, Crasher},
};

/// Runs the flow to rest, crashing at this point. Answers how many points were passed, and whether it crashed.
async fn run(scene: &Scene, at: u64) -> (u64, bool) {
    let crasher = Crasher::at(at);
    let firm = crasher.everywhere(scene.setup()).firm();
    let ended = AssertUnwindSafe(firm.run_to_rest(POSTED_TIME)).catch_unwind().await;
    match ended {
        Ok(report) => {
            report.expect("a run without a fault");
            (crasher.passed(), false)
        }
        Err(payload) => {
            assert!(payload.is::<Crash>(), "a panic that is no crash of ours");
            (crasher.passed(), true)
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_every_point_is_recovered_from() {
    let mut tally = Tally::default();
    for &scenario in scenarios::ALL {
        tally += enumerate::crash_everywhere(scenario, Setting::default(), Vec::new(), 1, 1).await;
    }
    tally.assert_clean();
    println!("{tally}");
}

/// The same while the engine looks for a write whose answer was lost, whether that was applied or not.
#[tokio::test(start_paused = true)]
async fn a_crash_at_every_point_after_a_lost_answer_is_recovered_from() {
    for fault in [Fault::AnswerLost, Fault::RequestLost] {
        let day = || {
            let scene = Scene::day();
            scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
            scene
        };
        let (points, _) = run(&day(), 0).await;
        for point in 1..=points {
            let scene = day();
            let (_, crashed) = run(&scene, point).await;
            assert!(crashed, "point {point} was not reached");
            scene.post(&scene.setup().firm()).await;
            scene.assert_posted_once(&format!("{fault:?} and a crash at point {point}")).await;
        }
        println!("crashed at each of {points} points of the flow with {fault:?}");
    }
}

/// The engine that recovers crashes too, at points all along its way.
#[tokio::test(start_paused = true)]
async fn a_crash_while_recovering_from_a_crash() {
    let (points, _) = run(&Scene::day(), 0).await;
    let mut pairs = 0;
    for first in (1..=points).step_by(11) {
        for second in (1..=points).step_by(17) {
            let scene = Scene::day();
            run(&scene, first).await;
            let (_, crashed) = run(&scene, second).await;
            pairs += u32::from(crashed);
            scene.post(&scene.setup().firm()).await;
            scene.assert_posted_once(&format!("crashes at point {first}, then {second}")).await;
        }
    }
    println!("crashed twice in {pairs} runs");
}

/// The engine dies while a write is on its way that only takes effect much later. The next engine must not take the
/// record's absence for an answer.
#[tokio::test(start_paused = true)]
async fn a_write_that_lands_after_the_crash_is_waited_for() {
    let scene = Scene::day();
    let late = Duration::from_secs(100);
    scene.clio.faults().at_nth("POST", "/activities.json", 2, Fault::AppliedLate(late));
    let firm = scene.setup().firm();
    tokio::select! {
        ended = firm.run_to_rest(POSTED_TIME) => panic!("the run ended before the crash: {ended:?}"),
        () = async {
            while scene.writes() < 2 {
                scene.clock.sleep(Duration::from_millis(10)).await;
            }
            // It has arrived by then.
            scene.clock.sleep(Duration::from_secs(1)).await;
        } => {}
    }
    drop(firm);
    // Nothing that the clock or the lease would have delayed: only what the engine waits for by itself.
    let mut setup = scene.setup();
    setup.timing.look_again_after = Duration::ZERO;
    scene.post(&setup.firm()).await;
    scene.assert_posted_once("a write that landed after the crash").await;
}
