//! Every request of the client, and of the flows, against WiseTime's own document, where that lies beside the checkout: in
//! `../shared/specs/wisetime-connect-v1.openapi.yaml`.

mod paper;
mod recorder;

use std::{collections::BTreeSet, sync::Arc};

use clio_api::{Clio, Region};
use clio_fixtures::{ClioWorld, VirtualClock, WiseTimeWorld, samples};
use clio_sync::Engine;
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{
    Client, Settings, WiseTime,
    wire::{Status, TimeGroupStatus},
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
        wisetime => wisetime.team_name();
        wisetime => wisetime.posted_time(25);
        wisetime => wisetime.update_status(&status(Status::Success, None, Some("7")));
        wisetime => wisetime.update_status(&status(Status::Failure, Some("No such user"), None));
        wisetime => wisetime.update_status(&status(Status::RetriableFailure, None, None));
    ]
    .to_vec()
}

/// Operations that the client does not have yet. The test fails when one of them was sent, so that none stays here.
const NOT_YET: &[&str] = &[
    "activity-type-sync-cancel",
    "activity-type-sync-complete",
    "activity-type-sync-start",
    "activity-type-upsert-batch",
    "batch-tag-category-upsert",
    "delete-webhook",
    "health-check-failure-notify",
    "health-check-failure-rescind",
    "list-posted-time",
    "post-subscribe",
    "register-for-fetch",
    "tag-category-delete",
    "tag-delete",
    "tag-keyword-delete",
    "tag-keywords-add",
    "tag-metadata-delete",
    "tag-upsert",
    "team-managed-config",
    "unregister-from-fetch",
];

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
    let not_yet: BTreeSet<&str> = NOT_YET.iter().copied().collect();
    let both: Vec<&&str> = covered.intersection(&not_yet).collect();
    assert!(both.is_empty(), "no longer missing: {both:?}");
    let all = paper.operations();
    assert_eq!(all.len(), 23);
    assert_eq!(covered.union(&not_yet).copied().collect::<BTreeSet<_>>(), all);
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
