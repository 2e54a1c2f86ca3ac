//! Typed code, asked about the document's facts: the requests that the typed calls of `clio-api` really build.
//!
//! `api-walk --dry-run` makes every call with all that it takes and prints what would leave. It runs as a program of its own,
//! so that the other chores, first of all the generator, build without the client that they are there to make.
//!
//! Fields are those that a `FieldTree` asks for and a `Record` gives out, which `api-walk --fields` prints; that the derive knows
//! the same names, a test of its own says.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    Reach,
    tables::plain,
    walk::{Fact, What},
};

/// What typed code can say.
#[derive(Debug)]
pub struct Typed {
    /// By operation.
    requests: BTreeMap<String, Vec<Request>>,
    /// By the plain name of the object.
    fields: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, Deserialize)]
struct Request {
    operation: String,
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Value,
}

#[derive(Debug, Deserialize)]
struct Object {
    object: String,
    fields: BTreeSet<String>,
}

/// What `api-walk` prints when it is told this.
fn printed(what: &str) -> Result<String, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let run = Command::new(cargo)
        .args(["run", "--quiet", "--package", "api-walk", "--", what])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if run.status.success() {
        Ok(text(&run.stdout))
    } else {
        Err(format!("api-walk {what}: {}", text(&run.stderr)))
    }
}

impl Typed {
    /// Runs the calls.
    ///
    /// # Errors
    ///
    /// A text for people, when the program does not build or run.
    pub fn run() -> Result<Self, String> {
        Self::read(&printed("--dry-run")?, &printed("--fields")?)
            .map_err(|error| format!("api-walk: {error}"))
    }

    /// Reads requests, one a line, and objects with their fields, one a line.
    ///
    /// # Errors
    ///
    /// When a line is neither.
    pub fn read(requests: &str, objects: &str) -> Result<Self, serde_json::Error> {
        let mut by_operation: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for line in requests.lines() {
            let request: Request = serde_json::from_str(line)?;
            by_operation.entry(request.operation.clone()).or_default().push(request);
        }
        let mut fields = BTreeMap::new();
        for line in objects.lines() {
            let object: Object = serde_json::from_str(line)?;
            fields.insert(plain(&object.object), object.fields);
        }
        Ok(Self { requests: by_operation, fields })
    }

    fn of(&self, fact: &Fact) -> &[Request] {
        self.requests.get(&fact.owner).map_or(&[], Vec::as_slice)
    }
}

impl Reach for Typed {
    fn name(&self) -> &'static str {
        "typed calls"
    }

    fn reaches(&self, fact: &Fact) -> Result<(), String> {
        let requests = self.of(fact);
        let reached = match fact.what {
            What::Operation => requests.iter().any(|request| {
                request.method == fact.method && path_values(&fact.path, &request.path).is_some()
            }),
            What::Parameter => requests.iter().any(|request| parameter(request, fact)),
            What::BodyField => requests.iter().any(|request| {
                member(&request.body["data"], &fact.name).is_some_and(|value| fits(value, &fact.schema))
            }),
            What::Object => self.fields.contains_key(&plain(&fact.owner)),
            What::Field => {
                self.fields.get(&plain(&fact.owner)).is_some_and(|fields| fields.contains(&fact.name))
            }
        };
        if reached { Ok(()) } else { Err(format!("{} {} ({})", fact.owner, fact.name, fact.what)) }
    }
}

/// The request has this parameter, with a value of its type.
fn parameter(request: &Request, fact: &Fact) -> bool {
    let name = fact.name.as_str();
    match fact.place.as_str() {
        "path" => path_values(&fact.path, &request.path).is_some_and(|values| values.contains_key(name)),
        "header" => {
            request.headers.iter().any(|(sent, value)| sent.eq_ignore_ascii_case(name) && !value.is_empty())
        }
        _ => {
            // `custom_field_values[1]` is a value of `custom_field_values`.
            let keyed = |sent: &str| sent.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
            let is_it = |sent: &str| sent == name || keyed(sent);
            request.query.iter().any(|(sent, value)| is_it(sent) && text_fits(value, &fact.schema))
        }
    }
}

/// The values of a path by the names of its parameters, if it is one of this template.
fn path_values<'a>(template: &'a str, path: &'a str) -> Option<BTreeMap<&'a str, &'a str>> {
    let (ours, theirs): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let mut values = BTreeMap::new();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        match ours.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            None if ours == theirs => {}
            None => return None,
            Some((name, end)) => {
                let value = theirs.strip_suffix(end).filter(|value| !value.is_empty())?;
                values.insert(name, value);
            }
        }
    }
    (ours.len() == theirs.len()).then_some(values)
}

/// `rates.user.id` in a body; of a list the first element.
fn member<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |mut value, name| {
        while let Value::Array(items) = value {
            value = items.first()?;
        }
        value.get(name)
    })
}

/// The value is one of the document's type.
fn fits(value: &Value, schema: &Value) -> bool {
    match schema["type"].as_str() {
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.get(0).is_some_and(|first| fits(first, &schema["items"])),
        _ => value.is_object(),
    }
}

/// The text is one of a value of the document's type.
fn text_fits(text: &str, schema: &Value) -> bool {
    match schema["type"].as_str() {
        Some("boolean") => text.parse::<bool>().is_ok(),
        Some("integer") => text.parse::<i64>().is_ok(),
        Some("number") => text.parse::<f64>().is_ok(),
        Some("array") => text_fits(text, &schema["items"]),
        _ => !text.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LINE: &str = r#"{"operation":"Matter#update","method":"PATCH","path":"/matters/1.json",
        "query":[["fields","id"],["ids[]","1"],["custom_field_values[1]","text"],["billable","maybe"]],
        "headers":[["if-match","x"]],"body":{"data":{"client":{"id":1},"rates":[{"user":{"id":"1"}}]}}}"#;

    fn fact(what: What, owner: &str, name: &str, place: &str, schema: Value) -> Fact {
        Fact {
            what,
            group: String::new(),
            owner: owner.to_owned(),
            method: "PATCH".to_owned(),
            path: "/matters/{id}.json".to_owned(),
            name: name.to_owned(),
            place: place.to_owned(),
            schema,
        }
    }

    fn reaches(what: What, name: &str, place: &str, schema: Value) -> bool {
        let typed = Typed::read(&LINE.replace('\n', ""), "").unwrap();
        typed.reaches(&fact(what, "Matter#update", name, place, schema)).is_ok()
    }

    #[test]
    fn parameters_are_looked_up_where_they_stand() {
        let reaches = |name, place, schema| reaches(What::Parameter, name, place, schema);
        assert!(reaches("id", "path", json!({})));
        assert!(!reaches("matter_id", "path", json!({})));
        assert!(reaches("IF-MATCH", "header", json!({})));
        assert!(!reaches("IF-NONE-MATCH", "header", json!({})));
        assert!(reaches("fields", "query", json!({"type": "string"})));
        assert!(reaches("ids[]", "query", json!({"type": "array", "items": {"type": "integer"}})));
        assert!(reaches(
            "custom_field_values",
            "query",
            json!({"type": "array", "items": {"type": "string"}})
        ));
        assert!(!reaches("billable", "query", json!({"type": "boolean"})), "a value of another type");
        assert!(!reaches("field", "query", json!({"type": "string"})), "the beginning of another");
    }

    #[test]
    fn members_are_looked_up_at_any_depth() {
        let reaches = |name, schema| reaches(What::BodyField, name, "", schema);
        assert!(reaches("client", json!({"type": "object"})));
        assert!(reaches("client.id", json!({"type": "integer"})));
        assert!(!reaches("rates.user.id", json!({"type": "integer"})), "text is no number");
        assert!(reaches("rates", json!({"type": "array", "items": {"type": "object"}})));
        assert!(!reaches("client.name", json!({"type": "string"})));
    }

    #[test]
    fn an_operation_is_its_method_and_path() {
        assert!(reaches(What::Operation, "PATCH /matters/{id}.json", "", Value::Null));
        assert!(path_values("/matters/{id}.json", "/matters.json").is_none());
        assert!(path_values("/matters/{id}.json", "/contacts/1.json").is_none());
    }

    #[test]
    fn fields_are_looked_up_by_the_documents_name_of_the_object() {
        let typed = Typed::read("", r#"{"object":"MatterBase","fields":["display_number"]}"#).unwrap();
        let of =
            |owner: &str, name: &str| typed.reaches(&fact(What::Field, owner, name, "", Value::Null)).is_ok();
        assert!(of("Matter_base", "display_number"));
        assert!(!of("Matter_base", "client"));
        assert!(!of("Matter", "display_number"));
    }
}
