//! What is changed and deleted at a source is changed and deleted at Clio, once, whatever becomes of the answers.

use std::time::Duration;

use clio_core::Clock;
use clio_fixtures::{Fault, NewBill};
use clio_sync::{LineOutcome, Resolution};
use rust_decimal::Decimal;

use crate::desk::{Asked, NOTES, Stage, TRAY, line, outcomes};

fn asked(method: &str, conditional: bool) -> Asked {
    Asked { method: method.into(), conditional }
}

#[tokio::test(start_paused = true)]
async fn an_edit_is_one_patch_under_the_version_that_is_known() {
    let stage = Stage::with(&[("a", "Draft"), ("b", "Call")]).await;
    assert_eq!(stage.take(), [asked("POST", false), asked("POST", false)]);
    stage.desk.edit("a", "Draft will");
    let report = stage.run().await;
    assert_eq!(stage.take(), [asked("PATCH", true)]);
    assert_eq!(stage.texts(), ["Call", "Draft will"]);
    assert_eq!(line(&report, "a").outcome, LineOutcome::Updated);
    assert_eq!(line(&report, "b").outcome, LineOutcome::Unchanged);
    let id = stage.activity("Draft will").id.to_string();
    assert_eq!(line(&report, "a").remote_id.as_deref(), Some(id.as_str()));
    stage.run().await;
    assert_eq!(stage.take(), [], "a quiet run writes nothing");
}

#[tokio::test(start_paused = true)]
async fn a_then_b_then_a_again_is_written_three_times() {
    let stage = Stage::with(&[("a", "A")]).await;
    for text in ["B", "A"] {
        stage.desk.edit("a", text);
        stage.run().await;
        assert_eq!(stage.texts(), [text]);
    }
    assert_eq!(stage.asked(), ["POST", "PATCH", "PATCH"]);
    // Back before anybody has looked: nothing has changed.
    stage.desk.edit("a", "B");
    stage.desk.edit("a", "A");
    stage.run().await;
    assert_eq!(stage.asked(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_unknown_outcome_ends_right_and_is_made_once() {
    let late = [1, 40, 300].map(|seconds| Fault::AppliedLate(Duration::from_secs(seconds)));
    for &fault in Fault::ALL.iter().chain(&late) {
        let stage = Stage::with(&[("a", "A"), ("b", "Call")]).await;
        stage.desk.edit("a", "B");
        stage.scene.clio.faults().at_nth("PATCH", ".json", 1, fault);
        let report = stage.run().await;
        stage.scene.let_everything_land().await;
        assert_eq!(stage.texts(), ["B", "Call"], "{fault:?}");
        assert_eq!(stage.applied("PATCH"), 1, "{fault:?}: one of them was carried out");
        assert_eq!(outcomes(&report, "a"), [LineOutcome::Updated], "{fault:?}");
        stage.take();
        stage.run().await;
        assert_eq!(stage.take(), [], "{fault:?}: a quiet run writes nothing");
        // What is known of the record is what stands there: the next change finds its version.
        stage.desk.edit("a", "C");
        stage.run().await;
        assert_eq!((stage.texts(), stage.asked()), (vec!["C".into(), "Call".into()], vec!["PATCH".into()]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_of_unknown_outcome_ends_right_and_is_made_once() {
    let late = [1, 40, 300].map(|seconds| Fault::AppliedLate(Duration::from_secs(seconds)));
    for &fault in Fault::ALL.iter().chain(&late) {
        let stage = Stage::with(&[("a", "A"), ("b", "Call")]).await;
        stage.desk.edit("a", "-not any more");
        stage.scene.clio.faults().at_nth("DELETE", ".json", 1, fault);
        let report = stage.run().await;
        stage.scene.let_everything_land().await;
        assert_eq!(stage.texts(), ["Call"], "{fault:?}");
        assert_eq!(stage.applied("DELETE"), 1, "{fault:?}: one of them was carried out");
        assert_eq!(outcomes(&report, "a"), [LineOutcome::Deleted], "{fault:?}");
        assert_eq!(stage.link("a").await, None, "{fault:?}");
        stage.take();
        stage.run().await;
        assert_eq!(stage.take(), [], "{fault:?}: a quiet run writes nothing");
        // Wanted again, it is a new record, and changed like any other.
        for (text, method) in [("A", "POST"), ("B", "PATCH")] {
            stage.desk.edit("a", text);
            stage.run().await;
            assert_eq!(stage.texts(), [text, "Call"], "{fault:?}");
            assert_eq!(stage.asked(), [method], "{fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_behind_a_creation_of_unknown_outcome_waits_for_it() {
    for fault in [Fault::AnswerLost, Fault::RequestLost, Fault::AppliedLate(Duration::from_secs(60))] {
        let stage = Stage::new();
        stage.add("a", "A");
        stage.scene.clio.faults().at_nth("POST", "/activities.json", 1, fault);
        let firm = stage.firm();
        firm.run(NOTES).await.expect("a run");
        stage.desk.edit("a", "B");
        firm.run_to_rest(NOTES).await.expect("a run");
        stage.scene.let_everything_land().await;
        assert_eq!(stage.texts(), ["B"], "{fault:?}");
        assert_eq!((stage.applied("POST"), stage.applied("PATCH")), (1, 1), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_field_of_others_is_left_alone() {
    let stage = Stage::with(&[("a", "A")]).await;
    let id = stage.activity("A").id;
    assert!(stage.scene.clio.person("Ada").change_price(id, Decimal::from(77)));
    stage.desk.edit("a", "B");
    let report = stage.run().await;
    assert_eq!(outcomes(&report, "a"), [LineOutcome::Updated], "that is no conflict");
    let record = stage.scene.clio.record("Activity", id).expect("the activity");
    assert_eq!((record["note"].as_str(), record["price"].as_f64()), (Some("B"), Some(77.0)));
    assert_eq!(stage.applied("PATCH"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_deleted_is_never_made_again() {
    let stage = Stage::with(&[("a", "A"), ("b", "Call")]).await;
    assert!(stage.scene.clio.person("Ada").delete_activity(stage.activity("A").id));
    stage.take();
    stage.sweep().await;
    assert_eq!(stage.take(), [], "nothing has changed at the source");
    for (text, asked) in [("B", &["PATCH"][..]), ("C", &[]), ("A", &[])] {
        stage.desk.edit("a", text);
        let report = stage.run().await;
        let line = line(&report, "a");
        let reason = line.reason.expect("a reason");
        assert_eq!(line.outcome, LineOutcome::Skipped);
        assert!(reason.contains("deleted at the target"), "{reason}");
        assert!(report.to_csv().contains(&reason));
        assert_eq!(stage.asked(), asked, "{text}");
        assert_eq!(stage.texts(), ["Call"]);
    }
    // Thrown away at the source as well: nothing is left to be done.
    stage.desk.remove("a");
    stage.sweep().await;
    stage.sweep().await;
    assert_eq!(stage.take(), []);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_waits_is_told() {
    let stage = Stage::new();
    for (id, text) in [("a", "A"), ("b", "B"), ("c", "C")] {
        stage.add(id, text);
    }
    let firm = stage.firm();
    let run = async || firm.run_to_rest(TRAY).await.expect("a run");
    run().await;
    assert!(stage.scene.clio.person("Ada").delete_activity(stage.activity("A").id));
    stage.desk.edit("a", "A2");
    stage.desk.edit("b", "-not any more");
    stage.desk.edit("c", "C2");
    let c = stage.activity("C").id.to_string();
    run().await;
    assert_eq!(stage.texts(), ["C2"]);
    let mut told = stage.desk.told().split_off(3);
    told.sort_by_key(|told| told.id.clone());
    let [a, b, also_c] = told.try_into().expect("each is told once");
    assert!(
        matches!(&a.resolution, Resolution::Skipped { reason } if reason.contains("deleted at the target"))
    );
    assert_eq!(b.resolution, Resolution::Skipped { reason: "not any more".into() });
    assert_eq!(also_c.resolution, Resolution::Written { remote_id: c });
}

#[tokio::test(start_paused = true)]
async fn what_is_billed_stays_as_it_is_and_is_told() {
    let stage = Stage::with(&[("a", "A"), ("b", "B")]).await;
    let clio = &stage.scene.clio;
    let person = clio.person("Ada");
    for text in ["A", "B"] {
        let activity = stage.activity(text);
        let new = NewBill { matter: activity.matter, activities: vec![activity.id], ..NewBill::default() };
        let bill = person.bill(new).expect("a bill");
        assert!(person.request_approval(bill) && person.approve(bill));
    }
    stage.desk.edit("a", "A2");
    stage.desk.edit("b", "-not any more");
    let report = stage.run().await;
    assert_eq!(stage.texts(), ["A", "B"], "a bill is not changed behind anybody's back");
    for id in ["a", "b"] {
        let line = line(&report, id);
        assert_eq!(line.outcome, LineOutcome::Rejected, "{id}: {line:?}");
        assert!(line.reason.is_some());
    }
    let letters = stage.firm().dead_letters().await.expect("dead letters");
    assert_eq!(letters.len(), 2);
    stage.take();
    stage.scene.clock.sleep(Duration::from_secs(3600)).await;
    stage.run().await;
    assert_eq!(stage.take(), [], "it is not tried again and again");
}
