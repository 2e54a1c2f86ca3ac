//! Calendars and calendar entries.

use super::*;

const ENTRIES: &str = "/api/v4/calendar_entries.json";

fn bench() -> Bench {
    Bench::new(|firm| firm.rate_limit(None))
}

fn calendar(bench: &Bench, user: usize) -> i64 {
    let user = bench.world.users()[user].id;
    bench.world.record("User", user).unwrap()["default_calendar_id"].as_i64().unwrap()
}

fn entry(bench: &Bench, more: &Value) -> Value {
    let mut data = json!({
        "summary": "Hearing", "start_at": "2026-03-10T09:00:00Z", "end_at": "2026-03-10T10:00:00Z",
        "calendar_owner": {"id": calendar(bench, 0)},
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

/// Clio's document: `default_calendar_id`, and the permission on a calendar.
#[test]
fn each_user_has_a_calendar() {
    let bench = bench();
    let all: Vec<_> = (0..3).map(|user| calendar(&bench, user)).collect();
    assert_eq!(bench.ids("/api/v4/calendars.json"), all);
    assert_eq!(bench.ids("/api/v4/calendars.json?owner=true"), all[..1]);
    let (_, body) = bench.get(&format!("/api/v4/calendars/{}.json?fields=name,type,permission", all[1]));
    assert_eq!(body["data"]["permission"], "editor");
    assert_eq!(body["data"]["name"], bench.world.users()[1].name);
    let own = bench.make("/api/v4/calendars.json", &json!({"name": "Court"}));
    assert_eq!(bench.ids("/api/v4/calendars.json?type=AdhocCalendar"), [own]);
}

/// Clio's document: ids of entries are texts. Users report: the owner is a calendar, and a user is not found.
#[test]
fn an_entry_stands_in_a_calendar() {
    let bench = Bench::new(|firm| firm.rate_limit(None).knob("unknown_reference_status", "422").unwrap());
    let user = bench.world.users()[0].id;
    let wrong = entry(&bench, &json!({"calendar_owner": {"id": user}}));
    assert_eq!(bench.write("POST", ENTRIES, &wrong).0, StatusCode::NOT_FOUND);
    let (_, body) = bench.write(
        "POST",
        &format!("{ENTRIES}?fields=id,calendar_owner_id,start_date,permission"),
        &entry(&bench, &json!({})),
    );
    assert!(body["data"]["id"].is_string());
    assert_eq!(body["data"]["calendar_owner_id"], calendar(&bench, 0));
    assert_eq!(
        (&body["data"]["start_date"], &body["data"]["permission"]),
        (&json!("2026-03-10"), &json!("owner"))
    );
}

/// Clio's document: attendees are calendars and contacts, by their own ids.
#[test]
fn attendees_come_and_go() {
    let bench = bench();
    let contact = bench.world.records("Contact")[0].clone();
    let attendees = json!([
        {"id": contact["id"], "type": "Contact"},
        {"id": calendar(&bench, 1), "type": "Calendar"},
    ]);
    let id = bench.make(ENTRIES, &entry(&bench, &json!({"attendees": attendees})));
    let kept = || bench.world.record("CalendarEntry", id).unwrap();
    assert_eq!(kept()["attendees"][0]["name"], contact["name"]);
    assert_eq!(kept()["attendees"][0]["email"], contact["primary_email_address"]);
    assert_eq!(bench.ids(&format!("{ENTRIES}?calendar_id={}", calendar(&bench, 1))), [id]);
    assert!(bench.ids(&format!("{ENTRIES}?calendar_id={}", calendar(&bench, 2))).is_empty());
    let gone = json!({"attendees": [{"id": contact["id"], "_destroy": true}]});
    bench.write("PATCH", &format!("/api/v4/calendar_entries/{id}.json"), &gone);
    assert_eq!(kept()["attendees"].as_array().unwrap().len(), 1);
    let stranger = entry(&bench, &json!({"attendees": [{"id": 1, "type": "Contact"}]}));
    assert_eq!(bench.write("POST", ENTRIES, &stranger).0, StatusCode::NOT_FOUND);
    let user = entry(&bench, &json!({"attendees": [{"id": 1, "type": "User"}]}));
    assert_eq!(bench.write("POST", ENTRIES, &user).0, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Clio's document: years before 1900 become 1900.
#[test]
fn years_before_1900_become_1900() {
    let bench = bench();
    let old = json!({"start_at": "1896-02-29T09:00:00Z", "end_at": "1899-03-01T09:00:00Z"});
    let id = bench.make(ENTRIES, &entry(&bench, &old));
    let kept = bench.world.record("CalendarEntry", id).unwrap();
    assert_eq!(kept["start_at"], "1900-02-28T09:00:00+00:00");
    assert_eq!(kept["end_at"], "1900-03-01T09:00:00+00:00");
}

/// Clio's document: from and to find what overlaps; the other filters.
#[test]
fn what_overlaps_is_found() {
    let bench = bench();
    let id =
        bench.make(ENTRIES, &entry(&bench, &json!({"external_properties": [{"name": "k", "value": "v"}]})));
    let found = |query: &str| !bench.ids(&format!("{ENTRIES}?{query}")).is_empty();
    assert!(found("from=2026-03-10T09:30:00Z&to=2026-03-10T09:40:00Z"));
    assert!(!found("from=2026-03-10T10:30:00Z"));
    assert!(!found("to=2026-03-10T08:30:00Z"));
    assert!(found("external_property_name=k&external_property_value=v"));
    assert!(!found("external_property_name=k&external_property_value=w"));
    assert!(found("is_all_day=false") && !found("is_all_day=true"));
    assert!(found("visible=true") && !found("has_court_rule=true"));
    let many: Vec<_> = (0..6).map(|_| json!({"name": "k", "value": "v"})).collect();
    let refused = bench.write("POST", ENTRIES, &entry(&bench, &json!({"external_properties": many})));
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.ids(ENTRIES), [id]);
}

/// Clio's document: a reminder is written in units, answered in minutes, and hangs on what it is about.
#[test]
fn a_reminder_goes_off_before_its_subject() {
    let bench = bench();
    let id = bench.make(ENTRIES, &entry(&bench, &json!({})));
    let reminder = bench.make(
        "/api/v4/reminders.json",
        &json!({
            "duration_value": 2, "duration_unit": "hours", "notification_method": {"id": 1},
            "subject": {"id": id, "type": "CalendarEntry"},
        }),
    );
    let kept = bench.world.record("Reminder", reminder).unwrap();
    assert_eq!(
        (&kept["duration"], &kept["next_delivery_at"]),
        (&json!(120), &json!("2026-03-10T07:00:00+00:00"))
    );
    assert_eq!(bench.world.record("CalendarEntry", id).unwrap()["reminders"][0]["id"], reminder);
    let found =
        |kind: &str| bench.ids(&format!("/api/v4/reminders.json?subject_id={id}&subject_type={kind}"));
    assert_eq!(found("calendar_entry"), [reminder]);
    assert!(found("task").is_empty());
}
