//! The fake firm, asked without any runner.

mod access;
mod activities;
mod bill_amounts;
mod bills;
mod calendar;
mod communications;
mod conditions;
mod contacts;
mod conversations;
mod documents;
mod downloads;
mod folders;
mod knobs;
mod line_items;
mod matters;
mod money;
mod oauth;
mod others;
mod tasks;
mod touching;
mod uploads;
mod webhooks;

use std::sync::Arc;

use clio_core::Clock;
use http::StatusCode;
use serde_json::{Value, json};

use super::*;
use crate::VirtualClock;

/// A world on virtual time, its clock and a valid token.
struct Bench {
    world: ClioWorld,
    clock: Arc<VirtualClock>,
    token: String,
}

impl Bench {
    fn new(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        let world = change(ClioWorld::firm(7).clock(clock.clone())).start();
        let token = world.token().access.expose().to_owned();
        Self { world, clock, token }
    }

    fn send(&self, method: &str, target: &str, body: &str) -> Response<Bytes> {
        let target = if target.starts_with("http") {
            target.to_owned()
        } else {
            format!("{}{target}", self.world.host_url())
        };
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("authorization", format!("Bearer {}", self.token))
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        self.world.handle(request, self.clock.now())
    }

    fn get(&self, target: &str) -> (StatusCode, Value) {
        let answer = self.send("GET", target, "");
        (answer.status(), parsed(&answer))
    }

    /// Any call with a `data` object; the answer's body is null when it has none.
    fn call(&self, method: &str, target: &str, data: &Value) -> (u16, Value) {
        let answer = self.send(method, &format!("/api/v4{target}"), &json!({ "data": data }).to_string());
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    /// The records of a list.
    fn list(&self, target: &str) -> Vec<Value> {
        let (status, body) = self.get(&format!("/api/v4{target}"));
        assert_eq!(status, StatusCode::OK, "{body}");
        body["data"].as_array().cloned().unwrap_or_default()
    }

    /// The `data` of one record.
    fn one(&self, target: &str) -> Value {
        let (status, body) = self.get(&format!("/api/v4{target}"));
        assert_eq!(status, StatusCode::OK, "{body}");
        body["data"].clone()
    }

    /// The id of a record that a `POST` makes.
    fn create(&self, target: &str, data: &Value) -> i64 {
        let (status, body) = self.call("POST", target, data);
        assert_eq!(status, 201, "{body}");
        body["data"]["id"].as_i64().unwrap()
    }

    /// Writes these members.
    fn write(&self, method: &str, target: &str, data: &Value) -> (StatusCode, Value) {
        let answer = self.send(method, target, &json!({"data": data}).to_string());
        (answer.status(), parsed(&answer))
    }

    /// The ids that a list answers.
    fn ids(&self, target: &str) -> Vec<i64> {
        let (status, body) = self.get(target);
        assert_eq!(status, StatusCode::OK, "{target}: {body}");
        let id = |one: &Value| one["id"].as_i64().or_else(|| one["id"].as_str()?.parse().ok());
        body["data"].as_array().unwrap().iter().filter_map(id).collect()
    }

    /// Creates and answers the id.
    fn make(&self, target: &str, data: &Value) -> i64 {
        let (status, body) = self.write("POST", target, data);
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let id = &body["data"]["id"];
        id.as_i64().or_else(|| id.as_str()?.parse().ok()).unwrap()
    }

    fn post(&self, body: &Value) -> (StatusCode, Value) {
        let fields = "id,quantity,total,flat_rate,note,matter{id,display_number}";
        let target = format!("/api/v4/activities.json?fields={fields}");
        let answer = self.send("POST", &target, &body.to_string());
        (answer.status(), parsed(&answer))
    }
}

fn parsed(answer: &Response<Bytes>) -> Value {
    serde_json::from_slice(answer.body()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn fields_are_checked_and_default_to_id_and_etag() {
    let bench = Bench::new(|firm| firm);
    let (status, body) = bench.get("/api/v4/matters.json?fields=id,cleint");
    assert_eq!((status.as_u16(), &body["error"]["type"]), (400, &Value::from("InvalidFields")));
    assert_eq!(body["error"]["message"], "Matter has no field `cleint`");
    let (_, body) = bench.get("/api/v4/matters.json?limit=1");
    let keys: Vec<_> = body["data"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["etag", "id"]);
    assert!(body["data"][0]["etag"].as_str().unwrap().starts_with('"'));
    let (_, body) = bench.get("/api/v4/matters.json?limit=1&fields=client,responsible_attorney%7Bname%7D");
    assert_eq!(body["data"][0]["client"].as_object().unwrap().len(), 2);
    assert!(body["data"][0]["responsible_attorney"]["name"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_field_that_was_asked_for_twice_is_answered_once() {
    let bench = Bench::new(|firm| firm);
    let answer = bench.send("GET", "/api/v4/users/who_am_i.json?fields=id,account,id,account%7Bname%7D", "");
    let text = String::from_utf8_lossy(answer.body());
    assert_eq!((text.matches("\"id\"").count(), text.matches("\"account\"").count()), (1, 1), "{text}");
    assert!(text.contains("\"name\""), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_walk_by_cursor_covers_450_matters_in_3_pages() {
    let bench = Bench::new(|firm| firm.matters(450));
    let (mut seen, mut pages) = (Vec::new(), 0);
    let mut next = Some("/api/v4/matters.json?fields=id&order=id(asc)".to_owned());
    while let Some(target) = next {
        let (status, body) = bench.get(&target);
        assert_eq!((status, &body["meta"]["records"]), (StatusCode::OK, &Value::from(450)));
        seen.extend(body["data"].as_array().unwrap().iter().map(|matter| matter["id"].as_i64().unwrap()));
        pages += 1;
        next = body["meta"]["paging"]["next"].as_str().map(str::to_owned);
        assert!(next.as_ref().is_none_or(|next| next.starts_with("https://clio.test/api/v4/matters.json?")));
    }
    assert_eq!(pages, 3);
    assert_eq!(seen, bench.world.matters().iter().map(|matter| matter.id).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_page_token_belongs_to_its_query() {
    let bench = Bench::new(|firm| firm);
    let (_, body) = bench.get("/api/v4/matters.json?limit=3");
    let next = body["meta"]["paging"]["next"].as_str().unwrap();
    assert_eq!(bench.get(next).0, StatusCode::OK);
    assert_eq!(bench.get(&format!("{next}&status=open")).0, StatusCode::BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn filters_filter_and_unknown_ones_do_nothing() {
    let bench = Bench::new(|firm| firm.activities(20));
    let matter = bench.world.matters()[2].clone();
    bench.clock.sleep(Duration::from_secs(10)).await;
    let before = bench.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    bench.world.person("Ada").close_matter(matter.id);
    let count = |target: &str| bench.get(target).1["meta"]["records"].as_u64().unwrap();
    assert_eq!(count("/api/v4/matters.json?status=closed"), 1);
    assert_eq!(count("/api/v4/matters.json?status=open,pending"), 7);
    assert_eq!(count(&format!("/api/v4/matters.json?updated_since={before}")), 1);
    assert_eq!(count("/api/v4/matters.json?updated_since=2026-03-03T00:00:00Z"), 0);
    assert_eq!(count(&format!("/api/v4/matters.json?ids[]={}", matter.id)), 1);
    assert_eq!(count("/api/v4/matters.json?query=00003-"), 1);
    assert_eq!(count("/api/v4/matters.json?statsu=closed"), 8);
    assert_eq!(count("/api/v4/activity_descriptions.json?flat_rate=true"), 1);
    assert_eq!(count("/api/v4/users.json?name=ada&limit=2000"), 1);
    let of_matter = count(&format!("/api/v4/activities.json?matter_id={}", matter.id));
    let records = bench.world.activities();
    assert_eq!(of_matter, records.iter().filter(|one| one.matter == Some(matter.id)).count() as u64);
    assert_eq!(bench.get("/api/v4/matters.json?limit=201").0, StatusCode::BAD_REQUEST);
    let (_, body) = bench.get("/api/v4/activities.json?order=date(desc)&fields=date");
    let dates: Vec<_> = body["data"].as_array().unwrap().iter().map(|one| one["date"].to_string()).collect();
    assert!(dates.is_sorted_by(|a, b| a >= b));
}

#[tokio::test(start_paused = true)]
async fn since_can_exclude_the_moment_itself() {
    for (inclusive, found) in [(true, 1), (false, 0)] {
        let bench = Bench::new(|firm| firm.since_inclusive(inclusive));
        let id = bench.world.matters()[0].id;
        bench.world.person("Ada").rename_matter(id, "00001-Renamed");
        let (_, body) = bench.get("/api/v4/matters.json?updated_since=2026-03-02T09:00:00Z");
        assert_eq!(body["meta"]["records"], found);
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_token_is_refused_in_the_shape_of_oauth() {
    let mut bench = Bench::new(|firm| firm);
    bench.token = "wrong".to_owned();
    let (status, body) = bench.get("/api/v4/users/who_am_i.json");
    assert_eq!((status, &body["error"]), (StatusCode::UNAUTHORIZED, &Value::from("invalid_token")));
    assert!(body["error_description"].is_string());
}

#[tokio::test(start_paused = true)]
async fn the_limit_counts_each_token_in_windows_of_a_minute() {
    let bench = Bench::new(|firm| firm.rate_limit(Some(2)));
    let call = || bench.send("GET", "/api/v4/users/who_am_i.json", "");
    assert_eq!(call().headers()["x-ratelimit-remaining"], "1");
    assert_eq!(call().headers()["x-ratelimit-remaining"], "0");
    bench.clock.sleep(Duration::from_secs(20)).await;
    let refused =
        bench.send("POST", "/api/v4/activities.json", r#"{"data":{"type":"TimeEntry","date":"2026-03-02"}}"#);
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "40");
    assert_eq!(refused.headers()["x-ratelimit-limit"], "2");
    assert_eq!(refused.headers()["date"], "Mon, 02 Mar 2026 09:00:20 GMT");
    assert_eq!(bench.world.activities(), []);
    bench.clock.sleep(Duration::from_secs(40)).await;
    assert_eq!(call().status(), StatusCode::OK);
    let calls = bench.world.calls();
    assert_eq!(calls.iter().map(|call| call.applied).collect::<Vec<_>>(), [true, true, false, true]);
}

#[tokio::test(start_paused = true)]
async fn every_answer_echoes_the_version_and_a_retired_one_is_gone() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let ask = |version: &str| {
        let request = Request::get("https://clio.test/api/v4/matters.json")
            .header("authorization", format!("Bearer {}", bench.token))
            .header("x-api-version", version)
            .body(Bytes::new());
        bench.world.handle(request.unwrap(), bench.clock.now())
    };
    assert_eq!(ask("4.0.9").headers()["x-api-version"], "4.0.9");
    assert!(ask("4.0.9").headers().contains_key("x-request-id"));
    assert!(!ask("4.0.9").headers().contains_key("x-ratelimit-limit"));
    assert_eq!(ask("3.0.1").status(), StatusCode::GONE);
    assert_eq!(bench.get("/api/v4/nothing.json").0, StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn an_activity_is_checked_before_it_is_written() {
    let bench = Bench::new(|firm| firm.rate_limit(None));
    let refused = |body: Value| {
        let (status, body) = bench.post(&body);
        (status.as_u16(), body["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    let date = "2026-03-02";
    assert_eq!(refused(json!({"data": {"date": date}})), (422, "type is required".to_owned()));
    assert_eq!(refused(json!({"data": {"type": "TimeEntry"}})), (422, "date is required".to_owned()));
    assert_eq!(refused(json!({"data": {"type": "Time", "date": date}})).0, 422);
    assert_eq!(refused(json!({"data": {"type": "TimeEntry", "date": "soon"}})).0, 422);
    assert_eq!(refused(json!({"type": "TimeEntry", "date": date})).0, 400);
    for name in ["matter", "user", "activity_description"] {
        let body = json!({"data": {"type": "TimeEntry", "date": date, name: {"id": 1}}});
        assert_eq!(refused(body).0, 404, "{name}");
    }
    let answer = bench.send(
        "POST",
        "/api/v4/activities.json?fields=description",
        r#"{"data":{"type":"TimeEntry","date":"2026-03-02"}}"#,
    );
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(bench.world.activities(), []);
}

#[tokio::test(start_paused = true)]
async fn time_is_priced_and_a_flat_category_makes_it_flat() {
    let bench = Bench::new(|firm| firm.trims_notes(true));
    let (matter, user) = (bench.world.matters()[0].clone(), bench.world.users()[1].clone());
    let filing = bench.world.categories().into_iter().find(|category| category.flat_rate).unwrap();
    let (status, body) = bench.post(&json!({"data": {
        "type": "TimeEntry", "date": "2026-03-02", "quantity": 1800, "price": 300, "note": " Draft ",
        "matter": {"id": matter.id}, "user": {"id": user.id}, "colour": "red",
    }}));
    assert_eq!(status, StatusCode::CREATED);
    let data = &body["data"];
    assert_eq!((&data["quantity"], &data["total"]), (&json!(1800.0), &json!(150.0)));
    assert_eq!((&data["note"], &data["flat_rate"]), (&json!("Draft"), &json!(false)));
    assert_eq!(data["matter"], json!({"id": matter.id, "display_number": matter.display_number}));
    let (_, body) = bench.post(&json!({"data": {
        "type": "TimeEntry", "date": "2026-03-02", "quantity": 600, "activity_description": {"id": filing.id},
    }}));
    assert_eq!((&body["data"]["flat_rate"], &body["data"]["total"]), (&json!(true), &json!(150.0)));
    let records = bench.world.activities();
    assert_eq!(records[0].origin, Origin::Token { call: 1 });
    assert_eq!((records[0].user, records[0].quantity_seconds), (user.id, 1800));
    assert_eq!(records[1].user, bench.world.users()[0].id);
}

#[tokio::test(start_paused = true)]
async fn people_leave_their_name_and_change_the_etag() {
    let bench = Bench::new(|firm| firm);
    let ada = bench.world.person("Ada");
    let matter = Some(bench.world.matters()[0].id);
    let id = ada.record_time(NewTime { matter, seconds: 360, note: "Call".into(), ..NewTime::default() });
    assert_eq!(bench.world.activities()[0].origin, Origin::Person("Ada".into()));
    let etag = || bench.get("/api/v4/activities.json").1["data"][0]["etag"].clone();
    let before = etag();
    assert!(ada.edit_note(id, "Longer call"));
    assert_ne!(etag(), before);
    assert!(ada.delete_activity(id) && !ada.delete_activity(id));
}

#[test]
fn the_same_seed_gives_the_same_firm() {
    let firm = |seed| ClioWorld::firm(seed).users(40).activities(5).start();
    assert_eq!(firm(3).matters(), firm(3).matters());
    assert_eq!(firm(3).app(), firm(3).app());
    assert_ne!(firm(3).matters(), firm(4).matters());
    let emails: std::collections::HashSet<_> = firm(3).users().into_iter().map(|user| user.email).collect();
    assert_eq!(emails.len(), 40);
}
