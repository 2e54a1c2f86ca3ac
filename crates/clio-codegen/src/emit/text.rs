//! Pieces of generated text: documentation from facts, and kinds as code.

use crate::{
    ir::model::{Field, Kind},
    names,
};

/// The address of Clio's reference.
const REFERENCE: &str = "https://docs.developers.clio.com/api-reference/";

/// More words than this are counted, not listed.
const MOST_WORDS: usize = 24;

/// The address of a group's or an operation's part of Clio's reference.
pub(super) fn address(tag: Option<&str>, operation: Option<&str>) -> String {
    let Some(tag) = tag else { return REFERENCE.to_owned() };
    let tag = tag.replace(' ', "-");
    match operation {
        None => format!("{REFERENCE}#tag/{tag}"),
        Some(id) => format!("{REFERENCE}#tag/{tag}/operation/{id}"),
    }
}

/// Lines of documentation; empty ones separate paragraphs.
pub(super) fn doc(lines: &[String]) -> String {
    lines.iter().map(|line| format!("/// {line}").trim_end().to_owned() + "\n").collect()
}

/// What the documentation of a field says.
pub(super) fn of_field(field: &Field) -> String {
    let mut text = format!("`{}`: {}.", field.name, in_words(&field.kind));
    if field.nullable {
        text.push_str(" Null at times.");
    }
    if let Some(note) = &field.note {
        text.push(' ');
        text.push_str(note);
    }
    text
}

/// A kind, in words.
pub(super) fn in_words(kind: &Kind) -> String {
    match kind {
        Kind::Boolean => "true or false".to_owned(),
        Kind::Id => "an id".to_owned(),
        Kind::TextId => "an id that is text".to_owned(),
        Kind::Integer => "a whole number".to_owned(),
        Kind::Number => "a decimal number".to_owned(),
        Kind::Seconds => "a time in seconds".to_owned(),
        Kind::Hours => "a time in hours".to_owned(),
        Kind::Money => "an amount of money".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Date => "a date".to_owned(),
        Kind::DateTime => "a time with offset".to_owned(),
        Kind::Json => "JSON of no known shape".to_owned(),
        Kind::Choice { name, words } => {
            format!("{} ([`{name}`](crate::choices::{name}))", one_of(words))
        }
        Kind::Object(form) => {
            format!("{} [`{form}`](crate::objects::{form})", names::article(form))
        }
        Kind::List(kind) => match &**kind {
            Kind::Object(form) => format!("a list of [`{form}`](crate::objects::{form})"),
            Kind::Choice { name, words } => {
                format!("a list, each {} ([`{name}`](crate::choices::{name}))", one_of(words))
            }
            other => format!("a list, each {}", in_words(other)),
        },
    }
}

fn one_of(words: &[String]) -> String {
    match words {
        [only] => format!("always `{only}`"),
        words if words.len() > MOST_WORDS => format!("one of {} words", words.len()),
        words => {
            let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("one of {}", words.join(", "))
        }
    }
}

/// A kind as a value of `Kind`.
pub(super) fn value(kind: &Kind, table_of: &dyn Fn(&str) -> String) -> String {
    match kind {
        Kind::Choice { words, .. } => format!("Kind::Choice(&{})", strings(words)),
        Kind::Object(form) => format!("Kind::Object(&crate::objects::{})", table_of(form)),
        Kind::List(kind) => format!("Kind::List(&{})", value(kind, table_of)),
        plain => format!("Kind::{}", plain_name(plain)),
    }
}

/// A kind as a type of the module `kind`.
pub(super) fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Choice { name, .. } => format!("crate::kind::Choice<crate::choices::{name}>"),
        Kind::Object(form) => format!("crate::kind::Object<crate::objects::{form}>"),
        Kind::List(kind) => format!("crate::kind::List<{}>", type_of(kind)),
        plain => format!("crate::kind::{}", plain_name(plain)),
    }
}

/// The name of a kind that needs no more than that.
pub(super) fn plain_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "Boolean",
        Kind::Id => "Id",
        Kind::TextId => "TextId",
        Kind::Integer => "Integer",
        Kind::Number => "Number",
        Kind::Seconds => "Seconds",
        Kind::Hours => "Hours",
        Kind::Money => "Money",
        Kind::Text => "Text",
        Kind::Date => "Date",
        Kind::DateTime => "DateTime",
        Kind::Json => "Json",
        Kind::Choice { .. } => "Choice",
        Kind::Object(_) => "Object",
        Kind::List(_) => "List",
    }
}

/// A list of texts as code.
pub(super) fn strings(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("[{}]", texts.join(", "))
}
