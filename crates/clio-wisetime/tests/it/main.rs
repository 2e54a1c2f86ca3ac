//! What the adapter does, seen from outside.

mod settings;
