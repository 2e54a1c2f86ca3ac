//! The client from outside: over a scripted transport under paused time, and over real sockets.

mod answers;
mod authorisation;
mod bad_tokens;
mod budget;
mod doubles;
mod file_store;
mod files;
mod limited;
mod lists;
mod loopback;
mod oauth;
mod offsets;
mod oidc;
mod regions;
mod requests;
mod retries;
mod script;
mod server_time;
mod sockets;
mod suspended;
mod traces;
mod versions;
mod webhooks;
