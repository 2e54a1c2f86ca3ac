//! Facts of the Clio Manage API v4, as types and as tables. No dependencies, no I/O, no serde.
//!
//! Every form of an object is a type, every field a marker that says what it holds, every operation a marker with its
//! method and path. `clio-core` checks selections against the types while compiling; tools read the tables at run time:
//!
//! ```
//! use clio_schema::{Kind, Object, Operation, objects::Matter, operations::ListMatters};
//!
//! let status = Matter::INFO.field("status").unwrap();
//! assert!(matches!(status.kind, Kind::Choice(&["Pending", "Open", "Closed"])));
//! assert_eq!(ListMatters::INFO.path, "/matters.json");
//! assert_eq!(ListMatters::INFO.page_size, Some(200));
//! ```
//!
//! # The five things that matter
//!
//! - [`objects`]: a type per form. `Matter` is what its own operations answer; `MatterBase` is what another object that
//!   refers to a matter contains. Clio answers one level of nesting, and the base form has no associations: that is
//!   the rule, as a type.
//! - [`Has`]: `MatterBase: Has<objects::matter::display_number>` holds, `MatterBase: Has<objects::matter::client>` does not.
//! - [`operations`]: [`Operation::INFO`] has the method, path, parameters, body and paging facts.
//! - [`kind`] and [`Kind`]: what a field holds, as a type and as a value.
//! - [`choices`]: an enum for each list of words, open to words that Clio adds.
//!
//! The facts come from Clio's published OpenAPI document, read by this project's generator; what they mean is told at
//! <https://docs.developers.clio.com/api-reference/>. What that document leaves open, such as which fields may be null,
//! is left open here too. [`VERSION`] says which edition it was.

#![no_std]
extern crate alloc;

mod choice;
mod info;
pub mod kind;

#[path = "generated/choices.rs"]
pub mod choices;
#[path = "generated/edition.rs"]
mod edition;
#[path = "generated/objects/mod.rs"]
pub mod objects;
#[path = "generated/operations/mod.rs"]
pub mod operations;

pub use edition::VERSION;
pub use info::{
    Answer, BodyField, BodyKind, Field, FieldInfo, Has, Kind, NOTHING, Nothing, Object, ObjectInfo,
    Operation, OperationInfo, ParameterInfo, Style,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_so_that_a_look_up_can_halve() {
        for object in objects::ALL {
            assert!(object.fields.is_sorted_by(|a, b| a.name < b.name), "{}", object.name);
        }
        for operation in operations::ALL {
            assert!(operation.parameters.is_sorted_by(|a, b| a.name < b.name), "{}", operation.id);
            assert!(operation.body.is_sorted_by(|a, b| a.name < b.name), "{}", operation.id);
        }
    }

    #[test]
    fn a_form_that_nests_has_no_associations() {
        for object in objects::ALL.iter().filter(|object| object.name.ends_with("Base")) {
            for field in object.fields {
                assert!(!matches!(field.kind, Kind::Object(_)), "{}.{}", object.name, field.name);
            }
        }
    }
}
