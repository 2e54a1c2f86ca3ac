//! The engine broken on purpose: each mutant is killed by the trial that is there for it, which the sound engine passes.

use simulation::mutants::{self, MUTANTS};

#[test]
fn every_mutant_is_killed() {
    let deaths = mutants::run_all(2, |_| {});
    let alive: Vec<_> = deaths.iter().filter(|death| death.by.is_none()).collect();
    assert!(alive.is_empty(), "{alive:?}");
    assert!(MUTANTS.len() >= 12);
}

#[test]
fn the_sound_engine_passes_every_trial() {
    let failed = mutants::run_control(2);
    assert!(failed.is_empty(), "{failed:?}");
}

/// A body that was cut still has its status; what it says is not believed.
#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body_is_not_believed() {
    let scene = simulation::Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 1, clio_fixtures::Fault::EmptyAnswer);
    scene.post(&scene.setup().firm()).await;
    assert!(scene.looks() >= 1);
    scene.assert_posted_once("an empty answer").await;
}
