//! Documents: of several steps, any of which may be the last one that a process makes.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use clio_api::{
    choices::DocumentParentType,
    documents::{CreateDocument, CreateDocumentParent},
    files::Content,
};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, Fault};
use clio_sync::{Error, ErrorKind, LineOutcome, Mapped, Result, Target, Write, hub};
use futures_util::FutureExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use simulation::{Scene, seams::Crasher};

use super::desk::{Desk, FLOW};

/// Files by their name: so many bytes of that letter.
#[derive(Debug)]
struct Files;

#[async_trait]
impl hub::FileSource for Files {
    async fn open(&self, reference: &str) -> Result<Content> {
        match reference.strip_prefix("file-") {
            Some(letter) => Ok(Content::from(bytes(letter))),
            None => Err(Error::new(ErrorKind::Configuration, "there is no such file")),
        }
    }
}

fn bytes(letter: &str) -> Vec<u8> {
    letter.as_bytes().repeat(20_000)
}

fn write(world: &ClioWorld, name: &str, file: &str) -> Write {
    let parent = CreateDocumentParent::new(world.matters()[0].id, DocumentParentType::Matter);
    hub::document(&CreateDocument::new(name, parent), file, name).unwrap()
}

fn desk() -> Desk {
    Desk::new(Scene::quiet(), |clio| Arc::new(hub::documents(clio, Files)) as Arc<dyn Target>)
}

fn put(desk: &Desk, version: u32, name: &str) {
    desk.put("one", version, Mapped::Upsert(write(&desk.scene.clio, name, "file-a")));
}

/// The documents of this name that are not in the trash.
fn standing(world: &ClioWorld, name: &str) -> Vec<Value> {
    let ours = |one: &Value| one["name"] == name && one["deleted_at"].is_null();
    world.records("Document").into_iter().filter(ours).collect()
}

/// One document of this name, complete, with the right bytes.
fn assert_one(world: &ClioWorld, name: &str, what: &str) {
    let there = standing(world, name);
    assert_eq!(there.len(), 1, "{what}: {there:?}");
    assert_eq!(there[0]["latest_document_version"]["fully_uploaded"], true, "{what}");
    let id = there[0]["id"].as_i64().unwrap();
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes("a")));
    let uploads: Vec<_> = world.uploads().into_iter().filter(|upload| upload.document == id).collect();
    assert!(
        !uploads.is_empty() && uploads.iter().all(|upload| upload.sha256 == digest),
        "{what}: {uploads:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_document_is_created_renamed_and_put_into_the_trash() {
    let desk = desk();
    let world = &desk.scene.clio;
    put(&desk, 1, "brief.txt");
    assert_eq!(desk.settle().await.count(LineOutcome::Created), 1);
    assert_one(world, "brief.txt", "created");
    // The requests of the upload: told, looked at, sent, and told that it is there.
    let writes = world.calls().iter().filter(|call| call.method != "GET").count();
    assert_eq!(writes, 3);
    put(&desk, 2, "letter.txt");
    assert_eq!(desk.settle().await.count(LineOutcome::Updated), 1);
    assert_one(world, "letter.txt", "renamed");
    desk.put("one", 3, Mapped::Delete("gone".into()));
    assert_eq!(desk.settle().await.count(LineOutcome::Deleted), 1);
    assert!(standing(world, "letter.txt").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_person_renamed_is_a_conflict_and_what_they_threw_away_stays_there() {
    let renamed = desk();
    put(&renamed, 1, "brief.txt");
    renamed.settle().await;
    let id = |desk: &Desk| standing(&desk.scene.clio, "brief.txt")[0]["id"].as_i64().unwrap();
    renamed.scene.clock.sleep(Duration::from_secs(60)).await;
    assert!(renamed.scene.clio.person("Ada").rename_document(id(&renamed), "mine.txt"));
    put(&renamed, 2, "letter.txt");
    assert_eq!(renamed.settle().await.count(LineOutcome::Parked), 1);
    assert_one(&renamed.scene.clio, "mine.txt", "theirs");

    for lost in [false, true] {
        let desk = desk();
        put(&desk, 1, "brief.txt");
        if lost {
            // Nobody has recorded that it is complete.
            let firm = desk.scene.setup().firm();
            tokio::select! {
                _ = firm.run_to_rest(FLOW) => panic!("it was to be dropped before"),
                () = completed(&desk, "brief.txt") => {}
            }
        } else {
            desk.settle().await;
        }
        desk.scene.clock.sleep(Duration::from_secs(60)).await;
        assert!(desk.scene.clio.person("Ada").delete_document(id(&desk)));
        desk.settle().await;
        put(&desk, 2, "letter.txt");
        desk.settle().await;
        for name in ["brief.txt", "letter.txt"] {
            assert!(standing(&desk.scene.clio, name).is_empty(), "{name}, lost: {lost}");
        }
    }
}

/// Waits until the bytes of the document are there, as Clio knows.
async fn completed(desk: &Desk, name: &str) {
    let complete =
        |one: &Value| one["latest_document_version"]["fully_uploaded"].as_bool().unwrap_or_default();
    while !standing(&desk.scene.clio, name).iter().any(complete) {
        desk.scene.clock.sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_any_step_leaves_one_document_with_the_right_bytes() {
    let late = Fault::AppliedLate(Duration::from_secs(60));
    for (method, path) in [("POST", "/documents.json"), ("PUT", ""), ("PATCH", ".json"), ("GET", ".json")] {
        for fault in
            [Fault::AnswerLost, Fault::RequestLost, late, Fault::TimesOut, Fault::ServerErrorNotApplied]
        {
            let desk = desk();
            let what = format!("{fault:?} at {method}");
            desk.scene.clio.faults().at_nth(method, path, 1, fault);
            put(&desk, 1, "brief.txt");
            let report = desk.settle().await;
            desk.scene.let_everything_land().await;
            assert_one(&desk.scene.clio, "brief.txt", &what);
            assert_eq!(report.count(LineOutcome::Created), 1, "{what}: {report:?}");
            put(&desk, 2, "letter.txt");
            desk.settle().await;
            assert_one(&desk.scene.clio, "letter.txt", &what);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_point_leaves_one_document_with_the_right_bytes() {
    let (mut point, mut finished) = (1, false);
    while !finished {
        let desk = desk();
        put(&desk, 1, "brief.txt");
        let crasher = Crasher::at(point);
        let firm = crasher.everywhere(desk.scene.setup()).firm();
        finished = AssertUnwindSafe(firm.run_to_rest(FLOW)).catch_unwind().await.is_ok();
        desk.settle().await;
        desk.scene.let_everything_land().await;
        assert_one(&desk.scene.clio, "brief.txt", &format!("a crash at point {point}"));
        point += 1;
    }
    assert!(point > 50, "only {point} points");
}

/// The address for the bytes is spent long before the work is taken up again: they become a new version.
#[tokio::test(start_paused = true)]
async fn an_upload_that_is_taken_up_a_day_later_ends_in_the_same_document() {
    let desk = desk();
    put(&desk, 1, "brief.txt");
    desk.scene.clio.faults().always("PUT", "", Fault::RequestLost);
    desk.scene.setup().firm().run(FLOW).await.ok();
    assert_eq!(standing(&desk.scene.clio, "brief.txt").len(), 1, "begun");
    desk.scene.clio.faults().clear();
    desk.scene.clock.sleep(Duration::from_secs(86_400)).await;
    desk.settle().await;
    assert_one(&desk.scene.clio, "brief.txt", "a day later");
}

#[tokio::test(start_paused = true)]
async fn a_document_without_a_file_is_a_dead_letter_and_never_begun() {
    let desk = desk();
    desk.put("one", 1, Mapped::Upsert(write(&desk.scene.clio, "brief.txt", "lost")));
    assert_eq!(desk.settle().await.count(LineOutcome::Rejected), 1);
    assert!(standing(&desk.scene.clio, "brief.txt").is_empty());
}
