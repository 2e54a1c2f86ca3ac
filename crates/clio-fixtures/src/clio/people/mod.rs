//! What people do in Clio's own pages, a topic a file.

mod documents;
mod messages;

pub use messages::{NewCommunication, NewMessage, Party};
