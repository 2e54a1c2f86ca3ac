//! Matters become tags.

mod mapping;
mod target;

pub(crate) use mapping::tag;
pub(crate) use target::Tags;
