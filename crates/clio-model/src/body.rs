//! What drafts and selections have in common: members that are sent or not, checks of words, and `Debug` without data.

use clio_core::{Field, Members, ToJson, schema::choices::Choice};

use crate::{Error, Result};

/// A member that is sent if there is a value.
pub(crate) fn given<T>(value: Option<T>) -> Field<T> {
    value.map_or(Field::Absent, Field::Value)
}

/// What is wanted, unless it stands there already. A null is kept: what is not shown may be hidden, not empty.
pub(crate) fn different<T: PartialEq>(wanted: Field<T>, stands: Option<&T>) -> Field<T> {
    match wanted {
        Field::Value(value) if stands == Some(&value) => Field::Absent,
        wanted => wanted,
    }
}

/// `{"id": 7, "type": "Matter"}`.
pub(crate) fn typed(kind: &str, id: i64) -> Members {
    let mut members = Members::default();
    members.set("id", Field::Value(id));
    members.set("type", Field::Value(kind.to_owned()));
    members
}

/// Sets a member to a record that is referred to, or to none: `{"id": null}`, to the letter of Clio's document. A null in
/// place of the whole is what users saw ignored for the people of a matter, so that it may be ignored elsewhere.
pub(crate) fn set_association<I: ToJson>(members: &mut Members, name: &'static str, value: Field<I>) {
    let mut inner = Members::default();
    let absent = matches!(value, Field::Absent);
    inner.set("id", value);
    members.set(name, if absent { Field::Absent } else { Field::Value(inner) });
}

/// A list, unless there is nothing in it.
pub(crate) fn list(items: impl Iterator<Item = Members>) -> Field<Vec<Members>> {
    let items: Vec<_> = items.collect();
    if items.is_empty() { Field::Absent } else { Field::Value(items) }
}

/// Refuses a text without a letter.
pub(crate) fn not_blank(what: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::invalid(format!("{what} is blank"))) } else { Ok(()) }
}

/// Refuses a word that Clio's document does not list.
pub(crate) fn known_word<C: Choice>(what: &str, word: &C, words: &[&str]) -> Result<()> {
    if words.contains(&word.read_name()) {
        return Ok(());
    }
    Err(Error::invalid(format!("{what} is none of {}", words.join(", "))))
}

/// Writes the body of a draft as its `members`, if its `check` finds nothing.
macro_rules! checked {
    ($($draft:ident is the body of $operation:ident;)+) => {$(
        impl clio_core::Body<clio_core::schema::operations::$operation> for $draft {
            fn json(&self) -> std::result::Result<String, clio_core::Error> {
                self.check()?;
                Ok(self.members().to_json())
            }
        }
    )+};
}
pub(crate) use checked;

/// `Debug` with these fields only: the rest is data of the firm and its clients.
macro_rules! shows {
    ($($type:ident: $($field:ident),*;)+) => {$(
        impl std::fmt::Debug for $type {
            /// Shows which record it is, or is about: the rest is data of the firm and its clients.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))
                    $(.field(stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    )+};
}
pub(crate) use shows;
