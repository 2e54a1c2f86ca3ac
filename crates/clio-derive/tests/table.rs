//! The table in the macro and the tables of `clio-schema` are one.

#![allow(dead_code, reason = "the modules are those of the macro, which a test cannot import")]

#[path = "../src/form.rs"]
mod form;
#[path = "../src/table.rs"]
mod table;

use clio_schema::{Kind, objects};
use form::Tag;

#[test]
fn every_form_field_and_kind_is_the_same() {
    let ours: Vec<_> = table::FORMS.iter().map(|form| form.name).collect();
    let mut theirs: Vec<_> = objects::ALL.iter().map(|object| object.name).collect();
    assert!(ours.is_sorted(), "a look-up halves the table");
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
    for form in table::FORMS {
        let object = objects::ALL.iter().find(|object| object.name == form.name).unwrap();
        let ours: Vec<_> =
            form.fields.iter().map(|field| (field.name, of_tag(&field.tag), field.nullable)).collect();
        let theirs: Vec<_> =
            object.fields.iter().map(|field| (field.name, of_kind(field.kind), field.nullable)).collect();
        assert_eq!(ours, theirs, "{}", form.name);
    }
}

fn of_tag(tag: &Tag) -> String {
    match tag {
        Tag::Boolean => "boolean".into(),
        Tag::Id => "id".into(),
        Tag::TextId => "text id".into(),
        Tag::Integer => "integer".into(),
        Tag::Number => "number".into(),
        Tag::Seconds => "seconds".into(),
        Tag::Hours => "hours".into(),
        Tag::Money => "money".into(),
        Tag::Text => "text".into(),
        Tag::Date => "date".into(),
        Tag::DateTime => "date time".into(),
        // The tables have its words, the macro its name; that the enum exists shows where it is used.
        Tag::Choice(_) => "choice".into(),
        Tag::Object(name) => format!("object {name}"),
        Tag::List(inner) => format!("list of {}", of_tag(inner)),
        Tag::Json => "json".into(),
    }
}

fn of_kind(kind: Kind) -> String {
    match kind {
        Kind::Boolean => "boolean".into(),
        Kind::Id => "id".into(),
        Kind::TextId => "text id".into(),
        Kind::Integer => "integer".into(),
        Kind::Number => "number".into(),
        Kind::Seconds => "seconds".into(),
        Kind::Hours => "hours".into(),
        Kind::Money => "money".into(),
        Kind::Text => "text".into(),
        Kind::Date => "date".into(),
        Kind::DateTime => "date time".into(),
        Kind::Choice(_) => "choice".into(),
        Kind::Object(object) => format!("object {}", object.name),
        Kind::List(inner) => format!("list of {}", of_kind(*inner)),
        Kind::Json => "json".into(),
        other => format!("{other:?}, which the macro does not know"),
    }
}
