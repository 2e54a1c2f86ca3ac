//! The sans-IO core of the Clio SDK: everything between a typed call and bytes, and the seams to the outside.
//!
//! Most users want [`clio-api`](https://docs.rs/clio-api), which re-exports what is needed from here. Come here to write
//! a client for another API on the same seams, a transport of your own, or a test double.
//!
//! ```
//! use clio_core::{Base, RequestParts, Stub};
//! use clio_schema::{objects::Matter, operations::ListMatters};
//!
//! let request = RequestParts::new::<ListMatters>()
//!     .select::<Matter, Stub<Matter>>()
//!     .query("status", "open,pending")
//!     .into_http(&Base::parse("https://app.clio.com/api/v4")?)?;
//! assert_eq!(request.uri(), "https://app.clio.com/api/v4/matters.json?fields=id%2Cetag&status=open%2Cpending");
//! # Ok::<(), clio_core::Error>(())
//! ```
//!
//! # The four things that matter
//!
//! - [`Selection`]: a struct that says which fields it wants, and decodes just those.
//! - [`RequestParts`] and [`response`]: a typed call becomes an `http::Request`; an answer becomes a record, a
//!   [`Page`] or an [`Error`]. Pure functions; nothing here opens a socket.
//! - [`Error`]: one opaque type, with a kind, and with the one fact that decides about repeating a write:
//!   [`Error::applied`].
//! - [`Transport`], [`Clock`], [`Random`], [`TokenStore`]: the seams. [`Deadline`] wraps any transport.
//!
//! # Features
//!
//! `system`: [`SystemClock`] and [`SystemRandom`], the production clock (tokio timers) and random source.

mod body;
mod error;
mod fields;
mod page;
pub mod request;
pub mod response;
mod seams;
mod selection;
pub mod values;

pub use body::{Body, JsonBody};
pub use clio_schema as schema;
pub use error::{Applied, Error, ErrorKind};
pub use fields::{FieldError, FieldTree};
pub use page::{Page, PageToken, Walk};
pub use request::{Base, RequestParts};
#[cfg(feature = "system")]
pub use seams::clock::SystemClock;
pub use seams::clock::{Clock, Sleep};
pub use seams::deadline::Deadline;
pub use seams::random::Random;
#[cfg(feature = "system")]
pub use seams::random::SystemRandom;
pub use seams::token::{MemoryTokenStore, Secret, Token, TokenStore};
pub use seams::transport::{ByteStream, Limits, Payload, Transport, TransportError, TransportErrorKind};
pub use selection::{Selection, Stub};
pub use values::{Amount, Etag, Id, Seconds};
