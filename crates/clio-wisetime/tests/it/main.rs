//! What the adapter does, seen from outside.

mod document;
mod settings;
