//! WiseTime and Clio, both as fakes, with an engine between them.
