//! What people do in Clio's own pages, a topic a file.

mod billing;
mod documents;
mod messages;

pub use billing::NewBill;
pub use messages::{NewCommunication, NewMessage, Party};
