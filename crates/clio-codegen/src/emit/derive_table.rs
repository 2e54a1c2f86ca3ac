//! The table that `clio-derive` embeds: names and kinds of every form, so that it can say what was meant.

use std::fmt::Write as _;

use super::text::plain_name;
use crate::{
    Model,
    ir::model::{Form, Kind},
};

pub(super) fn file(model: &Model) -> String {
    let mut forms: Vec<&Form> = model.forms().map(|(_, form)| form).collect();
    forms.sort_by(|a, b| a.name.cmp(&b.name));
    let mut text =
        String::from("use crate::form::{Field, Form, Tag};\n\npub(crate) static FORMS: &[Form] = &[\n");
    for form in forms {
        let _ = writeln!(text, "Form {{ name: {:?}, fields: &[", form.name);
        for field in &form.fields {
            let new = if field.nullable { "nullable" } else { "new" };
            let _ = writeln!(text, "Field::{new}({:?}, {}),", field.name, tag(&field.kind));
        }
        text.push_str("] },\n");
    }
    text.push_str("];\n");
    text
}

fn tag(kind: &Kind) -> String {
    match kind {
        Kind::Choice { name, .. } => format!("Tag::Choice({name:?})"),
        Kind::Object(form) => format!("Tag::Object({form:?})"),
        Kind::List(kind) => format!("Tag::List(&{})", tag(kind)),
        plain => format!("Tag::{}", plain_name(plain)),
    }
}
