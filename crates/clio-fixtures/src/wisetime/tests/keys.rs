//! API keys, the limit of calls, and bytes that are no request.

use std::time::Duration;

use bytes::Bytes;
use clio_core::{Clock, Random};
use http::Request;
use serde_json::{Value, json};

use super::Bench;
use crate::{Poll, SeededRandom};

/// Every operation, as its method and path.
const OPERATIONS: [(&str, &str); 23] = [
    ("GET", "team/info"),
    ("POST", "tag"),
    ("POST", "tag/batch"),
    ("POST", "tag/delete"),
    ("POST", "tag/metadata/delete"),
    ("POST", "tag/keyword"),
    ("POST", "tag/keyword/delete"),
    ("POST", "tagcategory/batch"),
    ("POST", "tagcategory/delete"),
    ("POST", "activitytype/sync/start"),
    ("POST", "activitytype/sync/complete"),
    ("POST", "activitytype/sync/cancel"),
    ("POST", "activitytype/batch"),
    ("GET", "postedtime"),
    ("GET", "postedtime/list"),
    ("POST", "postedtime/registerfetchclient"),
    ("POST", "postedtime/unregisterfetchclient"),
    ("POST", "postedtime/status"),
    ("POST", "postedtime/subscribe"),
    ("POST", "postedtime/unsubscribe"),
    ("POST", "team/managed/config"),
    ("POST", "healthcheck/failure/notify"),
    ("POST", "healthcheck/failure/rescind"),
];

fn status(bench: &Bench, method: &str, path: &str, key: Option<&str>, body: Vec<u8>) -> Option<u16> {
    let mut request =
        Request::builder().method(method).uri(format!("https://wisetime.test/connect/api/{path}"));
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    match bench.world.handle(request.body(Bytes::from(body)).unwrap(), bench.clock.now()) {
        Poll::Ready(answer) => Some(answer.status().as_u16()),
        Poll::Held { .. } => None,
    }
}

/// 401 everywhere, except that the document has 404 for one operation, perhaps by mistake; 403 is our setting.
#[tokio::test(start_paused = true)]
async fn a_missing_or_wrong_key_is_refused_by_every_operation() {
    for (forbids, hides, status_of_all, status_of_one) in
        [(false, true, 401, 404), (false, false, 401, 401), (true, true, 403, 404), (true, false, 403, 403)]
    {
        let bench = Bench::that(|team| team.forbids_bad_keys(forbids).hides_categories(hides));
        for (method, path) in OPERATIONS {
            let expected = if path == "tagcategory/delete" { status_of_one } else { status_of_all };
            for key in [None, Some("wt-wrong")] {
                assert_eq!(status(&bench, method, path, key, b"{}".to_vec()), Some(expected), "{path}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_replaced_key_is_refused() {
    let bench = Bench::new();
    let old = bench.world.api_key();
    bench.world.replace_api_key();
    assert_ne!(bench.world.api_key(), old);
    assert_eq!(status(&bench, "GET", "team/info", Some(&old), Vec::new()), Some(401));
    assert_eq!(bench.call("GET", "team/info", Value::Null).await.0, 200);
}

/// WiseTime documents no limit of calls.
#[tokio::test(start_paused = true)]
async fn calls_are_limited_by_setting_and_a_held_one_counts_once() {
    let bench = Bench::that(|team| team.rate_limit(Some(2)).hold(Duration::from_secs(5)));
    assert_eq!(bench.fetch().await, [""; 0], "asked for twice: at once and at the end");
    assert_eq!(bench.call("GET", "team/info", Value::Null).await.0, 200);
    assert_eq!(bench.call("GET", "team/info", Value::Null).await.0, 429);
    bench.clock.sleep(Duration::from_secs(60)).await;
    assert_eq!(bench.call("GET", "team/info", Value::Null).await.0, 200);
    let bench = Bench::new();
    for _ in 0..200 {
        assert_eq!(bench.call("GET", "team/info", Value::Null).await.0, 200);
    }
}

/// Any body, and any JSON, to every operation: an answer, never a panic.
#[tokio::test(start_paused = true)]
async fn no_body_makes_the_world_panic() {
    let (bench, random) = (Bench::new(), SeededRandom::new(3));
    let key = bench.world.api_key();
    let odd = [
        Value::Null,
        json!(0),
        json!([]),
        json!({"tags": [[], {"name": {}}, null]}),
        json!({"tags": {}}),
        json!({"tagName": "A", "keyword": 1}),
        json!({"callbackUrl": "::"}),
        json!({"callbackUrl": "/only/a/path"}),
        json!({"activityTypes": [null]}),
        json!({"tagCategories": [[]]}),
        json!({"syncSessionId": {}}),
    ];
    for (method, path) in OPERATIONS {
        for body in &odd {
            let _ = status(&bench, method, path, Some(&key), body.to_string().into_bytes());
        }
        for length in 0..40 {
            let mut body = vec![0; length];
            random.fill(&mut body);
            let _ = status(&bench, method, path, Some(&key), body);
        }
    }
    assert_eq!(bench.call("GET", "team/info", Value::Null).await.0, 200);
}

/// The same seed, the same faults at the same calls.
#[tokio::test(start_paused = true)]
async fn faults_by_chance_follow_from_the_seed_of_the_world() {
    let faults = async |seed: u64| {
        let bench = Bench::that(|team| team.seed(seed));
        bench.world.faults().with_probability("GET", "team/info", 0.5, &[crate::Fault::ServerErrorApplied]);
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(bench.call("GET", "team/info", Value::Null).await.0);
        }
        statuses
    };
    assert_eq!(faults(1).await, faults(1).await);
    assert_ne!(faults(1).await, faults(2).await);
}
