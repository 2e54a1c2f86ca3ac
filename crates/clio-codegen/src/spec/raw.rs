//! The raw JSON beside the typed reading: what is prose, and what was not read.

use serde_json::{Map, Value};

use crate::ir::facts::Extra;

/// Text for people. Never kept.
const PROSE: &[&str] = &["description", "summary", "title", "example", "examples", "externalDocs"];

/// What is read of the document itself, of a path, and so on. Everything else is carried.
pub(super) const DOCUMENT_KEYS: &[&str] =
    &["openapi", "info", "servers", "tags", "x-tagGroups", "paths", "components"];
pub(super) const PATH_KEYS: &[&str] =
    &["get", "post", "patch", "put", "delete", "head", "options", "trace", "parameters"];
pub(super) const OPERATION_KEYS: &[&str] = &["operationId", "tags", "parameters", "requestBody", "responses"];
pub(super) const PARAMETER_KEYS: &[&str] = &["name", "in", "required", "schema"];
pub(super) const RESPONSE_KEYS: &[&str] = &["content"];
pub(super) const BODY_KEYS: &[&str] = &["required", "content"];
pub(super) const SCHEMA_KEYS: &[&str] =
    &["type", "format", "enum", "default", "nullable", "items", "properties", "required", "allOf", "$ref"];

/// Limits of a value, as JSON Schema names them.
pub(super) const LIMITS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "pattern",
];

/// The members of `node` that are neither prose nor among `read`, without the prose inside them.
pub(super) fn unread(node: &Value, read: &[&str]) -> Extra {
    let Some(members) = node.as_object() else { return Extra::new() };
    members
        .iter()
        .filter(|(key, _)| !PROSE.contains(&key.as_str()) && !read.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), without_prose(value, key == "properties")))
        .collect()
}

/// The members of `node` that are among `wanted`.
pub(super) fn picked(node: &Value, wanted: &[&str]) -> Extra {
    wanted.iter().filter_map(|key| Some(((*key).to_owned(), node.get(key)?.clone()))).collect()
}

/// A copy without texts for people. The keys of `properties` are names: one may well be called `description`.
fn without_prose(value: &Value, names: bool) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(key, _)| names || !PROSE.contains(&key.as_str()));
            let kept =
                kept.map(|(key, value)| (key.clone(), without_prose(value, !names && key == "properties")));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| without_prose(item, false)).collect()),
        plain => plain.clone(),
    }
}
