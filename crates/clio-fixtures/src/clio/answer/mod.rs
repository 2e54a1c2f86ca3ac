//! From records to JSON: a list of fields becomes a plan once, and the plan writes each record.

mod plan;
mod write;

pub(crate) use plan::Plan;
pub(crate) use write::{View, document};
