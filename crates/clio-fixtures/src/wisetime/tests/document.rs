//! Every operation against WiseTime's own document, where that lies beside the checkout: in
//! `../shared/specs/wisetime-connect-v1.openapi.yaml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use bytes::Bytes;
use clio_core::Clock;
use http::Request;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Value, json};

use super::Bench;
use crate::{Poll, samples};

/// The document; `None`, and a printed line, where it is not.
fn document() -> Option<Value> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs/wisetime-connect-v1.openapi.yaml");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: WiseTime's document does not lie at {}", path.display());
        return None;
    };
    Some(json_of(&Yaml::load_from_str(&text).unwrap()[0]))
}

fn json_of(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Boolean(flag)) => (*flag).into(),
        Yaml::Value(Scalar::Integer(number)) => (*number).into(),
        Yaml::Value(Scalar::FloatingPoint(number)) => number.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        Yaml::Sequence(list) => list.iter().map(json_of).collect(),
        Yaml::Mapping(members) => {
            let key = |key: &Yaml<'_>| json_of(key).as_str().unwrap_or_default().to_owned();
            members.iter().map(|(name, value)| (key(name), json_of(value))).collect()
        }
        _ => Value::Null,
    }
}

/// What the document says, and what was seen of it.
struct Check<'a> {
    bench: &'a Bench,
    document: &'a Value,
    seen: BTreeMap<String, BTreeSet<u16>>,
}

impl Check<'_> {
    /// Calls an operation with the right key, unless `key` says otherwise, and holds the answer against the document.
    fn call(&mut self, key: &str, method: &str, target: &str, body: &Value) -> Value {
        let path = target.split('?').next().unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("https://wisetime.test/connect/api{target}"))
            .header("x-api-key", key)
            .body(Bytes::from(if body.is_null() { String::new() } else { body.to_string() }))
            .unwrap();
        let now = self.bench.clock.now();
        let Poll::Ready(answer) = self.bench.world.handle_held(request, now, now) else { panic!("held") };
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let status = answer.status().as_u16();
        let response = operation["responses"].get(status.to_string());
        let response = response.unwrap_or_else(|| panic!("{method} {target}: {status} is not documented"));
        self.seen.entry(format!("{method} {path}")).or_default().insert(status);
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let schema = &response["content"]["application/json"]["schema"];
        // The document has a body for the 400 of one operation, which is about its items.
        if schema.is_object() && (status == 200 || said["errors"].is_array()) {
            self.conforms(schema, &said, &format!("{method} {target} {status}"));
        }
        // The document's request for a deletion cannot be met: its two alternatives allow the same objects.
        if status == 200 && path != "/tag/delete" {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_object() && !body.is_null() {
                self.conforms(schema, body, &format!("{method} {target}: the request"));
            }
        }
        said
    }

    /// A call with the right key.
    #[expect(clippy::needless_pass_by_value, reason = "bodies are written at the call")]
    fn post(&mut self, path: &str, body: Value) -> Value {
        let key = self.bench.world.api_key();
        self.call(&key, "POST", path, &body)
    }

    fn get(&mut self, target: &str) -> Value {
        let key = self.bench.world.api_key();
        self.call(&key, "GET", target, &Value::Null)
    }

    /// By the schema, and without members that the schema does not know.
    fn conforms(&self, schema: &Value, value: &Value, what: &str) {
        let mut whole = json!({"allOf": [schema]});
        whole["components"] = self.document["components"].clone();
        let validator = jsonschema::draft7::new(&whole).unwrap();
        let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {errors:?} in {value}");
        self.knows(schema, value, what);
    }

    fn knows(&self, schema: &Value, value: &Value, what: &str) {
        let schema = match schema["$ref"].as_str() {
            Some(name) => self.document.pointer(name.trim_start_matches('#')).unwrap(),
            None => schema,
        };
        match value {
            Value::Array(list) => list.iter().for_each(|one| self.knows(&schema["items"], one, what)),
            Value::Object(members) if schema.get("properties").is_some() => {
                for (name, value) in members {
                    let known = schema["properties"].get(name);
                    self.knows(
                        known.unwrap_or_else(|| panic!("{what}: {name} is not documented")),
                        value,
                        what,
                    );
                }
            }
            _ => {}
        }
    }
}

/// Every operation answers by the document, and every status that it documents is reached, but for 500.
#[tokio::test(start_paused = true)]
async fn every_operation_answers_as_the_document_says() {
    let Some(document) = document() else { return };
    let bench = Bench::that(|team| team.tag_limit(Some(3)).hold(std::time::Duration::ZERO));
    let mut check = Check { bench: &bench, document: &document, seen: BTreeMap::new() };
    refusals(&mut check);
    tags(&mut check);
    activity_types(&mut check);
    posted_time(&mut check);
    check.get("/team/info");
    check.post("/team/managed/config", json!({"connectorType": "Clio", "environment": {"os": "linux"}}));
    check.post("/healthcheck/failure/notify", json!({"errorType": "TARGET_UNREACHABLE"}));
    check.post("/healthcheck/failure/rescind", json!({}));

    let (mut count, mut missing) = (0, Vec::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            count += 1;
            let name = format!("{} {path}", method.to_uppercase());
            let seen = check.seen.remove(&name).unwrap_or_default();
            for status in operation["responses"].as_object().unwrap().keys() {
                if status != "500" && !seen.contains(&status.parse().unwrap()) {
                    missing.push(format!("{name} {status}"));
                }
            }
        }
    }
    assert_eq!((count, missing), (23, Vec::new()));
}

/// A wrong key everywhere, and bodies that are none where that is documented.
fn refusals(check: &mut Check<'_>) {
    let document = check.document;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            check.call("wrong", &method.to_uppercase(), path, &json!({}));
            if operation["responses"].get("400").is_some() && method == "post" {
                check.post(path, json!([]));
            }
        }
    }
    for target in ["/postedtime?limit=0", "/postedtime/list?limit=0"] {
        check.get(target);
    }
}

fn tags(check: &mut Check<'_>) {
    let category = json!({"externalId": "c", "label": "C", "description": "d", "keywords": ["k"]});
    let made = check.post("/tagcategory/batch", json!({"tagCategories": [category]}));
    let category = &made["tagCategories"][0]["id"];
    check.post("/tag", json!({
        "name": "A", "description": "d", "path": "/", "tagCategoryId": category, "metadata": {"n": "v"},
        "visibility": "PUBLIC", "assigneeExternalIds": ["1"], "additionalKeywords": ["k"], "url": "https://a.test"
    }));
    check.post("/tag/batch", json!({"tags": [{"name": "B"}, {"name": "C"}]}));
    check.post("/tag/batch", json!({"tags": [{"name": "B"}, {}]}));
    check.post("/tag", json!({"name": "D"}));
    check.post("/tag/batch", json!({"tags": [{"name": "D"}]}));
    for tag in ["A", "Z"] {
        check.post("/tag/keyword", json!({"tagName": tag, "additionalKeywords": ["l"]}));
        check.post("/tag/keyword/delete", json!({"tagName": tag, "keyword": "l"}));
        check.post("/tag/metadata/delete", json!({"tagName": tag, "metadataNames": ["n"]}));
        check.post("/tag/delete", json!({"name": tag}));
    }
    check.post("/tagcategory/delete", json!({"externalId": "c"}));
}

fn activity_types(check: &mut Check<'_>) {
    for end in ["complete", "cancel"] {
        let session = check.post("/activitytype/sync/start", Value::Null);
        let kind = json!({"code": "a", "label": "A", "enableIfNew": true, "reenableIfArchived": false});
        let mut batch = session.clone();
        batch["activityTypes"] = json!([kind]);
        check.post("/activitytype/batch", batch);
        for _ in 0..2 {
            check.post(&format!("/activitytype/sync/{end}"), session.clone());
        }
    }
}

fn posted_time(check: &mut Check<'_>) {
    let empty = || json!({});
    check.post("/postedtime/unsubscribe", empty());
    check.post("/postedtime/unregisterfetchclient", empty());
    let subscription = json!({"callbackUrl": "https://sub.test/hook", "callerKey": "k"});
    check.post("/postedtime/subscribe", subscription.clone());
    check.post("/postedtime/subscribe", subscription);
    check.bench.world.post(samples::group("hooked").json());
    for delivery in check.bench.world.due_deliveries(check.bench.clock.now()) {
        let body: Value = serde_json::from_slice(delivery.request.body()).unwrap();
        check.conforms(&json!({"$ref": "#/components/schemas/TimeGroup"}), &body, "the call of the webhook");
        let ok = http::Response::new(Bytes::new());
        check.bench.world.delivered(&delivery, Some(&ok), check.bench.clock.now());
    }
    let status = |id: &str, status: &str| json!({"timeGroupId": id, "status": status, "externalId": "1"});
    check.get("/postedtime");
    check.post("/postedtime/registerfetchclient", empty());
    check.post("/postedtime/unregisterfetchclient", empty());
    check.post("/postedtime/status", status("hooked", "SUCCESS"));
    check.post("/postedtime/unsubscribe", empty());
    check.post("/postedtime/registerfetchclient", empty());
    check.post("/postedtime/registerfetchclient", empty());
    check.bench.world.post(samples::group("fetched").json());
    assert_eq!(check.get("/postedtime?limit=5").as_array().unwrap().len(), 1);
    for (id, word) in [("fetched", "RETRIABLE_FAILURE"), ("fetched", "SUCCESS"), ("unknown", "FAILURE")] {
        check.post("/postedtime/status", status(id, word));
    }
    assert_eq!(check.get("/postedtime/list?limit=5").as_array().unwrap().len(), 2);
    check.post("/postedtime/unregisterfetchclient", empty());
}
