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
//! # The five things that matter
//!
//! - [`trait@Selection`]: a struct that says which fields it wants, and decodes just those; with a derive that checks them.
//! - [`FieldTree`] and [`Record`]: the same for fields that are known only at run time.
//! - [`RequestParts`] and [`response`]: a typed call becomes an `http::Request`; an answer becomes a record, a
//!   [`Page`] or an [`Error`]. Pure functions; nothing here opens a socket.
//! - [`Error`]: one opaque type, with a kind, and with the one fact that decides about repeating a write:
//!   [`Error::applied`].
//! - [`Transport`], [`Clock`], [`Random`], [`TokenStore`]: the seams. [`Deadline`] wraps any transport.
//!
//! # Features
//!
//! `system`: `SystemClock` and `SystemRandom`, the production clock (tokio timers) and random source.

mod body;
mod derived;
mod error;
mod fields;
pub mod fits;
mod headers;
mod json;
mod page;
mod privacy;
mod record;
mod refusal;
pub mod request;
pub mod response;
mod retry;
mod seams;
mod selection;
pub mod values;

// The derive names this crate from outside; in its own tests it is to be found under the same name.
#[cfg(test)]
extern crate self as clio_core;

pub use body::{Body, Field, JsonBody, Members, ToJson};
/// The derive of [`trait@Selection`].
pub use clio_derive::Selection;
pub use clio_schema as schema;
pub use error::{Advice, Applied, Error, ErrorKind, InvalidField};
pub use fields::{FieldError, FieldTree};
pub use headers::{date, date_of, retry_after};
pub use json::Json;
pub use page::{Page, PageToken, Walk};
pub use record::Record;
pub use request::{Base, RequestParts};
pub use response::decode;
pub use retry::{Decision, Failure, RetryPolicy, Stop, is_read};
#[cfg(feature = "system")]
pub use seams::clock::SystemClock;
pub use seams::clock::{Clock, Sleep};
pub use seams::deadline::Deadline;
pub use seams::random::Random;
#[cfg(feature = "system")]
pub use seams::random::SystemRandom;
pub use seams::retry::{Resent, Retry};
pub use seams::token::{Hold, MemoryTokenStore, Secret, Token, TokenStore};
pub use seams::traced::{Route, Traced};
pub use seams::transport::{
    ByteStream, Limits, Payload, Transport, TransportError, TransportErrorKind, resendable,
};
pub use selection::{Known, Reference, Selected, Selection, Stub, Takes};
pub use values::{Amount, Etag, Hours, Id, Seconds, TextId};

/// What the expansion of the derive refers to. No part of the API.
#[doc(hidden)]
pub mod __private {
    pub use clio_schema::{choices, objects};
    pub use serde::{
        Deserializer,
        de::{Error, MapAccess},
    };
    pub use std::vec::Vec;

    pub use crate::{
        __field as field, Selected, Selection, Takes,
        derived::{Fill, concat, count, decode, join, length, missing, required, text},
        fits::*,
    };

    /// The trait and the derive under one name, for the crate of that name to give out.
    pub mod api {
        /// The derive of the trait of the same name.
        pub use clio_derive::SelectionOfApi as Selection;

        pub use crate::selection::Selection;
    }
}
