//! What people do in Clio's own pages, a topic a file.

mod messages;

pub use messages::{NewCommunication, NewMessage, Party};
