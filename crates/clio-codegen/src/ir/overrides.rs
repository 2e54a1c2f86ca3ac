//! What the document does not say, or says wrongly: `overrides.toml`.
//!
//! Places are named as in [`Inexpressible::at`](super::facts::Inexpressible::at): `Matter.status` for a field in both
//! forms of its object, `Matter#create.client.id` for a member of a body, `Matter#index?status` for a parameter. A `*`
//! stands for any text.

use std::{cell::RefCell, collections::BTreeMap, collections::BTreeSet};

use serde::Deserialize;

use crate::Error;

/// The file, read. It remembers which of its entries were of use.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// The edition of the document.
    pub edition: Edition,
    /// Members and parameters that hold an amount of money.
    pub money: Vec<String>,
    /// Members and parameters that hold a time in seconds.
    pub seconds: Vec<String>,
    /// Members and parameters that hold a time in hours.
    pub hours: Vec<String>,
    /// Kinds that the document has wrong.
    pub kinds: BTreeMap<String, SimpleKind>,
    /// Fields that are known to be null at times.
    pub nullable: Vec<String>,
    /// The name of an enum, and the places whose lists it joins.
    pub choices: BTreeMap<String, Vec<String>>,
    /// Words that the document misspells.
    pub respelled: BTreeMap<String, String>,
    /// Parameters that take words with commas between them.
    pub comma_lists: Vec<String>,
    /// Parameters that are written with an id in brackets: `custom_field_values[7]`.
    pub keyed_by_id: Vec<String>,
    /// Names of schemas, by the document's name.
    pub objects: BTreeMap<String, String>,
    /// Names of operations, by id.
    pub operations: BTreeMap<String, String>,
    /// Names of modules, by tag.
    pub modules: BTreeMap<String, String>,
    /// What operations answer where the document does not say.
    pub answers: BTreeMap<String, super::facts::AnswerKind>,
    /// Units and other remarks, in our own words.
    pub notes: BTreeMap<String, String>,
    /// What may stay inexpressible, with the reason.
    pub allowed: BTreeMap<String, String>,
    #[serde(skip)]
    used: RefCell<BTreeSet<String>>,
}

/// Which edition of the document the facts are of. The document itself only says `v4`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Edition {
    /// The version of the API: `4.0.13`.
    pub version: String,
    /// The month in which it was published.
    pub published: String,
}

/// A kind that needs no more than its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SimpleKind {
    /// The numeric id of a record.
    Id,
    /// The text id of a record.
    TextId,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// Text, though the document may list words.
    Text,
    /// JSON of no known shape.
    Json,
}

impl Overrides {
    /// Reads the text of the file.
    ///
    /// # Errors
    ///
    /// When it is not TOML, or has a key that nothing reads.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| Error::Overrides(error.to_string()))
    }

    /// One of the patterns names this place.
    pub(super) fn names(&self, patterns: &[String], at: &str) -> bool {
        patterns.iter().filter(|pattern| matches(pattern, at)).map(|pattern| self.mark(pattern)).count() > 0
    }

    /// What the map has for this place.
    pub(super) fn find<'a, V>(&self, map: &'a BTreeMap<String, V>, at: &str) -> Option<&'a V> {
        let (pattern, value) = map.iter().find(|(pattern, _)| matches(pattern, at))?;
        self.mark(pattern);
        Some(value)
    }

    fn mark(&self, pattern: &str) {
        self.used.borrow_mut().insert(pattern.to_owned());
    }

    /// The entries that named nothing: out of date, or meant for another edition.
    pub(super) fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let numbers = [&self.money, &self.seconds, &self.hours];
        let lists = [&self.nullable, &self.comma_lists, &self.keyed_by_id];
        let listed = numbers.into_iter().chain(lists).flatten().chain(self.choices.values().flatten());
        let keyed = self.kinds.keys().chain(self.respelled.keys()).chain(self.objects.keys());
        let keyed = keyed.chain(self.operations.keys()).chain(self.modules.keys()).chain(self.answers.keys());
        let keyed = keyed.chain(self.notes.keys()).chain(self.allowed.keys());
        let all: BTreeSet<_> = listed.chain(keyed).filter(|entry| !used.contains(*entry)).collect();
        all.into_iter().cloned().collect()
    }
}

/// `*` stands for any text, as often as it occurs.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| matches(rest, &text[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("Matter#*.price", "Matter#create.price"));
        assert!(matches("*?custom_field_values", "Bill#index?custom_field_values"));
        assert!(!matches("Matter#*.price", "Matter#create.price.unit"));
        assert!(!matches("Matter.status", "Matter.status_of"));
    }

    #[test]
    fn a_key_that_nothing_reads_is_refused() {
        assert!(Overrides::from_toml("mony = []").is_err());
    }

    #[test]
    fn entries_that_named_nothing_are_told() {
        let overrides = Overrides::from_toml(r#"money = ["A.price", "B.price"]"#).unwrap();
        assert!(overrides.names(&overrides.money, "A.price"));
        assert_eq!(overrides.unused(), ["B.price"]);
    }
}
