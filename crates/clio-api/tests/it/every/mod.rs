//! Every operation is reachable through its typed method, and so are all its parameters and all members of its body.

#[allow(clippy::too_many_lines, reason = "one function a group")]
mod generated;

use std::{collections::BTreeSet, pin::Pin};

use chrono::{DateTime, NaiveDate, Utc};
use clio_api::{Amount, Done, Error, Html, Json, List, One, RawResponse, Redirect, op::ALL};
use clio_core::schema::{BodyField, BodyKind, Operation, OperationInfo};
use serde_json::Value;

use crate::script::{Answer, Asked, Script, clio};

type Sending = Pin<Box<dyn Future<Output = Result<RawResponse, Error>>>>;

/// The calls, by the ids of their operations.
struct Calls(Vec<(&'static str, Sending)>);

impl Calls {
    fn list<Op: Operation, S: 'static>(&mut self, id: &'static str, call: List<Op, S>) {
        self.0.push((id, Box::pin(call.raw())));
    }
    fn one<Op: Operation, S: 'static>(&mut self, id: &'static str, call: One<Op, S>) {
        self.0.push((id, Box::pin(call.raw())));
    }
    fn plain<Op: Operation, S: 'static>(&mut self, id: &'static str, call: One<Op, S>) {
        self.one(id, call);
    }
    fn done<Op: Operation>(&mut self, id: &'static str, call: Done<Op>) {
        self.0.push((id, Box::pin(call.raw())));
    }
    fn redirect<Op: Operation>(&mut self, id: &'static str, call: Redirect<Op>) {
        self.0.push((id, Box::pin(call.raw())));
    }
    fn html<Op: Operation>(&mut self, id: &'static str, call: Html<Op>) {
        self.0.push((id, Box::pin(call.raw())));
    }
}

fn amount() -> Amount {
    "1.50".parse().unwrap()
}

fn date() -> NaiveDate {
    "2026-03-14".parse().unwrap()
}

fn moment() -> DateTime<Utc> {
    "2026-03-14T09:26:53Z".parse().unwrap()
}

fn json() -> Json {
    serde_json::from_str(r#"{"id":1}"#).unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_operation_can_be_called_with_all_that_it_takes() {
    let answers = ALL.iter().map(|operation| Answer::new(operation.success, ""));
    let script = Script::new(answers);
    let mut calls = Calls(Vec::new());
    generated::every(&clio(&script), &mut calls);
    // The calls stand in the order of the table, so each gets an answer of its own status.
    let ids: Vec<_> = calls.0.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, ALL.iter().map(|operation| operation.id).collect::<Vec<_>>());
    for (id, sending) in calls.0 {
        sending.await.unwrap_or_else(|error| panic!("{id}: {error}"));
    }
    let lacking: Vec<_> =
        ALL.iter().zip(script.asked()).flat_map(|(operation, asked)| lacking(operation, &asked)).collect();
    assert_eq!(lacking, [""; 0]);
}

/// What the table of an operation lists and the request does not have.
fn lacking(operation: &OperationInfo, asked: &Asked) -> Vec<String> {
    let url = url::Url::parse(&asked.url).unwrap();
    let mut expected = format!("/api/v4{}", operation.path);
    for parameter in operation.path_parameters {
        expected = expected.replace(&format!("{{{}}}", parameter.name), "1");
    }
    assert_eq!(
        (asked.method.as_str(), url.path()),
        (operation.method, expected.as_str()),
        "{}",
        operation.id
    );
    let sent: BTreeSet<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let mut lacking = Vec::new();
    for parameter in operation.parameters {
        // These two are for selections and walks.
        let ours = matches!(parameter.name, "fields" | "page_token");
        let keyed = format!("{}[1]", parameter.name);
        if !ours && !sent.contains(parameter.name) && !sent.contains(&keyed) {
            lacking.push(format!("{}?{}", operation.id, parameter.name));
        }
    }
    let body = serde_json::from_str(&asked.body).unwrap_or(Value::Null);
    members(operation.id, operation.body, &body["data"], &mut lacking);
    lacking
}

fn members(at: &str, fields: &[BodyField], value: &Value, lacking: &mut Vec<String>) {
    for field in fields {
        let at = format!("{at}.{}", field.name);
        match value.get(field.name) {
            None => lacking.push(at),
            Some(value) => inside(&at, field.kind, value, lacking),
        }
    }
}

fn inside(at: &str, kind: BodyKind, value: &Value, lacking: &mut Vec<String>) {
    match kind {
        BodyKind::Object(fields) => members(at, fields, value, lacking),
        BodyKind::List(each) => inside(at, *each, &value[0], lacking),
        _ if value.is_null() => lacking.push(at.to_owned()),
        _ => {}
    }
}
