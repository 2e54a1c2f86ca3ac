//! The client from outside: over a scripted transport under paused time, and over real sockets.

mod answers;
mod authorisation;
mod budget;
mod doubles;
mod limited;
mod lists;
mod oauth;
mod offsets;
mod requests;
mod retries;
mod script;
mod server_time;
mod sockets;
mod suspended;
mod versions;
