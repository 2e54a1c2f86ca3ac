//! Against the fake Clio and a desk in memory, under virtual time.

mod activated;
mod bad_input;
mod bench;
mod cut;
mod documents;
mod http;
mod http_wire;
mod messages;
mod messages_faults;
mod month;
mod nightly;
mod stages;
mod syncs;
mod syncs_faults;
