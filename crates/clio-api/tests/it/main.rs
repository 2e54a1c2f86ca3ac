//! The client from outside: over a scripted transport under paused time, and over real sockets.

mod answers;
mod authorisation;
mod bad_tokens;
mod file_store;
mod lists;
mod loopback;
mod oauth;
mod oidc;
mod regions;
mod requests;
mod script;
mod sockets;
mod window;
