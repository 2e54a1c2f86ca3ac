//! From Clio's OpenAPI document to the crates that are made from it.
//!
//! ```text
//! OpenAPI document --spec--> facts --ir, overrides.toml--> model --emit--> files
//!                              |
//!                    schema/clio-manage-v4.json
//! ```
//!
//! - [`spec`] reads the document. What it says in prose is left behind; what this crate has no word for is carried as
//!   raw JSON under `extra`; what has no counterpart at all is listed by name.
//! - [`facts`](ir::facts) are what is kept, in a format of this project, and what the repository holds.
//! - [`overrides`](ir::overrides) say what the document does not: which numbers are money, what an enum is called.
//! - [`model`](ir::model) is both together: every Rust name decided, every kind resolved. Emitters read only this.
//! - [`emit`] writes code; [`files`] compares it with what is there.

pub mod emit;
pub mod error;
pub mod files;
pub mod ir;
pub mod names;
pub mod spec;

pub use error::Error;

pub use files::{Files, Workspace};
pub use ir::{facts::Document, model::Model, overrides::Overrides};

#[cfg(test)]
mod tests;
