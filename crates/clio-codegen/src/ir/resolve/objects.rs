//! The objects, with what they take over from others.

use std::collections::BTreeMap;

use super::Resolver;
use crate::{
    Error,
    ir::{
        facts::Object,
        model::{Family, Field, Form},
    },
    names,
    spec::family,
};

impl Resolver<'_> {
    /// The type of a schema: `Matter_base` is `MatterBase`.
    pub(super) fn form_name(&self, wire: &str) -> String {
        let base = wire.ends_with("_base");
        let name = family(wire);
        let name = self.overrides.find(&self.overrides.objects, &name).cloned();
        let name = name.unwrap_or_else(|| names::pascal(&family(wire)));
        if base { format!("{name}Base") } else { name }
    }

    /// Every object, sorted by module.
    pub(super) fn families(&self) -> Result<Vec<Family>, Error> {
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        for object in &self.document.objects {
            let name = self.form_name(&family(&object.name));
            let module = names::snake(&name);
            let form = self.form(object)?;
            let group = self.document.operations.iter().find(|operation| {
                operation.id.split('#').next().is_some_and(|about| about == family(&object.name))
            });
            families
                .entry(module.clone())
                .or_insert_with(|| Family {
                    name,
                    module,
                    group: group.map(|operation| self.module(&operation.group)),
                    forms: Vec::new(),
                })
                .forms
                .push(form);
        }
        let mut families: Vec<_> = families.into_values().collect();
        for family in &mut families {
            family.forms.sort_by_key(|form| form.nests);
        }
        Ok(families)
    }

    fn form(&self, object: &Object) -> Result<Form, Error> {
        let mut fields = BTreeMap::new();
        self.fields(object, &family(&object.name), 0, &mut fields)?;
        let name = self.form_name(&object.name);
        Ok(Form {
            table: names::snake(&name).to_ascii_uppercase(),
            name,
            wire: object.name.clone(),
            nests: object.name.ends_with("_base"),
            fields: fields.into_values().collect(),
        })
    }

    /// The fields of an object after those of its bases, so that its own win.
    fn fields(
        &self,
        object: &Object,
        owner: &str,
        depth: usize,
        into: &mut BTreeMap<String, Field>,
    ) -> Result<(), Error> {
        if depth > 8 {
            return Err(Error::Broken(format!("{} is built upon itself", object.name)));
        }
        for base in &object.bases {
            let base = self.document.objects.iter().find(|other| other.name == *base);
            let base = base.ok_or_else(|| Error::Broken(format!("{} has no base", object.name)))?;
            self.fields(base, owner, depth + 1, into)?;
        }
        for member in &object.members {
            let at = format!("{owner}.{}", member.name);
            let field = Field {
                name: member.name.clone(),
                marker: names::identifier(&member.name),
                kind: self.kind(&at, &member.name, &member.shape)?,
                nullable: member.shape.nullable || self.overrides.names(&self.overrides.nullable, &at),
                note: self.note(&at),
            };
            into.insert(member.name.clone(), field);
        }
        Ok(())
    }
}
