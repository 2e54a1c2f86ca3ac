//! A typed client for Clio Manage, API v4.
//!
//! A struct says which fields it wants, and that is the query. Money is exact, ids know what they are ids of, and a write
//! is never repeated unless Clio surely did not apply it.
//!
//! ```
//! use clio_api::{Clio, Error, Id, MatterStatus, Region, Selection, Token, objects::{Contact, Matter}};
//! use futures_util::StreamExt;
//!
//! #[derive(Debug, Selection)]
//! #[clio(object = "Matter")]
//! struct OpenMatter { id: Id<Matter>, display_number: String, client: Option<ClientName> }
//!
//! #[derive(Debug, Selection)]
//! #[clio(object = "Contact")]
//! struct ClientName { id: Id<Contact>, name: String }
//!
//! # #[derive(Debug)]
//! # struct TwoMatters;
//! # #[async_trait::async_trait]
//! # impl clio_api::Transport for TwoMatters {
//! #     async fn send(&self, request: http::Request<clio_api::Payload>, _: clio_api::Limits)
//! #         -> Result<http::Response<clio_api::Payload>, clio_api::TransportError> {
//! #         assert!(request.uri().query().unwrap().contains("status=open"));
//! #         let body = r#"{"data":[{"id":7,"display_number":"00007-Lovelace"},{"id":8,"display_number":"00008-Byron"}]}"#;
//! #         Ok(http::Response::new(clio_api::Payload::Bytes(body.into())))
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! # let (token, two_matters) = (Token::access_only("t"), std::sync::Arc::new(TwoMatters));
//! let clio = Clio::builder(Region::Us).token(token)
//! #   .transport(two_matters)
//!     .build()?;
//! let mut matters = clio.matters().list().select::<OpenMatter>().status([MatterStatus::Open]).items();
//! # let mut seen = Vec::new();
//! while let Some(matter) = matters.next().await {
//!     let matter = matter?;
//!     println!("{} {}", matter.id, matter.display_number);
//! #   seen.push(matter.display_number);
//! }
//! # assert_eq!(seen, ["00007-Lovelace", "00008-Byron"]);
//! # Ok(())
//! # }
//! ```
//!
//! # The four types that matter
//!
//! - [`Clio`]: the client of one account. Cheap to clone; share it.
//! - [`Selection`]: a struct that names its fields. Without one, a call answers a [`Stub`]: id and etag.
//! - [`One`] and [`List`]: a call that has not been made yet. Await it, or walk through it.
//! - [`Error`]: one for everything, with a [`kind`](Error::kind), and with [`applied`](Error::applied): the one fact that
//!   decides about repeating a write.
//!
//! # Cookbook
//!
//! **Get a token.** [`OAuth`] runs the authorisation-code flow for an [`App`] that is registered with Clio:
//! [`begin`](OAuth::begin) gives the address to send a person to, [`finish`](OAuth::finish) turns the address they come
//! back to into a [`Token`]. On a person's own machine a [`LoopbackReceiver`] waits for that address; where nothing can
//! listen, [`OAuth::native`] has them paste a code.
//!
//! **Keep the token good.** Give the builder the [`app`](ClioBuilder::app) and a
//! [`token_store`](ClioBuilder::token_store). The client renews the token before it ends, or when Clio refuses it, once
//! for all tasks, and saves the new one before it uses it. [`ErrorKind::AuthorisationLost`] means that a person has to
//! authorise again. A [`FileTokenStore`] lasts, and lets processes take turns. A crash after Clio gave a new token and before
//! it was saved costs nothing as long as refresh tokens live on, as Clio's documentation says; should Clio ever have
//! replaced the refresh token in that moment, the authorisation is lost.
//!
//! **Ask who you are.** `clio.users().who_am_i().await?` works with any token.
//!
//! **Read a long list.** [`List::items`] yields records, each with its own error; [`List::pages`] yields pages.
//!
//! **Interrupt a walk and go on later.** [`Items::suspend`] tells where it stands, also in the middle of a page and after a
//! server has failed; [`List::resume`] goes on behind the last record. [`List`] says what is promised in which order.
//!
//! ```
//! # #[derive(Debug)]
//! # struct ThreeMatters;
//! # #[async_trait::async_trait]
//! # impl clio_api::Transport for ThreeMatters {
//! #     async fn send(&self, _: http::Request<clio_api::Payload>, _: clio_api::Limits)
//! #         -> Result<http::Response<clio_api::Payload>, clio_api::TransportError> {
//! #         let body = r#"{"data":[{"id":7,"etag":"a"},{"id":8,"etag":"b"},{"id":9,"etag":"c"}]}"#;
//! #         Ok(http::Response::new(clio_api::Payload::Bytes(body.into())))
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let clio = clio_api::Clio::builder(clio_api::Region::Us).token(clio_api::Token::access_only("t"))
//! #     .transport(std::sync::Arc::new(ThreeMatters)).build()?;
//! use clio_api::Position;
//! use futures_util::TryStreamExt;
//!
//! let mut matters = clio.matters().list().items();
//! let first = matters.try_next().await?;
//! let stored: String = serde_json::to_string(&matters.suspend())?;
//!
//! // After a restart:
//! let position: Position = serde_json::from_str(&stored)?;
//! let rest: Vec<_> = clio.matters().list().resume(position).items().try_collect().await?;
//! assert_eq!((first.unwrap().id.get(), rest[0].id.get(), rest.len()), (7, 8, 2));
//! # Ok(())
//! # }
//! ```
//!
//! **Read what has changed.** Take [`Clio::server_time`] before the walk begins (any call sets it), and pass it to `updated_since` the next
//! time, less a few minutes: what is read twice can be told by its etag, what is missed cannot.
//!
//! **Create a time entry safely.** [`Reserve`](Clio::reserve) first, give the call a [`with_send_by`](One::with_send_by),
//! and look at [`Error::applied`] when it fails. [`Applied::No`]: send it again. [`Applied::Perhaps`]: look for the entry first.
//!
//! ```
//! # async fn example(clio: clio_api::Clio) -> Result<(), clio_api::Error> {
//! use std::time::Duration;
//! use clio_api::{Applied, JsonBody};
//!
//! let entry = JsonBody::new(r#"{"type":"TimeEntry","date":"2026-03-14","quantity":1800,"matter":{"id":7}}"#);
//! let permit = clio.reserve(Duration::from_secs(60)).await?;
//! let send_by = clio.clock().monotonic() + Duration::from_secs(15);
//! match clio.activities().create(entry).with_permit(permit).with_send_by(send_by).await {
//!     Ok(created) => println!("activity {}", created.id),
//!     Err(error) if error.applied() == Applied::No => println!("surely not created: {error}"),
//!     Err(error) => println!("perhaps created, look first: {error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Change one thing, if nobody else has changed it.** An update has a setter for each member of its body; `None` empties
//! one, and what is not set stays. `if_match` refuses to touch another version than the one that was read:
//!
//! ```
//! # async fn example(clio: clio_api::Clio, id: clio_api::Id<clio_api::objects::Matter>) -> Result<(), clio_api::Error> {
//! use clio_api::{ErrorKind, MatterStatus};
//!
//! let matter = clio.matters().get(id).await?;
//! let update = clio.matters().update(id).status(MatterStatus::Closed).client_reference(None);
//! match update.if_match(&matter.etag).await {
//!     Err(error) if error.kind() == ErrorKind::Conflict => println!("somebody was faster"),
//!     other => drop(other?),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Read only what has changed.** `if_none_match` and `if_modified_since` answer [`ErrorKind::NotModified`] when nothing has.
//!
//! **Stay within the rate limit.** The client does so by itself: it learns the limit from each answer and lets requests wait for
//! their turn. Give work that nobody waits for a clone made by [`Clio::background`]: people go first then, and several such jobs
//! take turns. [`with_longest_wait`](List::with_longest_wait) gives up sooner.
//!
//! **Decide about repeating.** A read that fails for a while is sent three times in all; [`ClioBuilder::retry`] and
//! [`with_retry`](List::with_retry) change that. A write is repeated only when it surely was not applied, whatever is said there.
//!
//! **Know what to do about an error.** [`Error::advice`] says it in one word: try again, look first, authorise again, or change
//! the request. [`Error::fields`] has the fields that Clio refused. `Display` and `Debug` show only plain words
//! and names of the API, so that both can go into a log; [`Error::message`] has Clio's words in full.
//!
//! **See what happens.** Each attempt is a span of `tracing`, named and filled by OpenTelemetry's conventions for HTTP clients.
//!
//! **Upload and download files.** [`files`] shows how.
//!
//! **Use a filter by its name.** [`List::parameter`] takes any parameter of the list by Clio's name for it. One that the
//! list does not have is an error here; Clio would ignore it and answer everything.
//!
//! **Be told when something changes.** [`webhooks`] has a receiver for any web framework, and keeps the webhook alive.
//!
//! **Call what is not covered.** [`Clio::raw`] sends any request below the API's address; [`One::raw`] and [`List::raw`]
//! give the answer undecoded.
//!
//! **Test your code.** Give the builder a [`Transport`] and a [`Clock`] of your own, or point [`Region::custom`] at a
//! server on loopback.
//!
//! # Features
//!
//! Matters, contacts, users, activities and their descriptions are always there. The other groups of operations stand
//! behind one feature a domain, all on by default; the page of each group names its own. Objects, fields and selections
//! are there without any.
//!
//! # What it does not do
//!
//! - It does not repeat a write on suspicion. Only one of which no byte left is sent again, and once one that Clio's own
//!   401 refused, with a renewed token.
//! - It follows no redirect but to fetch a file, and takes no token to another host, not even when a page says that the
//!   next one is there.
//! - It starts no runtime and no task, reads no configuration, and writes to no place but `tracing`, where it names
//!   operations and statuses, never data.
//! - It encrypts no token at rest: that is for a [`TokenStore`] of your own.

mod budget;
#[allow(dead_code, reason = "which of it is used, the features decide")]
mod call;
mod client;
pub mod files;
#[allow(
    clippy::pedantic,
    clippy::should_implement_trait,
    clippy::too_many_arguments,
    reason = "these lints are about the style of what people write; names and numbers here are Clio's"
)]
#[allow(
    unreachable_pub,
    reason = "a group that has more than its operations is given out by a module of its own"
)]
mod generated;
mod macros;
mod oauth;
mod raw;
mod region;
mod transport;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use budget::{Permit, Priority};
/// Bytes that are shared, not copied: bodies, as they come and go.
pub use bytes::Bytes;
pub use call::{Done, Html, Items, List, One, Pages, Position, Redirect, Selects};
/// Dates and times, as selections hold them.
pub use chrono;
pub use client::{CallOptions, Clio, ClioBuilder};
#[doc(hidden)]
pub use clio_core::__private;
pub use clio_core::__private::api::Selection;
pub use clio_core::{
    Advice, Amount, Applied, Body, Clock, Error, ErrorKind, Etag, Field, FieldError, FieldTree, Hold, Hours,
    Id, InvalidField, Json, JsonBody, Known, Limits, Members, MemoryTokenStore, Page, PageToken, Payload,
    Random, Record, Reference, RequestParts, RetryPolicy, Seconds, Secret, Selected, Sleep, Stub, Takes,
    TextId, ToJson, Token, TokenStore, Transport, TransportError, TransportErrorKind, decode, fits,
    response::RawResponse,
    schema::{choices, objects, operations as op},
    values::{ActivityType, MatterStatus},
};
/// For a transport of your own, and for answers that are read by hand: the seams, the wrappers around a transport, and what
/// they are made of.
pub use clio_core::{
    Base, ByteStream, Deadline, Decision, Failure, Resent, Retry, Route, Stop, SystemClock, SystemRandom,
    Traced,
    schema::{Object, Operation, OperationInfo},
};
pub use generated::*;
/// Requests and responses, as a [`Transport`] carries them.
pub use http;
pub use http::Method;
pub use oauth::{App, Begun, FileTokenStore, LoopbackReceiver, OAuth};
pub use raw::Raw;
pub use region::{CustomHost, Region};
pub use transport::ReqwestTransport;
/// Addresses, as [`OAuth`] gives and takes them.
pub use url::Url;
