//! Importing and syncing matters (rows CS1 to CS6, CS10 and CS12).

use clio_api::http::Method;
use clio_case_status::{ClientName, Error, Folder, Required, SyncResult};
use serde_json::json;

use crate::bench::{Bench, DAY, map_stages};

/// Changes a record of Clio's by its API, as a person would.
async fn change(bench: &Bench, path: &str, body: serde_json::Value) {
    let request = bench.clio.raw(Method::PATCH, path);
    request.json(&json!({ "data": body })).send().await.expect("a change");
}

/// The time from which on a list was asked for.
fn since_of(query: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.into_iter().find(|(name, _)| *name == "updated_since")?.1;
    Some(value.replace("%3A", ":"))
}

#[tokio::test(start_paused = true)]
async fn cs2_all_matters_with_the_required_fields_are_imported() {
    let bench = Bench::new().await;
    let report = bench.session().sync_all().await.expect("a sync");
    assert_eq!(report.matters.len(), 6);
    let imported = report.count(SyncResult::Imported);
    assert_eq!(bench.desk.cases().len(), imported);
    assert!(imported > 0, "{report}");
    for case in bench.desk.cases() {
        let id: i64 = case.fields.integration_id.parse().expect("an id");
        let there = bench.world.record("Matter", id).expect("a matter");
        assert!(case.fields.title.contains(there["display_number"].as_str().expect("a number")));
        assert!(case.fields.client.phone.as_deref().expect("a phone").starts_with('+'));
    }
}

#[tokio::test(start_paused = true)]
async fn cs2_a_matter_that_lacks_something_says_what_and_comes_in_by_itself_once_it_is_complete() {
    let bench = Bench::with(
        |world| world.matters(6),
        |settings, _| {
            settings.required = vec![Required::ClientName, Required::ClientPhone, Required::Description];
        },
    )
    .await;
    let matter = bench.matter(0);
    let path = format!("/matters/{matter}.json");
    change(&bench, &path, json!({ "description": " " })).await;
    let report = bench.session().sync_all().await.expect("a sync");
    let line = report.matters.iter().find(|line| line.integration_id == matter.to_string()).expect("a line");
    assert_eq!(line.result, SyncResult::Failed);
    assert_eq!(line.reason.as_deref(), Some("the matter lacks a description"));
    bench.pass(DAY).await;
    change(&bench, &path, json!({ "description": "Lease" })).await;
    bench.night().await;
    assert!(bench.desk.case_of(&matter.to_string()).is_some());
    assert!(bench.firm.dead_letters().await.expect("letters").is_empty());
}

#[tokio::test(start_paused = true)]
async fn cs2_a_client_who_gets_a_phone_number_brings_the_matter_in_although_the_matter_did_not_change() {
    let bench = Bench::new().await;
    let matter = bench.matter(0);
    let client = bench.world.record("Matter", matter).expect("a matter")["client"]["id"].clone();
    let path = format!("/contacts/{client}.json");
    let contact = bench.clio.raw(Method::GET, &path).query("fields", "phone_numbers{id}");
    let answer: serde_json::Value =
        serde_json::from_slice(&contact.send().await.expect("an answer").body).expect("JSON");
    let gone: Vec<_> = answer["data"]["phone_numbers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|phone| json!({"id": phone["id"], "_destroy": true}))
        .collect();
    change(&bench, &path, json!({ "phone_numbers": gone })).await;
    let report = bench.session().sync_all().await.expect("a sync");
    let line = report.matters.iter().find(|line| line.integration_id == matter.to_string()).expect("a line");
    assert_eq!(line.reason.as_deref(), Some("the matter lacks a phone number of the client"));
    // Long after the matter changed last.
    bench.pass(60 * DAY).await;
    bench.night().await;
    bench.pass(DAY).await;
    let number = json!([{ "name": "Mobile", "number": "(415) 555-2671", "default_number": true }]);
    change(&bench, &path, json!({ "phone_numbers": number })).await;
    bench.night().await;
    let case = bench.desk.case_of(&matter.to_string()).expect("a case");
    assert_eq!(case.fields.client.phone.as_deref(), Some("+14155552671"));
}

#[tokio::test(start_paused = true)]
async fn cs3_one_matter_by_its_id_or_its_address_with_the_result_at_once() {
    let bench = Bench::new().await;
    let matter = bench.matter(1);
    for typed in [
        format!(" {matter} "),
        format!("https://app.clio.com/nc/#/matters/{matter}"),
        format!("https://app.clio.com/nc/#/matters/{matter}/activities?page=2"),
        format!("https://eu.app.clio.com/matters/{matter}"),
    ] {
        let report = bench.session().sync_one(&typed).await.expect("a sync");
        assert_eq!(report.matters.len(), 1, "{typed}: {report}");
        assert_eq!(report.matters[0].integration_id, matter.to_string());
    }
    assert_eq!(bench.desk.cases().len(), 1, "nothing is imported twice");
    let unknown = bench.session().sync_one("99999999").await.expect("a report");
    assert_eq!(unknown.matters[0].result, SyncResult::Failed);
    assert_eq!(unknown.matters[0].reason.as_deref(), Some("Clio has no matter 99999999, or hides it"));
    for wrong in ["", "abc", "12a", "-3", "https://clio.example/matters/5"] {
        let error = bench.session().sync_one(wrong).await.expect_err(wrong);
        assert!(matches!(error, Error::NotAMatter(_)), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_of_another_region_is_refused() {
    use clio_model::matters::ClioHost;
    let bench = Bench::with(|world| world.matters(2), |settings, _| settings.host = Some(ClioHost::Us)).await;
    let error =
        bench.session().sync_one("https://eu.app.clio.com/nc/#/matters/7").await.expect_err("another");
    assert!(matches!(error, Error::OtherHost { given: ClioHost::Eu, firm: ClioHost::Us }), "{error}");
    assert!(bench.world.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn cs4_the_first_sync_reaches_back_ten_years_and_later_ones_thirty_days() {
    let bench = Bench::new().await;
    let asked = |bench: &Bench| -> Vec<String> {
        let calls = bench.world.calls();
        let lists = calls.iter().filter(|call| call.path.ends_with("/matters.json"));
        lists.filter_map(|call| since_of(&call.query)).collect()
    };
    let start = bench.clio.clock().now();
    bench.night().await;
    let since = |text: &String| text.parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
    let back = start - since(&asked(&bench)[0]);
    assert_eq!(back.num_days(), 3653, "ten years");
    bench.pass(DAY).await;
    bench.night().await;
    let now = bench.clio.clock().now();
    assert_eq!((now - since(asked(&bench).last().expect("a call"))).num_days(), 30);
    // A firm that was off for long: to the last complete one, whichever is longer.
    bench.pass(100 * DAY).await;
    bench.night().await;
    let now = bench.clio.clock().now();
    assert_eq!((now - since(asked(&bench).last().expect("a call"))).num_days(), 100);
    bench.session().sync_all_from_the_start().await.expect("a sync");
    let now = bench.clio.clock().now();
    assert_eq!((now - since(asked(&bench).last().expect("a call"))).num_days(), 3653, "reset");
}

#[tokio::test(start_paused = true)]
async fn cs6_a_manual_sync_sends_a_csv_of_every_matter_to_whoever_asked() {
    let bench = Bench::with(|world| world.matters(6), map_stages).await;
    let matter = bench.matter(0);
    change(&bench, &format!("/matters/{matter}.json"), json!({ "description": "=HYPERLINK(\"x\")" })).await;
    let folder = tempfile::tempdir().expect("a folder");
    let mailer = Folder::new(folder.path());
    let report = bench.session().sync_all_for("ada@firm.example", &mailer).await.expect("a sync");
    let mail = std::fs::read_to_string(folder.path().join("0001.txt")).expect("a mail");
    assert!(mail.starts_with("To: ada@firm.example\n"), "{mail}");
    let csv = std::fs::read(folder.path().join("0001-sync-with-clio.csv")).expect("a file");
    let mut reader = csv::Reader::from_reader(&*csv);
    assert_eq!(
        reader.headers().expect("a head"),
        vec!["integration_id", "title", "result", "reason", "case"]
    );
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    assert_eq!(rows.len(), report.matters.len());
    assert_eq!(rows.len(), 6);
    let dangerous = rows.iter().find(|row| row[0] == *matter.to_string()).expect("a row");
    assert!(dangerous[1].starts_with("'=HYPERLINK"), "{dangerous:?}");
}

#[tokio::test(start_paused = true)]
async fn cs12_with_the_all_matter_sync_off_matters_come_singly_and_stay_in_step() {
    let bench = Bench::with(|world| world.matters(6), |settings, _| settings.all_matters = false).await;
    assert!(matches!(bench.session().sync_all().await, Err(Error::AllMattersOff)));
    let matter = bench.matter(2);
    bench.session().sync_one(&matter.to_string()).await.expect("a sync");
    bench.night().await;
    assert_eq!(bench.desk.cases().len(), 1);
    bench.pass(DAY).await;
    change(&bench, &format!("/matters/{matter}.json"), json!({ "description": "Will of Ruth" })).await;
    bench.night().await;
    let case = &bench.desk.cases()[0];
    assert_eq!(case.fields.description.as_deref(), Some("Will of Ruth"));
}

#[tokio::test(start_paused = true)]
async fn cs10_a_case_that_people_made_of_the_matter_is_taken_and_two_are_told() {
    let bench = Bench::new().await;
    let (one, two) = (bench.matter(0), bench.matter(1));
    bench.session().sync_one(&one.to_string()).await.expect("a sync");
    let fields = bench.desk.cases()[0].fields.clone();
    let twin =
        |matter: i64| clio_case_status::CaseFields { integration_id: matter.to_string(), ..fields.clone() };
    for fields in [twin(two), twin(two)] {
        clio_case_status::CaseStatus::create_case(&bench.desk, &fields).await.expect("a case");
    }
    let report = bench.session().sync_one(&two.to_string()).await.expect("a sync");
    assert_eq!(report.matters[0].result, SyncResult::Failed);
    assert!(report.matters[0].reason.as_deref().expect("why").starts_with("2 cases"), "{report}");
    let three = bench.matter(2);
    clio_case_status::CaseStatus::create_case(&bench.desk, &twin(three)).await.expect("a case");
    let before = bench.desk.cases().len();
    bench.session().sync_one(&three.to_string()).await.expect("a sync");
    assert_eq!(bench.desk.cases().len(), before, "the one that is there is taken");
    let case = bench.desk.case_of(&three.to_string()).expect("a case");
    assert!(matches!(case.fields.client.name, ClientName::Person { .. } | ClientName::Company(_)));
}
