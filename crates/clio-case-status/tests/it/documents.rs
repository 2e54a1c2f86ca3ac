//! Documents (rows CS7 and CS10).

mod bad_input;
mod faults;
mod folders;
mod versions;

use std::{sync::Arc, time::Duration};

use clio_case_status::{CaseClient, CaseFields, CaseId, CaseStatus, ClientName, Desk, Integration, Settings};
use clio_fixtures::{UploadRecord, VirtualClock};
use clio_sync::{Adapter, Flow, LineOutcome, Report};
use serde_json::Value;

use crate::bench::Bench;

const FLOW: &str = "case-status/documents";

/// Between two polls (Case Status's help).
const POLL: Duration = Duration::from_secs(20 * 60);

/// A firm whose matters all have a case.
async fn bench() -> (Bench, CaseId) {
    let bench = Bench::new().await;
    let case = case_of(&bench, &bench.matter(0).to_string()).await;
    (bench, case)
}

/// A case whose integration id is this.
async fn case_of(bench: &Bench, integration_id: &str) -> CaseId {
    let fields = CaseFields {
        title: "Lease".into(),
        integration_id: integration_id.into(),
        client: CaseClient { name: ClientName::Company("Client".into()), phone: None, email: None },
        practice_area: None,
        description: None,
        opened_on: None,
        attorney_email: None,
    };
    bench.desk.create_case(&fields).await.expect("a case").id
}

async fn poll(bench: &Bench) -> Report {
    bench.firm.run(FLOW).await.expect("a sync")
}

/// The documents of a matter that are complete and not in the trash.
fn documents(bench: &Bench, matter: i64) -> Vec<Value> {
    let here =
        |one: &Value| one["deleted_at"].is_null() && one["matter"]["id"] == matter && !one["size"].is_null();
    bench.world.records("Document").into_iter().filter(here).collect()
}

fn names(bench: &Bench, matter: i64) -> Vec<String> {
    let name = |one: &Value| one["name"].as_str().expect("a name").to_owned();
    documents(bench, matter).iter().map(name).collect()
}

/// The complete versions of a document, by their sizes.
fn sizes(bench: &Bench, document: &Value) -> Vec<u64> {
    let of = |one: &UploadRecord| Some(one.document) == document["id"].as_i64();
    let mut all: Vec<_> = bench.world.uploads().into_iter().filter(of).collect();
    all.sort_by_key(|one| one.number);
    all.iter().map(|one| one.size).collect()
}

#[test]
fn cs7_documents_sync_every_20_minutes() {
    let desk = Desk::new(VirtualClock::new());
    let integration = Integration::new(Arc::new(desk), Settings::default());
    let flow = integration.flows().into_iter().find(|flow| flow.name() == "documents").expect("a flow");
    assert_eq!(format!("{:?}", flow.schedule()), format!("{:?}", Flow::new("x").every(POLL).schedule()));
}

#[tokio::test(start_paused = true)]
async fn cs7_a_document_is_found_in_the_matter_under_documents() {
    let (bench, case) = bench().await;
    let matter = bench.matter(0);
    let file = bench.desk.upload(&case, "Police report.pdf", "seen").expect("a file");
    assert_eq!(poll(&bench).await.count(LineOutcome::Created), 1);
    let there = documents(&bench, matter);
    assert_eq!(names(&bench, matter), ["Police report.pdf"]);
    assert_eq!(there[0]["content_type"], "application/pdf");
    // In the folder that the matter has of itself.
    let parent = there[0]["parent"]["id"].as_i64().expect("a folder");
    assert_eq!(bench.world.record("Folder", parent).expect("a folder")["matter"]["id"], matter);
    let properties = there[0]["external_properties"].as_array().expect("properties");
    let ours = properties.iter().find(|one| one["name"] == "case-status-file").expect("where it comes from");
    assert_eq!(ours["value"], file.as_str());
    assert_eq!(sizes(&bench, &there[0]), [4]);
}

#[tokio::test(start_paused = true)]
async fn cs10_a_poll_with_nothing_new_asks_nothing_of_clio_and_nothing_comes_twice() {
    let (bench, case) = bench().await;
    for at in 0..25 {
        bench.desk.upload(&case, &format!("{at}.txt"), vec![b'x'; at + 1]).expect("a file");
    }
    assert_eq!(poll(&bench).await.count(LineOutcome::Created), 25);
    let calls = bench.world.calls().len();
    for _ in 0..3 {
        bench.pass(POLL).await;
        poll(&bench).await;
    }
    // What was read a moment ago is read again, and is not asked for again either.
    poll(&bench).await;
    assert_eq!(bench.world.calls().len(), calls);
    assert_eq!(documents(&bench, bench.matter(0)).len(), 25);
}
