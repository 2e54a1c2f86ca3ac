//! What people do in Clio's own pages, by topic.

pub(super) mod billing;
