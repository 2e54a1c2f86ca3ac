//! The stages that matters go through.
