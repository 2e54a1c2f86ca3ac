//! Every operation is reachable through its typed method, and so are all its parameters, its headers and all members of
//! its body.

use std::collections::BTreeSet;

use api_walk::{
    EVERY,
    recorder::{self, Asked},
};
use clio_api::op::ALL;
use clio_core::schema::{BodyField, BodyKind, OperationInfo};
use serde_json::Value;

#[tokio::test]
async fn every_operation_can_be_called_with_all_that_it_takes() {
    let ids: Vec<_> = EVERY.iter().map(|sample| sample.operation.id).collect();
    assert_eq!(ids, ALL.iter().map(|operation| operation.id).collect::<Vec<_>>());
    let requests = recorder::requests(None).await.unwrap();
    let lacking: Vec<_> = ALL.iter().flat_map(|operation| lacking(operation, &requests)).collect();
    assert_eq!(lacking, [""; 0]);
}

#[tokio::test]
async fn the_requests_of_one_group_are_its_own() {
    let requests = recorder::requests(Some("timers")).await.unwrap();
    let operations: BTreeSet<_> = requests.iter().map(|asked| asked.operation).collect();
    assert_eq!(operations.into_iter().collect::<Vec<_>>(), ["Timer#create", "Timer#destroy", "Timer#show"]);
}

/// What the table of an operation lists and its requests do not have.
fn lacking(operation: &OperationInfo, requests: &[Asked]) -> Vec<String> {
    let mut expected = operation.path.to_owned();
    for parameter in operation.path_parameters {
        expected = expected.replace(&format!("{{{}}}", parameter.name), "1");
    }
    let requests: Vec<_> = requests.iter().filter(|asked| asked.operation == operation.id).collect();
    assert!(!requests.is_empty(), "{}", operation.id);
    for asked in &requests {
        let here = (asked.method.as_str(), asked.path.as_str());
        assert_eq!(here, (operation.method, expected.as_str()), "{}", operation.id);
        assert!(!asked.headers.iter().any(|(name, _)| name == "authorization"), "the token is not told");
    }
    let names = |of: fn(&Asked) -> &[(String, String)]| -> BTreeSet<&str> {
        requests.iter().flat_map(|asked| of(asked)).map(|(name, _)| name.as_str()).collect()
    };
    let (query, headers) = (names(|asked| &asked.query), names(|asked| &asked.headers));
    let mut lacking = Vec::new();
    for parameter in operation.parameters {
        let keyed = format!("{}[1]", parameter.name);
        if !query.contains(parameter.name) && !query.contains(keyed.as_str()) {
            lacking.push(format!("{}?{}", operation.id, parameter.name));
        }
    }
    for header in operation.headers {
        if !headers.contains(header.to_ascii_lowercase().as_str()) {
            lacking.push(format!("{} {header}", operation.id));
        }
    }
    let body =
        requests[0].body.as_ref().map_or(Value::Null, |body| serde_json::from_str(body.get()).unwrap());
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
