//! The domain against the fake Clio.

mod people;
