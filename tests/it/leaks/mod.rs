//! What a log line, a debug form or an error may show of secrets and of clients: nothing.
//!
//! The worlds issue secrets and names that are known again (`sentinels`), and [`harness::Harness`] looks for them in all
//! that is told. [`planted`] proves that it finds them.

mod answers;
mod bench;
mod debug_forms;
mod engine;
pub(crate) mod harness;
mod kinds;
mod planted;
mod readings;
mod sockets;
