//! Activity types and sync sessions.

use serde_json::{Value, json};

use super::Bench;

/// Starts a session and answers its id.
async fn session(bench: &Bench) -> String {
    let (status, body) = bench.call("POST", "activitytype/sync/start", Value::Null).await;
    assert_eq!(status, 200);
    body["syncSessionId"].as_str().unwrap().to_owned()
}

fn types(codes: &[&str], session: Option<&str>) -> Value {
    let list: Vec<_> =
        codes.iter().map(|code| json!({"code": code, "label": format!("Label {code}")})).collect();
    json!({"activityTypes": list, "syncSessionId": session})
}

/// The codes that are not deleted.
fn codes(bench: &Bench) -> Vec<String> {
    let all = bench.world.activity_types().into_iter();
    all.filter(|kind| !kind.deleted).map(|kind| kind.code).collect()
}

#[tokio::test(start_paused = true)]
async fn a_completed_session_deletes_what_was_not_sent_since_it_began() {
    let bench = Bench::new();
    assert_eq!(bench.post("activitytype/batch", types(&["a", "b"], None)).await, 200);
    let id = session(&bench).await;
    assert_eq!(bench.post("activitytype/batch", types(&["b"], Some(&id))).await, 200);
    assert_eq!(bench.post("activitytype/batch", types(&["c"], None)).await, 200, "outside of it counts too");
    assert_eq!(codes(&bench), ["a", "b", "c"]);
    assert_eq!(bench.post("activitytype/sync/complete", json!({"syncSessionId": id})).await, 200);
    assert_eq!(codes(&bench), ["b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_session_changes_nothing_and_an_ended_one_is_404() {
    let bench = Bench::new();
    bench.post("activitytype/batch", types(&["a"], None)).await;
    let id = session(&bench).await;
    let body = json!({"syncSessionId": id});
    assert_eq!(bench.post("activitytype/sync/cancel", body.clone()).await, 200);
    assert_eq!(codes(&bench), ["a"]);
    assert_eq!(bench.post("activitytype/sync/cancel", body.clone()).await, 404);
    assert_eq!(bench.post("activitytype/sync/complete", body).await, 404);
    assert_eq!(bench.post("activitytype/sync/complete", json!(7)).await, 404);
    assert_eq!(bench.post("activitytype/batch", types(&["z"], Some(&id))).await, 400);
}

#[tokio::test(start_paused = true)]
async fn a_session_may_be_forgotten_before_or_after_its_batches() {
    let bench = Bench::new();
    for (batches, expected) in
        [(0, [400, 400, 404]), (1, [200, 400, 404]), (2, [200, 200, 404]), (3, [200; 3])]
    {
        bench.world.forget_session_after(batches);
        let id = session(&bench).await;
        let mut statuses = Vec::new();
        for _ in 0..2 {
            statuses.push(bench.post("activitytype/batch", types(&["a"], Some(&id))).await);
        }
        statuses.push(bench.post("activitytype/sync/complete", json!({"syncSessionId": id})).await);
        assert_eq!(statuses, expected, "after {batches}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_label_and_the_state_of_a_known_type_stay_as_they_are() {
    let bench = Bench::new();
    let send = async |label: &str, enable: bool, reenable: bool| {
        let one = json!({"code": "a", "label": label, "enableIfNew": enable, "reenableIfArchived": reenable});
        assert_eq!(bench.post("activitytype/batch", json!({"activityTypes": [one]})).await, 200);
        let kind = bench.world.activity_types().remove(0);
        (kind.label, kind.enabled, kind.deleted)
    };
    assert_eq!(send("First", false, false).await, ("First".into(), false, false), "not enabled unless asked");
    assert_eq!(send("Second", true, false).await, ("First".into(), false, false), "it is not new");
    assert_eq!(send("Second", false, true).await, ("First".into(), true, false));
    assert!(bench.world.archive_activity_type("a") && !bench.world.archive_activity_type("z"));
    assert_eq!(send("First", true, false).await, ("First".into(), false, false), "a member archived it");
    let id = session(&bench).await;
    bench.post("activitytype/sync/complete", json!({"syncSessionId": id})).await;
    assert_eq!(
        send("First", true, false).await,
        ("First".into(), false, true),
        "deleted, and not asked back"
    );
    assert_eq!(send("First", false, true).await, ("First".into(), true, false));
}

#[tokio::test(start_paused = true)]
async fn a_type_needs_a_code_and_a_label() {
    let bench = Bench::new();
    for bad in
        [json!({"code": "a"}), json!({"label": "A"}), json!({"code": "a", "label": "A", "enableIfNew": 1})]
    {
        let batch = json!({"activityTypes": [{"code": "good", "label": "G"}, bad]});
        let (status, body) = bench.call("POST", "activitytype/batch", batch).await;
        assert_eq!((status, &body["errors"][0]["index"]), (400, &json!(1)));
    }
    assert!(bench.world.activity_types().is_empty());
}
