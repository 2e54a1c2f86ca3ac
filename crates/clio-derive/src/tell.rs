//! What the compiler says of a type that does not fit a field.

use crate::{
    family::{leads_to, main_of},
    form::{Field, Form, Tag},
};

/// The parts of `#[diagnostic::on_unimplemented]`; `{Self}` is the type.
pub(crate) struct Told {
    pub message: String,
    pub label: String,
    pub note: String,
}

/// The words for a field.
pub(crate) fn tell(form: &'static Form, field: &'static Field) -> Told {
    let (name, of) = (field.name, form.name);
    let (list, tag) = match &field.tag {
        Tag::List(inner) => (true, *inner),
        tag => (false, tag),
    };
    if let Tag::Object(object) = tag {
        let main = main_of(object);
        return Told {
            message: format!(
                "`{{Self}}` cannot be selected inside {of}: Clio answers only plain fields there"
            ),
            label: format!("`{name}` of Clio's {of} takes a selection of plain fields of {object}"),
            note: format!(
                "take a struct with `#[derive(Selection)]` and `#[clio(object = \"{main}\")]` that asks for no \
                 association but as a `Stub`; or take `Stub<{main}>`, `Reference<{main}>` or `Json`"
            ),
        };
    }
    let object = leads_to(form, field).unwrap_or("..");
    let (holds, takes) = match tag {
        Tag::Boolean => ("true or false", "`bool`".to_owned()),
        Tag::Id => ("an id", format!("`Id<{object}>`")),
        Tag::TextId => ("an id that is text", format!("`TextId<{object}>`")),
        Tag::Integer => ("a whole number", "`i64`, `i32`, `u64`, `u32` or `Amount`".to_owned()),
        Tag::Number => ("a decimal number", "`Amount` or `f64`".to_owned()),
        Tag::Seconds => ("a time in seconds, not in hours", "`Seconds`, `Amount` or `f64`".to_owned()),
        Tag::Hours => ("a time in hours, not in seconds", "`Hours`, `Amount` or `f64`".to_owned()),
        Tag::Money => ("money, which a binary float cannot hold", "`Amount`".to_owned()),
        Tag::Text => ("text", "`String`, `Box<str>` or `Etag`".to_owned()),
        Tag::Date => ("a date", "`chrono::NaiveDate`".to_owned()),
        Tag::DateTime => {
            ("a moment", "`chrono::DateTime<Utc>` or `chrono::DateTime<FixedOffset>`".to_owned())
        }
        Tag::Choice("") => ("a word of a list", "`String`".to_owned()),
        Tag::Choice(choice) => ("a word of a list", format!("`{choice}` or `String`")),
        Tag::Object(_) | Tag::List(_) | Tag::Json => ("JSON of no known shape", "`Json`".to_owned()),
    };
    let why = match tag {
        Tag::Seconds | Tag::Hours => {
            "an activity counts seconds, a line item of a bill hours, and one read as the other is off by a factor of 3600; "
        }
        _ => "",
    };
    let (each, list) = if list { ("a list, each of ", "a `Vec` of ") } else { ("", "") };
    Told {
        message: format!("`{{Self}}` does not fit `{name}` of Clio's {of}, which holds {each}{holds}"),
        label: format!("take {list}{takes}"),
        note: format!("{why}an `Option` around it takes null and absence; `Json` fits every field"),
    }
}
