//! What a look takes a record for, and what is left to a person.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::{Firm, IntentState, LineOutcome, Store};
use serde_json::Value;

use crate::plain::Plain;
use simulation::{FIRM, POSTED_TIME, Scene, seams::Tamper};

const NOTES: &str = "plain/x";

/// A firm whose Clio takes white space off the ends of notes, and an adapter that does not.
fn trimming(notes: &[&str]) -> (Scene, Firm) {
    let scene = Scene::quiet_at(|clio| clio.trims_notes(true));
    let firm = scene.setup().firm();
    firm.attach(Plain::new("plain", &scene.clio, notes));
    (scene, firm)
}

fn notes(scene: &Scene) -> Vec<String> {
    let mut notes: Vec<String> = scene.clio.activities().into_iter().map(|activity| activity.note).collect();
    notes.sort();
    notes
}

async fn count(scene: &Scene, state: IntentState) -> usize {
    scene.store().intents(FIRM, state).await.unwrap().len()
}

/// White space is no difference: not even of the first write, before anything is known of this Clio.
#[tokio::test(start_paused = true)]
async fn a_trimmed_note_is_no_persons_change() {
    for note in ["Draft ", " Draft", "\tDraft\n", "Draft \r\n"] {
        let (scene, firm) = trimming(&[note]);
        scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
        let report = firm.run_to_rest(NOTES).await.unwrap();
        assert_eq!(
            (report.count(LineOutcome::Parked), report.count(LineOutcome::Created)),
            (0, 1),
            "{report}"
        );
        assert_eq!(notes(&scene), ["Draft"]);
    }
}

/// The first note shows that notes are changed. Then the second never arrives, and the answer of the third is lost: what
/// stands there is the third.
#[tokio::test(start_paused = true)]
async fn where_notes_are_changed_two_different_entries_are_not_mixed_up() {
    let (scene, firm) = trimming(&["learn ", "Draft", "Call"]);
    scene.clio.faults().at_nth("POST", "/activities.json", 2, Fault::RequestLost);
    scene.clio.faults().at_nth("POST", "/activities.json", 3, Fault::AnswerLost);
    firm.run_to_rest(NOTES).await.unwrap();
    assert_eq!(notes(&scene), ["Call", "Draft", "learn"]);
}

/// What Clio was seen to change of one write is left out of account when another is looked for.
#[tokio::test(start_paused = true)]
async fn a_field_that_was_seen_changed_does_not_hide_a_lost_entry() {
    let scene = Scene::quiet();
    let mut setup = scene.setup();
    setup.clio = Tamper::asked(setup.clio, |method, path, body| {
        if method != "POST" || !path.ends_with("/activities.json") {
            return Ok(body);
        }
        let mut entry: Value = serde_json::from_slice(&body).unwrap();
        let note = entry["data"]["note"].as_str().unwrap().to_uppercase();
        entry["data"]["note"] = note.into();
        Ok(entry.to_string().into_bytes())
    });
    let firm = setup.firm();
    firm.attach(Plain::new("plain", &scene.clio, &["Draft", "Call"]));
    scene.clio.faults().at_nth("POST", "/activities.json", 2, Fault::AnswerLost);
    let report = firm.run_to_rest(NOTES).await.unwrap();
    assert_eq!((report.count(LineOutcome::Created), report.count(LineOutcome::Parked)), (2, 0), "{report}");
    assert_eq!(notes(&scene), ["CALL", "DRAFT"]);
}

/// One look that finds nothing is not believed: what comes between the first and the second is found by the second.
#[tokio::test(start_paused = true)]
async fn a_write_that_comes_after_the_first_look_is_found_by_the_second() {
    let scene = Scene::quiet();
    scene.wisetime.post(scene.work("g", 0, 0, 600).json());
    // The first look is about three minutes after the write was sent, the second two minutes later.
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AppliedLate(Duration::from_secs(240)));
    let firm = scene.setup().firm();
    let first_look = async {
        while scene.looks() < 1 {
            scene.clock.sleep(Duration::from_secs(1)).await;
        }
        scene.clock.sleep(Duration::from_secs(2)).await;
        scene.clio.activities().len()
    };
    let (report, seen) = tokio::join!(firm.run_to_rest(POSTED_TIME), first_look);
    report.unwrap();
    assert_eq!(seen, 0, "the first look found nothing");
    assert_eq!((scene.looks(), scene.writes(), scene.clio.activities().len()), (2, 1, 1));
}

/// The refusal of a second attempt may be because of what the first did: a person has to look, and the user is not
/// invited to post it again.
#[tokio::test(start_paused = true)]
async fn a_refusal_of_a_second_attempt_is_left_to_a_person() {
    let scene = Scene::quiet();
    scene.wisetime.post(scene.work("g", 0, 0, 600).json());
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::RequestLost);
    let mut setup = scene.setup();
    let writes = AtomicU64::new(0);
    setup.clio = Tamper::asked(setup.clio, move |method, path, body| {
        let write = method == "POST" && path.ends_with("/activities.json");
        if write && writes.fetch_add(1, Ordering::SeqCst) == 1 {
            let text = r#"{"error":{"type":"UnprocessableEntity","message":"it stands there already"}}"#;
            return Err((http::StatusCode::UNPROCESSABLE_ENTITY, text));
        }
        Ok(body)
    });
    let firm = setup.firm();
    let report = firm.run_to_rest(POSTED_TIME).await.unwrap();
    assert_eq!((report.count(LineOutcome::Parked), report.count(LineOutcome::Rejected)), (1, 0), "{report}");
    assert_eq!(
        (count(&scene, IntentState::Parked).await, count(&scene, IntentState::Rejected).await),
        (1, 0)
    );
    let told = scene.wisetime.statuses();
    assert!(
        told.iter().all(|status| status.status == clio_fixtures::GroupStatus::RetriableFailure),
        "{told:?}"
    );
}

/// A firm with two adapters that write to the same target.
fn two_adapters(scene: &Scene, other_matter: i64) -> Firm {
    let firm = scene.setup().firm();
    firm.attach(Plain::new("plain", &scene.clio, &["Draft", "Call"]));
    firm.attach(Plain::new("other", &scene.clio, &["Read", "Write"]).of_matter(other_matter));
    firm
}

/// Two flows that write to one target at the same time wait for each other: neither takes what the other is just sending
/// for abandoned, so a refusal is a refusal.
#[tokio::test(start_paused = true)]
async fn a_write_on_its_way_is_not_taken_for_abandoned_by_another_flow() {
    for lag in (0..1500).step_by(100) {
        let scene = Scene::quiet();
        let firm = two_adapters(&scene, 999);
        let (one, other) = tokio::join!(
            async {
                scene.clock.sleep(Duration::from_millis(lag)).await;
                firm.run(NOTES).await.unwrap()
            },
            async { firm.run("other/x").await.unwrap() }
        );
        assert_eq!((one.count(LineOutcome::Created), one.pending, one.looks), (2, 0, 0), "{lag} ms: {one}");
        let others = (other.count(LineOutcome::Rejected), other.pending, other.looks);
        assert_eq!(others, (2, 0, 0), "{lag} ms: {other}");
        assert_eq!(count(&scene, IntentState::Parked).await, 0, "{lag} ms");
    }
}

/// A look while an entry of another flow is on its way would find that entry, and take it for one that a person changed.
#[tokio::test(start_paused = true)]
async fn no_look_meets_a_write_on_its_way() {
    for lag in (0..1500).step_by(100) {
        let scene = Scene::quiet();
        let firm = two_adapters(&scene, scene.clio.matters()[0].id);
        scene.clio.faults().at_nth("POST", "/activities.json", 2, Fault::RequestLost);
        let before = firm.run(NOTES).await.unwrap();
        assert_eq!((before.count(LineOutcome::Created), before.pending), (1, 1));
        scene.clock.sleep(before.next_due.unwrap()).await;
        let (one, other) = tokio::join!(
            async {
                scene.clock.sleep(Duration::from_millis(lag)).await;
                firm.run_to_rest(NOTES).await.unwrap()
            },
            async { firm.run_to_rest("other/x").await.unwrap() }
        );
        let parked = one.count(LineOutcome::Parked) + other.count(LineOutcome::Parked);
        assert_eq!(parked, 0, "{lag} ms: {one} {other}");
        assert_eq!(notes(&scene), ["Call", "Draft", "Read", "Write"], "{lag} ms");
    }
}
