//! WiseTime and Clio, both as fakes, with an engine between them.

mod activity_types;
mod bench;
mod client;
mod cut;
mod document;
mod health;
mod hostile;
mod office;
mod posted_time;
mod posted_time_faults;
mod rows;
mod settings;
mod tags;
mod tags_client;
mod tags_conformance;
mod tags_faults;
mod tags_refused;
mod tags_renewal;
mod webhook;
