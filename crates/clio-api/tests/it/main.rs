//! The client from outside: over a scripted transport under paused time, and over real sockets.

mod answers;
mod authorisation;
mod lists;
mod oauth;
mod requests;
mod script;
mod sockets;
mod window;
