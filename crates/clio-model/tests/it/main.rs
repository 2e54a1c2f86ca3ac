//! The domain, held against the fake firm and against all inputs.

mod activities;
mod bills;
mod mistakes;
mod money;
mod people;
