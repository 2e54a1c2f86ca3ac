//! Matters.

use super::*;

fn first_client(bench: &Bench) -> i64 {
    bench.list("/contacts.json")[0]["id"].as_i64().unwrap()
}

/// Clio's document: `POST` needs a client and a description; the rest has defaults. The number follows Clio's default
/// pattern.
#[tokio::test(start_paused = true)]
async fn a_new_matter_is_open_and_numbered_by_clio() {
    let bench = Bench::new(|firm| firm.matters(3));
    let client = first_client(&bench);
    assert_eq!(bench.call("POST", "/matters.json", &json!({"description": "Lease"})).0, 422);
    let data = json!({"description": "Lease", "client": {"id": client}, "display_number": "MINE-1"});
    let fields = "status,display_number,number,billable,billing_method,open_date,client_id";
    let (status, body) = bench.call("POST", &format!("/matters.json?fields={fields}"), &data);
    let matter = &body["data"];
    assert_eq!((status, &matter["status"], &matter["number"]), (201, &json!("Open"), &json!(4)));
    assert!(matter["display_number"].as_str().unwrap().starts_with("00004-"), "{matter}");
    assert_eq!((&matter["billable"], &matter["billing_method"]), (&json!(true), &json!("hourly")));
    assert_eq!((&matter["open_date"], &matter["client_id"]), (&json!("2026-03-02"), &json!(client)));
}

/// Clio's document: only firms that number by hand take a number.
#[tokio::test(start_paused = true)]
async fn a_firm_that_numbers_by_hand_takes_the_callers_number() {
    for (manual, number) in [(true, "MINE-1"), (false, "")] {
        let bench = Bench::new(|firm| firm.manual_matter_numbers(manual));
        let id = bench.world.matters()[0].id;
        let target = format!("/matters/{id}.json?fields=display_number");
        let before = bench.world.matters()[0].display_number.clone();
        let (status, body) = bench.call("PATCH", &target, &json!({"display_number": "MINE-1"}));
        assert_eq!(status, 200);
        assert_eq!(body["data"]["display_number"], if manual { number } else { &before });
    }
}

/// Clio's document: written in lower case, read with a capital; closing sets the date.
#[tokio::test(start_paused = true)]
async fn a_status_is_written_in_lower_case_and_read_with_a_capital() {
    let bench = Bench::new(|firm| firm);
    let id = bench.world.matters()[0].id;
    let target = format!("/matters/{id}.json?fields=status,close_date,pending_date");
    let patch = |status: &str| bench.call("PATCH", &target, &json!({ "status": status })).1["data"].clone();
    assert_eq!(
        patch("closed"),
        json!({"status": "Closed", "close_date": "2026-03-02", "pending_date": null})
    );
    assert_eq!(patch("open"), json!({"status": "Open", "close_date": null, "pending_date": null}));
    assert_eq!(patch("pending")["pending_date"], "2026-03-02");
    assert_eq!(bench.call("PATCH", &target, &json!({"status": "shut"})).0, 422);
}

/// Clio's document: stages belong to a practice area; the time of the last change is kept, nothing before it.
#[tokio::test(start_paused = true)]
async fn a_stage_belongs_to_the_practice_area_of_its_matter() {
    let bench = Bench::new(|firm| firm);
    let id = bench.world.matters()[0].id;
    let target = format!("/matters/{id}.json?fields=practice_area,matter_stage,matter_stage_updated_at");
    let before = bench.one(&target);
    let (area, now) = (before["practice_area"]["id"].clone(), &before["matter_stage"]["id"]);
    let stages = bench.list("/matter_stages.json?fields=id,order,practice_area_id");
    let area = json!(area.to_string());
    let of = |own: bool| {
        let mut fitting =
            stages.iter().filter(|stage| (stage["practice_area_id"] == area) == own && stage["id"] != *now);
        fitting.next_back().unwrap()["id"].clone()
    };
    assert_eq!(bench.call("PATCH", &target, &json!({"matter_stage": {"id": of(false)}})).0, 422);
    bench.clock.sleep(Duration::from_secs(3600)).await;
    let (status, body) = bench.call("PATCH", &target, &json!({"matter_stage": {"id": of(true)}}));
    assert_eq!(
        (status, &body["data"]["matter_stage_updated_at"]),
        (200, &json!("2026-03-02T10:00:00+00:00"))
    );
    let (_, body) = bench.call("PATCH", &target, &json!({"matter_stage": null}));
    assert_eq!(body["data"]["matter_stage"], Value::Null);
}

/// Clio's document has the null of an association inside, at the id; others send it in place of the object.
#[tokio::test(start_paused = true)]
async fn a_null_inside_clears_what_a_null_outside_clears() {
    let bench = Bench::new(|firm| firm);
    let id = bench.world.matters()[0].id;
    let group = bench.list("/groups.json")[0]["id"].clone();
    let target = format!("/matters/{id}.json?fields=matter_stage,matter_stage_updated_at,group");
    let before = bench.one(&target);
    let stage = json!({"matter_stage": {"id": before["matter_stage"]["id"]}, "group": {"id": group}});
    for none in [json!(null), json!({"id": null})] {
        let (status, set) = bench.call("PATCH", &target, &stage);
        assert_eq!((status, &set["data"]["group"]["id"]), (200, &group), "{set}");
        assert_eq!(set["data"]["matter_stage"], before["matter_stage"]);
        let (_, cleared) = bench.call("PATCH", &target, &json!({"matter_stage": none, "group": none}));
        assert_eq!(
            cleared["data"],
            json!({"matter_stage": null, "matter_stage_updated_at": null, "group": null}),
            "{none}"
        );
    }
}

/// Clio's document: null is not valid for the client of a matter.
#[tokio::test(start_paused = true)]
async fn a_matter_keeps_a_client() {
    let bench = Bench::new(|firm| firm);
    let target = format!("/matters/{}.json?fields=client", bench.world.matters()[0].id);
    let before = bench.one(&target);
    for none in [json!(null), json!({"id": null})] {
        assert_eq!(bench.call("PATCH", &target, &json!({"client": none})).0, 422);
        let new = json!({"description": "Estate", "client": none});
        assert_eq!(bench.call("POST", "/matters.json", &new).0, 422);
    }
    assert_eq!(bench.call("PATCH", &target, &json!({"client": {}})).0, 200);
    assert_eq!(bench.one(&target), before);
}

/// Clio's document and users: another type of custom rate deletes the rates; a flat rate makes the matter flat; each rate
/// needs a user or a group; billing_method itself is ignored.
#[tokio::test(start_paused = true)]
async fn a_custom_rate_decides_how_the_matter_is_billed() {
    let bench = Bench::new(|firm| firm);
    let (id, user) = (bench.world.matters()[0].id, bench.world.users()[0].id);
    let target = format!("/matters/{id}.json?fields=billing_method,custom_rate%7Btype,rates%7D");
    let patch = |rate: Value| bench.call("PATCH", &target, &json!({ "custom_rate": rate }));
    let rate = |amount: i64| json!({"rate": amount, "user": {"id": user}});
    let (_, body) = patch(json!({"type": "HourlyRate", "rates": [rate(250)]}));
    assert_eq!(body["data"]["billing_method"], "hourly");
    assert_eq!(body["data"]["custom_rate"]["rates"].as_array().unwrap().len(), 1);
    let (status, body) = patch(json!({"type": "FlatRate", "rates": [rate(5000)]}));
    assert_eq!((status, &body["data"]["billing_method"]), (200, &json!("flat")));
    assert_eq!(body["data"]["custom_rate"]["rates"].as_array().unwrap().len(), 1, "the hourly one is gone");
    assert_eq!(patch(json!({"type": "FlatRate", "rates": [rate(1), rate(2)]})).0, 422);
    assert_eq!(patch(json!({"type": "HourlyRate", "rates": [{"rate": 5}]})).0, 422);
    let (_, body) = bench.call("PATCH", &target, &json!({"billing_method": "contingency"}));
    assert_eq!(body["data"]["billing_method"], "flat");
}

/// Users report: null changes nothing, `{"id": null}` is refused.
#[tokio::test(start_paused = true)]
async fn the_attorneys_of_a_matter_cannot_be_taken_off() {
    let bench = Bench::new(|firm| firm);
    let id = bench.world.matters()[0].id;
    let target = format!("/matters/{id}.json?fields=responsible_attorney");
    let before = bench.one(&target);
    let (status, body) = bench.call("PATCH", &target, &json!({"responsible_attorney": null}));
    assert_eq!((status, &body["data"]), (200, &before));
    assert_eq!(bench.call("PATCH", &target, &json!({"responsible_attorney": {}})).1["data"], before);
    assert_eq!(bench.call("PATCH", &target, &json!({"responsible_attorney": {"id": null}})).0, 422);
}

/// Clio's document has the null at the id. Nobody says that one in place of the whole is ignored here, as it is for people.
#[tokio::test(start_paused = true)]
async fn a_practice_area_is_taken_off_by_a_null_at_its_id_or_in_its_place() {
    let bench = Bench::new(|firm| firm);
    let none = [json!({"id": null}), json!(null)];
    let targets =
        bench.world.matters().into_iter().map(|one| format!("/matters/{}.json?fields=practice_area", one.id));
    let with_area: Vec<_> =
        targets.filter(|target| bench.one(target)["practice_area"].is_object()).take(2).collect();
    assert_eq!(with_area.len(), none.len());
    for (target, none) in with_area.into_iter().zip(none) {
        let (status, _) = bench.call("PATCH", &target, &json!({"practice_area": none}));
        assert_eq!((status, &bench.one(&target)["practice_area"]), (200, &json!(null)), "{none}");
    }
}

/// Clio's help pages: activities stay without their matter.
#[tokio::test(start_paused = true)]
async fn a_deleted_matter_leaves_its_activities_behind() {
    let bench = Bench::new(|firm| firm.activities(12));
    let of = bench.world.activities().iter().find_map(|one| one.matter).unwrap();
    assert_eq!(bench.call("DELETE", &format!("/matters/{of}.json"), &Value::Null).0, 204);
    assert_eq!(bench.call("DELETE", &format!("/matters/{of}.json"), &Value::Null).0, 404);
    let activities = bench.world.activities();
    assert_eq!(activities.len(), 12);
    assert!(
        activities.iter().all(|one| one.matter != Some(of))
            && activities.iter().any(|one| one.matter.is_none())
    );
}

/// Clio's document: `>=2020-01-01`; users: several together; the status filter takes a list with commas.
#[tokio::test(start_paused = true)]
async fn dates_of_matters_are_compared_by_operator() {
    let bench = Bench::new(|firm| firm);
    let opened = bench.list("/matters.json?fields=open_date")[0]["open_date"].as_str().unwrap().to_owned();
    assert_eq!(
        bench.list(&format!("/matters.json?open_date[]=%3E={opened}&open_date[]=%3C={opened}")).len(),
        8
    );
    assert_eq!(bench.list(&format!("/matters.json?open_date[]=%3E{opened}")).len(), 0);
    let (status, body) = bench.get("/api/v4/matters.json?open_date[]=soon");
    assert_eq!((status.as_u16(), &body["error"]["type"]), (400, &json!("ArgumentError")));
}

/// Clio's document: relationships written with a matter are records of their own.
#[tokio::test(start_paused = true)]
async fn relationships_of_a_new_matter_are_records() {
    let bench = Bench::new(|firm| firm);
    let client = first_client(&bench);
    let other = bench.create("/contacts.json", &json!({"type": "Person", "first_name": "Ines"}));
    let id = bench.create(
        "/matters.json",
        &json!({
            "description": "Lease", "client": {"id": client},
            "relationships": [{"contact": {"id": other}, "description": "landlord"}],
        }),
    );
    let relations = bench.list(&format!("/relationships.json?matter_id={id}&fields=description,contact"));
    assert_eq!(
        (relations[0]["contact"]["id"].as_i64(), &relations[0]["description"]),
        (Some(other), &json!("landlord"))
    );
    let people = bench.list(&format!("/matters/{id}/contacts.json?fields=id,is_client,relationship_name"));
    assert_eq!(people.len(), 2);
    let landlord = people.iter().find(|one| one["id"] == other).unwrap();
    assert_eq!((&landlord["is_client"], &landlord["relationship_name"]), (&json!(false), &json!("landlord")));
    assert_eq!(bench.one(&format!("/matters/{id}/client.json?fields=id"))["id"], client);
    assert_eq!(bench.list(&format!("/matters/{id}/related_contacts.json")).len(), 1);
}

/// Clio's document: the contacts of a matter go by `is_client(asc)` unless asked otherwise.
#[tokio::test(start_paused = true)]
async fn the_client_comes_last_among_the_contacts_of_a_matter() {
    let bench = Bench::new(|firm| firm);
    let id = bench.world.matters()[0].id;
    let other = bench.create("/contacts.json", &json!({"type": "Person", "first_name": "Ines"}));
    let relation = json!({"description": "witness", "matter": {"id": id}, "contact": {"id": other}});
    bench.create("/relationships.json", &relation);
    let clients = |order: &str| -> Vec<Value> {
        let people = bench.list(&format!("/matters/{id}/contacts.json?fields=is_client{order}"));
        people.iter().map(|one| one["is_client"].clone()).collect()
    };
    assert_eq!(clients(""), [false, true]);
    assert_eq!(clients("&order=id(asc)"), [true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_matter_leaves_no_null_in_a_list() {
    let bench = Bench::new(|firm| firm.activities(40));
    let matter = bench.world.activities().iter().find_map(|one| one.matter).unwrap();
    let bill = NewBill { matter: Some(matter), ..NewBill::default() };
    let bill = bench.world.person("Ada").bill(bill).unwrap();
    let matters = || bench.one(&format!("/bills/{bill}.json?fields=matters"))["matters"].clone();
    assert_eq!(matters()[0]["id"], matter);
    assert_eq!(bench.call("DELETE", &format!("/matters/{matter}.json"), &json!({})).0, 204);
    assert_eq!(matters(), json!([]));
}

#[tokio::test(start_paused = true)]
async fn the_last_activity_date_follows_every_change() {
    let bench = Bench::new(|firm| firm);
    let matter = bench.world.matters()[0].id;
    let last = || {
        bench.one(&format!("/matters/{matter}.json?fields=last_activity_date"))["last_activity_date"].clone()
    };
    assert_eq!(last(), json!(null));
    let entry = |day: &str| json!({"type": "TimeEntry", "date": day, "matter": {"id": matter}});
    let early = bench.create("/activities.json", &entry("2026-02-02"));
    let late = bench.create("/activities.json", &entry("2026-02-20"));
    assert_eq!(last(), "2026-02-20");
    bench.call("PATCH", &format!("/activities/{early}.json"), &json!({"date": "2026-02-25"}));
    assert_eq!(last(), "2026-02-25");
    bench.call("DELETE", &format!("/activities/{early}.json"), &json!({}));
    assert_eq!(last(), "2026-02-20");
    bench.call("DELETE", &format!("/activities/{late}.json"), &json!({}));
    assert_eq!(last(), json!(null));
}

/// Clio's help pages: tasks and notes go with their matter; activities and communications stay without it.
#[tokio::test(start_paused = true)]
async fn tasks_and_notes_go_with_their_matter_and_activities_stay() {
    let bench = Bench::new(|firm| firm);
    let id = bench.world.matters()[0].id;
    let matter = json!({"id": id});
    let assignee = json!({"id": bench.world.users()[0].id, "type": "User"});
    let task = json!({"name": "File", "description": "it", "assignee": assignee, "matter": matter});
    let task = bench.create("/tasks.json", &task);
    let note = json!({"type": "Matter", "subject": "Call", "detail": "back", "matter": matter});
    let note = bench.create("/notes.json", &note);
    let entry = json!({"type": "TimeEntry", "date": "2026-03-02", "matter": matter});
    let entry = bench.create("/activities.json", &entry);
    assert_eq!(bench.call("DELETE", &format!("/matters/{id}.json"), &json!({})).0, 204);
    assert_eq!(bench.call("GET", &format!("/tasks/{task}.json"), &json!({})).0, 404);
    assert_eq!(bench.call("GET", &format!("/notes/{note}.json"), &json!({})).0, 404);
    assert_eq!(bench.one(&format!("/activities/{entry}.json?fields=matter"))["matter"], json!(null));
}
