//! What every operation has in common, driven by the tables of the schema.

mod absorb;
mod check;
mod convert;
mod filter;
mod list;
mod mixed;
mod one;
mod order;
mod paging;
mod write;

pub(crate) use absorb::absorb;
pub(crate) use check::check;
pub(crate) use convert::{decimal, moment};
pub(crate) use filter::{Test, is_since, unfiltered};
pub(crate) use list::{Rows, list};
pub(crate) use mixed::mixed;
pub(crate) use one::{fields, one, show};
pub(crate) use write::{Write, body, create, delete, update};
