//! The suites that implementations by others must pass.
