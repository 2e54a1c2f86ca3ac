//! The rules of the walk itself, against a small server in memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use api_walk::{
    EVERY,
    calls::Sample,
    seen::promised,
    walk::{Outcome, Phase, Total, in_order, walk},
};
use async_trait::async_trait;
use clio_api::{Clio, FieldTree, Limits, Payload, Region, Token, Transport, TransportError};
use clio_core::schema::{Answer, Kind, OperationInfo};
use serde_json::{Value, json};
use url::Url;

/// Answers every operation with all that it promises, but for what a test takes away.
#[derive(Debug, Default)]
struct Server {
    asked: Mutex<Vec<Asked>>,
    /// An association that is always null.
    null: Option<&'static str>,
    /// A field that is never there.
    absent: Option<&'static str>,
    /// Lists are empty unless they are asked for without a filter by `ids[]`.
    filters: bool,
    /// Lists are empty.
    empty: bool,
}

/// Method, path and query of a request.
type Asked = (String, String, BTreeMap<String, String>);

impl Server {
    fn record(&self, fields: &FieldTree, id: &str) -> Value {
        let mut record = serde_json::Map::new();
        for (field, nested) in fields.iter().filter(|(field, _)| Some(field.name) != self.absent) {
            let value = match (field.name, nested, field.kind) {
                (name, Some(_), _) if Some(name) == self.null => Value::Null,
                (_, Some(nested), Kind::List(_)) => json!([self.record(nested, "1")]),
                (_, Some(nested), _) => self.record(nested, "1"),
                ("id", None, Kind::Id) => json!(id.parse::<i64>().unwrap()),
                ("id", None, _) => json!(id),
                _ => Value::Null,
            };
            record.insert(field.name.to_owned(), value);
        }
        record.into()
    }

    fn answer(&self, operation: &OperationInfo, query: &BTreeMap<String, String>) -> Value {
        let fields = query.get("fields").map_or("", String::as_str);
        let fields =
            FieldTree::parse(operation.object, fields).unwrap_or_else(|_| FieldTree::of(operation.object));
        // A record that was created has an id that no other has.
        let id = if operation.method == "POST" { "77" } else { "1" };
        let empty = self.empty || self.filters && query.contains_key("ids[]");
        match operation.answer {
            Answer::List if empty => json!({"data": []}),
            Answer::List | Answer::ListBare => json!({"data": [self.record(&fields, id)]}),
            _ if fields.is_empty() => json!({"data": {"id": 1, "etag": "x"}}),
            _ => json!({"data": self.record(&fields, id)}),
        }
    }
}

#[async_trait]
impl Transport for Server {
    async fn send(
        &self,
        request: http::Request<Payload>,
        _: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let url = Url::parse(&request.uri().to_string()).unwrap();
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let (method, path) = (request.method().as_str(), url.path());
        let operation = operation(method, path);
        let body = self.answer(operation, &query).to_string();
        self.asked.lock().unwrap().push((method.to_owned(), path.to_owned(), query));
        Ok(http::Response::builder().status(operation.success).body(Payload::Bytes(body.into())).unwrap())
    }
}

/// The operation that a request is of.
fn operation(method: &str, path: &str) -> &'static OperationInfo {
    let fits = |template: &str| {
        let (ours, theirs): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(ours, theirs)| match ours.split_once('}') {
                Some((_, end)) => theirs.ends_with(end),
                None => *ours == theirs,
            })
    };
    let of = |sample: &&Sample| sample.operation.method == method && fits(sample.operation.path);
    // A path without parameters is nearer than one with them.
    EVERY.iter().filter(of).min_by_key(|sample| sample.operation.path_parameters.len()).unwrap().operation
}

async fn run(server: &Arc<Server>, only: Option<&str>) -> (Total, Vec<Outcome>) {
    let clio = Clio::builder(Region::custom_api("http://localhost").unwrap())
        .token(Token::access_only("token"))
        .transport(server.clone())
        .build()
        .unwrap();
    let mut outcomes = Vec::new();
    let total = walk(&clio, only, |outcome| {
        outcomes.push(Outcome {
            operation: outcome.operation,
            seen: outcome
                .seen
                .as_ref()
                .map(Clone::clone)
                .map_err(|error| clio_api::Error::new(error.kind(), error.to_string())),
        });
    })
    .await;
    (total, outcomes)
}

fn lines(server: &Server) -> Vec<String> {
    server.asked.lock().unwrap().iter().map(|(method, path, _)| format!("{method} {path}")).collect()
}

#[tokio::test]
async fn what_is_created_is_what_is_changed_and_deleted() {
    let server = Arc::new(Server::default());
    let (total, _) = run(&server, Some("tasks")).await;
    assert_eq!(
        lines(&server),
        [
            "POST /tasks.json",
            "GET /tasks.json",
            "GET /tasks/1.json",
            "PATCH /tasks/77.json",
            "DELETE /tasks/77.json"
        ]
    );
    assert!(total.is_good(), "{total}");
}

#[tokio::test]
async fn what_cannot_be_created_is_record_1() {
    let server = Arc::new(Server::default());
    run(&server, Some("line_items")).await;
    assert_eq!(
        lines(&server),
        ["GET /line_items.json", "PATCH /line_items/1.json", "DELETE /line_items/1.json"]
    );
}

#[tokio::test]
async fn ids_that_are_text_are_learned_too() {
    let server = Arc::new(Server::default());
    run(&server, Some("calendar_entries")).await;
    assert!(lines(&server).contains(&"DELETE /calendar_entries/77.json".to_owned()));
}

#[test]
fn all_creates_come_first_and_all_deletes_last() {
    let phases: Vec<_> = in_order().iter().map(|sample| Phase::of(sample.operation)).collect();
    assert!(phases.is_sorted());
    assert_eq!(phases.len(), EVERY.len());
    let phase =
        |id: &str| EVERY.iter().find(|sample| sample.operation.id == id).map(|of| Phase::of(of.operation));
    assert_eq!(phase("Timer#create"), Some(Phase::Create));
    assert_eq!(phase("Document#copy"), Some(Phase::Update));
}

#[tokio::test]
async fn everything_that_is_promised_is_seen() {
    let server = Arc::new(Server::default());
    let (total, outcomes) = run(&server, None).await;
    let failed: Vec<_> = outcomes.iter().filter(|of| of.seen.is_err()).map(ToString::to_string).collect();
    assert_eq!(failed, [""; 0]);
    assert_eq!((total.called, total.decoded), (EVERY.len(), total.promised));
    assert!(total.is_good());
}

#[tokio::test]
async fn an_association_that_is_null_breaks_the_promise() {
    let server = Arc::new(Server { null: Some("client"), ..Server::default() });
    let (total, outcomes) = run(&server, Some("matters")).await;
    assert!(total.failed == 0 && total.decoded < total.promised && !total.is_good());
    let show = outcomes.iter().find(|outcome| outcome.operation.id == "Matter#show").unwrap();
    let inside = FieldTree::everything(&clio_api::objects::CONTACT_BASE).iter().count();
    let promise = promised(show.operation);
    assert_eq!(
        show.to_string(),
        format!(
            "{:<45} 200 {} of {promise} fields, none seen inside: client",
            "Matter#show",
            promise - inside
        )
    );
    let told = total.to_string();
    let told: Vec<_> = told.lines().collect();
    assert_eq!(told[0], "nothing was seen inside of Matter.client");
    assert_eq!(told[1], format!("{} of {} fields that the document promises", total.decoded, total.promised));
    assert_eq!(
        told[2],
        format!("{} operations called, 0 failed, {} fields decoded", total.called, total.decoded)
    );
}

#[tokio::test]
async fn a_field_that_is_not_there_is_a_failure() {
    let server = Arc::new(Server { absent: Some("display_number"), ..Server::default() });
    let (total, outcomes) = run(&server, Some("matters")).await;
    assert!(total.failed > 0);
    let told = outcomes.iter().map(ToString::to_string).find(|line| line.starts_with("Matter#show")).unwrap();
    assert!(told.ends_with("`display_number` was asked for and is not there"), "{told}");
}

#[tokio::test]
async fn a_list_that_filters_leave_empty_is_asked_for_once_more() {
    let server = Arc::new(Server { filters: true, ..Server::default() });
    let (total, _) = run(&server, Some("users")).await;
    assert!(total.is_good(), "{total}");
    let asked = server.asked.lock().unwrap();
    let lists: Vec<_> =
        asked.iter().filter(|(_, path, _)| path == "/users.json").map(|(_, _, query)| query).collect();
    assert_eq!(lists.len(), 2);
    assert!(lists[0].contains_key("ids[]"));
    assert_eq!(lists[1].keys().map(String::as_str).collect::<Vec<_>>(), ["fields", "limit", "order"]);
}

#[tokio::test]
async fn a_list_that_stays_empty_has_failed() {
    let server = Arc::new(Server { empty: true, ..Server::default() });
    let (total, outcomes) = run(&server, Some("users")).await;
    assert_eq!(total.failed, 1);
    let told = outcomes.iter().map(ToString::to_string).find(|line| line.starts_with("User#index")).unwrap();
    assert!(told.ends_with("the list is empty: none of its fields can be seen"), "{told}");
}
