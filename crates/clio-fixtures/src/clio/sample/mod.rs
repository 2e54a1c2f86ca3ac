//! Firms to begin with: plausible ones out of a seed, and one that has a record of everything.

mod billing;
mod each;
mod files;
mod firm;
mod letters;
mod names;

pub(crate) use firm::found;
