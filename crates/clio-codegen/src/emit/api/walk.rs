//! A call of every operation, with every argument, parameter and member: what `examples/api-walk` makes.

use std::fmt::Write as _;

use super::{
    Emitter,
    operation::{CallType, conditions, takes_body},
};
use crate::{
    Files,
    ir::model::{Group, Kind, Operation, Parameter},
    names,
};

/// Where they are. Nothing else holds them: what needs them depends on that crate.
const WALK: &str = "examples/api-walk/src/generated.rs";

impl Emitter<'_> {
    pub(super) fn walk(&self, files: &mut Files) {
        let mut rows = String::new();
        let mut body = String::new();
        for group in &self.model.groups {
            for operation in &group.operations {
                let function = names::snake(&operation.name);
                let _ =
                    writeln!(rows, "Sample {{ operation: op::{}::INFO, call: {function} }},", operation.name);
                body.push_str(&self.walk_function(group, operation, &function));
            }
        }
        let uses = |name: &&str| super::uses(&body, name);
        // A module stands before two colons; its name alone may be that of a member, in the path of an id.
        let leads = |name: &&str| leads_to(&body, name);
        let modules = self.model.groups.iter().map(|group| group.module.as_str()).filter(leads);
        let imports: Vec<_> = ["Id", "TextId", "choices"].into_iter().filter(uses).chain(modules).collect();
        let helpers: Vec<_> = ["amount", "date", "etag", "json", "later", "moment"]
            .into_iter()
            .filter(|name| body.contains(&format!("{name}()")))
            .collect();
        let senders: Vec<_> =
            SENDERS.into_iter().filter(|name| body.contains(&format!("\n{name}("))).collect();
        let text = format!(
            "//! A call of every operation, with samples.\n\nuse clio_api::{{Clio, {}, op}};\nuse clio_core::schema::Operation as _;\n\n\
             use crate::{{calls::{{Ids, Sample, Sending, Told, {}}}, samples::{{{}}}}};\n\n\
             /// Every operation, group by group, sorted by path and method within its group.\n\
             pub const EVERY: &[Sample] = &[\n{rows}];\n{body}",
            imports.join(", "),
            senders.join(", "),
            helpers.join(", ")
        );
        files.insert(WALK.to_owned(), text);
    }

    fn walk_function(&self, group: &Group, operation: &Operation, function: &str) -> String {
        let created = |parameter: &Parameter| self.created(group, operation, parameter);
        let mut steps = String::new();
        let call_type = CallType::of(operation);
        let begun = self.call_begun(group, operation, true, &created);
        let rest = self.call_rest(group, operation);
        if call_type == CallType::List && !rest.is_empty() {
            let _ = write!(steps, "let mut call = {begun};\nif told.with_all() {{\ncall = call{rest};\n}}\n");
        } else {
            let _ = writeln!(steps, "let call = {begun}{rest};");
        }
        let conditions: String = conditions(operation).map(|condition| condition.sample).collect();
        if !conditions.is_empty() {
            let _ = writeln!(
                steps,
                "let call = if told.with_conditions() {{ call{conditions} }} else {{ call }};"
            );
        }
        let told = if call_type == CallType::List { ", told" } else { "" };
        let _ = writeln!(steps, "{}(call{told})", sender(operation));
        let named = |name: &'static str| if super::uses(&steps, name) { name } else { "_" };
        format!(
            "\nfn {function}(clio: &Clio, {}: &Ids, {}: &Told) -> Sending {{\n{steps}}}\n",
            named("ids"),
            named("told")
        )
    }

    /// The id in the path of what changes a record is that of the record that the walk has created, if it creates one.
    fn created(&self, group: &Group, operation: &Operation, parameter: &Parameter) -> Option<String> {
        let about = operation.id.split('#').next()?;
        let create = format!("{about}#create");
        let creates = group.operations.iter().any(|other| other.id == create);
        if operation.method == "GET" || parameter.name != "id" || !creates {
            return None;
        }
        match (&parameter.kind, self.has_object(operation, parameter)) {
            (Kind::Id, true) => Some(format!("ids.id({about:?})")),
            (Kind::TextId, true) => Some(format!("&ids.text_id({about:?})")),
            _ => None,
        }
    }

    /// What is said of the call after it has begun: its optional parameters, and its body where that has no struct.
    fn call_rest(&self, group: &Group, operation: &Operation) -> String {
        let members = Self::inline_names(operation);
        let mut text = self.setter_samples(operation, &members);
        if !takes_body(operation) {
            self.module.replace(group.module.clone());
            text.push_str(&self.inline_samples(operation));
        }
        text
    }
}

/// The code names something of this module.
fn leads_to(code: &str, module: &str) -> bool {
    let before = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':' || c == '.';
    code.match_indices(&format!("{module}::")).any(|(at, _)| !code[..at].ends_with(before))
}

/// The functions of the walk that send a call, by what it answers.
const SENDERS: [&str; 7] = ["done", "html", "list", "one", "plain", "plain_list", "redirect"];

fn sender(operation: &Operation) -> &'static str {
    match (CallType::of(operation), operation.selects) {
        (CallType::List, true) => "list",
        (CallType::One, true) => "one",
        (CallType::List, false) => "plain_list",
        (CallType::One, false) => "plain",
        (CallType::Done, _) => "done",
        (CallType::Redirect, _) => "redirect",
        (CallType::Html, _) => "html",
    }
}
