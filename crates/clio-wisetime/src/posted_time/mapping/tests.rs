//! The rules of the table, one by one.

use clio_core::Etag;
use clio_model::{ActivityCategory, CategoryRate, User};
use clio_sync::Content;

use super::*;

fn directory() -> Directory {
    let user = |id, email: &str, enabled| User {
        id: Id::new(id),
        etag: Etag::new("e"),
        name: "n".into(),
        email: Some(email.into()),
        enabled,
    };
    let category = |id, name: &str, kind: &str| ActivityCategory {
        id: Id::<objects::ActivityDescription>::new(id),
        etag: Etag::new("e"),
        name: name.into(),
        rate: Some(CategoryRate { kind: Some(kind.into()) }),
    };
    Directory {
        users: vec![
            user(1, "ada@firm.example", true),
            user(2, "ben@firm.example", true),
            user(3, "old@x.example", false),
        ],
        categories: vec![
            category(11, "Drafting", "User"),
            category(12, "Marketing", "User"),
            category(13, "Filing fee", "FlatRate"),
        ],
        rounding: None,
    }
}

fn group(changes: serde_json::Value) -> TimeGroup {
    let mut json = serde_json::json!({
        "groupId": "g", "description": "Draft SHA", "totalDurationSecs": 1800, "localDate": "2026-03-02",
        "tags": [{"name": "00001-Byron", "externalId": "7"}],
        "user": {"name": "Ada", "email": "ada@firm.example"},
    });
    if let (Some(json), serde_json::Value::Object(changes)) = (json.as_object_mut(), changes) {
        json.extend(changes);
    }
    serde_json::from_value(json).unwrap()
}

fn mapped(changes: serde_json::Value) -> Mapped {
    let settings =
        Settings { activity_types_non_billable: vec![" marketing".into()], ..Settings::default() };
    time_entry(&group(changes), &directory(), &settings)
}

#[track_caller]
fn content(mapped: Mapped) -> Content {
    match mapped {
        Mapped::Create(write) => write.content,
        other => panic!("a create, not {other:?}"),
    }
}

#[test]
fn a_group_becomes_one_time_entry() {
    let content = content(mapped(serde_json::json!({})));
    let expected = serde_json::json!({
        "type": "TimeEntry", "date": "2026-03-02", "quantity": "1800", "note": "Draft SHA", "matter.id": 7, "user.id": 1
    });
    assert_eq!(serde_json::to_value(content).unwrap(), expected);
}

#[test]
fn the_external_id_comes_before_the_address_and_falls_through_to_it() {
    let user = |external: &str| {
        let user = serde_json::json!({"user": {"email": "ada@firm.example", "externalId": external}});
        content(mapped(user))["user.id"].clone()
    };
    assert_eq!(user("BEN@firm.example"), 2);
    assert_eq!(user("nobody@firm.example"), 1);
    assert_eq!(user(" "), 1);
}

#[test]
fn what_cannot_be_posted_is_said_in_words() {
    let reason = |changes| match mapped(changes) {
        Mapped::Reject(reason) => reason,
        other => panic!("a rejection, not {other:?}"),
    };
    assert!(
        reason(serde_json::json!({"user": {"email": "x@y.example"}}))
            .contains("no active user x@y.example")
    );
    assert!(reason(serde_json::json!({"user": {"email": "old@x.example"}})).contains("no active user"));
    assert!(
        reason(serde_json::json!({"activityType": {"code": "99", "label": "Gone"}})).contains("Gone")
    );
    assert!(reason(serde_json::json!({"activityType": {"code": "13"}})).contains("flat fee"));
    assert!(reason(serde_json::json!({"totalDurationSecs": -1})).contains("negative"));
}

#[test]
fn untagged_and_foreign_time_is_left_out() {
    assert!(matches!(mapped(serde_json::json!({"tags": []})), Mapped::Skip(_)));
    assert!(matches!(mapped(serde_json::json!({"tags": [{"name": "Lunch"}]})), Mapped::Skip(_)));
}

#[test]
fn a_charge_code_is_found_by_id_or_name_and_may_be_non_billable() {
    let by = |code: &str, label: &str| {
        content(mapped(serde_json::json!({"activityType": {"code": code, "label": label}})))
    };
    assert_eq!(by("11", "renamed")["activity_description.id"], 11);
    assert_eq!(by("x", "drafting ")["activity_description.id"], 11);
    assert_eq!(by("12", "")["non_billable"], true);
    assert_eq!(by("11", "").get("non_billable"), None);
}

#[test]
fn the_note_is_the_users_words_first() {
    let note = |changes| content(mapped(changes))["note"].clone();
    let rows = serde_json::json!([
        {"activity": "Word", "description": "SHA.docx", "durationSecs": 60},
        {"activity": "Word", "description": "SHA.docx", "durationSecs": 60},
        {"activity": "Phone", "durationSecs": 60}
    ]);
    assert_eq!(note(serde_json::json!({"description": "", "timeRows": rows})), "SHA.docx, Phone");
    assert_eq!(
        note(serde_json::json!({"description": " ", "formattedNarrative": "N", "timeRows": rows})),
        "N"
    );
    let private =
        serde_json::json!({"description": null, "narrativeType": "NARRATIVE_ONLY", "timeRows": rows});
    assert_eq!(note(private), "", "what the user does not want shown stays out");
}
