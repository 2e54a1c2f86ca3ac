//! What the chores do, so that tests can do it too.

pub mod arrows;
#[expect(clippy::print_stdout, reason = "tells how far it is")]
pub mod bench_build;
pub mod codegen;
pub mod coverage;
pub mod simulation;
