//! The client from outside: over a scripted transport under paused time, and over real sockets.

mod answers;
mod authorisation;
mod budget;
mod limited;
mod lists;
mod oauth;
mod requests;
mod retries;
mod script;
mod server_time;
mod sockets;
mod versions;
