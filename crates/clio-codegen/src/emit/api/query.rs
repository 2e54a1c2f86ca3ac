//! Parameters: arguments of methods, and setters of calls.

use std::fmt::Write as _;

use super::{
    Emitter,
    kinds::{as_text, sample, value},
    operation::CallType,
};
use crate::{
    emit::text::{doc, in_words},
    ir::model::{Kind, Operation, Parameter, Style},
};

/// Names of methods that calls have already.
const TAKEN: &[&str] = &[
    "if_match",
    "if_modified_since",
    "if_none_match",
    "into_future",
    "new",
    "parameter",
    "raw",
    "record",
    "select",
    "with_body",
    "with_limits",
    "with_send_by",
    "with_retry",
    "with_priority",
    "with_longest_wait",
    "with_permit",
];

/// Names of methods that lists have besides.
const TAKEN_BY_LISTS: &[&str] = &["items", "limit", "pages", "records", "resume"];

/// The name of a setter, out of the way of what the call can do already.
pub(super) fn setter_name(call: CallType, ident: &str, also: &[String]) -> String {
    let by_lists = call == CallType::List && TAKEN_BY_LISTS.contains(&ident);
    let taken = by_lists || TAKEN.contains(&ident) || also.iter().any(|name| name == ident);
    if taken { format!("{}_", ident.trim_start_matches("r#")) } else { ident.to_owned() }
}

/// The parameters that have a setter of their own.
pub(super) fn settable(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let list = CallType::of(operation) == CallType::List;
    operation.parameters.iter().filter(move |parameter| {
        let ours =
            parameter.name == "fields" || list && matches!(parameter.name.as_str(), "limit" | "page_token");
        !ours && !parameter.required
    })
}

/// The parameters that a method takes.
pub(super) fn required(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|parameter| parameter.required && parameter.name != "fields")
}

impl Emitter<'_> {
    fn object(&self, operation: &Operation, parameter: &Parameter) -> Option<String> {
        let at = format!("{}?{}", operation.id, parameter.name);
        let own = super::settings::subject(self.model, operation);
        self.settings.object_of_id(self.model, &at, &parameter.name, own.as_deref())
    }

    /// `id: Id<objects::Matter>`.
    pub(super) fn argument(&self, operation: &Operation, parameter: &Parameter) -> String {
        let object = self.object(operation, parameter);
        let value = value(one(&parameter.kind), object.as_deref());
        let rust = match value.rust {
            text if value.text => format!("impl Into<{text}>"),
            id if id.starts_with("TextId<") => format!("&{id}"),
            other => other,
        };
        format!("{}: {rust}", parameter.ident)
    }

    /// The text of a parameter that a method takes.
    pub(super) fn argument_text(&self, parameter: &Parameter) -> String {
        as_text(self.model, one(&parameter.kind), &parameter.ident)
    }

    pub(super) fn argument_sample(&self, operation: &Operation, parameter: &Parameter) -> String {
        let object = self.object(operation, parameter);
        let by_reference = parameter.kind == Kind::TextId && object.is_some();
        let sample = self.parameter_sample(operation, parameter);
        if by_reference { format!("&{sample}") } else { sample }
    }

    /// The tables say what the id in this parameter is of.
    pub(super) fn has_object(&self, operation: &Operation, parameter: &Parameter) -> bool {
        self.object(operation, parameter).is_some()
    }

    fn parameter_sample(&self, operation: &Operation, parameter: &Parameter) -> String {
        let object = self.object(operation, parameter);
        let at = format!("{}?{}", operation.id, parameter.name);
        match self.settings.sample(&at) {
            Some(sample) => sample.to_owned(),
            None => sample(self.model, one(&parameter.kind), object.as_deref()),
        }
    }

    /// The setters of an operation's parameters.
    pub(super) fn setters(&self, operation: &Operation, members: &[String]) -> String {
        let mut text = String::new();
        for parameter in settable(operation) {
            let name = setter_name(CallType::of(operation), &parameter.ident, members);
            let object = self.object(operation, parameter);
            let kind = one(&parameter.kind);
            let rust = value(kind, object.as_deref());
            let single = if rust.text { "impl Into<String>".to_owned() } else { rust.rust.clone() };
            let wire = &parameter.name;
            let each = format!("|value| {}", as_text(self.model, kind, "value"));
            let (arguments, statement) = match parameter.style {
                Style::Single => (
                    format!("value: {single}"),
                    format!("self.call.set({wire:?}, {});", as_text(self.model, kind, "value")),
                ),
                Style::Repeated => (
                    format!("values: impl IntoIterator<Item = {single}>"),
                    format!("self.call.repeat({wire:?}, values.into_iter().map({each}).collect());"),
                ),
                Style::Commas => (
                    format!("values: impl IntoIterator<Item = {single}>"),
                    format!(
                        "self.call.commas({wire:?}, &values.into_iter().map({each}).collect::<Vec<_>>());"
                    ),
                ),
                Style::KeyedById => {
                    let key = self.keyed_by(parameter);
                    (
                        format!("id: {key}, value: {single}"),
                        format!(
                            "self.call.set(format!(\"{wire}[{{id}}]\"), {});",
                            as_text(self.model, kind, "value")
                        ),
                    )
                }
            };
            let _ = write!(
                text,
                "\n{}pub fn {name}(mut self, {arguments}) -> Self {{\n{statement}\nself\n}}\n",
                doc(&[about(parameter)])
            );
        }
        text
    }

    /// `custom_field_values` is keyed by the id of a custom field.
    fn keyed_by(&self, parameter: &Parameter) -> String {
        let singular = parameter.name.strip_suffix("_values").unwrap_or(&parameter.name);
        let object = self.settings.object_of_id(self.model, "", singular, None);
        object.map_or_else(|| "i64".to_owned(), |object| format!("Id<objects::{object}>"))
    }

    /// Calls of all setters, with samples.
    pub(super) fn setter_samples(&self, operation: &Operation, members: &[String]) -> String {
        let mut text = String::new();
        for parameter in settable(operation) {
            let sample = self.parameter_sample(operation, parameter);
            let sample = match parameter.style {
                Style::Single => sample,
                Style::Repeated | Style::Commas => format!("[{sample}]"),
                Style::KeyedById if self.keyed_by(parameter) == "i64" => format!("1, {sample}"),
                Style::KeyedById => format!("Id::new(1), {sample}"),
            };
            let _ = write!(
                text,
                "\n.{}({sample})",
                setter_name(CallType::of(operation), &parameter.ident, members)
            );
        }
        text
    }
}

/// What one value is: a parameter that repeats holds one at a time.
fn one(kind: &Kind) -> &Kind {
    if let Kind::List(inner) = kind { inner } else { kind }
}

fn about(parameter: &Parameter) -> String {
    let several = match parameter.style {
        Style::Single => "",
        Style::Repeated | Style::Commas => "any number of values, each ",
        Style::KeyedById => "by the id of its field, ",
    };
    let mut text = format!("`{}`: {several}{}.", parameter.name, in_words(one(&parameter.kind)));
    if matches!(parameter.style, Style::Repeated | Style::Commas) {
        text.push_str(" None at all is an error when the call is made.");
    }
    if let Some(note) = &parameter.note {
        let _ = write!(text, " {note}");
    }
    text
}
