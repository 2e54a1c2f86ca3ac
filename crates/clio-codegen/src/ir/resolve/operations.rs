//! The operations.

use super::Resolver;
use crate::{
    Error,
    ir::{
        facts::{self, Place},
        model::{Family, Operation, Parameter, Style},
    },
    names,
};

impl Resolver<'_> {
    pub(super) fn operation(
        &self,
        facts: &facts::Operation,
        families: &[Family],
    ) -> Result<Operation, Error> {
        let about = facts.id.split('#').next().unwrap_or_default();
        let answered = facts.answer.object.as_deref().map(|wire| self.form_name(wire));
        // What is deleted or downloaded has a form too: the one that the operation is named after.
        let object = answered.or_else(|| {
            let name = self.form_name(about);
            families.iter().any(|family| family.forms.iter().any(|form| form.name == name)).then_some(name)
        });
        let mut path_parameters = self.parameters(facts, Place::Path)?;
        path_parameters.sort_by_key(|parameter| facts.path.find(&format!("{{{}}}", parameter.name)));
        let mut parameters = self.parameters(facts, Place::Query)?;
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        let headers = facts.parameters.iter().filter(|parameter| parameter.place == Place::Header);
        let mut headers: Vec<_> = headers.map(|parameter| parameter.name.clone()).collect();
        headers.sort();
        let body = facts.body.as_ref().map(|body| self.members(&facts.id, &body.data)).transpose()?;
        let answer = self.overrides.find(&self.overrides.answers, &facts.id).copied();
        Ok(Operation {
            name: self.operation_name(&facts.id),
            id: facts.id.clone(),
            method: facts.method.clone(),
            path: facts.path.clone(),
            path_parameters,
            selects: parameters.iter().any(|parameter| parameter.name == "fields"),
            parameters,
            headers,
            paging: facts.paging,
            body,
            statuses: facts.statuses.clone(),
            success: facts.answer.status,
            answer: answer.unwrap_or(facts.answer.kind),
            bare: facts.answer.bare,
            object,
            note: self.note(&facts.id),
        })
    }

    fn parameters(&self, operation: &facts::Operation, place: Place) -> Result<Vec<Parameter>, Error> {
        let placed = operation.parameters.iter().filter(|parameter| parameter.place == place);
        placed
            .map(|parameter| {
                let at = format!("{}?{}", operation.id, parameter.name);
                let style = if parameter.name.ends_with("[]") {
                    Style::Repeated
                } else if self.overrides.names(&self.overrides.comma_lists, &at) {
                    Style::Commas
                } else if self.overrides.names(&self.overrides.keyed_by_id, &at) {
                    Style::KeyedById
                } else {
                    Style::Single
                };
                Ok(Parameter {
                    name: parameter.name.clone(),
                    ident: names::identifier(&parameter.name),
                    required: parameter.required,
                    kind: self.kind(&at, &parameter.name, &parameter.shape)?,
                    style,
                    note: self.note(&at),
                })
            })
            .collect()
    }

    /// `Activity#index` is `ListActivities`, `Document#copy` is `CopyDocument`.
    fn operation_name(&self, id: &str) -> String {
        if let Some(name) = self.overrides.find(&self.overrides.operations, id) {
            return name.clone();
        }
        let (about, verb) = id.split_once('#').unwrap_or((id, ""));
        let object = self.form_name(about);
        match verb {
            "index" => format!("List{}", names::plural(&object)),
            "show" => format!("Get{object}"),
            "create" => format!("Create{object}"),
            "update" => format!("Update{object}"),
            "destroy" => format!("Delete{object}"),
            other => format!("{}{object}", names::pascal(other)),
        }
    }
}
