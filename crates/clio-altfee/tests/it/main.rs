//! AltFee and Clio, both as fakes, with an engine between them.

mod again;
mod bad_input;
mod bench;
mod book;
mod changes;
mod clients;
mod conformance;
mod connect;
mod crash;
mod disconnect;
mod disconnect_faults;
mod faults;
mod forms;
mod interleavings;
mod invoice;
mod matter_rate;
mod put_back;
mod rows;
mod standing;
mod status_flow;
mod stubborn;
