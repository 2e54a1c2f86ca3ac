//! Activity types.
