//! Activities with markers, and strict ones: never two on a bill, at any time.

use std::{sync::Arc, time::Duration};

use clio_core::{Clock, Id, Seconds};
use clio_fixtures::{ClioWorld, Fault};
use clio_model::TimeEntry;
use clio_sync::{LineOutcome, Mapped, Target, Write, hub};
use simulation::Scene;

use super::desk::{Desk, FLOW};

fn entry(world: &ClioWorld, note: &str) -> Write {
    let draft = TimeEntry::on(Id::new(world.matters()[0].id), "2026-03-02".parse().unwrap())
        .duration(Seconds(600))
        .note(note)
        .user(Id::new(world.users()[0].id));
    hub::activity(&draft, note).unwrap()
}

fn strict() -> Desk {
    Desk::new(Scene::quiet(), |clio| Arc::new(hub::activities(clio).strict()) as Arc<dyn Target>)
}

fn put(desk: &Desk, version: u32, note: &str) {
    desk.put("one", version, Mapped::Upsert(entry(&desk.scene.clio, note)));
}

/// The activities that would be billed.
fn billable(world: &ClioWorld, note: &str) -> usize {
    let all = world.records("Activity");
    all.iter()
        .filter(|one| {
            one["note"].as_str().is_some_and(|it| it.starts_with(note)) && one["non_billable"] == false
        })
        .count()
}

/// Settles, while somebody watches all the time.
async fn settle_watched(desk: &Desk, what: &str) {
    let watch = async {
        loop {
            assert!(billable(&desk.scene.clio, "Alpha") <= 1, "{what}: two billable");
            desk.scene.clock.sleep(Duration::from_millis(500)).await;
        }
    };
    let work = async {
        desk.settle().await;
        desk.scene.let_everything_land().await;
    };
    tokio::select! {
        () = work => {}
        () = watch => {}
    }
    assert_eq!(billable(&desk.scene.clio, "Alpha"), 1, "{what}");
}

#[tokio::test(start_paused = true)]
async fn strict_activities_are_never_billed_twice_whatever_is_lost() {
    let late = Fault::AppliedLate(Duration::from_secs(60));
    let very_late = Fault::AppliedLate(Duration::from_secs(400));
    for (method, path) in [("POST", "/activities.json"), ("PATCH", ".json"), ("GET", "/activities.json")] {
        for fault in [Fault::AnswerLost, Fault::RequestLost, late, very_late, Fault::ServerErrorApplied] {
            let desk = strict();
            let what = format!("{fault:?} at {method}");
            desk.scene.clio.faults().at_nth(method, path, 1, fault);
            put(&desk, 1, "Alpha");
            settle_watched(&desk, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_creations_that_land_late_bill_once() {
    for (first, second) in [(100, 100), (100, 400), (400, 100), (400, 400)] {
        let desk = strict();
        for (n, seconds) in [(1, first), (2, second)] {
            let fault = Fault::AppliedLate(Duration::from_secs(seconds));
            desk.scene.clio.faults().at_nth("POST", "/activities.json", n, fault);
        }
        put(&desk, 1, "Alpha");
        settle_watched(&desk, &format!("{first} and {second} seconds late")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_strict_activity_is_changed_and_deleted() {
    let desk = strict();
    put(&desk, 1, "Alpha");
    desk.settle().await;
    put(&desk, 2, "Alphabet");
    assert_eq!(desk.settle().await.count(LineOutcome::Updated), 1);
    assert_eq!(billable(&desk.scene.clio, "Alphabet [#"), 1, "the code stays");
    desk.put("one", 3, Mapped::Delete("gone".into()));
    assert_eq!(desk.settle().await.count(LineOutcome::Deleted), 1);
    assert_eq!(billable(&desk.scene.clio, "Alpha"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_marker_that_a_person_takes_out_makes_the_write_wait() {
    let desk =
        Desk::new(Scene::quiet(), |clio| Arc::new(hub::activities(clio).with_markers()) as Arc<dyn Target>);
    desk.scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    put(&desk, 1, "Alpha");
    desk.scene.setup().firm().run(FLOW).await.unwrap();
    let id = desk.scene.clio.activities()[0].id;
    assert!(desk.scene.clio.person("Ada").edit_note(id, "Alpha"));
    assert_eq!(desk.settle().await.count(LineOutcome::Parked), 1);
    assert_eq!(desk.scene.clio.activities().len(), 1, "never doubled");
}
