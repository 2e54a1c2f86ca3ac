use serde_json::{Value, json};

use super::*;
use crate::ir::facts::{AnswerKind, Basic, Object, Operation, Place, Shape};

/// A document with each construct that Clio's has, and some that it may have one day.
pub(crate) const SMALL: &str = include_str!("small.openapi.json");

/// The small document after a change.
pub(crate) fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(SMALL).unwrap();
    change(&mut document);
    document.to_string()
}

fn small() -> Document {
    read(SMALL).unwrap()
}

fn operation<'a>(document: &'a Document, id: &str) -> &'a Operation {
    document.operations.iter().find(|operation| operation.id == id).unwrap()
}

fn object<'a>(document: &'a Document, name: &str) -> &'a Object {
    document.objects.iter().find(|object| object.name == name).unwrap()
}

fn shape<'a>(object: &'a Object, name: &str) -> &'a Shape {
    &object.members.iter().find(|member| member.name == name).unwrap().shape
}

#[test]
fn no_prose_survives() {
    let text = small().to_json();
    assert!(!text.contains("PROSE"), "{text}");
    // A field that is called `description` is no prose.
    assert!(text.contains(r#""name": "description""#));
}

#[test]
fn records_envelopes_and_errors_are_told_apart() {
    let document = small();
    let names = |objects: &[Object]| objects.iter().map(|object| object.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&document.objects), ["Matter", "Matter_base", "Contact_base"]);
    assert_eq!(names(&document.envelopes), ["Matter_List", "Matter_Show"]);
    assert_eq!(names(&document.errors), ["Error"]);
}

#[test]
fn a_schema_is_read_with_its_bases() {
    let document = small();
    let matter = object(&document, "Matter");
    assert_eq!(matter.bases, ["Matter_base"]);
    assert_eq!(shape(matter, "client").to.as_deref(), Some("Contact_base"));
    let friends = shape(matter, "friends");
    assert_eq!((friends.kind, friends.items.as_ref().unwrap().kind), (Basic::List, Basic::Reference));
    let base = object(&document, "Matter_base");
    assert_eq!(shape(base, "status").words, ["Open", "Closed"]);
    assert_eq!(shape(base, "updated_at").format.as_deref(), Some("date-time"));
    let description = shape(base, "description");
    assert!(description.nullable);
    assert_eq!(description.limits["maxLength"], json!(7));
}

#[test]
fn an_operation_is_read() {
    let document = small();
    let ids: Vec<_> = document.operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(ids, ["Matter#index", "Matter#create", "Matter#show", "Matter#destroy", "Matter#download"]);
    let list = operation(&document, "Matter#index");
    let paging = list.paging.unwrap();
    assert_eq!((paging.default_size, paging.largest_size, paging.order_by_id), (Some(25), Some(300), true));
    assert_eq!((list.answer.kind, list.answer.object.as_deref()), (AnswerKind::List, Some("Matter")));
    assert_eq!(list.parameters[0].place, Place::Header);
    assert_eq!(list.statuses, [200, 422]);
    assert_eq!(operation(&document, "Matter#show").statuses, [200, 304]);
    assert_eq!(operation(&document, "Matter#destroy").answer.kind, AnswerKind::NoContent);
    assert_eq!(operation(&document, "Matter#download").answer.kind, AnswerKind::Redirect);
}

#[test]
fn a_body_is_read_to_its_depth() {
    let document = small();
    let body = operation(&document, "Matter#create").body.as_ref().unwrap();
    assert!(body.required);
    let member = |name: &str| body.data.iter().find(|member| member.name == name).unwrap();
    assert_eq!(member("status").shape.default, Some(json!("open")));
    assert!(member("client").required && member("client").shape.members[0].required);
    let rate = &member("rates").shape.items.as_ref().unwrap().members[0];
    assert_eq!((rate.name.as_str(), &rate.shape.limits["minimum"]), ("rate", &json!(0)));
}

#[test]
fn what_is_not_known_is_carried() {
    let document = small();
    assert_eq!(document.extra["x-new-attribute"], json!({"value": 1}));
    assert_eq!(operation(&document, "Matter#index").extra["x-rate-class"], json!("heavy"));
    assert_eq!(operation(&document, "Matter#index").parameters[5].extra["x-sticky"], json!(true));
    let base = object(&document, "Matter_base");
    assert_eq!(base.extra["x-owner"], json!("team"));
    let span = shape(base, "span");
    assert_eq!((span.kind, span.format.as_deref()), (Basic::Text, Some("iso-span")));
    assert_eq!(span.extra["readOnly"], json!(true));
}

#[test]
fn an_unknown_answer_header_is_carried() {
    let text = changed(|document| {
        let answer = &mut document["paths"]["/matters.json"]["get"]["responses"]["200"];
        answer["headers"] = json!({"X-New": {"description": "PROSE", "schema": {"type": "string"}}});
    });
    let document = read(&text).unwrap();
    let carried = &operation(&document, "Matter#index").extra["responses"];
    assert_eq!(carried, &json!({"200": {"headers": {"X-New": {"schema": {"type": "string"}}}}}));
}

#[test]
fn what_cannot_be_said_is_listed_by_name() {
    let text = changed(|document| {
        let fields = &mut document["components"]["schemas"]["Matter_base"]["properties"];
        fields["either"] =
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}], "description": "PROSE"});
        fields["level"] = json!({"type": "integer", "enum": [1, 2]});
        let parameters = document["paths"]["/matters.json"]["get"]["parameters"].as_array_mut().unwrap();
        parameters.push(json!({"name": "session", "in": "cookie", "schema": {"type": "string"}}));
    });
    let document = read(&text).unwrap();
    let listed: Vec<_> =
        document.inexpressible.iter().map(|cannot| format!("{}: {}", cannot.at, cannot.what)).collect();
    assert_eq!(
        listed,
        ["Matter#index?session: a cookie", "Matter.either: oneOf", "Matter.level: a list of numbers"]
    );
    let either = shape(object(&document, "Matter_base"), "either");
    assert_eq!(either.extra["oneOf"], json!([{"type": "string"}, {"type": "integer"}]));
    assert!(!document.to_json().contains("PROSE"));
}

#[test]
fn a_broken_document_is_refused() {
    let text = changed(|document| {
        document["components"]["schemas"].as_object_mut().unwrap().remove("Contact_base");
    });
    let error = read(&text).unwrap_err();
    assert_eq!(error.to_string(), "the document is broken: Contact_base is referred to and does not exist");
    assert!(read("{}").is_err());
}

#[test]
fn facts_survive_their_file() {
    let document = small();
    let text = document.to_json();
    let again = Document::from_json(&text).unwrap();
    assert_eq!(again, document);
    assert_eq!(again.to_json(), text);
}
