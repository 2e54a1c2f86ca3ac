//! Tests of the core from outside, in one binary: what the derive makes, as a user's crate sees it.

mod decoding;
mod fields;
mod mistakes;
