//! The domain, held against the fake firm and against all inputs.

mod activities;
mod bill_changes;
mod bills;
mod mistakes;
mod money;
mod people;
