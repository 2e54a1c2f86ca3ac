//! Kinds as types of arguments, as expressions that turn an argument into text, and as samples.

use crate::ir::model::{Choice, Kind, Model};

/// What one value of a kind is, in Rust.
pub(super) struct Value {
    /// Its type: `Id<objects::Matter>`.
    pub(super) rust: String,
    /// Text is taken as anything that can become it.
    pub(super) text: bool,
}

/// `object` is what an id is of.
pub(super) fn value(kind: &Kind, object: Option<&str>) -> Value {
    let rust = match (kind, object) {
        (Kind::Boolean, _) => "bool".to_owned(),
        (Kind::Id, Some(object)) => format!("Id<objects::{object}>"),
        (Kind::TextId, Some(object)) => format!("TextId<objects::{object}>"),
        (Kind::Id | Kind::Integer, _) => "i64".to_owned(),
        // Of an expense a quantity is a count, so a body takes any number.
        (Kind::Number | Kind::Seconds | Kind::Hours | Kind::Money, _) => "Amount".to_owned(),
        (Kind::Date, _) => "NaiveDate".to_owned(),
        (Kind::DateTime, _) => "DateTime<Utc>".to_owned(),
        (Kind::Choice { name, .. }, _) => format!("choices::{name}"),
        (Kind::List(inner), object) => format!("Vec<{}>", value(inner, object).rust),
        (Kind::Object(_) | Kind::Json, _) => "Json".to_owned(),
        (Kind::Text | Kind::TextId, _) => "String".to_owned(),
    };
    let text = rust == "String";
    Value { rust, text }
}

/// The text of the value `name` in a query.
pub(super) fn as_text(model: &Model, kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Text => format!("{name}.into()"),
        Kind::DateTime => format!("moment({name})"),
        Kind::Choice { .. } => match words_apart(model, kind) {
            None => format!("{name}.write_name().to_owned()"),
            Some(words) => format!("{name}.spelled_as_in(&{words}).to_owned()"),
        },
        _ => format!("{name}.to_string()"),
    }
}

/// The words of a place, as code, if they are spelled otherwise than the enum spells them for Clio.
pub(super) fn words_apart(model: &Model, kind: &Kind) -> Option<String> {
    let Kind::Choice { name, words } = kind else { return None };
    let choice = choice(model, name)?;
    let same = |word: &String| choice.variants.iter().any(|variant| variant.write == *word);
    (!words.iter().all(same)).then(|| crate::emit::text::strings(words))
}

fn choice<'a>(model: &'a Model, name: &str) -> Option<&'a Choice> {
    model.choices.iter().find(|choice| choice.name == name)
}

/// An expression of this kind that Clio would take.
pub(super) fn sample(model: &Model, kind: &Kind, object: Option<&str>) -> String {
    match kind {
        Kind::Boolean => "true".to_owned(),
        Kind::Id if object.is_some() => "Id::new(1)".to_owned(),
        Kind::TextId if object.is_some() => "TextId::new(\"1\")".to_owned(),
        Kind::Id | Kind::Integer => "1".to_owned(),
        Kind::Number | Kind::Seconds | Kind::Hours | Kind::Money => "amount()".to_owned(),
        Kind::Date => "date()".to_owned(),
        Kind::DateTime => "moment()".to_owned(),
        Kind::Choice { name, words } => {
            let letters = |word: &str| word.replace('_', "").to_lowercase();
            let wanted = words.first().map(|word| letters(word)).unwrap_or_default();
            let variants = choice(model, name).map(|choice| choice.variants.as_slice()).unwrap_or_default();
            let variant =
                variants.iter().find(|variant| letters(&variant.read) == wanted).or(variants.first());
            format!("choices::{name}::{}", variant.map_or("Unknown", |variant| &variant.name))
        }
        Kind::List(inner) => format!("vec![{}]", sample(model, inner, object)),
        Kind::Object(_) | Kind::Json => "json()".to_owned(),
        Kind::Text | Kind::TextId => "\"text\"".to_owned(),
    }
}
