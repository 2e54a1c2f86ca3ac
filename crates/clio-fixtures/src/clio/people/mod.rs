//! What people do in Clio's own pages, by topic.

mod documents;
