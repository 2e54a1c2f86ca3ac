//! AltFee and Clio, both as fakes, with an engine between them.

mod bench;
mod book;
mod clients;
mod connect;
mod standing;
