//! The fake team, in memory and under virtual time.

use clio_core::{Limits, Payload};

use super::*;
use crate::{VirtualClock, samples};

/// A world on virtual time and its clock.
struct Bench {
    world: WiseTimeWorld,
    clock: Arc<VirtualClock>,
}

impl Bench {
    fn new() -> Self {
        let clock = VirtualClock::new();
        Self { world: WiseTimeWorld::team().clock(clock.clone()).start(), clock }
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
        (status, serde_json::from_slice(&body).unwrap())
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

#[tokio::test(start_paused = true)]
async fn tags_are_upserted_by_name_and_a_faulty_batch_is_refused_whole() {
    let bench = Bench::new();
    let tag = json!({"name": "00001-Byron", "description": "A sale", "additionalKeywords": ["sale"]});
    assert_eq!(bench.call("POST", "tag", tag).await.0, 200);
    let again = json!({"name": "00001-Byron", "description": "", "additionalKeywords": ["house"]});
    let again = json!({"tags": [again, {"name": "B"}]});
    assert_eq!(bench.call("POST", "tag/batch", again).await.0, 200);
    let tags = bench.world.tags();
    assert_eq!(tags[0].description.as_deref(), Some("A sale"));
    assert_eq!(tags[0].keywords, ["00001-Byron", "sale", "house"]);
    let (status, body) = bench.call("POST", "tag/batch", json!({"tags": [{"name": "C"}, {}]})).await;
    assert_eq!((status, &body["errors"][0]["index"]), (400, &json!(1)));
    let many = vec![json!({"name": "D"}); 2001];
    assert_eq!(bench.call("POST", "tag/batch", json!({"tags": many})).await.0, 400);
    assert_eq!(bench.call("POST", "tag/delete", json!({"name": "B"})).await.0, 200);
    assert_eq!(bench.call("POST", "tag/delete", json!({"name": "B"})).await.0, 404);
    assert_eq!(bench.world.tags().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_the_api() {
    let bench = Bench::new();
    assert_eq!(bench.call("GET", "team/info", Value::Null).await.1["teamName"], "Byron & Partners");
    assert_eq!(bench.call("POST", "postedtime/registerfetchclient", json!({})).await.0, 200);
    assert_eq!(bench.call("POST", "postedtime/registerfetchclient", json!({})).await.0, 409);
    assert_eq!(bench.call("POST", "postedtime/unregisterfetchclient", json!({})).await.0, 200);
    assert_eq!(bench.call("GET", "nothing", Value::Null).await.0, 404);
    let request = Request::get("https://wisetime.test/connect/api/team/info").body(Bytes::new()).unwrap();
    let Poll::Ready(answer) = bench.world.handle(request, bench.clock.now()) else { panic!("held") };
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}
