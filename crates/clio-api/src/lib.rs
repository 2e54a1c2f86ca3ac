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
//! back to into a [`Token`].
//!
//! **Keep the token good.** Give the builder the [`app`](ClioBuilder::app) and a
//! [`token_store`](ClioBuilder::token_store). The client renews the token before it ends, or when Clio refuses it, once
//! for all tasks, and saves the new one before it uses it. [`ErrorKind::AuthorisationLost`] means that a person has to
//! authorise again.
//!
//! **Ask who you are.** `clio.users().who_am_i().await?` works with any token.
//!
//! **Read a long list.** [`List::items`] yields records, each with its own error; [`List::pages`] yields pages.
//!
//! **Interrupt a walk and go on later.** Store [`Page::next`], which serialises, and give it to [`List::resume`].
//!
//! **Read what has changed.** Take [`Clio::server_time`] before the walk begins (any call sets it), and pass it to `updated_since` the next
//! time, less a few minutes: what is read twice can be told by its etag, what is missed cannot.
//!
//! **Create a time entry safely.** Wait for [`Clio::ready`], give the call a [`with_send_by`](One::with_send_by), and look
//! at [`Error::applied`] when it fails. [`Applied::No`]: send it again. [`Applied::Perhaps`]: look for the entry first.
//!
//! ```
//! # async fn example(clio: clio_api::Clio) -> Result<(), clio_api::Error> {
//! use std::time::Duration;
//! use clio_api::{Applied, JsonBody};
//!
//! let entry = JsonBody::new(r#"{"type":"TimeEntry","date":"2026-03-14","quantity":1800,"matter":{"id":7}}"#);
//! clio.ready(Duration::from_secs(60)).await?;
//! let send_by = clio.clock().monotonic() + Duration::from_secs(15);
//! match clio.activities().create(entry).with_send_by(send_by).await {
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
//! **Upload and download files.** [`files`] shows how.
//!
//! **Use a filter by its name.** [`List::parameter`] takes any parameter of the list by Clio's name for it. One that the
//! list does not have is an error here; Clio would ignore it and answer everything.
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
//! - It does not retry. One exception: after a 401 and a renewed token the request is sent once more.
//! - It does not pace requests. It tells when the rate limit is used up, and [`Clio::ready`] waits until it is not.
//! - It follows no redirect but to fetch a file, and takes no token to another host, not even when a page says that the
//!   next one is there.
//! - It starts no runtime and no task, reads no configuration, and writes to no place but `tracing`, where it names
//!   operations and statuses, never data.
//! - It keeps no token safe at rest: that is for the [`TokenStore`].

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
mod generated;
mod macros;
mod oauth;
mod raw;
mod region;
mod transport;

pub use call::{Done, Html, List, One, Redirect, Selects};
/// Dates and times, as selections hold them.
pub use chrono;
pub use client::{CallOptions, Clio, ClioBuilder};
#[doc(hidden)]
pub use clio_core::__private;
pub use clio_core::__private::api::Selection;
pub use clio_core::{
    Amount, Applied, Body, Clock, Error, ErrorKind, Etag, Field, FieldError, FieldTree, Id, Json, JsonBody,
    Limits, Members, MemoryTokenStore, Page, PageToken, Payload, Random, Record, Reference, RequestParts,
    Seconds, Secret, Sleep, Stub, TextId, ToJson, Token, TokenStore, Transport, TransportError,
    TransportErrorKind, decode, fits,
    response::RawResponse,
    schema::{choices, objects, operations as op},
    values::{ActivityType, MatterStatus},
};
pub use generated::*;
pub use http::Method;
pub use oauth::{App, Begun, OAuth};
pub use raw::Raw;
pub use region::{CustomHost, Region};
pub use transport::ReqwestTransport;
