//! One file an object: a type and a table for each form, a marker for each field.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    Model,
    emit::text::{address, doc, of_field, type_of, value},
    ir::model::{Family, Field, Form, Kind},
};

pub(super) fn file(model: &Model, family: &Family) -> String {
    let tag = family.group.as_ref().and_then(|module| {
        model.groups.iter().find(|group| group.module == *module).map(|group| group.tag.as_str())
    });
    let reference = format!("[Clio's reference]({})", address(tag, None));
    let fields = family.forms.iter().any(|form| !form.fields.is_empty());
    let imports =
        if fields { "Field, FieldInfo, Has, Kind, Object, ObjectInfo" } else { "Object, ObjectInfo" };
    let mut text = format!(
        "//! `{}`: its forms, their tables, and one marker a field.\n//!\n//! {reference}\n\n\
         use crate::{{{imports}}};\n",
        family.name
    );
    for form in &family.forms {
        form_type(&mut text, family, form, &reference);
    }
    for form in &family.forms {
        form_table(&mut text, model, form);
    }
    for holders in markers(family).into_values() {
        marker(&mut text, &holders, &reference);
    }
    text
}

fn form_type(text: &mut String, family: &Family, form: &Form, reference: &str) {
    let associations = form.fields.iter().any(|field| holds_object(&field.kind));
    let told = match (form.nests, associations) {
        (true, false) => {
            format!("`{}` as it nests inside another object: its own fields, no associations.", family.name)
        }
        (true, true) => format!("`{}` as it nests inside another object.", family.name),
        (false, true) => {
            format!("`{}` as its own operations answer it: its own fields and its associations.", family.name)
        }
        (false, false) => format!("`{}` as its own operations answer it.", family.name),
    };
    let _ = write!(
        text,
        "\n{}#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub struct {name};\n\n\
         impl Object for {name} {{\nconst INFO: &'static ObjectInfo = &{table};\n}}\n",
        doc(&[told, String::new(), reference.to_owned()]),
        name = form.name,
        table = form.table,
    );
}

fn form_table(text: &mut String, model: &Model, form: &Form) {
    let _ = write!(
        text,
        "\n/// The table of [`{name}`], for work at run time.\npub static {table}: ObjectInfo = ObjectInfo {{\n\
         name: {name:?},\nfields: &[\n",
        name = form.name,
        table = form.table,
    );
    let table_of = |name: &str| table_of(model, name);
    for field in &form.fields {
        let _ = writeln!(
            text,
            "FieldInfo {{ name: {:?}, kind: {}, nullable: {} }},",
            field.name,
            value(&field.kind, &table_of),
            field.nullable
        );
    }
    text.push_str("],\n};\n");
}

/// The fields of an object by marker, each with the forms that have it.
fn markers(family: &Family) -> BTreeMap<&str, Vec<(&Form, &Field)>> {
    let mut markers: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for form in &family.forms {
        for field in &form.fields {
            markers.entry(field.name.as_str()).or_default().push((form, field));
        }
    }
    markers
}

fn marker(text: &mut String, holders: &[(&Form, &Field)], reference: &str) {
    let Some((_, field)) = holders.first() else { return };
    let mut told = of_field(field);
    for (form, other) in holders.iter().filter(|(_, other)| other.kind != field.kind) {
        let _ = write!(
            told,
            " In [`{0}`](crate::objects::{0}) {1}.",
            form.name,
            super::super::text::in_words(&other.kind)
        );
    }
    let _ = write!(
        text,
        "\n{}pub struct {marker};\n\
         impl Field for {marker} {{\ntype Kind = {kind};\nconst NAME: &'static str = {name:?};\n}}\n",
        doc(&[told, String::new(), reference.to_owned()]),
        marker = field.marker,
        kind = type_of(&field.kind),
        name = field.name,
    );
    for (form, field) in holders {
        let _ = writeln!(text, "impl Has<{}> for {} {{}}", field.marker, form.name);
    }
}

fn holds_object(kind: &Kind) -> bool {
    match kind {
        Kind::Object(_) => true,
        Kind::List(kind) => holds_object(kind),
        _ => false,
    }
}

/// The table of a form. Every form that is referred to exists: the reader checks it.
pub(super) fn table_of(model: &Model, form: &str) -> String {
    model.form(form).map_or_else(|| format!("no table of {form}"), |form| form.table.clone())
}

pub(super) fn index(model: &Model) -> String {
    let mut text = String::from(
        "//! Every object: a type for each form, a table for each type, a marker for each field.\n\n\
         #![allow(non_camel_case_types, reason = \"a marker is spelled as the field is\")]\n\
         #![allow(missing_debug_implementations, reason = \"there are no values of markers\")]\n\
         #![allow(rustdoc::redundant_explicit_links, reason = \"what an object refers to is written alike wherever it stands\")]\n\
         #![allow(unused_qualifications, reason = \"as above\")]\n\n",
    );
    for family in &model.families {
        let _ = writeln!(text, "pub mod {};", family.module);
    }
    text.push('\n');
    for family in &model.families {
        let names: Vec<_> =
            family.forms.iter().flat_map(|form| [form.table.as_str(), form.name.as_str()]).collect();
        let _ = writeln!(text, "pub use {}::{{{}}};", family.module, names.join(", "));
    }
    let mut forms: Vec<_> = model.forms().map(|(_, form)| form).collect();
    forms.sort_by(|a, b| a.name.cmp(&b.name));
    text.push_str("\n/// Every table, sorted by name.\npub static ALL: &[&crate::ObjectInfo] = &[\n");
    for form in forms {
        let _ = writeln!(text, "&{},", form.table);
    }
    text.push_str("];\n");
    text
}
