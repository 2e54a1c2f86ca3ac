//! Configuration of connectors, and notices of their health.

use serde_json::{Value, json};

use super::Bench;
use crate::samples;

#[tokio::test(start_paused = true)]
async fn the_properties_of_a_connector_come_with_its_configuration() {
    let bench = Bench::that(|team| team.configuration("SHOW_CLOSED_CASES", "true"));
    let body = json!({"environment": {"os": "linux"}, "connectorType": "Clio", "clientTimestamp": 1});
    let (status, body) = bench.call("POST", "team/managed/config", body).await;
    assert_eq!((status, &body["connectorConfiguration"]), (200, &json!({"SHOW_CLOSED_CASES": "true"})));
    assert_eq!(body["serviceIdExpiry"], "2026-03-02T10:00:00Z");
    assert_eq!(
        Bench::new().call("POST", "team/managed/config", json!({})).await.1["connectorConfiguration"],
        json!({})
    );
    assert_eq!(
        bench.post("team/managed/config", json!({"connectorType": 1})).await,
        500,
        "there is no 400 here"
    );
}

/// While a failure stands, members see its message when they try to post.
#[tokio::test(start_paused = true)]
async fn a_failure_that_was_notified_keeps_members_from_posting_until_it_is_rescinded() {
    let bench = Bench::new();
    let notice = json!({"errorType": "TARGET_AUTH_FAILURE", "userErrorMessage": "Connect Clio again"});
    assert_eq!(bench.post("healthcheck/failure/notify", notice).await, 204);
    let notice = bench.world.try_post(samples::group("g-1").json()).unwrap_err();
    assert_eq!(
        (notice.error_type.as_str(), notice.message.as_deref()),
        ("TARGET_AUTH_FAILURE", Some("Connect Clio again"))
    );
    assert!(bench.world.groups().is_empty());
    assert_eq!(bench.post("healthcheck/failure/notify", json!({"errorType": "OF_OUR_OWN"})).await, 204);
    assert_eq!(bench.world.health().unwrap().error_type, "OF_OUR_OWN", "the newest stands");
    assert_eq!(bench.post("healthcheck/failure/rescind", Value::Null).await, 204);
    assert_eq!(bench.post("healthcheck/failure/rescind", json!({})).await, 204, "nothing to rescind");
    assert!(bench.world.health().is_none() && bench.world.health_notices().len() == 2);
    assert!(bench.world.try_post(samples::group("g-1").json()).is_ok());
    assert_eq!(bench.post("healthcheck/failure/notify", json!(1)).await, 500, "there is no 400 here");
}
