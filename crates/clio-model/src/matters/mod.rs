//! Matters: the cases that work is done for.

mod selection;

pub use selection::{Matter, MatterClient};
