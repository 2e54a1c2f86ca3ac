//! A call of every operation, with every argument, parameter and member: the proof that each can be reached.

use std::fmt::Write as _;

use super::{Emitter, operation::CallType};
use crate::Files;

/// The calls that the tests of `clio-api` make.
const CALLS: &str = "crates/clio-api/tests/it/every/generated.rs";

/// The calls that the walk makes.
const WALK: &str = "examples/api-walk/src/generated.rs";

impl Emitter<'_> {
    pub(super) fn walk(&self, files: &mut Files) {
        let mut body = String::new();
        for group in &self.model.groups {
            let _ = write!(body, "\nfn call_{}(clio: &Clio, calls: &mut Calls) {{\n", group.module);
            for operation in &group.operations {
                let by = match (CallType::of(operation), operation.selects) {
                    (CallType::List, true) => "list",
                    (CallType::One, true) => "one",
                    (CallType::List, false) => "plain_list",
                    (CallType::One, false) => "plain",
                    (CallType::Done, _) => "done",
                    (CallType::Redirect, _) => "redirect",
                    (CallType::Html, _) => "html",
                };
                let call = self.call_sample(group, operation, true);
                let _ = writeln!(body, "calls.{by}({:?}, {call});", operation.id);
            }
            body.push_str("}\n");
        }
        let mut every = String::from(
            "/// Every operation, once, with all that it can be told.\npub(super) fn every(clio: &Clio, calls: &mut Calls) {\n",
        );
        for group in &self.model.groups {
            let _ = writeln!(every, "call_{}(clio, calls);", group.module);
        }
        every.push_str("}\n");
        let uses = |name: &&str| super::uses(&body, name);
        let modules = self.model.groups.iter().map(|group| group.module.as_str()).filter(uses);
        let imports: Vec<_> = ["Id", "TextId", "choices"].into_iter().filter(uses).chain(modules).collect();
        let helpers: Vec<_> = ["amount", "date", "json", "moment"]
            .into_iter()
            .filter(|name| body.contains(&format!("{name}()")))
            .collect();
        let text = format!(
            "//! Every operation, called once with samples.\n\nuse clio_api::{{Clio, {}}};\n\nuse super::{{Calls, {}}};\n\n{every}{body}",
            imports.join(", "),
            helpers.join(", ")
        );
        for at in [CALLS, WALK] {
            files.insert(at.to_owned(), text.clone());
        }
    }
}
