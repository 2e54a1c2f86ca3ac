//! WiseTime and Clio, both as fakes, with an engine between them.

mod bench;
mod client;
mod health;
mod posted_time;
mod posted_time_faults;
mod webhook;
