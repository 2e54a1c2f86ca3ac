//! The client from outside: over a scripted transport under paused time, and over real sockets.

mod answers;
mod authorisation;
mod doubles;
mod lists;
mod oauth;
mod offsets;
mod requests;
mod script;
mod sockets;
mod suspended;
mod window;
