//! Communications.

use super::*;
use crate::{NewCommunication, Party};

const LIST: &str = "/api/v4/communications.json";

fn bench() -> Bench {
    Bench::new(|firm| firm.rate_limit(None))
}

fn client(bench: &Bench) -> i64 {
    bench.world.records("Contact")[0]["id"].as_i64().unwrap()
}

fn email(bench: &Bench, more: &Value) -> Value {
    let mut data = json!({
        "type": "EmailCommunication", "subject": "Case Status Message", "body": "The hearing moved.",
        "received_at": "2026-02-03T10:00:00Z",
        "senders": [{"id": client(bench), "type": "Contact"}],
        "receivers": [{"id": bench.world.users()[1].id, "type": "User"}],
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

/// Clio's document: senders and receivers are users and contacts, and read as `User`, `Person` or `Company`.
#[test]
fn senders_and_receivers_are_users_and_contacts() {
    let bench = bench();
    let user = bench.world.users()[1].clone();
    let (status, body) = bench.write(
        "POST",
        &format!("{LIST}?fields=id,date,senders%7Bid,type,name%7D,receivers%7Bid,type,name%7D"),
        &email(&bench, &json!({})),
    );
    assert_eq!(status, StatusCode::CREATED);
    let data = &body["data"];
    assert_eq!(
        (&data["senders"][0]["id"], &data["senders"][0]["type"]),
        (&json!(client(&bench)), &json!("Person"))
    );
    assert_eq!(data["receivers"], json!([{"id": user.id, "type": "User", "name": user.name}]));
    assert_eq!(data["date"], "2026-02-03");
    let target = format!("/api/v4/communications/{}?fields=receivers", data["id"]);
    let gone = json!({"receivers": [{"id": user.id, "type": "User", "_deleted": true}]});
    assert_eq!(bench.write("PATCH", &target, &gone).1["data"]["receivers"], json!([]));
    let nobody = email(&bench, &json!({"receivers": [{"id": client(&bench), "type": "User"}]}));
    assert_eq!(bench.write("POST", LIST, &nobody).0, StatusCode::NOT_FOUND);
}

/// Clio's document: five external properties at most, found by name, or by name and value.
#[test]
fn external_properties_are_five_and_can_be_asked_for() {
    let bench = bench();
    let property = |name: &str, value: &str| json!({"name": name, "value": value});
    let many: Vec<_> = (0..6).map(|at| property("id", &at.to_string())).collect();
    let refused = bench.write("POST", LIST, &email(&bench, &json!({"external_properties": many})));
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    let both = json!({"external_properties": [property("case", "1"), property("other", "2")]});
    let id = bench.make(LIST, &email(&bench, &both));
    bench.make(LIST, &email(&bench, &json!({})));
    let found = |query: &str| bench.ids(&format!("{LIST}?{query}"));
    assert_eq!(found("external_property_name=case"), [id]);
    assert_eq!(found("external_property_name=case&external_property_value=1"), [id]);
    assert!(found("external_property_name=case&external_property_value=2").is_empty());
}

/// Clio's document: only phone calls have subscribers.
#[test]
fn only_a_call_has_subscribers() {
    let bench = bench();
    let user = bench.world.users()[1].clone();
    let subscribed = json!({"notification_event_subscribers": [{"user_id": user.id.to_string()}]});
    let target = format!("{LIST}?fields=notification_event_subscribers");
    assert_eq!(bench.write("POST", &target, &email(&bench, &subscribed)).0, StatusCode::UNPROCESSABLE_ENTITY);
    let mut call = email(&bench, &subscribed);
    call["type"] = json!("PhoneCommunication");
    let (_, body) = bench.write("POST", &target, &call);
    assert_eq!(body["data"]["notification_event_subscribers"].as_array().unwrap().len(), 1);
    let (_, body) = bench.get(&format!("{LIST}?fields=notification_event_subscribers%7Buser_id,name%7D"));
    let told = &body["data"][0]["notification_event_subscribers"][0];
    assert_eq!(*told, json!({"user_id": user.id, "name": user.name}));
}

/// Clio's document: the filters, and the order by date unless another is asked for.
#[test]
fn communications_are_filtered_and_ordered_by_date() {
    let bench = bench();
    let ada = bench.world.person("Ada");
    let at = |day: u32| {
        chrono::NaiveDate::from_ymd_opt(2026, 2, day).unwrap().and_hms_opt(12, 0, 0).map(|at| at.and_utc())
    };
    let matter = bench.world.matters()[0].id;
    let call = |day: u32, subject: &str| NewCommunication {
        subject: subject.to_owned(),
        to: vec![Party::Contact(client(&bench))],
        received_at: at(day),
        ..NewCommunication::default()
    };
    let last = ada.record_call(NewCommunication { matter: Some(matter), ..call(20, "late") });
    let early = ada.record_call(call(10, "early"));
    let letter = ada.file_email(NewCommunication { to: Vec::new(), ..call(15, "mail") });
    let found = |query: &str| bench.ids(&format!("{LIST}?{query}"));
    assert_eq!(found(""), [early, letter, last]);
    assert_eq!(found("order=id(asc)"), [last, early, letter]);
    assert_eq!(found("order=date(desc)&limit=2"), [last, letter]);
    assert_eq!(found(&format!("contact_id={}", client(&bench))), [early, last]);
    assert_eq!(found(&format!("matter_id={matter}")), [last]);
    assert_eq!(found("matter_id=null"), [early, letter]);
    assert_eq!(found("type=EmailCommunication"), [letter]);
    assert_eq!(found("query=EARL"), [early]);
    assert_eq!(found("date=2026-02-15"), [letter]);
    assert_eq!(found("received_since=2026-02-15T23:00:00Z"), [letter, last]);
    assert_eq!(found("received_before=2026-02-15T01:00:00Z"), [early, letter]);
    assert_eq!(bench.world.origin("Communication", last), Some(Origin::Person("Ada".into())));
    let entry =
        json!({"type": "TimeEntry", "date": "2026-03-02", "quantity": 360, "communication": {"id": letter}});
    bench.make("/api/v4/activities.json", &entry);
    assert_eq!(found("having_time_entries=true"), [letter]);
    assert_eq!(bench.world.record("Communication", letter).unwrap()["time_entries_count"], 1);
}

/// Messages of before are the same for the same seed, and about clients of the firm.
#[test]
fn a_firm_can_begin_with_messages() {
    let firm = |seed| ClioWorld::firm(seed).messages(20).start();
    let texts = |world: &ClioWorld| {
        let all = world.records("Communication");
        all.iter().map(|one| (one["id"].clone(), one["subject"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(texts(&firm(3)).len(), 20);
    assert_eq!(texts(&firm(3)), texts(&firm(3)));
    assert_ne!(texts(&firm(3)), texts(&firm(4)));
    let one = firm(3).records("Communication")[0].clone();
    assert!(one["matter"]["id"].is_i64());
    assert_eq!(one["senders"].as_array().unwrap().len() + one["receivers"].as_array().unwrap().len(), 2);
}
