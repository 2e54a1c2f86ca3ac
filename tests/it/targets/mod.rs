//! Clio's records as targets, under faults.

mod desk;
mod documents;
mod records;
mod strict;
