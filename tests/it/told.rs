//! What WiseTime's user is told of a group, and when it must not be.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clio_core::{Clock, Transport};
use clio_fixtures::{Fault, GroupStatus};

use simulation::{POSTED_TIME, Scene, seams::Tamper};

/// A Clio where every user is disabled once this is set: from then on no group can be mapped.
fn all_leave(clio: Arc<dyn Transport>, gone: Arc<AtomicBool>) -> Arc<dyn Transport> {
    Tamper::text(clio, "GET", "/users.json", move |text| {
        if gone.load(Ordering::SeqCst) {
            return text.replace("\"enabled\":true", "\"enabled\":false");
        }
        text
    })
}

/// What was told, and whether with the id of an entry.
fn told(scene: &Scene) -> Vec<(GroupStatus, bool)> {
    let statuses = scene.wisetime.statuses();
    statuses.into_iter().map(|status| (status.status, status.external_id.is_some())).collect()
}

/// One status that WiseTime cannot take keeps neither the other groups nor new ones from their end.
#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_cannot_be_taken_holds_up_no_other() {
    let scene = Scene::day();
    let mut setup = scene.setup();
    setup.wisetime = Tamper::asked(setup.wisetime, |_, path, body| {
        if path.ends_with("/status") && String::from_utf8_lossy(&body).contains("\"equal-1\"") {
            return Err((http::StatusCode::INTERNAL_SERVER_ERROR, "{}"));
        }
        Ok(body)
    });
    let firm = setup.firm();
    for _ in 0..5 {
        let _ = firm.run_to_rest(POSTED_TIME).await;
    }
    scene.wisetime.post(scene.work("later", 4, 0, 60).json());
    for _ in 0..5 {
        let _ = firm.run_to_rest(POSTED_TIME).await;
        scene.clock.sleep(Duration::from_secs(600)).await;
    }
    let audit = scene.audit();
    assert_eq!((audit.posted, audit.waiting), (Scene::EXPECTED + 1, 1), "only the one waits: {audit:?}");
}

/// The acknowledgement of an entry was lost, and its user has left when the group comes again: it is told as the entry
/// that it is, not as one that cannot be mapped.
#[tokio::test(start_paused = true)]
async fn a_group_whose_entry_stands_is_a_success_although_it_could_not_be_mapped_now() {
    let scene = Scene::quiet();
    scene.wisetime.post(scene.work("g", 4, 0, 60).json());
    scene.wisetime.faults().at_nth("POST", "/postedtime/status", 1, Fault::RequestLost);
    scene.wisetime.faults().at_nth("POST", "/postedtime/status", 2, Fault::RequestLost);
    let gone = Arc::new(AtomicBool::new(false));
    let mut setup = scene.setup();
    setup.clio = all_leave(setup.clio, gone.clone());
    let firm = setup.firm();
    firm.run(POSTED_TIME).await.unwrap_err();
    assert_eq!((scene.audit().posted, told(&scene).len()), (1, 0), "it is written, and not told yet");
    gone.store(true, Ordering::SeqCst);
    scene.clock.sleep(Duration::from_secs(600)).await;
    scene.post(&firm).await;
    assert_eq!(told(&scene).first(), Some(&(GroupStatus::Success, true)), "{:?}", told(&scene));
    assert_eq!(scene.audit().rejected, 0);
}

/// The same while it is not known whether the entry stands: nothing is told until that is known.
#[tokio::test(start_paused = true)]
async fn a_group_whose_outcome_is_open_is_told_nothing_although_it_could_not_be_mapped_now() {
    // It comes again sooner than the look is due.
    let scene = Scene::quiet().at_another_team_that(|team| team.redelivery(Duration::from_secs(60)));
    scene.wisetime.post(scene.work("g", 4, 0, 60).json());
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    let gone = Arc::new(AtomicBool::new(false));
    let mut setup = scene.setup();
    setup.clio = all_leave(setup.clio, gone.clone());
    let firm = setup.firm();
    firm.run(POSTED_TIME).await.unwrap();
    gone.store(true, Ordering::SeqCst);
    scene.clock.sleep(Duration::from_secs(70)).await;
    let polls = |scene: &Scene| scene.clio.calls().iter().filter(|c| c.path.ends_with("/users.json")).count();
    let before = polls(&scene);
    firm.run(POSTED_TIME).await.unwrap();
    assert!(polls(&scene) > before, "the group came again");
    assert_eq!(told(&scene), [], "nothing is told while the outcome is open");
    scene.post(&firm).await;
    assert_eq!(told(&scene).first(), Some(&(GroupStatus::Success, true)));
    assert_eq!(scene.audit().wrong_acknowledgements + scene.audit().rejected, 0);
}

/// Refused once, corrected by the user, and posted again under the same id.
#[tokio::test(start_paused = true)]
async fn a_refused_group_that_was_corrected_is_posted() {
    let scene = Scene::quiet();
    let good = scene.work("g", 0, 0, 1800).json();
    let mut bad = good.clone();
    bad["tags"][0]["externalId"] = "999".into();
    scene.wisetime.post(bad);
    scene.setup().firm().run(POSTED_TIME).await.unwrap();
    assert_eq!(told(&scene), [(GroupStatus::Failure, false)]);
    let scene = scene.at_another_team();
    scene.wisetime.post(good);
    scene.setup().firm().run_to_rest(POSTED_TIME).await.unwrap();
    assert_eq!(scene.clio.activities().len(), 1);
    assert_eq!(told(&scene), [(GroupStatus::Success, true)]);
}
