//! Matters that people made badly: each is told, and the rest goes on.

use clio_case_status::{CaseFields, CaseStatus, ClientName, Error, SyncResult};
use clio_fixtures::Permissions;
use serde_json::json;

use crate::bench::{Bench, DAY, STATUSES, map_stages};

/// The result and the reason of one matter, after a sync of all; the other matters came in.
async fn synced(bench: &Bench, matter: i64) -> (SyncResult, Option<String>) {
    let report = bench.session().sync_all().await.expect("a sync");
    let (ours, others): (Vec<_>, Vec<_>) =
        report.matters.into_iter().partition(|line| line.integration_id == matter.to_string());
    assert!(others.iter().any(|line| line.result == SyncResult::Imported), "the rest goes on");
    let [ours] = ours.try_into().expect("one line");
    (ours.result, ours.reason)
}

/// A matter of a new client.
async fn matter_of(bench: &Bench, client: serde_json::Value) -> i64 {
    let client = bench.create("/contacts.json", client).await;
    bench.create("/matters.json", json!({ "client": { "id": client }, "description": "Lease" })).await
}

/// Clio lets no matter be without a client, but hides clients from whoever may not see them.
#[tokio::test(start_paused = true)]
async fn a_matter_without_a_client() {
    let hidden = Permissions::all().without("Contact");
    let bench = Bench::with(|world| world.matters(3).permissions(hidden), |_, _| ()).await;
    let report = bench.session().sync_all().await.expect("a sync");
    assert_eq!(report.matters.len(), 3);
    for line in &report.matters {
        assert_eq!(line.result, SyncResult::Failed);
        let why = line.reason.as_deref().expect("why");
        assert!(why.contains("Clio has redacted the object for this user"), "{why}");
    }
    assert!(bench.desk.cases().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_company_is_a_client_by_its_name() {
    let bench = Bench::new().await;
    let numbers = json!([{ "name": "Work", "number": "415 555 2671", "default_number": true }]);
    let company = json!({ "type": "Company", "name": "Rail & Sons, Ltd", "phone_numbers": numbers });
    let matter = matter_of(&bench, company).await;
    assert_eq!(synced(&bench, matter).await, (SyncResult::Imported, None));
    let case = bench.desk.case_of(&matter.to_string()).expect("a case");
    assert!(matches!(&case.fields.client.name, ClientName::Company(name) if name == "Rail & Sons, Ltd"));
    assert_eq!(case.fields.client.phone.as_deref(), Some("+14155552671"));
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_phone_number_or_with_one_that_nobody_can_call() {
    for numbers in [
        json!([]),
        json!([{ "name": "Mobile", "number": "call my sister", "default_number": true }]),
        json!([{ "name": "Home", "number": "12", "default_number": true }]),
        json!([{ "name": "Home", "number": "+999 555 123456", "default_number": true }]),
    ] {
        let bench = Bench::new().await;
        let who =
            json!({ "type": "Person", "first_name": "Ruth", "last_name": "Brook", "phone_numbers": numbers });
        let matter = matter_of(&bench, who).await;
        let (result, reason) = synced(&bench, matter).await;
        assert_eq!(result, SyncResult::Failed, "{numbers}");
        assert_eq!(reason.as_deref(), Some("the matter lacks a phone number of the client"), "{numbers}");
        assert!(bench.desk.case_of(&matter.to_string()).is_none(), "{numbers}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_default_number_gives_way_to_a_valid_one() {
    let bench = Bench::new().await;
    let numbers = json!([
        { "name": "Work", "number": "ask reception", "default_number": true },
        { "name": "Home", "number": "(415) 555-0100" },
        { "name": "Mobile", "number": "415.555.2671" },
    ]);
    let who =
        json!({ "type": "Person", "first_name": "Ruth", "last_name": "Brook", "phone_numbers": numbers });
    let matter = matter_of(&bench, who).await;
    assert_eq!(synced(&bench, matter).await.0, SyncResult::Imported);
    let case = bench.desk.case_of(&matter.to_string()).expect("a case");
    assert_eq!(case.fields.client.phone.as_deref(), Some("+14155552671"), "mobile before home");
}

#[tokio::test(start_paused = true)]
async fn two_cases_with_one_integration_id_are_told_and_neither_is_changed() {
    let bench = Bench::new().await;
    let matter = bench.matter(0);
    let other = bench.matter(1);
    bench.session().sync_one(&other.to_string()).await.expect("a sync");
    let fields = bench.desk.case_of(&other.to_string()).expect("a case").fields;
    let twin = CaseFields { integration_id: matter.to_string(), title: "By hand".into(), ..fields };
    for _ in 0..2 {
        bench.desk.create_case(&twin).await.expect("a case");
    }
    let (result, reason) = synced(&bench, matter).await;
    assert_eq!(result, SyncResult::Failed);
    let told = format!("2 cases at Case Status have the integration id {matter}");
    assert_eq!(reason, Some(told));
    assert_eq!(bench.desk.cases().iter().filter(|case| case.fields == twin).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_was_deleted_in_clio_leaves_the_case_where_it_is() {
    let bench = Bench::with(|world| world.matters(3), map_stages).await;
    let matter = bench.matter(0);
    let stage = bench.stages(matter)[0];
    bench.move_to(matter, stage);
    bench.night().await;
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[0]));
    bench.pass(DAY).await;
    bench.try_delete(&format!("/matter_stages/{stage}.json")).await;
    bench.change(&format!("/matters/{matter}.json"), json!({ "matter_stage": { "id": null } })).await;
    let there = bench.world.record("Matter", matter).expect("a matter");
    assert!(there["matter_stage"]["id"].is_null(), "{there}");
    let report = bench.session().sync_all().await.expect("a sync");
    assert_eq!(report.count(SyncResult::Failed), 0, "{report}");
    assert_eq!(bench.status(matter).as_deref(), Some(STATUSES[0]));
    assert!(bench.told(matter).is_empty());
    // Back in a stage that is mapped: the client is told, since it is another status than the last one.
    bench.pass(DAY).await;
    bench.move_to(matter, bench.stages(matter).into_iter().find(|one| *one != stage).expect("another"));
    bench.night().await;
    assert_eq!(bench.told(matter).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_integration_id_that_is_text_is_refused_with_what_to_type() {
    let bench = Bench::new().await;
    for typed in ["PI-2024/7", "abc", "", "12 34", "0", "1.5", "https://app.clio.com/nc/#/contacts/5", "９９"]
    {
        let error = bench.session().sync_one(typed).await.expect_err(typed);
        assert!(matches!(error, Error::NotAMatter(_)), "{typed}: {error}");
        assert!(error.to_string().contains("the number after `matters/`"), "{error}");
    }
    assert!(bench.world.calls().is_empty(), "Clio is not asked");
    let unknown = bench.session().sync_one("9223372036854775807").await.expect("a report");
    assert_eq!(unknown.matters[0].result, SyncResult::Failed);
}
