//! WiseTime's document, and whether a request is as it says.

use std::{collections::BTreeSet, path::Path};

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Value, json};

use super::recorder::Sent;

/// The document, in which no object has members that it does not name.
pub(super) struct Paper(Value);

impl Paper {
    /// The document; `None`, and a printed line, where it is not.
    #[expect(clippy::print_stdout, reason = "whoever runs the tests should know what was left out")]
    pub(super) fn read() -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/specs/wisetime-connect-v1.openapi.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: WiseTime's document does not lie at {}", path.display());
            return None;
        };
        let mut document = json_of(&Yaml::load_from_str(&text).unwrap()[0]);
        document["components"]["schemas"].as_object_mut().unwrap().values_mut().for_each(close);
        Some(Self(document))
    }

    /// Every operation's id.
    pub(super) fn operations(&self) -> BTreeSet<&str> {
        let paths = self.0["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|path| path.as_object().unwrap().values());
        operations.map(|operation| operation["operationId"].as_str().unwrap()).collect()
    }

    pub(super) fn operation_of(&self, sent: &Sent) -> Option<&str> {
        self.operation(sent)?["operationId"].as_str()
    }

    fn operation(&self, sent: &Sent) -> Option<&Value> {
        let target = sent.url.split_once("/connect/api")?.1;
        let path = target.split('?').next()?;
        self.0["paths"].get(path)?.get(sent.method.to_lowercase())
    }

    /// Whether the request is as the document says, and else what is not.
    pub(super) fn check(&self, sent: &Sent, key: &str) -> Result<(), String> {
        let what = format!("{} {}", sent.method, sent.url);
        let operation = self.operation(sent).ok_or_else(|| format!("{what}: no operation"))?;
        let whole = if sent.keys == [key] { Ok(()) } else { Err("x-api-key is not there once".to_owned()) };
        whole
            .and_then(|()| query(operation, &sent.url))
            .and_then(|()| self.body(operation, sent))
            .map_err(|why| format!("{what}: {why}"))
    }

    fn body(&self, operation: &Value, sent: &Sent) -> Result<(), String> {
        let Some(wanted) = operation.get("requestBody") else {
            return if sent.body.is_empty() { Ok(()) } else { Err("there is no body".to_owned()) };
        };
        if sent.body.is_empty() && wanted["required"] == false {
            return Ok(());
        }
        if sent.content_type.as_deref() != Some("application/json") {
            return Err("the body is not announced as application/json".to_owned());
        }
        // Where the document does not say whether there must be one, it has what the operation needs.
        let body: Value =
            serde_json::from_slice(&sent.body).map_err(|error| format!("the body is no JSON: {error}"))?;
        let mut schema = json!({"allOf": [wanted["content"]["application/json"]["schema"]]});
        schema["components"] = self.0["components"].clone();
        let validator = jsonschema::draft7::new(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
        if errors.is_empty() { Ok(()) } else { Err(format!("{} in {body}", errors.join(", "))) }
    }
}

/// Only parameters that the document names, and numbers where it wants numbers.
fn query(operation: &Value, url: &str) -> Result<(), String> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let known = operation["parameters"].as_array().into_iter().flatten();
        let known = known.into_iter().find(|known| known["name"] == name && known["in"] == "query");
        let known = known.ok_or_else(|| format!("there is no parameter {name}"))?;
        if known["schema"]["type"] == "integer" && value.parse::<i64>().is_err() {
            return Err(format!("the parameter {name} is a whole number"));
        }
    }
    Ok(())
}

/// Forbids what a schema does not name. A map, such as metadata, says that it takes any name.
fn close(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if members.get("type").is_some_and(|kind| kind == "object") {
        members.entry("additionalProperties").or_insert(false.into());
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        members.get_mut(word).and_then(Value::as_array_mut).into_iter().flatten().for_each(close);
    }
    if let Some(items) = members.get_mut("items") {
        close(items);
    }
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(close);
    }
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
