//! Others change at Clio what the engine wrote.

use clio_sync::{Conflict, ConflictPolicy, Firm, Intent, LineOutcome, Verdict};
use serde_json::json;

use crate::desk::{Stage, line, outcomes};

/// The note was written as A, a person has made it theirs, and the desk wants B (or nothing).
async fn contested(policy: ConflictPolicy, wanted: &str) -> (Stage, i64) {
    let mut stage = Stage::new();
    stage.policy = policy;
    stage.fill(&[("a", "A"), ("b", "Call")]).await;
    let id = stage.activity("A").id;
    assert!(stage.scene.clio.person("Ada").edit_note(id, "theirs"));
    stage.desk.edit("a", wanted);
    stage.take();
    (stage, id)
}

/// Runs, and answers what waits for a person.
async fn parked(stage: &Stage) -> (Firm, Intent) {
    let report = stage.run().await;
    let line = line(&report, "a");
    assert_eq!(line.outcome, LineOutcome::Parked);
    let reason = line.reason.expect("a reason");
    assert!(report.to_csv().contains(&reason));
    let json = serde_json::to_value(&report).expect("JSON");
    let lines = json["lines"].as_array().expect("lines");
    assert!(lines.iter().any(|line| line["outcome"] == "parked" && line["reason"] == json!(reason)));
    let firm = stage.firm();
    let mut parked = firm.parked().await.expect("what is parked");
    assert_eq!(parked.len(), 1);
    let intent = parked.remove(0);
    assert_eq!(intent.reason.as_deref(), Some(reason.as_str()));
    (firm, intent)
}

fn values(conflict: Option<&Conflict>) -> Vec<serde_json::Value> {
    let fields = &conflict.expect("a conflict").fields;
    fields.iter().map(|field| json!([field.name, field.base, field.theirs, field.ours])).collect()
}

#[tokio::test(start_paused = true)]
async fn a_change_of_ours_waits_for_a_person_with_all_values() {
    for (verdict, after) in
        [(Verdict::SendAgain, "B"), (Verdict::Drop { reason: "theirs is right".into() }, "theirs")]
    {
        let (stage, id) = contested(ConflictPolicy::Report, "B").await;
        let (firm, intent) = parked(&stage).await;
        assert_eq!(values(intent.conflict.as_ref()), [json!(["note", "A", "theirs", "B"])]);
        let reason = intent.reason.clone().expect("a reason");
        assert!(["A", "theirs", "B"].iter().all(|value| reason.contains(value)), "{reason}");
        assert!(!format!("{intent:?}").contains("theirs"), "Debug leaves values out");
        assert_eq!(stage.texts(), ["Call", "theirs"], "nothing is written over it");
        stage.take();
        stage.run().await;
        assert_eq!(stage.take(), [], "it waits");
        firm.settle(&intent, &verdict).await.expect("settled");
        let sent = usize::from(verdict == Verdict::SendAgain);
        let report = stage.run().await;
        assert_eq!(report.count(LineOutcome::Updated), sent);
        assert_eq!(stage.activity(after).id, id, "{verdict:?}");
        assert_eq!(stage.asked().len(), sent, "{verdict:?}");
        assert_eq!(firm.parked().await.expect("what is parked"), []);
        // Decided once: only what changes after that is a conflict again.
        stage.desk.edit("a", "C");
        let report = stage.run().await;
        assert_eq!(outcomes(&report, "a"), [LineOutcome::Updated], "{verdict:?}");
        assert_eq!(stage.activity("C").id, id);
        assert!(stage.scene.clio.person("Ada").edit_note(id, "theirs again"));
        stage.desk.edit("a", "D");
        assert_eq!(outcomes(&stage.run().await, "a"), [LineOutcome::Parked], "{verdict:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_says_that_it_stands() {
    let (stage, id) = contested(ConflictPolicy::Report, "B").await;
    let (firm, intent) = parked(&stage).await;
    assert!(stage.scene.clio.person("Ada").edit_note(id, "B"));
    firm.settle(&intent, &Verdict::Stands { remote_id: id.to_string() }).await.expect("settled");
    stage.take();
    stage.run().await;
    assert_eq!(stage.take(), []);
    stage.desk.edit("a", "C");
    assert_eq!(outcomes(&stage.run().await, "a"), [LineOutcome::Updated]);
    assert_eq!(stage.activity("C").id, id);
}

#[tokio::test(start_paused = true)]
async fn newer_states_wait_behind_what_is_parked() {
    let (stage, id) = contested(ConflictPolicy::Report, "B").await;
    let (firm, intent) = parked(&stage).await;
    stage.take();
    stage.desk.edit("a", "C");
    stage.run().await;
    assert_eq!((stage.take().len(), stage.activity("theirs").id), (0, id), "a person decides first");
    firm.settle(&intent, &Verdict::Drop { reason: "newer is better".into() }).await.expect("settled");
    assert!(outcomes(&stage.run().await, "a").contains(&LineOutcome::Updated));
    assert_eq!(stage.activity("C").id, id);
}

#[tokio::test(start_paused = true)]
async fn ours_goes_over_theirs_where_that_is_the_rule() {
    let (stage, id) = contested(ConflictPolicy::Ours, "B").await;
    assert_eq!(outcomes(&stage.run().await, "a"), [LineOutcome::Updated]);
    assert_eq!(stage.activity("B").id, id);
    let (stage, _) = contested(ConflictPolicy::Ours, "-not any more").await;
    assert_eq!(outcomes(&stage.run().await, "a"), [LineOutcome::Deleted]);
    assert_eq!(stage.texts(), ["Call"]);
}

#[tokio::test(start_paused = true)]
async fn theirs_stays_where_that_is_the_rule_until_the_source_changes_again() {
    let (stage, id) = contested(ConflictPolicy::Theirs, "B").await;
    let report = stage.run().await;
    let line = line(&report, "a");
    assert_eq!(line.outcome, LineOutcome::Skipped);
    assert!(line.reason.expect("a reason").contains("theirs is kept"));
    assert_eq!(stage.activity("theirs").id, id);
    stage.take();
    stage.run().await;
    assert_eq!(stage.take(), []);
    stage.desk.edit("a", "C");
    assert_eq!(outcomes(&stage.run().await, "a"), [LineOutcome::Updated]);
    assert_eq!(stage.activity("C").id, id);
}

#[tokio::test(start_paused = true)]
async fn what_others_made_of_it_is_not_deleted_unasked() {
    for (verdict, left) in [
        (Verdict::SendAgain, &["Call"][..]),
        (Verdict::Drop { reason: "theirs by now".into() }, &["Call", "theirs"]),
    ] {
        let (stage, _) = contested(ConflictPolicy::Report, "-not any more").await;
        let (firm, intent) = parked(&stage).await;
        assert_eq!(values(intent.conflict.as_ref()), [json!(["note", "A", "theirs", null])]);
        assert_eq!(stage.take(), [], "nothing is even tried");
        firm.settle(&intent, &verdict).await.expect("settled");
        for _ in 0..2 {
            stage.sweep().await;
            assert_eq!(stage.texts(), left, "{verdict:?}");
        }
        assert_eq!(stage.asked().len(), usize::from(verdict == Verdict::SendAgain));
    }
}

#[tokio::test(start_paused = true)]
async fn who_wants_the_same_is_no_conflict() {
    let (stage, id) = contested(ConflictPolicy::Report, "theirs").await;
    assert_eq!(outcomes(&stage.run().await, "a"), [LineOutcome::Updated]);
    assert_eq!((stage.applied("PATCH"), stage.activity("theirs").id), (0, id), "it stands there already");
}
