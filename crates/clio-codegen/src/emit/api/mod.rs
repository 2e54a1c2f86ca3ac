//! `clio-api`: one module a group, with a method for each operation, a setter for each parameter, a struct for each body.

mod body;
mod kinds;
mod operation;
mod query;
mod settings;
mod walk;

use std::{cell::RefCell, fmt::Write as _, path::Path};

use settings::Settings;

use super::text::{address, doc};
use crate::{Error, Files, Model, ir::model::Group, names};

/// Where `clio-api`'s generated files are.
pub(crate) const API: &str = "crates/clio-api/src/generated";

/// What is at hand while writing.
struct Emitter<'a> {
    model: &'a Model,
    settings: Settings,
    /// The module whose structs a sample names.
    module: RefCell<String>,
}

pub(super) fn files(model: &Model, root: &Path) -> Result<Files, Error> {
    let emitter = Emitter { model, settings: Settings::read(root)?, module: RefCell::default() };
    let mut files = Files::new();
    for group in &model.groups {
        files.insert(format!("{API}/{}.rs", group.module), emitter.group(group)?);
    }
    files.insert(format!("{API}/mod.rs"), emitter.index()?);
    emitter.walk(&mut files);
    Ok(files)
}

impl Emitter<'_> {
    fn index(&self) -> Result<String, Error> {
        let mut text = String::from("//! The groups of operations, as Clio's reference sorts them.\n");
        for group in &self.model.groups {
            text.push('\n');
            if let Some(feature) = self.settings.feature(group)? {
                let _ = writeln!(text, "#[cfg(feature = {feature:?})]");
            }
            let _ = writeln!(text, "pub mod {};", group.module);
        }
        Ok(text)
    }

    fn group(&self, group: &Group) -> Result<String, Error> {
        let mut body = String::new();
        let name = names::pascal(&group.module);
        let reference = address(Some(&group.tag), None);
        let _ = write!(
            body,
            "impl Clio {{\n/// The operations of [`{module}`](crate::{module}).\npub fn {module}(&self) -> {name} {{\n\
             {name} {{ clio: self.clone() }}\n}}\n}}\n\n{docs}#[derive(Debug, Clone)]\npub struct {name} {{\nclio: Clio,\n}}\n\n\
             impl {name} {{",
            module = group.module,
            docs = doc(&[format!("The operations of this group; [`Clio::{}`].", group.module)]),
        );
        for operation in &group.operations {
            body.push_str(&self.method(group, operation));
        }
        body.push_str("}\n");
        for operation in &group.operations {
            body.push_str(&self.on_call(operation));
        }
        for operation in &group.operations {
            body.push_str(&self.bodies(operation));
        }
        let feature = self.settings.feature(group)?;
        let feature = feature.map_or_else(String::new, |feature| format!(" Behind the feature `{feature}`."));
        Ok(format!(
            "//! {}.{feature}\n//!\n//! [Clio's reference]({reference})\n//!\n{}\n{}{body}",
            group.tag,
            self.example(group),
            imports(&body)
        ))
    }

    /// The call that needs least, as a test that compiles.
    fn example(&self, group: &Group) -> String {
        let needs = |operation: &&crate::ir::model::Operation| {
            (
                operation::takes_body(operation),
                operation.path_parameters.len() + query::required(operation).count(),
            )
        };
        let Some(simplest) = group.operations.iter().min_by_key(needs) else { return String::new() };
        let call = self.call_begun(group, simplest, false, &|_| None).replace('\n', "");
        let uses: Vec<_> = ["Id", "TextId", "choices"].into_iter().filter(|name| uses(&call, name)).collect();
        let uses = if uses.is_empty() {
            String::new()
        } else {
            format!("//! use clio_api::{{{}}};\n//!\n", uses.join(", "))
        };
        let uses = uses.replace("{Id}", "Id").replace("{choices}", "choices").replace("{TextId}", "TextId");
        let body = if operation::takes_body(simplest) {
            format!(", body: clio_api::{}::{}", group.module, simplest.name)
        } else {
            String::new()
        };
        let (result, shown) = match operation::CallType::of(simplest) {
            operation::CallType::List => {
                ("let page = ", "//! println!(\"{} records\", page.records.len());\n")
            }
            _ => ("", ""),
        };
        format!(
            "//! ```no_run\n//! # async fn example(clio: clio_api::Clio{body}) -> Result<(), clio_api::Error> {{\n{uses}\
             //! {result}{call}.await?;\n{shown}//! # Ok(())\n//! # }}\n//! ```\n"
        )
    }
}

/// The code uses this name by itself.
fn uses(code: &str, name: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        !code[..at].ends_with(|c| inside(c) || c == ':' || c == '.')
            && !code[at + name.len()..].starts_with(inside)
    })
}

fn imports(body: &str) -> String {
    let code: String = body
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let among = |names: &[&str]| -> Vec<String> {
        names.iter().filter(|name| uses(&code, name)).map(|name| (*name).to_owned()).collect()
    };
    let mut text = String::new();
    let chrono = among(&["DateTime", "NaiveDate", "Utc"]);
    if !chrono.is_empty() {
        let _ = writeln!(text, "use chrono::{{{}}};", chrono.join(", "));
    }
    let mut from_core = among(&["Amount", "Body", "Etag", "Field", "Id", "Json", "Members", "TextId"]);
    let mut schema = among(&["choices", "objects"]);
    if code.contains("write_name()") || code.contains("spelled_as_in(") {
        schema.push("choices::Choice as _".to_owned());
    }
    schema.push("operations as op".to_owned());
    from_core.push(format!("schema::{{{}}}", schema.join(", ")));
    let _ = writeln!(text, "use clio_core::{{{}}};\n", from_core.join(", "));
    let mut call = among(&["Done", "Html", "List", "One", "Redirect", "Selects", "moment"]);
    let macros = among(&["body", "part"]);
    let macros: Vec<_> = macros.into_iter().filter(|name| code.contains(&format!("{name}! {{"))).collect();
    let mut ours = vec!["Clio".to_owned()];
    ours.extend((!call.is_empty()).then(|| format!("call::{{{}}}", std::mem::take(&mut call).join(", "))));
    ours.extend((!macros.is_empty()).then(|| format!("macros::{{{}}}", macros.join(", "))));
    let _ = writeln!(text, "use crate::{{{}}};\n", ours.join(", "));
    text
}
