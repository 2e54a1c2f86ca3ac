//! Which schema is a record, which an envelope around records, and which an error.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::target;
use crate::{
    Error,
    ir::facts::{Object, Operation, Shape},
};

/// `{"data": ..}`, perhaps with `meta`, and nothing else.
pub(super) fn is_envelope(schema: &Object) -> bool {
    schema.bases.is_empty()
        && data_of(schema).is_some()
        && schema.members.iter().all(|member| matches!(member.name.as_str(), "data" | "meta"))
}

pub(super) fn data_of(schema: &Object) -> Option<&Shape> {
    schema.members.iter().find(|member| member.name == "data").map(|member| &member.shape)
}

/// The schemas of a document, sorted out.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) records: Vec<Object>,
    pub(super) envelopes: Vec<Object>,
    pub(super) errors: Vec<Object>,
}

/// Sorts the schemas out. A reference that leads nowhere is an error of the document.
pub(super) fn schemas(schemas: Vec<Object>, operations: &[Operation], raw: &Value) -> Result<Sorted, Error> {
    let names: BTreeSet<_> = schemas.iter().map(|schema| schema.name.clone()).collect();
    let mut mentioned = BTreeSet::new();
    for schema in &schemas {
        references(schema, &mut mentioned);
    }
    if let Some(lost) = mentioned.iter().find(|name| !names.contains(*name)) {
        return Err(Error::Broken(format!("{lost} is referred to and does not exist")));
    }
    let closure = |roots: BTreeSet<String>| {
        let mut reached = BTreeSet::new();
        let mut open: Vec<_> = roots.into_iter().collect();
        while let Some(name) = open.pop() {
            if let Some(schema) = schemas.iter().find(|schema| schema.name == name)
                && reached.insert(name)
            {
                let mut next = BTreeSet::new();
                references(schema, &mut next);
                open.extend(next);
            }
        }
        reached
    };
    let records =
        closure(operations.iter().filter_map(|operation| operation.answer.object.clone()).collect());
    let refusals = closure(refusals(raw));
    let mut sorted = Sorted::default();
    for schema in schemas {
        let list = if is_envelope(&schema) {
            &mut sorted.envelopes
        } else if refusals.contains(&schema.name) && !records.contains(&schema.name) {
            &mut sorted.errors
        } else {
            &mut sorted.records
        };
        list.push(schema);
    }
    Ok(sorted)
}

fn references(schema: &Object, into: &mut BTreeSet<String>) {
    fn of(shape: &Shape, into: &mut BTreeSet<String>) {
        into.extend(shape.to.clone());
        shape.items.iter().for_each(|item| of(item, into));
        shape.members.iter().for_each(|member| of(&member.shape, into));
    }
    into.extend(schema.bases.iter().cloned());
    schema.members.iter().for_each(|member| of(&member.shape, into));
}

/// The schemas that answers of 400 and more name.
fn refusals(raw: &Value) -> BTreeSet<String> {
    let paths = raw["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations = paths.filter_map(Value::as_object).flat_map(|path| path.values());
    let answers = operations.filter_map(|operation| operation["responses"].as_object()).flatten();
    answers
        .filter(|(status, _)| !status.starts_with(['2', '3']))
        .filter_map(|(_, answer)| answer["content"].as_object())
        .flat_map(|content| content.values())
        .filter_map(|media| media["schema"]["$ref"].as_str().map(target))
        .collect()
}
