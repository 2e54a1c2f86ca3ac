//! The fake team, in memory and under virtual time. What a test shows stands in WiseTime's Connect API document
//! (1.3.0), unless it says that it is our choice.

mod activity_types;
mod connector;
mod document;
mod keys;
mod members;
mod tags;
mod webhook;

use clio_core::{Limits, Payload};
use serde_json::{Value, json};

use super::*;
use crate::{VirtualClock, samples};

/// A world on virtual time and its clock.
struct Bench {
    world: WiseTimeWorld,
    clock: Arc<VirtualClock>,
}

impl Bench {
    fn new() -> Self {
        Self::that(|team| team)
    }

    fn that(change: impl FnOnce(WiseTimeWorldBuilder) -> WiseTimeWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        Self { world: change(WiseTimeWorld::team().clock(clock.clone())).start(), clock }
    }

    /// A `POST` and its status.
    async fn post(&self, path: &str, body: Value) -> u16 {
        self.call("POST", path, body).await.0
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/connect/api/{path}", self.world.host_url()))
            .header("x-api-key", self.world.api_key())
            .body(Payload::Bytes(Bytes::from(body.to_string())))
            .unwrap();
        let answer = self.world.transport().send(request, Limits::default()).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().into_bytes(u64::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn fetch(&self) -> Vec<String> {
        let (status, groups) = self.call("GET", "postedtime?limit=25", Value::Null).await;
        assert_eq!(status, 200);
        let id = |group: &Value| group["groupId"].as_str().unwrap_or_default().to_owned();
        groups.as_array().unwrap().iter().map(id).collect()
    }

    async fn say(&self, id: &str, status: &str) -> u16 {
        let body = json!({"timeGroupId": id, "status": status, "externalId": "1"});
        self.call("POST", "postedtime/status", body).await.0
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_fetch_is_held_for_a_minute() {
    let bench = Bench::new();
    assert_eq!(bench.fetch().await, [""; 0]);
    assert_eq!(bench.clock.monotonic(), Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_held_fetch_ends_when_something_is_posted() {
    let bench = Bench::new();
    let (world, clock) = (bench.world.clone(), bench.clock.clone());
    tokio::spawn(async move {
        clock.sleep(Duration::from_secs(20)).await;
        world.post(samples::group("g-1").json());
    });
    assert_eq!(bench.fetch().await, ["g-1"]);
    assert_eq!(bench.clock.monotonic(), Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn an_unacknowledged_group_comes_again_and_an_acknowledged_one_does_not() {
    let bench = Bench::new();
    bench.world.post(samples::group("g-1").json());
    assert_eq!(bench.fetch().await, ["g-1"]);
    bench.clock.sleep(Duration::from_secs(270)).await;
    assert_eq!(bench.fetch().await, ["g-1"], "held for the 30 seconds that are left");
    assert_eq!(bench.clock.monotonic(), Duration::from_secs(300));
    assert_eq!(bench.say("g-1", "RETRIABLE_FAILURE").await, 200);
    assert_eq!(bench.world.groups()[0].state, GroupState::Retriable);
    bench.clock.sleep(Duration::from_secs(300)).await;
    assert_eq!(bench.fetch().await, ["g-1"]);
    assert_eq!(bench.say("g-1", "SUCCESS").await, 200);
    assert_eq!(bench.say("g-1", "FAILURE").await, 200);
    assert_eq!(bench.world.groups()[0].state, GroupState::Success);
    bench.clock.sleep(Duration::from_secs(3600)).await;
    assert_eq!(bench.fetch().await, [""; 0]);
    assert_eq!(bench.say("g-2", "SUCCESS").await, 404);
    assert_eq!(bench.world.statuses().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_gives_25_and_malformed_groups_too() {
    let bench = Bench::new();
    bench.world.post(json!("no group at all"));
    for n in 0..30 {
        bench.world.post(samples::group(format!("g-{n}")).json());
    }
    assert_eq!(bench.fetch().await.len(), 25);
    assert_eq!(bench.fetch().await.len(), 6);
    assert_eq!(bench.call("GET", "postedtime?limit=0", Value::Null).await.0, 400);
}

/// The document gives 25 as the most without a limit; what a larger limit gives is a setting.
#[tokio::test(start_paused = true)]
async fn a_limit_above_25_gives_25_or_more_by_setting() {
    for (large, expected) in [(false, 25), (true, 30)] {
        let bench = Bench::that(|team| team.large_fetches(large));
        for n in 0..40 {
            bench.world.post(samples::group(format!("g-{n}")).json());
        }
        let (_, groups) = bench.call("GET", "postedtime?limit=30", Value::Null).await;
        assert_eq!(groups.as_array().unwrap().len(), expected);
    }
}

/// "WiseTime will start recording": what was posted before that is a setting.
#[tokio::test(start_paused = true)]
async fn time_that_was_posted_before_anybody_registered_is_kept_by_setting() {
    for (always, expected) in [(true, vec!["early", "late"]), (false, vec!["late"])] {
        let bench = Bench::that(|team| team.records_always(always));
        bench.world.post(samples::group("early").json());
        assert_eq!(bench.post("postedtime/registerfetchclient", json!({})).await, 200);
        bench.world.post(samples::group("late").json());
        assert_eq!(bench.fetch().await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_list_goes_from_the_newest_back_without_what_failed() {
    let bench = Bench::new();
    for (n, day) in ["2026-02-03", "2026-02-05", "2026-02-04", "2026-02-06"].iter().enumerate() {
        bench.world.post(samples::group(format!("g-{n}")).date(*day).json());
    }
    bench.fetch().await;
    assert_eq!((bench.say("g-2", "SUCCESS").await, bench.say("g-3", "FAILURE").await), (200, 200));
    let (_, groups) = bench.call("GET", "postedtime/list", Value::Null).await;
    let listed: Vec<_> =
        groups.as_array().unwrap().iter().map(|one| (&one["groupId"], &one["status"])).collect();
    let expected = [("g-1", "PENDING"), ("g-2", "SUCCESS"), ("g-0", "PENDING")];
    let expected = expected.map(|(id, status)| (json!(id), json!(status)));
    assert_eq!(listed, expected.iter().map(|(id, status)| (id, status)).collect::<Vec<_>>());
    let before = groups[0]["submissionTime"].as_i64().unwrap();
    let path = format!("postedtime/list?limit=1&submittedBefore={before}");
    let (_, groups) = bench.call("GET", &path, Value::Null).await;
    assert_eq!((groups.as_array().unwrap().len(), &groups[0]["groupId"]), (1, &json!("g-2")));
    for bad in ["limit=0", "limit=501", "limit=x", "submittedBefore=x"] {
        assert_eq!(bench.call("GET", &format!("postedtime/list?{bad}"), Value::Null).await.0, 400, "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_has_to_be_one_of_three_of_a_group_that_is_known() {
    let bench = Bench::new();
    bench.world.post(samples::group("g-1").json());
    bench.fetch().await;
    for body in
        [json!({}), json!([]), json!({"timeGroupId": "g-1"}), json!({"timeGroupId": 1, "status": "SUCCESS"})]
    {
        assert_eq!(bench.post("postedtime/status", body).await, 400);
    }
    assert_eq!((bench.say("g-1", "DONE").await, bench.say("g-9", "SUCCESS").await), (400, 404));
    assert!(bench.world.statuses().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_team_has_one_fetch_client() {
    let bench = Bench::new();
    assert_eq!(bench.call("GET", "team/info", Value::Null).await.1["teamName"], "Byron & Partners");
    assert_eq!(bench.post("postedtime/unregisterfetchclient", json!({})).await, 404);
    assert_eq!(bench.post("postedtime/registerfetchclient", json!({})).await, 200);
    assert_eq!(bench.post("postedtime/registerfetchclient", json!({})).await, 409);
    assert_eq!(bench.post("postedtime/unregisterfetchclient", json!({})).await, 200);
    bench.fetch().await;
    assert_eq!(bench.post("postedtime/registerfetchclient", json!({})).await, 409, "fetching registers");
    assert_eq!(bench.call("GET", "nothing", Value::Null).await.0, 404);
}
