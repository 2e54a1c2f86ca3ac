//! Operations: the method that begins a call, and what the call can be told.

use std::fmt::Write as _;

use super::{Emitter, query::required};
use crate::{
    emit::text::{address, doc},
    ir::{
        facts::AnswerKind,
        model::{Group, Kind, Operation, Parameter},
    },
};

/// The types of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallType {
    List,
    One,
    Done,
    Redirect,
    Html,
}

impl CallType {
    pub(super) fn of(operation: &Operation) -> Self {
        match operation.answer {
            AnswerKind::One => Self::One,
            AnswerKind::List => Self::List,
            AnswerKind::NoContent | AnswerKind::Empty => Self::Done,
            AnswerKind::Redirect => Self::Redirect,
            AnswerKind::Html => Self::Html,
        }
    }

    /// It answers records, so it has a selection.
    pub(super) fn records(self) -> bool {
        matches!(self, Self::List | Self::One)
    }

    fn name(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::One => "One",
            Self::Done => "Done",
            Self::Redirect => "Redirect",
            Self::Html => "Html",
        }
    }
}

/// The members of a body are given with a struct. Otherwise the call has a setter for each.
pub(super) fn takes_body(operation: &Operation) -> bool {
    operation.method == "POST" && operation.body.as_ref().is_some_and(|members| !members.is_empty())
}

/// The document lists a parameter twice at times: in the path and after it. One argument sets both.
fn in_path(operation: &Operation, parameter: &Parameter) -> bool {
    operation.path_parameters.iter().any(|other| other.ident == parameter.ident)
}

/// A header with which a call depends on what the caller knows already.
pub(super) struct Condition {
    header: &'static str,
    setter: &'static str,
    /// A call of the setter.
    pub(super) sample: &'static str,
}

const CONDITIONS: [Condition; 3] = [
    Condition {
        header: "if-match",
        setter: "\n/// Only if the record still has this version; otherwise the call fails with\n\
                 /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict), and nothing has changed.\n\
                 pub fn if_match(mut self, etag: &Etag) -> Self {\nself.call.if_match(etag);\nself\n}\n",
        sample: ".if_match(&etag())",
    },
    Condition {
        header: "if-none-match",
        setter: "\n/// Only if the answer has another version by now; otherwise the call fails with\n\
                 /// [`ErrorKind::NotModified`](crate::ErrorKind::NotModified).\n\
                 pub fn if_none_match(mut self, etag: &Etag) -> Self {\nself.call.if_none_match(etag);\nself\n}\n",
        sample: ".if_none_match(&etag())",
    },
    Condition {
        header: "if-modified-since",
        setter: "\n/// Only if the answer has changed since then; otherwise the call fails with\n\
                 /// [`ErrorKind::NotModified`](crate::ErrorKind::NotModified). Fractions of a second are cut.\n\
                 pub fn if_modified_since(mut self, at: DateTime<Utc>) -> Self {\nself.call.if_modified_since(at);\nself\n}\n",
        sample: ".if_modified_since(moment())",
    },
];

/// The conditions that an operation looks at.
pub(super) fn conditions(operation: &Operation) -> impl Iterator<Item = &'static Condition> {
    let looks = |name: &str| operation.headers.iter().any(|header| header.eq_ignore_ascii_case(name));
    CONDITIONS.iter().filter(move |condition| looks(condition.header))
}

impl Emitter<'_> {
    /// Its default answer is a [`Stub`]: not every object has a numeric id and an etag.
    fn answers_stub(&self, operation: &Operation) -> bool {
        let form = operation.object.as_deref().and_then(|name| self.model.form(name));
        form.is_some_and(|form| {
            let has = |name: &str, kind: &Kind| form.fields.iter().any(|f| f.name == name && f.kind == *kind);
            has("id", &Kind::Id) && form.fields.iter().any(|field| field.name == "etag")
        })
    }

    pub(super) fn method(&self, group: &Group, operation: &Operation) -> String {
        let call_type = CallType::of(operation);
        let name = &operation.name;
        let mut arguments = vec!["&self".to_owned()];
        let mut call = format!("self.clio.call::<op::{name}>()");
        for parameter in &operation.path_parameters {
            arguments.push(self.argument(operation, parameter));
            let text = parameter.ident.clone();
            let by = if arguments.last().is_some_and(|argument| argument.contains(": &")) { "" } else { "&" };
            let text = if parameter.kind == Kind::Text { format!("{text}.into()") } else { text };
            let _ = write!(call, ".path({by}{text})");
        }
        for parameter in required(operation) {
            if !in_path(operation, parameter) {
                arguments.push(self.argument(operation, parameter));
            }
            let _ = write!(call, ".with({:?}, {})", parameter.name, self.argument_text(parameter));
        }
        if takes_body(operation) {
            arguments.push(format!("body: impl Body<op::{name}>"));
            call.push_str(".with_body(body.json())");
        }
        let stub = self.answers_stub(operation);
        let (form, fields) = match (call_type.records(), stub) {
            (false, _) => ("", String::new()),
            (true, true) => ("", if operation.selects { ", \"id,etag\"" } else { ", \"\"" }.to_owned()),
            (true, false) => (", Json", ", \"\"".to_owned()),
        };
        let mut told = vec![self.told(operation)];
        if let Some(note) = &operation.note {
            told.push(String::new());
            told.push(note.clone());
        }
        if takes_body(operation) {
            told.push(String::new());
            told.push(format!("Its body is a [`{name}`], or whatever else is a [`Body`] of it."));
        }
        told.push(String::new());
        told.push(format!("[Clio's reference]({})", address(Some(&group.tag), Some(&operation.id))));
        format!(
            "\n{}pub fn {}({}) -> {kind}<op::{name}{form}> {{\n{kind}::new({call}{fields})\n}}\n",
            doc(&told),
            self.settings.method(group, operation),
            arguments.join(", "),
            kind = call_type.name(),
        )
    }

    fn told(&self, operation: &Operation) -> String {
        let object = operation.object.as_deref().unwrap_or("Json");
        let answers = match (CallType::of(operation), self.answers_stub(operation) || operation.selects) {
            (CallType::List, _) => format!("answers a list of [`{object}`](crate::objects::{object})"),
            (CallType::One, _) => format!("answers one [`{object}`](crate::objects::{object})"),
            (CallType::Done, _) => "answers that it is done".to_owned(),
            (CallType::Redirect, _) => "answers where the content can be fetched".to_owned(),
            (CallType::Html, _) => "answers a page of HTML".to_owned(),
        };
        format!("`{} {}`: {answers}.", operation.method, operation.path)
    }

    /// What the call of an operation can be told.
    pub(super) fn on_call(&self, operation: &Operation) -> String {
        let call_type = CallType::of(operation);
        let mut text = String::new();
        if operation.selects && call_type.records() {
            let _ = write!(text, "\nimpl Selects for op::{} {{}}\n", operation.name);
        }
        let members = Self::inline_names(operation);
        let mut setters = self.setters(operation, &members);
        if !takes_body(operation) {
            setters.push_str(&self.inline_setters(operation));
        }
        for condition in conditions(operation) {
            setters.push_str(condition.setter);
        }
        if !setters.is_empty() {
            let (generic, form) = if call_type.records() { ("<S>", ", S") } else { ("", "") };
            let _ = write!(
                text,
                "\nimpl{generic} {}<op::{}{form}> {{{setters}}}\n",
                call_type.name(),
                operation.name
            );
        }
        text
    }

    /// The names of the members that the call itself sets.
    pub(super) fn inline_names(operation: &Operation) -> Vec<String> {
        if takes_body(operation) {
            return Vec::new();
        }
        operation.body.iter().flatten().map(|member| member.ident.clone()).collect()
    }

    /// The call with its arguments alone. `everything`: a body is written out, not only named. `own` has the expression of an
    /// argument of the path that is no plain sample.
    pub(super) fn call_begun(
        &self,
        group: &Group,
        operation: &Operation,
        everything: bool,
        own: &dyn Fn(&Parameter) -> Option<String>,
    ) -> String {
        let in_the_path = operation
            .path_parameters
            .iter()
            .map(|parameter| own(parameter).unwrap_or_else(|| self.argument_sample(operation, parameter)));
        let after_it = required(operation)
            .filter(|parameter| !in_path(operation, parameter))
            .map(|parameter| self.argument_sample(operation, parameter));
        let mut arguments: Vec<_> = in_the_path.chain(after_it).collect();
        if takes_body(operation) {
            self.module.replace(group.module.clone());
            arguments.push(if everything { self.body_sample(operation) } else { "body".to_owned() });
        }
        format!(
            "clio.{}().{}({})",
            group.module,
            self.settings.method(group, operation),
            arguments.join(", ")
        )
    }
}
