//! Every operation that is about no money and no files, called once on an account that has one of each.

use clio_core::schema::{Answer, BodyField, BodyKind, Kind, OperationInfo, operations};

use super::*;

/// What others test.
const ELSEWHERE: &[&str] = &[
    "Bill",
    "LineItem",
    "Bank",
    "Trust",
    "Outstanding",
    "Document",
    "Folder",
    "Report",
    "Allocation",
    "CreditMemo",
    "InterestCharge",
    "MatterProtectedFund",
];

fn is_here(operation: &OperationInfo) -> bool {
    !ELSEWHERE.iter().any(|start| operation.id.starts_with(start))
        || operation.id.starts_with("BillingSetting")
}

/// A value that a member of this name takes.
fn sample(name: &str, kind: Kind) -> Value {
    match (name, kind) {
        // What no text of any kind is taken for.
        ("url" | "target_url", _) => json!("https://app.example/hook"),
        ("fields", _) => json!("id,etag"),
        ("duration", _) => json!("90"),
        (name, _) if name.ends_with("_date[]") => json!(">=2026-01-15"),
        ("expires_at", _) => json!("2026-03-10T09:30:00Z"),
        (_, Kind::TextId) => json!("text_line-1"),
        (_, Kind::Boolean) => json!(true),
        (_, Kind::Id | Kind::Integer) => json!(1),
        (_, Kind::Number | Kind::Money) => json!(1.5),
        (_, Kind::Date) => json!("2026-01-15"),
        (_, Kind::DateTime) => json!("2026-01-15T09:30:00Z"),
        (_, Kind::Choice(words)) => json!(words[0]),
        (_, Kind::List(kind)) => json!([sample(name, *kind)]),
        (_, Kind::Json) => json!({"id": 1}),
        _ => json!("a text"),
    }
}

fn body(members: &[BodyField]) -> Value {
    members.iter().map(|member| (member.name.to_owned(), of_kind(member.name, member.kind))).collect()
}

fn of_kind(name: &str, kind: BodyKind) -> Value {
    match kind {
        BodyKind::Value(kind) => sample(name, kind),
        BodyKind::Object(members) => body(members),
        BodyKind::List(kind) => json!([of_kind(name, *kind)]),
        _ => Value::Null,
    }
}

fn query(operation: &OperationInfo) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for parameter in operation.parameters {
        let value = match parameter.name {
            "fields" => clio_core::FieldTree::everything(operation.object).to_string(),
            "page_token" | "offset" | "limit" => continue,
            name => match sample(name, parameter.kind) {
                Value::String(text) => text,
                other => other.to_string(),
            },
        };
        query.append_pair(parameter.name, &value);
    }
    query.finish()
}

/// Every operation answers its success, and every answered record has every field of its object.
#[test]
fn every_operation_succeeds_where_there_is_one_of_each() {
    let mut failed = Vec::new();
    for operation in operations::ALL.iter().filter(|operation| is_here(operation)) {
        let clock = VirtualClock::new();
        let world = ClioWorld::firm(7).matters(1).rate_limit(None).one_of_each().clock(clock.clone()).start();
        let bench = Bench { token: world.token().access.expose().to_owned(), world, clock };
        // A sample of a fresh one would name parts that only the first ones have.
        let first = matches!(operation.object.name, "Contact" | "Matter") && operation.method == "PATCH";
        let fresh = matches!(operation.method, "DELETE" | "PATCH") && !first;
        let id = if fresh { created(&bench, operation) } else { None };
        let id = id.unwrap_or_else(|| "1".to_owned());
        let path: Vec<_> = operation.path.split('/').collect();
        let last = path.iter().rposition(|segment| segment.starts_with('{'));
        let path = path.iter().enumerate().map(|(at, segment)| match segment.strip_prefix('{') {
            Some(rest) => {
                let id = if Some(at) == last { id.as_str() } else { "1" };
                format!("{id}{}", rest.split_once('}').map_or("", |(_, rest)| rest))
            }
            None => (*segment).to_owned(),
        });
        let path = path.collect::<Vec<_>>().join("/");
        let body = json!({"data": body(operation.body)}).to_string();
        let target = format!("/api/v4{path}?{}", query(operation));
        let answer = bench.send(operation.method, &target, &body);
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        if answer.status().as_u16() != operation.success {
            failed.push(format!("{} {}: {text}", operation.id, answer.status()));
        } else if matches!(operation.answer, Answer::One | Answer::OneBare) {
            let answered: Value = serde_json::from_str(&text).unwrap();
            let data = if operation.answer == Answer::OneBare { &answered } else { &answered["data"] };
            let missing = operation.object.fields.iter().find(|field| data.get(field.name).is_none());
            if let Some(missing) = missing {
                failed.push(format!("{}: no {}", operation.id, missing.name));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The id of a fresh record, if the API can make one.
fn created(bench: &Bench, operation: &OperationInfo) -> Option<String> {
    let id = format!("{}#create", operation.object.name);
    let create = operations::ALL.iter().find(|other| other.id == id)?;
    let answer = bench.send(
        "POST",
        &format!("/api/v4{}", create.path),
        &json!({"data": body(create.body)}).to_string(),
    );
    let answered = parsed(&answer);
    let id = answered.pointer("/data/id").or(answered.get("id"))?.clone();
    Some(id.as_str().map_or_else(|| id.to_string(), str::to_owned))
}
