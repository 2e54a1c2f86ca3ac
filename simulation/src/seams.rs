//! Wrappers at the seams: where a test crashes the engine, or breaks its algorithm from outside.

mod crash;
mod store;
mod tamper;

pub use crash::{Crash, Crasher};
pub use store::{Detached, Hook, Wrapped};
pub use tamper::{Instead, Tamper};
