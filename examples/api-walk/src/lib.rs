//! A typed call of every operation of Clio's API, with samples for all that it takes, and a walk that makes them all.
//!
//! - [`EVERY`] is the table: an operation, and a function that builds its call. It is generated.
//! - [`walk`](walk::walk) makes the calls in an order that a server with a memory can follow, and holds what comes back
//!   against what Clio's document promises.
//! - [`recorder`] makes them without a server, and gives out the requests.
//!
//! The program of the same name is the walk for the terminal.

pub mod calls;
#[allow(clippy::pedantic, reason = "generated")]
mod generated;
pub mod recorder;
mod samples;
pub mod seen;
pub mod walk;

pub use generated::EVERY;
