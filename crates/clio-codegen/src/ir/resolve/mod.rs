//! From the document's facts and our overrides to the model.

mod choices;
mod kinds;
mod objects;
mod operations;
#[cfg(test)]
mod tests;

use choices::Choices;

use super::{
    facts::Document,
    model::{Group, Model},
    overrides::Overrides,
};
use crate::{Error, names};

/// Decides every name and every kind.
///
/// # Errors
///
/// [`Error::Inexpressible`], with names, when the document says what the code cannot and the overrides do not allow it.
pub fn resolve(document: &Document, overrides: &Overrides) -> Result<Model, Error> {
    let refused: Vec<_> = document
        .inexpressible
        .iter()
        .filter(|cannot| overrides.find(&overrides.allowed, &cannot.at).is_none())
        .map(|cannot| format!("{}: {}", cannot.at, cannot.what))
        .collect();
    if !refused.is_empty() {
        return Err(Error::Inexpressible(refused));
    }
    let resolver = Resolver { document, overrides, choices: Choices::collect(document, overrides) };
    let mut remarks = resolver.choices.remarks.clone();
    let families = resolver.families()?;
    let groups = resolver.groups(&families, &mut remarks)?;
    let choices = resolver.choices.all;
    remarks.extend(overrides.unused().into_iter().map(|entry| format!("an override names nothing: {entry}")));
    Ok(Model {
        version: overrides.edition.version.clone(),
        published: overrides.edition.published.clone(),
        families,
        choices,
        groups,
        remarks,
    })
}

struct Resolver<'a> {
    document: &'a Document,
    overrides: &'a Overrides,
    choices: Choices,
}

impl Resolver<'_> {
    fn note(&self, at: &str) -> Option<String> {
        self.overrides.find(&self.overrides.notes, at).cloned()
    }

    /// The operations by tag. A tag that no operation has makes no module.
    fn groups(
        &self,
        families: &[super::model::Family],
        remarks: &mut Vec<String>,
    ) -> Result<Vec<Group>, Error> {
        let mut groups: Vec<Group> = Vec::new();
        let mut taken = std::collections::BTreeSet::new();
        for operation in &self.document.operations {
            let resolved = self.operation(operation, families)?;
            if !taken.insert(resolved.name.clone()) {
                return Err(Error::Broken(format!(
                    "two operations are called {}: name {} in overrides.toml",
                    resolved.name, resolved.id
                )));
            }
            let tag = &operation.group;
            if let Some(group) = groups.iter_mut().find(|group| group.tag == *tag) {
                group.operations.push(resolved);
                continue;
            }
            let listed = self.document.groups.iter().find(|group| group.tag == *tag);
            if listed.is_none() {
                remarks.push(format!("the tag {tag} is not among the document's tags"));
            }
            groups.push(Group {
                module: self.module(tag),
                tag: tag.clone(),
                domains: listed.map(|group| group.domains.clone()).unwrap_or_default(),
                operations: vec![resolved],
            });
        }
        groups.sort_by(|a, b| a.module.cmp(&b.module));
        Ok(groups)
    }

    fn module(&self, tag: &str) -> String {
        self.overrides.find(&self.overrides.modules, tag).cloned().unwrap_or_else(|| names::identifier(tag))
    }
}
