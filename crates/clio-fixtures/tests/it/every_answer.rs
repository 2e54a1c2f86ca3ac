//! Every operation of the world answers what Clio's document says that it answers.

use std::{collections::BTreeMap, fmt::Write as _};

use bytes::Bytes;
use clio_core::{
    Clock, FieldTree,
    schema::{Answer, BodyField, BodyKind, Kind, OperationInfo, operations},
};
use clio_fixtures::{ClioWorld, VirtualClock};
use http::{Request, Response};
use serde_json::{Map, Value, json};

use crate::document::Document;

/// Fields that are null although the record has everything, each for a reason.
const NULL: &[(&str, &str)] =
    &[("BillingSetting.rounded_duration", "nobody asked what a duration is rounded to")];

/// The same for fields of any object.
const NULL_INSIDE: &[(&str, &str)] = &[
    ("secondary_identifier", "records have one name"),
    ("tertiary_identifier", "records have one name"),
    ("job_title_name", "no user has a job title"),
    ("deleted_at", "the file is not in the trash"),
    ("put_url", "the upload is complete"),
];

/// Asks every operation on its own fresh world, in which every table has a record 1 with all its fields filled.
#[tokio::test(start_paused = true)]
async fn every_answer_has_every_field_with_the_documents_type() {
    let document = Document::read();
    let mut wrong = String::new();
    let mut checked = 0;
    for operation in operations::ALL {
        match check(&document, operation) {
            Ok(fields) => checked += fields,
            Err(why) => _ = writeln!(wrong, "{}: {why}", operation.id),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    println!("{} operations, {checked} fields, against {}", operations::ALL.len(), document.name);
}

fn check(document: &Document, operation: &'static OperationInfo) -> Result<usize, String> {
    let clock = VirtualClock::new();
    let world = ClioWorld::firm(7).one_of_each().clock(clock.clone()).start();
    let asked = FieldTree::everything(operation.object);
    // What is changed or deleted is what the API itself has made, where it can: record 1 is bound up with everything else.
    let made = operations::ALL.iter().find(|other| {
        matches!(operation.method, "PATCH" | "DELETE")
            && other.method == "POST"
            && operation.path.strip_suffix("/{id}.json") == other.path.strip_suffix(".json")
    });
    let id = match made {
        Some(create) => {
            let answer = ask(&world, &clock, create, None, "1");
            let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            let id = [&body["data"]["id"], &body["id"]].into_iter().find(|id| !id.is_null()).cloned();
            let id = id.ok_or_else(|| format!("{}: {body}", create.id))?;
            id.as_str().map_or_else(|| id.to_string(), str::to_owned)
        }
        None => "1".to_owned(),
    };
    let answer = ask(&world, &clock, operation, Some(&asked), &id);
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    if answer.status().as_u16() != operation.success {
        return Err(format!("{} {text}", answer.status()));
    }
    let body: Value = match operation.answer {
        Answer::NoContent | Answer::Redirect | Answer::Empty | Answer::Html => return Ok(0),
        _ => serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?,
    };
    let record = match operation.answer {
        Answer::OneBare => body,
        Answer::ListBare => body[0].clone(),
        Answer::List => body["data"][0].clone(),
        _ => body["data"].clone(),
    };
    if !operation.selects() {
        return if record.is_object() { Ok(0) } else { Err(text) };
    }
    // What a client has just created has only what it was given.
    let new = operation.method == "POST" || made.is_some();
    let null = |at: &str| {
        let name = format!("{}.{at}", operation.object.name);
        let field = at.rsplit_once('.').map_or(at, |(_, field)| field);
        let inside = NULL_INSIDE.iter().any(|(known, _)| *known == field);
        new || inside || NULL.iter().any(|(known, _)| *known == name)
    };
    let schema = document.record(operation.object.name, &asked, &null);
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft7)
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|error| error.to_string())?;
    let errors: Vec<_> = validator
        .iter_errors(&record)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    if errors.is_empty() { Ok(leaves(&record)) } else { Err(errors.join("; ")) }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(|member| 1 + leaves(member)).sum(),
        Value::Array(items) => items.iter().map(leaves).sum(),
        _ => 0,
    }
}

fn ask(
    world: &ClioWorld,
    clock: &VirtualClock,
    operation: &OperationInfo,
    asked: Option<&FieldTree>,
    id: &str,
) -> Response<Bytes> {
    let mut path = operation.path.to_owned();
    for parameter in operation.path_parameters {
        path = path.replace(&format!("{{{}}}", parameter.name), id);
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(asked) = asked.filter(|_| operation.selects()) {
        query.append_pair("fields", &asked.to_string());
    }
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        query.append_pair(parameter.name, &plain(parameter.name, parameter.kind));
    }
    let body = match operation.body {
        [] => Bytes::new(),
        _ => sample_body(operation).to_string().into(),
    };
    let request = Request::builder()
        .method(operation.method)
        .uri(format!("{}/api/v4{path}?{}", world.host_url(), query.finish()))
        .header("authorization", format!("Bearer {}", world.token().access.expose()))
        .body(body)
        .expect("a request");
    world.handle(request, clock.now())
}

/// A body with every member.
pub(crate) fn sample_body(operation: &OperationInfo) -> Value {
    json!({"data": object(operation, operation.body)})
}

fn plain(name: &str, kind: Kind) -> String {
    match value(name, kind) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn object(operation: &OperationInfo, members: &[BodyField]) -> Map<String, Value> {
    let members = members.iter().filter(|member| !member.name.starts_with('_'));
    members.map(|member| (member.name.to_owned(), of(operation, member.name, member.kind))).collect()
}

fn of(operation: &OperationInfo, name: &str, kind: BodyKind) -> Value {
    let known: BTreeMap<_, _> = SAMPLES.iter().map(|(place, value)| (*place, *value)).collect();
    if let Some(sample) = known.get(format!("{}.{name}", operation.id).as_str()).or_else(|| known.get(name)) {
        return serde_json::from_str(sample).expect("a sample is JSON");
    }
    match kind {
        BodyKind::Value(kind) => value(name, kind),
        BodyKind::Object(members) => object(operation, members).into(),
        BodyKind::List(item) => {
            let mut item = of(operation, name, *item);
            // What is new has no id yet, unless the id is all that it says.
            if let Some(members) =
                item.as_object_mut().filter(|members| members.keys().any(|key| key != "id" && key != "type"))
            {
                members.remove("id");
            }
            json!([item])
        }
        _ => Value::Null,
    }
}

/// What the document's types alone do not say.
const SAMPLES: &[(&str, &str)] = &[
    ("received_at", "\"2026-01-15T09:30:00Z\""),
    ("user_id", "\"1\""),
    ("CalendarVisibility#update.visible", "\"true\""),
    ("attendees", "[{\"id\": 1, \"type\": \"Contact\"}]"),
    ("Webhook#create.url", "\"https://receiver.example/hook\""),
    ("Webhook#update.url", "\"https://receiver.example/hook\""),
    ("Webhook#create.fields", "\"id,etag\""),
    ("Webhook#update.fields", "\"id,etag\""),
    // Nothing was uploaded that could be completed.
    ("Document#update.uuid", "\"text\""),
    ("Document#update.fully_uploaded", "false"),
    ("Document#update.multiparts", "[]"),
    // The document calls the type of this one discount a flag.
    ("LineItem#update.discount", "{\"rate\": 1.5}"),
    // What has just been created has a value in the field already, and a rate.
    ("Contact#update.custom_field_values", "[]"),
    ("Matter#update.custom_field_values", "[]"),
    ("Matter#update.custom_rate", "{\"type\": \"HourlyRate\", \"rates\": []}"),
];

fn value(name: &str, kind: Kind) -> Value {
    match kind {
        Kind::Boolean => json!(false),
        Kind::Id | Kind::Integer => json!(1),
        Kind::TextId => json!("1"),
        Kind::Number | Kind::Seconds | Kind::Hours | Kind::Money => json!(1.5),
        Kind::Date => json!("2026-01-15"),
        Kind::DateTime => json!("2026-01-15T09:30:00Z"),
        Kind::Choice(words) => json!(words.first()),
        Kind::List(item) => json!([value(name, *item)]),
        Kind::Json => json!({"id": 1}),
        _ => json!(format!("a {}", name.replace('_', " "))),
    }
}
