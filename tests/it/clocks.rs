//! A clock that is wrong.

use std::sync::Arc;

use chrono::TimeDelta;
use clio_fixtures::Fault;

use simulation::Scene;

#[tokio::test(start_paused = true)]
async fn an_hour_ahead_or_behind_changes_nothing() {
    for hours in [-1, 1] {
        for &fault in Fault::ALL {
            let scene = Scene::day();
            scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
            let mut setup = scene.setup();
            let wrong = scene.clock.skewed(TimeDelta::hours(hours));
            setup.store = Arc::new(scene.store_on(wrong.clone()));
            setup.clock = wrong;
            scene.post(&setup.firm()).await;
            scene.assert_posted_once(&format!("{fault:?} with a clock {hours} h off")).await;
        }
    }
}

/// The clock is set back while a write is uncertain, and the machine starts anew: the wait does not become endless.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_does_not_make_a_wait_endless() {
    let scene = Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 2, Fault::AnswerLost);
    scene.setup().firm().run(simulation::POSTED_TIME).await.unwrap();
    let mut setup = scene.setup();
    let back = scene.clock.skewed(TimeDelta::days(-3));
    setup.store = Arc::new(scene.store_on(back.clone()));
    setup.clock = back;
    scene.post(&setup.firm()).await;
    let audit = scene.audit();
    assert_eq!(
        (audit.posted, audit.doubled, audit.lost, audit.waiting),
        (Scene::EXPECTED, 0, 0, 0),
        "{audit:?}"
    );
}
