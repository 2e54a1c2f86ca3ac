//! What the chores do, so that tests can do it too.

pub mod arrows;
pub mod codegen;
pub mod coverage;
