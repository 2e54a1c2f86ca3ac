//! Messages become communications.

mod mapping;
mod people;
mod source;

pub(crate) use mapping::communication;
pub(crate) use source::Messages;
