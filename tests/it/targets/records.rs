//! Records of one request each: created, changed, deleted, lost and found.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use clio_api::{
    Clio, Id, Method, Region,
    calendar_entries::CreateCalendarEntry,
    choices::{CommunicationType, DocumentParentType, PartyType},
    communications::CreateCommunication,
    folders::{CreateFolder, CreateFolderParent},
    line_items::UpdateLineItem,
    matters::CreateMatter,
    tasks::{CreateTask, CreateTaskAssignee},
};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, Fault};
use clio_sync::{ErrorKind, IntentState, LineOutcome, Mapped, Store, Target, Write, hub};
use serde_json::{Value, json};
use simulation::{FIRM, Scene};

use super::desk::{Desk, FLOW, MakeTarget};

/// One kind of records.
struct Case {
    object: &'static str,
    path: &'static str,
    /// The member that the tests tell records by.
    text: &'static str,
    target: MakeTarget,
    write: fn(&ClioWorld, &str) -> Write,
}

const CASES: [Case; 6] = [
    Case {
        object: "Communication",
        path: "/communications",
        text: "subject",
        target: |clio| Arc::new(hub::communications(clio)),
        write: |world, text| {
            let at = "2026-03-02T10:00:00Z";
            let body =
                CreateCommunication::new("They called", at, text, CommunicationType::PhoneCommunication)
                    .matter(Id::new(world.matters()[0].id));
            hub::communication(&body, text).unwrap()
        },
    },
    Case {
        object: "CalendarEntry",
        path: "/calendar_entries",
        text: "summary",
        target: |clio| Arc::new(hub::calendar_entries(clio)),
        write: |world, text| {
            let calendar = world.records("Calendar")[0]["id"].as_i64().unwrap();
            let at: DateTime<Utc> = "2026-03-09T10:00:00Z".parse().unwrap();
            let body = CreateCalendarEntry::new(Id::new(calendar), at + Duration::from_secs(3600), at, text);
            hub::calendar_entry(&body, text).unwrap()
        },
    },
    Case {
        object: "Folder",
        path: "/folders",
        text: "name",
        target: |clio| Arc::new(hub::folders(clio)),
        write: |world, text| {
            let parent = CreateFolderParent::new(world.matters()[0].id, DocumentParentType::Matter);
            hub::folder(&CreateFolder::new(text, parent), text).unwrap()
        },
    },
    Case {
        object: "Note",
        path: "/notes",
        text: "subject",
        target: |clio| Arc::new(hub::notes(clio)),
        write: |world, text| {
            let members = json!({"type": "Matter", "matter": {"id": world.matters()[0].id}, "subject": text,
                "detail": "Said so", "date": "2026-03-02"});
            let body = clio_api::JsonBody::new(members.to_string());
            hub::note(&body, text).unwrap()
        },
    },
    Case {
        object: "Task",
        path: "/tasks",
        text: "name",
        target: |clio| Arc::new(hub::tasks(clio)),
        write: |world, text| {
            let assignee = CreateTaskAssignee::new(world.users()[0].id, PartyType::User);
            let body = CreateTask::new(assignee, "Look into it", text).matter(Id::new(world.matters()[0].id));
            hub::task(&body, text).unwrap()
        },
    },
    Case {
        object: "Matter",
        path: "/matters",
        text: "description",
        target: |clio| Arc::new(hub::matter_records(clio)),
        write: |world, text| {
            let client = world.records("Contact")[0]["id"].as_i64().unwrap();
            hub::matter(&CreateMatter::new(Id::new(client), text), text).unwrap()
        },
    },
];

impl Case {
    fn desk(&self) -> Desk {
        Desk::new(Scene::quiet(), self.target)
    }

    /// The records of this text that are in use: their ids.
    fn standing(&self, world: &ClioWorld, text: &str) -> Vec<String> {
        let all = world.records(self.object);
        let ours = |one: &&Value| one[self.text] == text && one["deleted_at"].is_null();
        all.iter().filter(ours).map(|one| one["id"].to_string().trim_matches('"').to_owned()).collect()
    }

    fn put(&self, desk: &Desk, version: u32, text: &str) {
        desk.put("one", version, Mapped::Upsert((self.write)(&desk.scene.clio, text)));
    }
}

/// Somebody else's program.
async fn elsewhere(scene: &Scene, method: Method, path: &str, data: Option<Value>) -> u16 {
    let clio = Clio::builder(Region::custom(&scene.clio.host_url()).unwrap())
        .transport(scene.clio.transport())
        .clock(scene.clock.clone())
        .token(scene.clio.token())
        .build()
        .unwrap();
    let mut call = clio.raw(method, path);
    if let Some(data) = data {
        call = call.json(&json!({ "data": data }));
    }
    call.send().await.unwrap().status.as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_record_is_created_changed_and_deleted() {
    for case in CASES {
        let (desk, what) = (case.desk(), case.object);
        let world = &desk.scene.clio;
        case.put(&desk, 1, "Alpha");
        let report = desk.settle().await;
        assert_eq!(report.count(LineOutcome::Created), 1, "{what}: {report:?}");
        let ids = case.standing(world, "Alpha");
        assert_eq!(ids.len(), 1, "{what}");
        case.put(&desk, 2, "Beta");
        let report = desk.settle().await;
        assert_eq!(report.count(LineOutcome::Updated), 1, "{what}: {report:?}");
        assert_eq!(case.standing(world, "Beta"), ids, "{what}");
        let conditional = world.calls().iter().filter(|call| call.method == "PATCH").count();
        assert_eq!(conditional, 1, "{what}");
        desk.put("one", 3, Mapped::Delete("gone".into()));
        let report = desk.settle().await;
        assert_eq!(report.count(LineOutcome::Deleted), 1, "{what}: {report:?}");
        assert!(case.standing(world, "Beta").is_empty(), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_changed_is_a_conflict_and_what_they_deleted_stays_so() {
    for case in CASES {
        let (desk, what) = (case.desk(), case.object);
        let world = &desk.scene.clio;
        case.put(&desk, 1, "Alpha");
        desk.settle().await;
        let id = case.standing(world, "Alpha").remove(0);
        desk.scene.clock.sleep(Duration::from_secs(60)).await;
        let path = format!("{}/{id}.json", case.path);
        assert_eq!(
            elsewhere(&desk.scene, Method::PATCH, &path, Some(json!({case.text: "Theirs"}))).await,
            200,
            "{what}"
        );
        case.put(&desk, 2, "Beta");
        let report = desk.settle().await;
        assert_eq!(report.count(LineOutcome::Parked), 1, "{what}: {report:?}");
        assert_eq!(case.standing(world, "Theirs").len(), 1, "{what}");

        let desk = case.desk();
        let world = &desk.scene.clio;
        case.put(&desk, 1, "Alpha");
        desk.settle().await;
        let id = case.standing(world, "Alpha").remove(0);
        desk.scene.clock.sleep(Duration::from_secs(60)).await;
        let path = format!("{}/{id}.json", case.path);
        assert_eq!(elsewhere(&desk.scene, Method::DELETE, &path, None).await, 204, "{what}");
        case.put(&desk, 2, "Beta");
        desk.settle().await;
        case.put(&desk, 3, "Gamma");
        desk.settle().await;
        for text in ["Alpha", "Beta", "Gamma"] {
            assert!(case.standing(world, text).is_empty(), "{what}: {text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_creation_whose_answer_is_lost_is_found_and_never_doubled() {
    let late = Fault::AppliedLate(Duration::from_secs(60));
    for case in CASES {
        for fault in
            [Fault::AnswerLost, Fault::RequestLost, late, Fault::ServerErrorApplied, Fault::EmptyAnswer]
        {
            let desk = case.desk();
            let what = format!("{}, {fault:?}", case.object);
            desk.scene.clio.faults().at_nth("POST", &format!("{}.json", case.path), 1, fault);
            case.put(&desk, 1, "Alpha");
            let report = desk.settle().await;
            desk.scene.let_everything_land().await;
            assert_eq!(case.standing(&desk.scene.clio, "Alpha").len(), 1, "{what}");
            assert_eq!(report.count(LineOutcome::Created), 1, "{what}: {report:?}");
            // What was found is the one that a change goes to.
            case.put(&desk, 2, "Beta");
            desk.settle().await;
            assert_eq!(case.standing(&desk.scene.clio, "Beta").len(), 1, "{what}");
            assert!(case.standing(&desk.scene.clio, "Alpha").is_empty(), "{what}");
        }
    }
}

/// Found by its marker, whatever else a person has made of it meanwhile.
#[tokio::test(start_paused = true)]
async fn a_lost_record_that_a_person_changed_is_found_by_its_marker_or_waits_for_a_person() {
    for case in CASES {
        let (desk, what) = (case.desk(), case.object);
        let path = format!("{}.json", case.path);
        desk.scene.clio.faults().at_nth("POST", &path, 1, Fault::AnswerLost);
        case.put(&desk, 1, "Alpha");
        desk.scene.setup().firm().run(FLOW).await.unwrap();
        let id = case.standing(&desk.scene.clio, "Alpha").remove(0);
        let path = format!("{}/{id}.json", case.path);
        elsewhere(&desk.scene, Method::PATCH, &path, Some(json!({case.text: "Theirs"}))).await;
        let report = desk.settle().await;
        let exact = (case.target)(&client(&desk.scene)).capabilities().fingerprint.is_exact();
        let outcome = if exact { LineOutcome::Created } else { LineOutcome::Parked };
        assert_eq!(report.count(outcome), 1, "{what}: {report:?}");
        assert_eq!(case.standing(&desk.scene.clio, "Theirs").len(), 1, "{what}");
        assert!(case.standing(&desk.scene.clio, "Alpha").is_empty(), "{what}: never doubled");
    }
}

fn client(scene: &Scene) -> Clio {
    let region = Region::custom(&scene.clio.host_url()).unwrap();
    Clio::builder(region).transport(scene.clio.transport()).token(scene.clio.token()).build().unwrap()
}

/// Deleted while nobody knew that it was there: a folder waits in the trash, and is not made anew.
#[tokio::test(start_paused = true)]
async fn a_lost_folder_that_a_person_threw_away_stays_in_the_trash() {
    let case = &CASES[2];
    let desk = case.desk();
    desk.scene.clio.faults().at_nth("POST", "/folders.json", 1, Fault::AnswerLost);
    case.put(&desk, 1, "Alpha");
    desk.scene.setup().firm().run(FLOW).await.unwrap();
    let id = case.standing(&desk.scene.clio, "Alpha").remove(0);
    elsewhere(&desk.scene, Method::DELETE, &format!("/folders/{id}.json"), None).await;
    desk.settle().await;
    case.put(&desk, 2, "Beta");
    desk.settle().await;
    assert!(case.standing(&desk.scene.clio, "Alpha").is_empty());
    assert!(case.standing(&desk.scene.clio, "Beta").is_empty());
}

#[tokio::test(start_paused = true)]
async fn several_lost_records_are_found_by_one_request() {
    let case = &CASES[0];
    let desk = case.desk();
    for n in 1..=2 {
        desk.scene.clio.faults().at_nth("POST", "/communications.json", n, Fault::AnswerLost);
        desk.put(&n.to_string(), 1, Mapped::Create((case.write)(&desk.scene.clio, "Alpha")));
    }
    desk.scene.setup().firm().run(FLOW).await.unwrap();
    // Until both are due.
    desk.scene.let_everything_land().await;
    desk.settle().await;
    assert_eq!(case.standing(&desk.scene.clio, "Alpha").len(), 2);
    let looks = |call: &&clio_fixtures::CallRecord| {
        call.method == "GET" && call.path.ends_with("/communications.json")
    };
    assert_eq!(desk.scene.clio.calls().iter().filter(looks).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_line_item_is_never_created() {
    let desk = Desk::new(Scene::quiet(), |clio| Arc::new(hub::line_items(clio)) as Arc<dyn Target>);
    let write = hub::line_item(&UpdateLineItem::new().description("Filing"), "Filing").unwrap();
    desk.put("one", 1, Mapped::Upsert(write));
    let error = desk.scene.setup().firm().run(FLOW).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("cannot create"), "{error}");
    let planned = desk.scene.store().intents(FIRM, IntentState::Planned).await.unwrap();
    assert_eq!(planned.len(), 1, "nothing was recorded as sent");
    assert!(desk.scene.clio.calls().iter().all(|call| call.method == "GET"));
}
