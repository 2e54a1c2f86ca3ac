//! What a person sees to: dead letters, writes that wait, and a double that came late.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::{DeadLetter, ErrorKind, Firm, Intent, LineOutcome, Resolution, Verdict};
use simulation::seams::Tamper;

use crate::desk::{NOTES, Stage, TRAY, line, outcomes};

/// A firm whose Clio refuses every new activity as long as it objects.
pub(crate) fn objecting(stage: &Stage) -> (Firm, Arc<AtomicBool>) {
    let objects = Arc::new(AtomicBool::new(true));
    let mut setup = stage.scene.setup();
    let told = objects.clone();
    setup.clio = Tamper::asked(setup.clio, move |method, path, body| {
        if method == "POST" && path.ends_with("/activities.json") && told.load(Ordering::SeqCst) {
            let text = r#"{"error":{"type":"UnprocessableEntity","message":"the period is closed"}}"#;
            return Err((http::StatusCode::UNPROCESSABLE_ENTITY, text));
        }
        Ok(body)
    });
    (stage.firm_of(setup), objects)
}

async fn letter(firm: &Firm) -> DeadLetter {
    let mut letters = firm.dead_letters().await.expect("dead letters");
    assert_eq!(letters.len(), 1);
    letters.remove(0)
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_mapped_is_mended_at_its_source() {
    let stage = Stage::new();
    stage.fill(&[("a", "!no matter"), ("b", "B")]).await;
    assert_eq!(stage.texts(), ["B"], "the flow goes on");
    let firm = stage.firm();
    let found = letter(&firm).await;
    assert_eq!((found.source_id.as_str(), found.reason.as_str()), ("a", "no matter"));
    let explained = firm.explain(&found).await.expect("explained");
    assert_eq!((explained.intent, explained.attempts), (None, vec![]));
    assert!(explained.advice.contains("cannot be read or mapped"), "{}", explained.advice);
    let report = firm.retry(&found).await.expect("a run");
    assert_eq!(line(&report, "a").outcome, LineOutcome::Rejected, "nothing was mended");
    letter(&firm).await;
    stage.desk.edit("a", "A");
    let report = firm.retry(&found).await.expect("a run");
    assert_eq!(line(&report, "a").outcome, LineOutcome::Created);
    assert_eq!(
        (stage.texts(), firm.dead_letters().await.expect("dead letters")),
        (vec!["A".into(), "B".into()], vec![])
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_target_refused_is_sent_again_once_it_objects_no_more() {
    let stage = Stage::new();
    let (firm, objects) = objecting(&stage);
    stage.add("a", "A");
    let report = firm.run_to_rest(NOTES).await.expect("a run");
    let refused = line(&report, "a");
    assert_eq!(refused.outcome, LineOutcome::Rejected);
    assert!(report.to_csv().contains("the period is closed"));
    let found = letter(&firm).await;
    let explained = firm.explain(&found).await.expect("explained");
    assert_eq!(explained.intent.expect("the write").source_id, "a");
    assert_eq!(explained.attempts.len(), 1);
    assert!(explained.advice.contains("refused"), "{}", explained.advice);
    let report = firm.retry(&found).await.expect("a run");
    assert!(outcomes(&report, "a").contains(&LineOutcome::Rejected), "it still objects");
    let found = letter(&firm).await;
    objects.store(false, Ordering::SeqCst);
    firm.run_to_rest(NOTES).await.expect("a run");
    assert_eq!(stage.texts(), [""; 0], "nobody has asked for it");
    let report = firm.retry(&found).await.expect("a run");
    assert!(outcomes(&report, "a").contains(&LineOutcome::Created));
    assert_eq!((stage.texts(), firm.dead_letters().await.expect("letters").len()), (vec!["A".into()], 0));
    assert_eq!(stage.applied("POST"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_target_refused_is_mended_at_its_source() {
    let stage = Stage::new();
    stage.add("a", "A");
    stage.desk.move_to("a", 999_999);
    stage.run().await;
    let firm = stage.firm();
    letter(&firm).await;
    stage.desk.move_to("a", stage.scene.clio.matters()[0].id);
    let report = firm.run_to_rest(NOTES).await.expect("a run");
    assert_eq!(line(&report, "a").outcome, LineOutcome::Created, "a corrected record needs no retry");
    assert_eq!(firm.dead_letters().await.expect("letters"), []);
}

#[tokio::test(start_paused = true)]
async fn what_was_put_away_comes_back_when_it_changes() {
    let stage = Stage::new();
    let (firm, objects) = objecting(&stage);
    stage.add("refused", "A");
    stage.add("unmapped", "!no matter");
    let run = async || firm.run_to_rest(TRAY).await.expect("a run");
    run().await;
    let letters = firm.dead_letters().await.expect("letters");
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        firm.discard(letter).await.expect("put away");
    }
    objects.store(false, Ordering::SeqCst);
    run().await;
    assert_eq!((firm.dead_letters().await.expect("letters"), stage.texts().len()), (vec![], 0));
    let told = stage.desk.told().split_off(2);
    let away = Resolution::Skipped { reason: "a person put it away".into() };
    assert_eq!(told.iter().filter(|told| told.resolution == away).count(), 2, "the source is told: {told:?}");
    stage.desk.edit("refused", "A2");
    stage.desk.edit("unmapped", "!no user");
    run().await;
    assert_eq!((stage.texts(), letter(&firm).await.reason), (vec!["A2".into()], "no user".into()));
}

#[tokio::test(start_paused = true)]
async fn a_letter_of_a_flow_that_is_gone_stays() {
    let stage = Stage::new();
    stage.fill(&[("a", "!no matter")]).await;
    let bare = stage.scene.setup().firm();
    let found = letter(&bare).await;
    assert_eq!(bare.retry(&found).await.expect_err("no such flow").kind(), ErrorKind::UnknownFlow);
    assert_eq!(letter(&bare).await, found, "a person's work is not lost");
}

/// The answer was lost, and a person has changed the note before anybody looked: it may be ours.
async fn in_doubt(stage: &Stage) -> (Firm, Intent) {
    stage.add("a", "A");
    stage.scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    let firm = stage.firm();
    firm.run(NOTES).await.expect("a run");
    assert!(stage.scene.clio.person("Ada").edit_note(stage.activity("A").id, "A, as Ada has it"));
    let report = firm.run_to_rest(NOTES).await.expect("a run");
    assert_eq!(line(&report, "a").outcome, LineOutcome::Parked);
    let mut parked = firm.parked().await.expect("what is parked");
    assert_eq!(parked.len(), 1);
    let intent = parked.remove(0);
    let attempts = firm.attempts(&intent).await.expect("attempts");
    assert_eq!(attempts.len(), 1);
    assert!(attempts[0].outcome.is_some());
    (firm, intent)
}

#[tokio::test(start_paused = true)]
async fn a_person_says_what_became_of_a_creation() {
    let stage = Stage::new();
    let (firm, intent) = in_doubt(&stage).await;
    let id = stage.activity("A, as Ada has it").id;
    assert!(intent.reason.as_ref().is_some_and(|reason| reason.contains(&id.to_string())), "which it may be");
    firm.settle(&intent, &Verdict::Stands { remote_id: id.to_string() }).await.expect("settled");
    stage.desk.edit("a", "A2");
    let report = firm.run_to_rest(NOTES).await.expect("a run");
    // What Ada made of it is not written over unasked.
    assert_eq!(outcomes(&report, "a"), [LineOutcome::Parked]);
    let parked = firm.parked().await.expect("what is parked").remove(0);
    firm.settle(&parked, &Verdict::SendAgain).await.expect("settled");
    firm.run_to_rest(NOTES).await.expect("a run");
    assert_eq!((stage.texts(), stage.activity("A2").id), (vec!["A2".into()], id));

    let stage = Stage::new();
    let (firm, intent) = in_doubt(&stage).await;
    firm.settle(&intent, &Verdict::SendAgain).await.expect("settled");
    firm.run_to_rest(NOTES).await.expect("a run");
    assert_eq!(stage.texts(), ["A", "A, as Ada has it"], "that one is another");

    let stage = Stage::new();
    let (firm, intent) = in_doubt(&stage).await;
    let verdict = Verdict::Drop { reason: "Ada has it".into() };
    firm.settle(&intent, &verdict).await.expect("settled");
    stage.take();
    firm.run_to_rest(NOTES).await.expect("a run");
    assert_eq!((stage.texts().len(), stage.take()), (1, vec![]));
    let again = firm.settle(&intent, &verdict).await.expect_err("it does not wait any more");
    assert_eq!(again.kind(), ErrorKind::Store);
}

#[tokio::test(start_paused = true)]
async fn a_double_that_lands_late_is_told_and_never_deleted() {
    for late in [true, false] {
        let stage = Stage::new();
        stage.add("a", "A");
        let two_hours = Duration::from_secs(7200);
        let fault = if late { Fault::AppliedLate(two_hours) } else { Fault::RequestLost };
        stage.scene.clio.faults().at_nth("POST", "/activities.json", 1, fault);
        let firm = stage.firm();
        let report = firm.run_to_rest(NOTES).await.expect("a run");
        assert_eq!(outcomes(&report, "a"), [LineOutcome::Created]);
        let own = line(&report, "a").remote_id;
        stage.scene.clock.sleep(two_hours).await;
        let copies = 1 + usize::from(late);
        assert_eq!(stage.texts(), vec!["A"; copies], "no engine can help that");
        let report = firm.run_to_rest(NOTES).await.expect("a run");
        assert_eq!(report.count(LineOutcome::PossibleDouble), 0, "not yet looked for");
        stage.scene.clock.sleep(Duration::from_secs(24 * 3600)).await;
        stage.take();
        let report = firm.run_to_rest(NOTES).await.expect("a run");
        let doubles: Vec<_> =
            report.lines.iter().filter(|line| line.outcome == LineOutcome::PossibleDouble).collect();
        assert_eq!(doubles.len(), usize::from(late), "{report:?}");
        if let Some(double) = doubles.first() {
            let other = stage.scene.clio.activities().into_iter().map(|one| one.id.to_string());
            let other = other.into_iter().find(|id| Some(id) != own.as_ref()).expect("the double");
            assert_eq!((double.id.as_str(), &double.remote_id), ("a", &own));
            assert!(double.reason.as_ref().is_some_and(|reason| reason.contains(&other)));
            assert!(report.to_csv().contains("possible_double"));
        }
        assert_eq!((stage.texts().len(), stage.take()), (copies, vec![]), "nothing is deleted");
        let report = firm.run_to_rest(NOTES).await.expect("a run");
        assert_eq!(report.count(LineOutcome::PossibleDouble), 0, "told once");
    }
}
