//! The domain, held against the fake firm and against all inputs.

mod bills;
mod money;
mod people;
