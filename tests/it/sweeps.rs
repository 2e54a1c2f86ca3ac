//! What a source does not have any more.

use clio_sync::{Brake, ErrorKind, LineOutcome, Scope};

use crate::desk::{NOTES, Stage, outcomes};

fn many(count: usize) -> Vec<(String, String)> {
    (0..count).map(|n| (format!("n{n:02}"), format!("Note {n:02}"))).collect()
}

async fn filled(count: usize, brake: Brake) -> Stage {
    let mut stage = Stage::new();
    stage.brake = brake;
    let notes = many(count);
    let notes: Vec<(&str, &str)> = notes.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    stage.fill(&notes).await;
    stage.take();
    stage
}

#[tokio::test(start_paused = true)]
async fn two_sweeps_delete_what_is_gone_and_one_does_not() {
    let stage = Stage::with(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]).await;
    stage.take();
    stage.desk.remove("b");
    let report = stage.sweep().await;
    assert_eq!((stage.texts().len(), stage.take()), (4, vec![]), "once may be by chance: {report}");
    // What changed is written all the same, and reading changes says nothing of what is gone.
    stage.desk.edit("a", "A2");
    stage.run().await;
    assert_eq!(stage.asked(), ["PATCH"]);
    let report = stage.sweep().await;
    assert_eq!(stage.asked(), ["DELETE"]);
    assert_eq!(
        (outcomes(&report, "b"), stage.texts()),
        (vec![LineOutcome::Deleted], vec!["A2".into(), "C".into(), "D".into()])
    );
    let csv = report.to_csv();
    assert!(csv.lines().any(|line| line.starts_with("b,deleted,")), "{csv}");
    stage.sweep().await;
    assert_eq!(stage.take(), []);
}

#[tokio::test(start_paused = true)]
async fn what_comes_back_between_two_sweeps_stays() {
    let stage = Stage::with(&[("a", "A"), ("b", "B")]).await;
    stage.take();
    for hidden in [true, false, true, false] {
        stage.desk.hide("b", hidden);
        stage.sweep().await;
    }
    assert_eq!((stage.texts().len(), stage.take()), (2, vec![]));
}

#[tokio::test(start_paused = true)]
async fn what_comes_back_after_its_deletion_is_a_new_record() {
    let stage = Stage::with(&[("a", "A"), ("b", "B")]).await;
    let first = stage.activity("B").id;
    let note = stage.desk.remove("b");
    stage.sweep().await;
    stage.sweep().await;
    stage.desk.put_back(note);
    stage.run().await;
    assert_ne!(stage.activity("B").id, first);
    stage.desk.edit("b", "B2");
    stage.run().await;
    assert_eq!(stage.texts(), ["A", "B2"]);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_was_broken_off_counts_for_nothing() {
    let stage = filled(10, Brake::default()).await;
    stage.desk.remove("n05");
    for page in [1, 2, 3] {
        stage.desk.breaks_at(page);
        let error = stage.firm().run_scoped(NOTES, Scope::Sweep).await.expect_err("broken off");
        assert_eq!(error.kind(), ErrorKind::Transient);
    }
    stage.sweep().await;
    assert_eq!((stage.texts().len(), stage.take()), (10, vec![]), "this was the first whole one");
    stage.desk.breaks_at(2);
    stage.firm().run_scoped(NOTES, Scope::Sweep).await.expect_err("broken off");
    assert_eq!(stage.texts().len(), 10);
    stage.sweep().await;
    assert_eq!((stage.texts().len(), stage.asked()), (9, vec!["DELETE".into()]));
}

#[tokio::test(start_paused = true)]
async fn the_brake_holds_until_a_person_has_looked() {
    let stage = filled(8, Brake { count: 2, percent: 25 }).await;
    for (id, _) in many(3) {
        stage.desk.remove(&id);
    }
    stage.sweep().await;
    for _ in 0..2 {
        stage.desk.edit("n07", &format!("edited {}", stage.texts().len()));
        let error = stage.firm().run_scoped(NOTES, Scope::Sweep).await.expect_err("too many are gone");
        assert_eq!(error.kind(), ErrorKind::Braked, "{error}");
        assert!(!error.is_retryable() && error.to_string().contains('3'), "{error}");
        assert_eq!(stage.texts().len(), 8, "none of them is deleted");
        stage.run().await;
    }
    assert_eq!(stage.asked(), ["PATCH"], "too much that is gone stops no write");
    let error = stage.firm().plan_scoped(NOTES, Scope::Sweep).await.expect_err("a plan is held, too");
    assert_eq!(error.kind(), ErrorKind::Braked);
    let firm = stage.firm();
    let report = firm.run_scoped(NOTES, Scope::SweepWithoutBrake).await.expect("a person has looked");
    assert_eq!(report.count(LineOutcome::Deleted), 3);
    assert_eq!(stage.texts().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn one_record_that_was_asked_for_is_gone_for_certain() {
    let stage = Stage::with(&[("a", "A"), ("b", "B"), ("c", "C")]).await;
    let firm = stage.firm();
    stage.take();
    // The list leaves it out, and yet it is there.
    stage.desk.hide("a", true);
    let report = firm.run_one(NOTES, "a").await.expect("a run");
    assert_eq!(outcomes(&report, "a"), [LineOutcome::Unchanged]);
    stage.desk.edit("a", "A2");
    let report = firm.run_one(NOTES, "a").await.expect("a run");
    assert_eq!(outcomes(&report, "a"), [LineOutcome::Updated]);
    stage.desk.remove("b");
    let report = firm.run_one(NOTES, "b").await.expect("a run");
    assert_eq!(outcomes(&report, "b"), [LineOutcome::Deleted], "at once");
    assert_eq!(stage.texts(), ["A2", "C"]);
    assert_eq!(stage.asked(), ["PATCH", "DELETE"]);
    for _ in 0..2 {
        firm.run_one(NOTES, "b").await.expect("a run");
        firm.run_one(NOTES, "nobody").await.expect("a run");
    }
    assert_eq!(stage.take(), [], "nothing of ours is there");
}
