//! Timers, court rules, safe custody, practice areas.

use super::*;

fn bench() -> Bench {
    Bench::new(|firm| firm.rate_limit(None))
}

fn time(bench: &Bench) -> i64 {
    bench.make("/api/v4/activities.json", &json!({"type": "TimeEntry", "date": "2026-03-02", "quantity": 0}))
}

/// Clio's document: one timer a user, at a path without an id, which counts hours from its start.
#[tokio::test(start_paused = true)]
async fn each_user_has_one_timer() {
    let mut bench = bench();
    let timer = "/api/v4/timer.json";
    assert_eq!(bench.get(timer).0, StatusCode::NOT_FOUND);
    let (first, second) = (time(&bench), time(&bench));
    bench.make(timer, &json!({"activity": {"id": first}}));
    let latest = bench.make(timer, &json!({"activity": {"id": second}}));
    bench.clock.sleep(Duration::from_secs(5400)).await;
    let (_, body) = bench.get(&format!("{timer}?fields=id,elapsed_time,start_time,activity"));
    let data = &body["data"];
    assert_eq!((&data["id"], &data["activity"]["id"]), (&json!(latest), &json!(second)));
    assert_eq!(
        (&data["elapsed_time"], &data["start_time"]),
        (&json!(1.5), &json!("2026-03-02T09:00:00+00:00"))
    );
    assert_eq!(bench.world.records("Timer").len(), 1);
    let own = bench.token.clone();
    bench.token = bench.world.token_of(bench.world.users()[1].id).access.expose().to_owned();
    assert_eq!(bench.get(timer).0, StatusCode::NOT_FOUND, "another user has none");
    bench.token = own;
    assert_eq!(bench.send("DELETE", timer, "").status(), StatusCode::NO_CONTENT);
    assert_eq!(bench.send("DELETE", timer, "").status(), StatusCode::NOT_FOUND);
}

/// Clio's document: triggers lie below their jurisdiction, and a preview answers an address.
#[test]
fn court_rules_ask_for_what_exists() {
    let bench = Bench::new(|firm| firm.rate_limit(None).one_of_each());
    let below = |id: i64| bench.get(&format!("/api/v4/court_rules/jurisdictions/{id}/triggers.json")).0;
    assert_eq!((below(1), below(2)), (StatusCode::OK, StatusCode::NOT_FOUND));
    let preview = |trigger: i64| {
        let query = format!(
            "jurisdiction[id]=1&service_type[id]=1&trigger[id]={trigger}&start_date=2026-03-10&start_time=2026-03-10T09:00:00Z"
        );
        bench.send("GET", &format!("/api/v4/court_rules/matter_dockets/preview.json?{query}"), "")
    };
    assert_eq!(preview(1).status(), StatusCode::SEE_OTHER);
    assert!(preview(1).headers()["location"].to_str().unwrap().starts_with("https://clio.test/"));
    assert_eq!(preview(2).status(), StatusCode::NOT_FOUND);
    let bare = bench.send("GET", "/api/v4/court_rules/matter_dockets/preview.json", "");
    assert_eq!(bare.status(), StatusCode::BAD_REQUEST);
}

/// Clio's document: who moves a paper is a user or a contact; without a day it is the day of storing.
#[test]
fn a_paper_in_custody_changes_its_state() {
    let bench = Bench::new(|firm| firm.rate_limit(None).one_of_each());
    let target = |id: i64| format!("/api/v4/safe_custody/records/{id}/state_changes.json?fields=state,date");
    let by = |actor: i64| json!({"state": "removed", "actor_id": actor, "actor_type": 2});
    assert_eq!(bench.write("POST", &target(9), &by(1)).0, StatusCode::NOT_FOUND);
    assert_eq!(bench.write("POST", &target(1), &by(9)).0, StatusCode::NOT_FOUND);
    let (status, body) = bench.write("POST", &target(1), &by(1));
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(body["data"], json!({"state": "removed", "date": "2026-01-15"}));
}

/// Clio's document: stages are those of an area.
#[test]
fn stages_are_listed_by_practice_area() {
    let bench = bench();
    let area = bench.world.records("PracticeArea")[0].clone();
    let stages =
        bench.get(&format!("/api/v4/matter_stages.json?fields=name&practice_area_id={}", area["id"])).1;
    let names: Vec<_> = stages["data"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Intake", "Contract", "Searches", "Completion"]);
}
