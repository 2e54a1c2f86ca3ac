//! `api.toml`: decisions about the client that are neither facts nor names of the schema.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

use crate::{
    Error, Model,
    ir::{
        model::{Group, Operation},
        overrides::matches,
    },
    names,
};

/// Where the settings are.
const FILE: &str = "crates/clio-codegen/api.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    features: BTreeMap<String, String>,
    ids: BTreeMap<String, String>,
    methods: BTreeMap<String, String>,
    samples: BTreeMap<String, String>,
}

impl Settings {
    pub(super) fn read(root: &Path) -> Result<Self, Error> {
        let path = root.join(FILE);
        let text = fs::read_to_string(&path).map_err(|source| Error::Io { path, source })?;
        toml::from_str(&text).map_err(|error| Error::Broken(format!("{FILE}: {error}")))
    }

    /// The feature that a group is behind, if it is behind one.
    pub(super) fn feature(&self, group: &Group) -> Result<Option<&str>, Error> {
        let mut found =
            std::iter::once(&group.module).chain(&group.domains).filter_map(|name| self.features.get(name));
        let feature = found.next().ok_or_else(|| {
            Error::Broken(format!(
                "{FILE} names no feature for `{}` or its domains {:?}",
                group.module, group.domains
            ))
        })?;
        Ok(Some(feature.as_str()).filter(|feature| !feature.is_empty()))
    }

    /// The method of an operation. Two objects share a tag at times: then the operations of the one that the group is
    /// not named after carry their own name.
    pub(super) fn method(&self, group: &Group, operation: &Operation) -> String {
        if let Some(method) = self.methods.get(&operation.id) {
            return method.clone();
        }
        let (about, verb) = operation.id.split_once('#').unwrap_or((&operation.id, ""));
        let shared = group.operations.iter().any(|other| {
            let (other, other_verb) = other.id.split_once('#').unwrap_or_default();
            other_verb == verb && other != about
        });
        if shared && names::snake(&names::plural(about)) != group.module {
            return names::snake(&operation.name);
        }
        match verb {
            "index" if operation.paging.is_none() && operation.name.starts_with("Get") => "get".to_owned(),
            "index" => "list".to_owned(),
            "show" => "get".to_owned(),
            "destroy" => "delete".to_owned(),
            other => names::identifier(other),
        }
    }

    /// The value, as an expression, that a parameter or a member of a body has in a sample. The place itself counts before
    /// a pattern, and a long pattern before a short one.
    pub(super) fn sample(&self, at: &str) -> Option<&str> {
        let patterns = self.samples.iter().filter(|(pattern, _)| matches(pattern, at));
        self.samples
            .get(at)
            .or_else(|| patterns.max_by_key(|(pattern, _)| pattern.len()).map(|(_, sample)| sample))
            .map(String::as_str)
    }

    /// The form of the object that an id is of, if it is known. `at` is a place, `own` what a plain `id` is of.
    pub(super) fn object_of_id(
        &self,
        model: &Model,
        at: &str,
        name: &str,
        own: Option<&str>,
    ) -> Option<String> {
        let inner = name.split_once('[').map_or("", |(_, inner)| inner.trim_end_matches(']'));
        let name = match inner {
            // `jurisdiction[id]` is the id of a jurisdiction, `rate_for[matter_id]` that of a matter.
            "id" => name.split('[').next().unwrap_or(name),
            "" => name.trim_end_matches("[]"),
            inner => inner,
        };
        let listed = self.ids.get(at).or_else(|| self.ids.get(name));
        if let Some(object) = listed {
            return Some(object.clone()).filter(|object| !object.is_empty());
        }
        if matches!(name, "id" | "ids" | "exclude_ids") {
            return own.map(str::to_owned);
        }
        let bare = name.strip_suffix("_ids").or_else(|| name.strip_suffix("_id")).unwrap_or(name);
        [bare, bare.strip_suffix('s').unwrap_or(bare)].into_iter().find_map(|name| own_form(model, name))
    }

    /// The form of the object in a member of this name.
    pub(super) fn object_in(&self, model: &Model, member: &str) -> Option<String> {
        match self.ids.get(member) {
            Some(object) => Some(object.clone()).filter(|object| !object.is_empty()),
            None => own_form(model, member),
        }
    }
}

/// The form of the object of this name, the one that nests if there is no other.
fn own_form(model: &Model, name: &str) -> Option<String> {
    let own = names::pascal(name);
    [format!("{own}Base"), own].into_iter().rev().find(|name| model.form(name).is_some())
}

/// The object that the id in an operation's path is of: what the operation is named after, not what it answers.
pub(super) fn subject(model: &Model, operation: &Operation) -> Option<String> {
    let about = operation.id.split('#').next().unwrap_or_default();
    let form = model.forms().map(|(_, form)| form).find(|form| form.wire == about);
    form.map(|form| form.name.clone()).or_else(|| operation.object.clone())
}
