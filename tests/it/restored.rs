//! A store that was restored from a backup, or lost.

use std::{fs, path::PathBuf, sync::atomic::Ordering, time::Duration};

use chrono::{DateTime, Utc};
use clio_core::Clock;
use clio_sync::{ErrorKind, LineOutcome, Scope};

use crate::{
    decisions::objecting,
    desk::{NOTES, Stage, outcomes},
};

fn copy(stage: &Stage) -> PathBuf {
    stage.scene.folder.path().join("copy.sqlite")
}

async fn back_up(stage: &Stage) -> DateTime<Utc> {
    stage.store().backup_to(copy(stage)).await.expect("a backup");
    let made = stage.scene.clock.now();
    stage.scene.clock.sleep(Duration::from_secs(60)).await;
    made
}

/// Nobody has the store open.
fn lose(stage: &Stage) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = stage.scene.state_file().into_os_string();
        name.push(suffix);
        match fs::remove_file(name) {
            Ok(()) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
        }
    }
}

fn restore(stage: &Stage) {
    lose(stage);
    fs::copy(copy(stage), stage.scene.state_file()).expect("restored");
}

/// A day with a backup in its middle: what stood before it, and what was written, changed and deleted after.
async fn day() -> (Stage, DateTime<Utc>) {
    let stage = Stage::with(&[("a", "A"), ("b", "B"), ("c", "C")]).await;
    let made = back_up(&stage).await;
    stage.fill(&[("d", "D"), ("e", "E")]).await;
    stage.desk.edit("a", "A2");
    stage.desk.edit("b", "-not any more");
    stage.run().await;
    stage.desk.edit("e", "E2");
    stage.run().await;
    assert_eq!(stage.texts(), ["A2", "C", "D", "E2"]);
    stage.take();
    (stage, made)
}

#[tokio::test(start_paused = true)]
async fn nothing_is_doubled_and_nothing_lost_after_a_restore() {
    let (stage, made) = day().await;
    restore(&stage);
    stage.firm().recover(made).await.expect("recovering");
    // And something new, which nobody has written yet.
    stage.add("f", "F");
    let report = stage.run().await;
    assert_eq!(stage.texts(), ["A2", "C", "D", "E2", "F"]);
    assert_eq!((stage.applied("POST"), stage.applied("PATCH"), stage.applied("DELETE")), (6, 2, 1));
    for id in ["d", "e", "f"] {
        assert_eq!(outcomes(&report, id).last(), Some(&LineOutcome::Created), "{id}");
    }
    assert!(report.looks > 0);
    // All is known again: the next day is like any other.
    stage.take();
    for (id, text) in [("a", "A3"), ("d", "D2"), ("e", "E3")] {
        stage.desk.edit(id, text);
    }
    stage.run().await;
    assert_eq!(stage.texts(), ["A3", "C", "D2", "E3", "F"]);
    assert_eq!(stage.asked(), ["PATCH"; 3]);
    stage.sweep().await;
    stage.sweep().await;
    assert_eq!(stage.take(), []);
}

/// The same, but that nobody says so: this is what `recover` is for.
#[tokio::test(start_paused = true)]
async fn without_recovering_a_restored_store_writes_twice() {
    let (stage, _) = day().await;
    restore(&stage);
    stage.run().await;
    let texts = stage.texts();
    assert_eq!(texts.iter().filter(|text| *text == "D").count(), 2, "{texts:?}");
}

/// What was on its way when the backup was made, and what was decided on behind it, is looked for as well.
#[tokio::test(start_paused = true)]
async fn what_the_backup_knew_as_planned_is_looked_for() {
    for known in 1..4 {
        let stage = Stage::new();
        stage.add("a", "A");
        stage.scene.clio.faults().at_nth("POST", "/activities.json", 1, clio_fixtures::Fault::AnswerLost);
        stage.firm().run(NOTES).await.expect("a run");
        stage.desk.edit("a", "B");
        if known > 1 {
            // A newer state waits behind the one of unknown outcome.
            stage.firm().run(NOTES).await.expect("a run");
        }
        let made = back_up(&stage).await;
        stage.run().await;
        assert_eq!(stage.texts(), ["B"]);
        if known > 2 {
            stage.desk.edit("a", "C");
            stage.run().await;
        }
        restore(&stage);
        stage.firm().recover(made).await.expect("recovering");
        stage.scene.let_everything_land().await;
        let texts = stage.texts();
        for _ in 0..2 {
            stage.run().await;
            assert_eq!(stage.texts(), texts, "{known}: the newest state stays, and stands once");
        }
        assert_eq!(stage.firm().parked().await.expect("what is parked"), [], "{known}");
    }
}

/// What the backup knows as refused may have been retried after it.
#[tokio::test(start_paused = true)]
async fn what_was_retried_after_the_backup_is_not_written_again() {
    let stage = Stage::new();
    let (firm, objects) = objecting(&stage);
    stage.add("a", "A");
    firm.run_to_rest(NOTES).await.expect("a run");
    let letter = firm.dead_letters().await.expect("letters").remove(0);
    let made = back_up(&stage).await;
    objects.store(false, Ordering::SeqCst);
    firm.retry(&letter).await.expect("a run");
    assert_eq!(stage.texts(), ["A"]);
    drop(firm);
    restore(&stage);
    let firm = stage.firm();
    firm.recover(made).await.expect("recovering");
    let letter = firm.dead_letters().await.expect("letters").remove(0);
    firm.retry(&letter).await.expect("a run");
    stage.run().await;
    assert_eq!((stage.texts(), firm.dead_letters().await.expect("letters")), (vec!["A".into()], vec![]));
    assert!(stage.link("a").await.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_was_deleted_after_the_backup_stays_deleted() {
    let stage = Stage::with(&[("a", "A"), ("b", "B")]).await;
    let made = back_up(&stage).await;
    let firm = stage.firm();
    stage.desk.remove("b");
    firm.run_one(NOTES, "b").await.expect("a run");
    drop(firm);
    restore(&stage);
    stage.firm().recover(made).await.expect("recovering");
    stage.take();
    for _ in 0..2 {
        stage.firm().run_scoped(NOTES, Scope::Sweep).await.expect("a sweep");
    }
    assert_eq!((stage.texts(), stage.applied("DELETE")), (vec!["A".into()], 1));
}

#[tokio::test(start_paused = true)]
async fn a_lost_store_finds_what_the_old_one_wrote_if_the_source_tells_its_age() {
    for tells in [true, false] {
        let stage = Stage::new();
        if tells {
            stage.desk.tells_age();
        }
        stage.fill(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]).await;
        stage.desk.edit("a", "A2");
        stage.run().await;
        stage.scene.clock.sleep(Duration::from_secs(3600)).await;
        lose(&stage);
        stage.scene.clock.sleep(Duration::from_secs(60)).await;
        stage.take();
        stage.run().await;
        if !tells {
            assert_eq!(stage.texts().len(), 8, "so that this test can fail");
            continue;
        }
        assert_eq!(
            (stage.texts(), stage.take().len()),
            (["A2", "B", "C", "D"].map(String::from).to_vec(), 0)
        );
        // New ones are written as ever, and the old ones are known again.
        stage.add("e", "E");
        stage.desk.edit("b", "B2");
        stage.run().await;
        assert_eq!(stage.texts(), ["A2", "B2", "C", "D", "E"]);
        assert_eq!(stage.asked().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn no_backup_is_made_in_the_future() {
    let stage = Stage::with(&[("a", "A")]).await;
    let error = stage.firm().recover(stage.scene.clock.now() + Duration::from_secs(60)).await;
    assert_eq!(error.expect_err("in the future").kind(), ErrorKind::Configuration);
}
