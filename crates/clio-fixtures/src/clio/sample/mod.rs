//! Firms to begin with: plausible ones out of a seed, and one that has a record of everything.

mod billing;
mod each;
mod firm;
mod names;

pub(crate) use firm::found;
