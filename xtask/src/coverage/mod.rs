//! How much of Clio's document the code holds, counted by a walk of its own.
//!
//! Nothing of the generator is used here: the document is walked as plain JSON, so a mistake of the generator's reading
//! cannot hide itself. What is asked about each fact stands behind [`Reach`]: the [`Tables`] of `clio-schema`, and
//! [`Typed`] code, by the requests that it builds. A fact counts when both hold it.

mod tables;
mod typed;
mod walk;

use std::collections::BTreeMap;

use serde_json::Value;

pub use tables::Tables;
pub use typed::Typed;
pub use walk::{Fact, What, facts};

/// Something that is to hold every fact of the document.
pub trait Reach {
    /// What it is called in the list of what is missing.
    fn name(&self) -> &'static str;

    /// Whether it holds this fact.
    ///
    /// # Errors
    ///
    /// What is missing, in words.
    fn reaches(&self, fact: &Fact) -> Result<(), String>;
}

/// How many there are, and how many of them are held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    held: usize,
    all: usize,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.held, self.all)
    }
}

/// The counts of one group, or of all of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<What, Count>);

impl Counts {
    fn add(&mut self, what: What, held: bool) {
        let count = self.0.entry(what).or_default();
        count.all += 1;
        count.held += usize::from(held);
    }

    fn of(&self, what: What) -> Count {
        self.0.get(&what).copied().unwrap_or_default()
    }
}

/// The result.
#[derive(Debug)]
pub struct Coverage {
    groups: BTreeMap<String, Counts>,
    total: Counts,
    /// What is missing, in words.
    pub missing: Vec<String>,
}

impl Coverage {
    /// Asks everyone in `reaches` about every fact of the document. A fact is held if all of them hold it.
    ///
    /// # Errors
    ///
    /// When the text is not JSON.
    pub fn of(document: &str, reaches: &[&dyn Reach]) -> Result<Self, serde_json::Error> {
        let document: Value = serde_json::from_str(document)?;
        let mut coverage = Self { groups: BTreeMap::new(), total: Counts::default(), missing: Vec::new() };
        for fact in facts(&document) {
            let mut held = true;
            for reach in reaches {
                if let Err(missing) = reach.reaches(&fact) {
                    held = false;
                    coverage.missing.push(format!("{}: {missing}", reach.name()));
                }
            }
            coverage.total.add(fact.what, held);
            coverage.groups.entry(fact.group).or_default().add(fact.what, held);
        }
        Ok(coverage)
    }

    /// A line for each group.
    pub fn lines(&self) -> Vec<String> {
        let line = |(group, counts): (&String, &Counts)| {
            let told = counts.0.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>();
            format!("{group}: {}", told.join(", "))
        };
        self.groups.iter().map(line).collect()
    }

    /// `operations 301/301, parameters P/P, body fields B/B, fields F/F`.
    pub fn last_line(&self) -> String {
        let whats = [What::Operation, What::Parameter, What::BodyField, What::Field];
        whats.map(|what| format!("{what} {}", self.total.of(what))).join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds everything but what has this name.
    struct AllBut(&'static str);

    impl Reach for AllBut {
        fn name(&self) -> &'static str {
            "a test"
        }

        fn reaches(&self, fact: &Fact) -> Result<(), String> {
            if fact.name == self.0 { Err(format!("{} of {}", fact.name, fact.owner)) } else { Ok(()) }
        }
    }

    const DOCUMENT: &str = r##"{
        "paths": {"/matters.json": {"post": {
            "operationId": "Matter#create", "tags": ["Matters"],
            "parameters": [{"name": "fields", "in": "query", "schema": {"type": "string"}}],
            "requestBody": {"content": {"application/json": {"schema": {"properties": {"data": {"properties": {
                "client": {"type": "object", "properties": {"id": {"type": "integer"}}},
                "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}
            }}}}}}},
            "responses": {
                "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Matter_Show"}}}},
                "422": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
            }
        }}},
        "components": {"schemas": {
            "Matter_Show": {"properties": {"data": {"$ref": "#/components/schemas/Matter"}}},
            "Matter": {"allOf": [
                {"$ref": "#/components/schemas/Matter_base"},
                {"properties": {"client": {"$ref": "#/components/schemas/Matter_base"}}}
            ]},
            "Matter_base": {"properties": {"id": {"type": "integer"}, "status": {"type": "string"}}},
            "Error": {"properties": {"error": {"type": "string"}}}
        }}
    }"##;

    #[test]
    fn everything_is_counted() {
        let coverage = Coverage::of(DOCUMENT, &[&AllBut("nothing")]).unwrap();
        // `client`, `client.id`, `tags`, `tags.name`; `id`, `status`, `client` and the two of the base.
        assert_eq!(coverage.last_line(), "operations 1/1, parameters 1/1, body fields 4/4, fields 5/5");
        assert!(coverage.missing.is_empty());
        assert_eq!(coverage.lines()[0], "Matters: operations 1/1, parameters 1/1, body fields 4/4");
    }

    #[test]
    fn what_is_missing_is_told() {
        let coverage = Coverage::of(DOCUMENT, &[&AllBut("status")]).unwrap();
        assert_eq!(coverage.last_line(), "operations 1/1, parameters 1/1, body fields 4/4, fields 3/5");
        assert_eq!(coverage.missing, ["a test: status of Matter", "a test: status of Matter_base"]);
    }
}
