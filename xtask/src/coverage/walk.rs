//! The document as a list of facts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::{Map, Value};

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// An operation.
    Operation,
    /// A parameter of an operation, headers and paths included.
    Parameter,
    /// A member of a body, at any depth.
    BodyField,
    /// A schema of records.
    Object,
    /// A field of such a schema, those that it takes over from others included.
    Field,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operation => "operations",
            Self::Parameter => "parameters",
            Self::BodyField => "body fields",
            Self::Object => "objects",
            Self::Field => "fields",
        })
    }
}

/// One thing that the document says there is.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it is about.
    pub what: What,
    /// The tag of the operation, or `objects`.
    pub group: String,
    /// The operation's id, or the schema.
    pub owner: String,
    /// The method of the operation; empty of an object.
    pub method: String,
    /// The path of the operation, with the names of its parameters in braces; empty of an object.
    pub path: String,
    /// Its name: of a parameter, of a field, `client.id` of a member of a body; of an operation its method and path.
    pub name: String,
    /// Where a parameter stands: `path`, `query`, `header`.
    pub place: String,
    /// Its type, as the document has it.
    pub schema: Value,
}

/// Everything that the document says there is.
pub fn facts(document: &Value) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut refused = BTreeSet::new();
    let mut answered = BTreeSet::new();
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let group = operation["tags"][0].as_str().unwrap_or("no tag");
            let fact = |what, name: String, place: &str, schema: Value| Fact {
                what,
                group: group.to_owned(),
                owner: id.to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                name,
                place: place.to_owned(),
                schema,
            };
            facts.push(fact(What::Operation, format!("{} {path}", method.to_uppercase()), "", Value::Null));
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let text = |key: &str| parameter[key].as_str().unwrap_or_default();
                let schema = parameter["schema"].clone();
                facts.push(fact(What::Parameter, text("name").to_owned(), text("in"), schema));
            }
            for (name, schema) in body(operation) {
                facts.push(fact(What::BodyField, name, "", schema));
            }
            for (status, answer) in members(&operation["responses"]) {
                let list = if status.starts_with(['2', '3']) { &mut answered } else { &mut refused };
                list.extend(members(&answer["content"]).filter_map(|(_, media)| named(&media["schema"])));
            }
        }
    }
    let schemas = &document["components"]["schemas"];
    let (answered, refused) = (closure(schemas, answered), closure(schemas, refused));
    for (name, schema) in members(schemas) {
        let fields = fields(schemas, schema);
        let envelope =
            fields.contains_key("data") && fields.keys().all(|key| matches!(key.as_str(), "data" | "meta"));
        if envelope || (refused.contains(name) && !answered.contains(name)) {
            continue;
        }
        let fact = |what, field: &str, schema: Value| Fact {
            what,
            group: "objects".to_owned(),
            owner: name.clone(),
            method: String::new(),
            path: String::new(),
            name: field.to_owned(),
            place: String::new(),
            schema,
        };
        facts.push(fact(What::Object, "", Value::Null));
        facts.extend(fields.into_iter().map(|(field, schema)| fact(What::Field, &field, schema)));
    }
    facts
}

/// The fields of a schema, with those of the schemas that it is made of.
fn fields(schemas: &Value, schema: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let part = named(part).map_or(part, |name| &schemas[name]);
        all.extend(fields(schemas, part));
    }
    all.extend(members(&schema["properties"]).map(|(name, schema)| (name.clone(), schema.clone())));
    all
}

/// The members of a body's `data`. Every media type has the same.
fn body(operation: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    if let Some((_, media)) = members(&operation["requestBody"]["content"]).next() {
        nested("", &media["schema"]["properties"]["data"], &mut found);
    }
    found
}

fn nested(within: &str, schema: &Value, found: &mut Vec<(String, Value)>) {
    if schema["items"].is_object() {
        return nested(within, &schema["items"], found);
    }
    for (name, member) in members(&schema["properties"]) {
        let path = format!("{within}{name}");
        found.push((path.clone(), member.clone()));
        nested(&format!("{path}."), member, found);
    }
}

/// Every schema that these lead to.
fn closure(schemas: &Value, roots: BTreeSet<String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<_> = roots.into_iter().collect();
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            references(&schemas[&name], &mut open);
        }
    }
    reached
}

fn references(value: &Value, into: &mut Vec<String>) {
    into.extend(named(value));
    match value {
        Value::Object(members) => members.values().for_each(|value| references(value, into)),
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

/// The schema that a reference names.
pub(super) fn named(schema: &Value) -> Option<String> {
    schema["$ref"].as_str()?.rsplit('/').next().map(str::to_owned)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
