//! The domain against the fake firm, which was built from the same sources by other code.

mod activities;
