//! Tag categories.
