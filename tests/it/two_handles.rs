//! Two handles on one firm of one engine: they are one firm.

use std::time::Duration;

use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::{Firm, IntentState, Store};

use simulation::{FIRM, POSTED_TIME, Scene};

/// The same firm, asked for twice, each time with clients of its own.
fn two_handles(scene: &Scene) -> (Firm, Firm) {
    let setup = scene.setup();
    let (engine, one) = setup.clone().engine();
    (one, setup.handle(&engine))
}

#[tokio::test(start_paused = true)]
async fn two_handles_double_nothing() {
    for fault in
        [Fault::RequestLost, Fault::AnswerLost, Fault::AppliedLate(Duration::from_secs(60)), Fault::TimesOut]
    {
        for lag in [0, 100, 150, 250, 350, 600, 850] {
            let scene = Scene::day();
            scene.clio.faults().at_nth("POST", "/activities.json", 1, fault);
            let (one, other) = two_handles(&scene);
            tokio::join!(scene.post(&one), async {
                scene.clock.sleep(Duration::from_millis(lag)).await;
                scene.post(&other).await
            });
            scene.assert_posted_once(&format!("{fault:?}, the other {lag} ms later")).await;
        }
    }
}

/// A refusal is one, whoever else asks meanwhile: it is not taken for that of a second attempt.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_a_dead_letter_beside_another_handle() {
    for lag in (0..2000).step_by(100) {
        let scene = Scene::quiet();
        let mut group = scene.work("gone", 0, 0, 600).json();
        group["tags"][0]["externalId"] = "999".into();
        scene.wisetime.post(group);
        let (one, other) = two_handles(&scene);
        let (report, _) = tokio::join!(one.run_to_rest(POSTED_TIME), async {
            scene.clock.sleep(Duration::from_millis(lag)).await;
            scene.post(&other).await
        });
        report.unwrap();
        let count = async |state| scene.store().intents(FIRM, state).await.unwrap().len();
        let ended = (count(IntentState::Rejected).await, count(IntentState::Parked).await);
        assert_eq!(ended, (1, 0), "the other {lag} ms later");
    }
}

/// What was attached by one handle is there for the other, and the flow is not run twice at once.
#[tokio::test(start_paused = true)]
async fn two_handles_share_their_flows() {
    let scene = Scene::day();
    let (one, other) = two_handles(&scene);
    assert_eq!(one.flows().len(), other.flows().len());
    let (first, second) = tokio::join!(one.run(POSTED_TIME), other.run(POSTED_TIME));
    first.unwrap();
    assert_eq!(second.unwrap_err().kind(), clio_sync::ErrorKind::Busy);
}
