//! Reads an OpenAPI 3.0 document into [facts](crate::ir::facts).
//!
//! The typed reading is `openapiv3`'s. It forgets what it does not know, so the raw JSON is walked beside it: every key
//! that is neither read nor prose goes into `extra`.

mod answer;
mod operation;
mod raw;
mod schema;
mod sort;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use schema::family;

use openapiv3::{OpenAPI, ReferenceOr};
use serde_json::Value;

use crate::{
    Error,
    ir::facts::{Document, FORMAT, Group, Inexpressible},
};

/// Reads the text of a document.
///
/// # Errors
///
/// When it is not OpenAPI 3.0 in JSON, or refers to what it does not have. What merely cannot be expressed is no error
/// here: it is listed in [`Document::inexpressible`], and judged when the facts are resolved.
pub fn read(text: &str) -> Result<Document, Error> {
    let unreadable = |source| Error::Unreadable { what: "the OpenAPI document".to_owned(), source };
    let raw: Value = serde_json::from_str(text).map_err(unreadable)?;
    // From the text, not from `raw`, whose members are in the order of the alphabet.
    let typed: OpenAPI = serde_json::from_str(text).map_err(unreadable)?;
    let mut reader = Reader { inexpressible: Vec::new() };

    let schemas = reader.schemas(&typed, &raw)?;
    let mut operations = Vec::new();
    for (path, item) in &typed.paths.paths {
        let ReferenceOr::Item(item) = item else {
            return Err(Error::Broken(format!("{path} is a reference")));
        };
        let raw_item = &raw["paths"][path];
        for (method, operation) in item.iter() {
            let raw_operation = &raw_item[method];
            operations.push(reader.operation(path, method, item, operation, raw_operation, &schemas)?);
        }
        for key in raw::unread(raw_item, raw::PATH_KEYS).into_keys() {
            reader.cannot(path, &key);
        }
    }
    operations.sort_by(|a, b| (&a.path, method_rank(&a.method)).cmp(&(&b.path, method_rank(&b.method))));
    let sorted = sort::schemas(schemas, &operations, &raw)?;
    let mut inexpressible = reader.inexpressible;
    inexpressible.sort();
    inexpressible.dedup();
    Ok(Document {
        format: FORMAT,
        openapi: typed.openapi.clone(),
        version: typed.info.version.clone(),
        servers: typed.servers.iter().map(|server| server.url.clone()).collect(),
        groups: groups(&typed, &raw),
        operations,
        objects: sorted.records,
        envelopes: sorted.envelopes,
        errors: sorted.errors,
        inexpressible,
        extra: raw::unread(&raw, raw::DOCUMENT_KEYS),
    })
}

/// What is collected while reading.
struct Reader {
    inexpressible: Vec<Inexpressible>,
}

impl Reader {
    fn cannot(&mut self, at: &str, what: &str) {
        self.inexpressible.push(Inexpressible { at: at.to_owned(), what: what.to_owned() });
    }
}

/// The order of methods on one path, as readers expect them.
fn method_rank(method: &str) -> (u8, String) {
    let rank = match method {
        "GET" => 0,
        "POST" => 1,
        "PATCH" => 2,
        "PUT" => 3,
        "DELETE" => 4,
        _ => 5,
    };
    (rank, method.to_owned())
}

/// The tags, with the larger groups that Clio's `x-tagGroups` sorts them into.
fn groups(typed: &OpenAPI, raw: &Value) -> Vec<Group> {
    let domains = raw["x-tagGroups"].as_array().map(Vec::as_slice).unwrap_or_default();
    let domains_of = |tag: &str| {
        domains
            .iter()
            .filter(|domain| {
                domain["tags"].as_array().is_some_and(|tags| tags.iter().any(|other| other == tag))
            })
            .filter_map(|domain| domain["name"].as_str().map(str::to_owned))
            .collect()
    };
    typed.tags.iter().map(|tag| Group { tag: tag.name.clone(), domains: domains_of(&tag.name) }).collect()
}
