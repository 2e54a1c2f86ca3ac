//! Every request of the client, and of the flows, against WiseTime's own document, where that lies beside the checkout: in
//! `../shared/specs/wisetime-connect-v1.openapi.yaml`.

mod paper;
mod recorder;

use std::{collections::BTreeSet, sync::Arc};

use chrono::DateTime;
use clio_api::{Clio, Region};
use clio_core::Secret;
use clio_fixtures::{ClioWorld, VirtualClock, WiseTimeWorld, samples};
use clio_sync::Engine;
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{
    Client, Settings, WiseTime,
    wire::{
        AddKeywords, DeleteTag, HealthFailure, HealthFailureType, ManagedConfigRequest, Status,
        SyncActivityType, SyncSession, TagCategory, TimeGroupStatus, UpsertTag, Visibility,
    },
};
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::json;

use paper::Paper;
use recorder::{Recorder, Sent};

/// A call of the client. What is answered does not matter here; what was sent does.
type Call = fn(Client) -> BoxFuture<'static, ()>;

macro_rules! calls {
    ($($wisetime:ident => $call:expr;)*) => {
        [$(|$wisetime: Client| async move { let _ = $call.await; }.boxed()),*]
    };
}

/// One line a call. An operation whose members are optional has a line with all of them and one with none.
fn calls() -> Vec<Call> {
    calls![
        wisetime => wisetime.team_info();
        wisetime => wisetime.managed_config(&managed());
        wisetime => wisetime.managed_config(&ManagedConfigRequest::default());
        wisetime => wisetime.notify_failure(&failure(Some("Authorise again")));
        wisetime => wisetime.notify_failure(&failure(None));
        wisetime => wisetime.rescind_failure();

        wisetime => wisetime.upsert_tag_categories(&[category()]);
        wisetime => wisetime.upsert_tag_categories(&[TagCategory { external_id: "8".into(), label: "L".into(), ..TagCategory::default() }]);
        wisetime => wisetime.upsert_tag(&tag());
        wisetime => wisetime.upsert_tag(&named_tag());
        wisetime => wisetime.upsert_tags(&[tag(), named_tag()]);
        wisetime => wisetime.add_keywords(&keywords(Some("7")));
        wisetime => wisetime.add_keywords(&keywords(None));
        wisetime => wisetime.delete_keyword("T", "k");
        wisetime => wisetime.delete_tag_metadata("T", &["Group"]);
        wisetime => wisetime.delete_tag(&DeleteTag::Name("T".into()));
        wisetime => wisetime.delete_tag(&DeleteTag::Id("t-1".into()));
        wisetime => wisetime.delete_tag_category("8");

        wisetime => wisetime.start_activity_type_sync();
        wisetime => wisetime.upsert_activity_types(&[activity_type(Some("d"))], Some(&session()));
        wisetime => wisetime.upsert_activity_types(&[activity_type(None)], None);
        wisetime => wisetime.complete_activity_type_sync(&session());
        wisetime => wisetime.cancel_activity_type_sync(&session());

        wisetime => wisetime.posted_time(25);
        wisetime => wisetime.list_posted_time(500, Some(DateTime::UNIX_EPOCH));
        wisetime => wisetime.list_posted_time(1, None);
        wisetime => wisetime.update_status(&status(Status::Success, None, Some("7")));
        wisetime => wisetime.update_status(&status(Status::Failure, Some("No such user"), None));
        wisetime => wisetime.update_status(&status(Status::RetriableFailure, None, None));
        // The flows fetch: so it ends with a fetch client.
        wisetime => wisetime.unregister_fetch_client();
        wisetime => wisetime.subscribe("https://connector.test/wisetime", &Secret::new("a long random text"));
        wisetime => wisetime.unsubscribe();
        wisetime => wisetime.register_fetch_client();
    ]
    .to_vec()
}

fn managed() -> ManagedConfigRequest {
    ManagedConfigRequest {
        environment: [("clientOs".to_owned(), "linux".to_owned())].into(),
        connector_type: Some("Clio".into()),
        connector_version: Some("1.0".into()),
        connector_library_version: Some("1.0".into()),
        client_timestamp: Some(1_772_445_600_000),
        client_time_zone_offset: Some("+01:00".into()),
    }
}

fn failure(words: Option<&str>) -> HealthFailure {
    let error_type = HealthFailureType::TargetAuthFailure;
    HealthFailure { error_type, user_error_message: words.map(Into::into) }
}

fn category() -> TagCategory {
    TagCategory {
        id: Some("c-1".into()),
        external_id: "7".into(),
        label: "Wills".into(),
        description: Some("Last ones".into()),
        keywords: vec!["will".into()],
    }
}

fn tag() -> UpsertTag {
    UpsertTag {
        name: "T".into(),
        description: Some("d".into()),
        exclude_tag_name_keyword: Some(true),
        tag_category_id: Some("c-1".into()),
        path: Some("/x".into()),
        managed_by: Some("m".into()),
        external_id: Some("7".into()),
        default_activity_type_code: Some("11".into()),
        metadata: [("Group".to_owned(), "b".to_owned())].into(),
        additional_keywords: vec!["k".into()],
        url: Some("https://a.test".into()),
        visibility: Some(Visibility::Private),
        assignee_external_ids: vec!["1".into()],
    }
}

fn named_tag() -> UpsertTag {
    UpsertTag { name: "U".into(), ..UpsertTag::default() }
}

fn keywords(external_id: Option<&str>) -> AddKeywords {
    let external_id = external_id.map(Into::into);
    AddKeywords { tag_name: "T".into(), external_id, additional_keywords: vec!["k".into()] }
}

fn activity_type(description: Option<&str>) -> SyncActivityType {
    SyncActivityType {
        code: "11".into(),
        label: "Drafting".into(),
        description: description.map(Into::into),
        enable_if_new: true,
        reenable_if_archived: true,
    }
}

fn session() -> SyncSession {
    SyncSession { sync_session_id: "s-1".into() }
}

fn status(status: Status, message: Option<&str>, external_id: Option<&str>) -> TimeGroupStatus {
    TimeGroupStatus {
        time_group_id: "g-1".into(),
        status,
        message: message.map(Into::into),
        external_id: external_id.map(Into::into),
    }
}

/// The document says what each may be, and all 23 operations are sent.
#[tokio::test(start_paused = true)]
async fn every_request_is_as_the_document_says() {
    let Some(paper) = Paper::read() else { return };
    let (clock, world) = (VirtualClock::new(), WiseTimeWorld::team());
    let world = world.clock(clock.clone()).hold(std::time::Duration::from_secs(1)).start();
    let recorder = Arc::new(Recorder::over(world.transport()));
    let wisetime = client(&world, &recorder, clock.clone());

    for call in calls() {
        call(wisetime.clone()).await;
    }
    run_the_flows(&world, wisetime, clock).await;

    let sent = recorder.sent();
    let wrong: Vec<String> =
        sent.iter().filter_map(|request| paper.check(request, &world.api_key()).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let covered: BTreeSet<&str> = sent.iter().filter_map(|request| paper.operation_of(request)).collect();
    let all = paper.operations();
    assert_eq!(all.len(), 23);
    assert_eq!(covered, all);
}

fn client(world: &WiseTimeWorld, recorder: &Arc<Recorder>, clock: Arc<VirtualClock>) -> Client {
    let client = Client::builder(world.api_key()).base(format!("{}/connect/api", world.host_url()));
    client.transport(recorder.clone()).clock(clock).build().unwrap()
}

/// What the adapter sends in the course of a day: its own choice of members, not a test's.
async fn run_the_flows(world: &WiseTimeWorld, wisetime: Client, clock: Arc<VirtualClock>) {
    let clio = ClioWorld::firm(7).matters(5).clock(clock.clone()).start();
    let (matter, user) = (&clio.matters()[0], &clio.users()[0]);
    world.post(samples::group("good").matter(matter).user(user).json());
    world.post(samples::group("untagged").user(user).json());
    world.post(samples::group("by-nobody").matter(matter).json());

    let api = Clio::builder(Region::custom(&clio.host_url()).unwrap()).token(clio.token());
    let api = api.transport(clio.transport()).clock(clock.clone()).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("state.sqlite")).unwrap();
    let firm = Engine::new(store).with_clock(clock).firm("firm", api);
    firm.attach(WiseTime::connect(wisetime, Settings::default()));
    for (flow, _) in firm.flows() {
        firm.run_to_rest(&flow.path()).await.unwrap();
    }
    assert!(!world.tags().is_empty());
    assert_eq!(world.statuses().len(), 3);
}

/// The check itself notices what is wrong, one thing at a time.
#[test]
fn what_the_document_does_not_say_is_noticed() {
    let Some(paper) = Paper::read() else { return };
    let status = json!({"timeGroupId": "g", "status": "SUCCESS", "message": "m", "externalId": "7"});
    let good = Sent::of("POST", "/postedtime/status", Some(&status));
    assert_eq!(paper.check(&good, "key"), Ok(()));
    assert_eq!(paper.check(&Sent::of("GET", "/postedtime?limit=25", None), "key"), Ok(()));
    let tag = json!({"tags": [{"name": "T", "metadata": {"any name": "text"}}]});
    assert_eq!(paper.check(&Sent::of("POST", "/tag/batch", Some(&tag)), "key"), Ok(()));
    assert_eq!(paper.check(&Sent::of("POST", "/tag/delete", Some(&json!({"id": "t-1"}))), "key"), Ok(()));

    let with = |member: &str, value: serde_json::Value| {
        let mut body = status.clone();
        body[member] = value;
        Sent::of("POST", "/postedtime/status", Some(&body))
    };
    let wrong = [
        (with("status", json!("DONE")), "DONE"),
        (with("externalId", json!(7)), "string"),
        (with("extra", json!("x")), "extra"),
        (Sent::of("POST", "/postedtime/status", None), "body"),
        (Sent::of("PUT", "/postedtime/status", Some(&status)), "no operation"),
        (Sent::of("POST", "/postedtime/state", Some(&status)), "no operation"),
        (Sent::of("GET", "/postedtime?limit=many", None), "limit"),
        (Sent::of("GET", "/postedtime?size=25", None), "size"),
        (Sent::of("GET", "/team/info", Some(&json!({}))), "body"),
        (Sent::of("POST", "/tag/batch", Some(&json!({"tags": [{"nam": "T"}]}))), "nam"),
        (Sent::of("POST", "/tag/delete", Some(&json!({"name": "T", "id": "t-1"}))), "oneOf"),
        (Sent::of("POST", "/postedtime/subscribe", Some(&json!({"callerKey": "k"}))), "callbackUrl"),
        (Sent::of("POST", "/postedtime/unsubscribe", Some(&json!({"callbackUrl": "x"}))), "callbackUrl"),
        (Sent { keys: Vec::new(), ..good.clone() }, "x-api-key"),
        (Sent { keys: vec!["another".into()], ..good.clone() }, "x-api-key"),
        (Sent { content_type: None, ..good.clone() }, "application/json"),
        (Sent { url: "https://wisetime.test/postedtime/status".into(), ..good }, "no operation"),
    ];
    for (request, word) in wrong {
        let why = paper.check(&request, "key").expect_err(word);
        assert!(why.contains(word), "{word}: {why}");
    }
}
