//! The debug forms of what a caller holds, beside those that the other cases meet on their way.

use std::sync::Arc;

use clio_api::{
    Amount, App, Etag, Field, FieldTree, Id, Json, JsonBody, Members, Page, PageToken, Payload, Record,
    RequestParts, Secret, Stub, TextId, Token, activities::CreateActivity, objects, op, webhooks::Watch,
};
use clio_core::{Hold, MemoryTokenStore, Walk};
use clio_fixtures::samples::TimeGroup;
use clio_sync::{
    Acknowledgement, BadRecord, Content, CursorPage, CursorWalk, Decision, Effect, Found, InboxBatch,
    Incoming, Mapped, Outcome, Reconciled, Resolution, Write,
};
use clio_wisetime::wire;
use serde_json::json;

use super::harness::{FIRST, Harness, NAME, SECRET};

fn words() -> String {
    format!("{FIRST} {NAME} and {SECRET}")
}

#[test]
fn of_the_client() {
    let harness = Harness::start();
    let token = Token { access: Secret::new(SECRET), refresh: Some(Secret::new(words())), expires_at: None };
    harness.show(&(&token, MemoryTokenStore::new(token.clone()), Hold::by(words()), App::new("id", SECRET)));
    harness.show(&Payload::Bytes(words().into()));
    let parts = RequestParts::new::<op::ListMatters>().query("query", words()).header("if-match", words());
    harness.show(&parts.data(&json!({"note": words()}).to_string()));
    harness.show(&(JsonBody::new(words()), Members::default()));
    harness.show(
        &CreateActivity::new("2026-03-02".parse().expect("a day"), clio_api::ActivityType::TimeEntry)
            .note(words()),
    );
    harness.show(&PageToken::from_text(words()));
    let mut walk = Walk::new();
    walk.step(Some(PageToken::from_text(words()))).expect("a step");
    harness.show(&walk);
    let json: Json = serde_json::from_value(json!({"name": words(), "list": [words()]})).expect("JSON");
    let asked = Arc::new(FieldTree::parse(&objects::MATTER, "id,description").expect("fields"));
    let record =
        Record::from_json(&asked, &json!({"id": 1, "description": words()}).to_string()).expect("a record");
    harness.error(&record.text("client").unwrap_err());
    harness.show(&(json, record, Page::<Stub<objects::Matter>> { records: vec![], next: None, total: None }));
    harness.show(&Watch::new::<Stub<objects::Matter>>(format!("https://app.example/{SECRET}")));
    harness.show(
        &clio_core::Base::parse(&format!("https://x:{SECRET}@app.example/?key={SECRET}"))
            .expect("an address"),
    );
    // These hold what a caller put there, and are for showing it.
    harness.show(&(
        Id::<objects::Matter>::new(7),
        TextId::<objects::CalendarEntry>::new("7"),
        Etag::new("e"),
    ));
    harness.show(&("5".parse::<Amount>().expect("an amount"), Field::from(7)));
}

#[test]
fn of_the_engine() {
    let harness = Harness::start();
    let content = Content::from([("note".to_owned(), words().into())]);
    let write = Write { payload: words(), content: content.clone(), label: words() };
    harness.show(&[Mapped::Create(write.clone()), Mapped::Skip(words()), Mapped::Reject(words())]);
    for decision in [
        Decision::Write(Effect::Create, write.clone()),
        Decision::Skip(words()),
        Decision::Reject { reason: words(), path: None },
    ] {
        harness.show(&Reconciled { id: "1".into(), version: "1".into(), created: None, decision });
    }
    let bad = || BadRecord { reason: words(), path: Some("tags".into()) };
    let records = || vec![Incoming::<u8>::bad("1", "1", bad())];
    harness.show(&CursorPage { records: records(), next: Some(words()), ..CursorPage::default() });
    harness.show(&InboxBatch { records: records(), more: false });
    let began = chrono::DateTime::UNIX_EPOCH;
    harness.show(&CursorWalk { since: None, began, position: words(), seen: 0 });
    for resolution in [
        Resolution::Skipped { reason: words() },
        Resolution::Rejected { reason: words() },
        Resolution::Parked { reason: words() },
    ] {
        harness.show(&Acknowledgement { id: "1".into(), resolution });
    }
    harness.show(&Found::new("1", None, content.clone()));
    harness.show(&[
        Outcome::Applied { remote_id: "1".into(), etag: None, echo: Some(content) },
        Outcome::Refused(words()),
        Outcome::Unknown(words()),
    ]);
}

#[test]
fn of_the_adapter_and_the_model() {
    let harness = Harness::start();
    let mut json = TimeGroup::new("g").description(words()).json();
    json["tags"] = json!([{"name": words(), "externalId": "7"}]);
    json["timeRows"] = json!([{"activity": words(), "description": words(), "durationSecs": 60}]);
    json["activityType"] = json!({"code": "7", "label": words()});
    json["user"] = json!({"name": words(), "email": words(), "externalId": null});
    let group: wire::TimeGroup = serde_json::from_value(json).expect("a group");
    harness.show(&(&group, &group.tags, &group.time_rows, &group.activity_type, &group.user));
    let (name, url) = (words(), words());
    harness.show(&wire::UpsertTag {
        name,
        description: Some(words()),
        external_id: Some("7".into()),
        url: Some(url),
        additional_keywords: vec![words()],
        ..wire::UpsertTag::default()
    });
    harness.show(&wire::TagCategory {
        label: words(),
        description: Some(words()),
        keywords: vec![words()],
        ..wire::TagCategory::default()
    });
    harness.show(&wire::DeleteTag::Name(words()));
    harness.show(&wire::AddKeywords {
        tag_name: words(),
        external_id: None,
        additional_keywords: vec![words()],
    });
    harness.show(&wire::SyncActivityType {
        label: words(),
        description: Some(words()),
        ..wire::SyncActivityType::default()
    });
    harness.show(&wire::TimeGroupStatus {
        time_group_id: "g".into(),
        status: wire::Status::Failure,
        message: Some(words()),
        external_id: None,
    });
    let entry = clio_model::TimeEntry::on(Id::new(7), "2026-03-02".parse().expect("a day")).note(words());
    harness.show(&entry);
    let matter = json!({"id": 7, "etag": "e", "display_number": words(), "description": words(), "status": "Open",
        "client": {"id": 8, "name": words()}});
    let matter =
        clio_core::decode::<objects::Matter, clio_model::Matter>(&matter.to_string()).expect("a matter");
    harness.show(&matter);
}
