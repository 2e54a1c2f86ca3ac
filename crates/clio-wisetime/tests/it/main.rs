//! WiseTime and Clio, both as fakes, with an engine between them.

mod activity_types;
mod office;
mod tags;
mod tags_client;
mod tags_conformance;
mod tags_faults;
mod tags_refused;
mod tags_renewal;
