//! Against the fake Clio and a desk in memory, under virtual time.

mod bench;
mod cut;
mod http;
mod http_wire;
mod messages;
mod messages_faults;
mod month;
mod stages;
mod syncs;
