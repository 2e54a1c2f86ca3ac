//! Webhooks: Clio tells when something happens, and proves that it is Clio.
//!
//! [`Receiver`] reads requests in whatever web framework: headers and raw body go in, a [`Received`] comes out, and each says
//! what to [`Reply`]. Nothing is believed that is not signed with a secret out of Clio's own API.
//!
//! ```
//! use clio_api::{Id, Selection, objects::Matter, webhooks::{Event, Received, Receiver, Reply}};
//!
//! #[derive(Debug, Selection)]
//! #[clio(object = "Matter")]
//! struct OpenMatter { id: Id<Matter>, display_number: String }
//!
//! fn handle(receiver: &Receiver, headers: &http::HeaderMap, body: &[u8]) -> Reply {
//!     match receiver.receive(headers, body) {
//!         Ok(Received::Event(delivery)) => {
//!             if let Ok(Event::Updated(matter)) = delivery.decode::<OpenMatter>() {
//!                 println!("{} {}", matter.id, matter.display_number);
//!             }
//!             delivery.taken()
//!         }
//!         Ok(other) => other.reply(),
//!         Err(error) => Reply::refused(&error),
//!     }
//! }
//!
//! # let receiver = Receiver::new();
//! # receiver.trust(Id::new(1), clio_api::Secret::new("secret"), clio_api::choices::WebhookModel::Matter);
//! # let mut headers = http::HeaderMap::new();
//! # let signature = "98f491c6cda3b2e3d6cbd3dda19c436f8438e9655cb0517fcae8cb07442f6c1d";
//! # headers.insert("x-hook-signature", signature.parse()?);
//! # let body = br#"{"data":{"id":7,"etag":"e","display_number":"00007-Lovelace"},"meta":{"event":"updated","webhook_id":1}}"#;
//! // What Clio sends, twice, and what somebody else sends.
//! assert_eq!(handle(&receiver, &headers, body).status(), 200);
//! assert!(matches!(receiver.receive(&headers, body), Ok(Received::Duplicate(_))));
//! assert_eq!(handle(&receiver, &headers, &body[1..]).status(), 400);
//! # headers.insert("x-hook-signature", signature.replace('0', "1").parse()?);
//! assert_eq!(handle(&receiver, &headers, body).status(), 401);
//! # Ok::<(), http::header::InvalidHeaderValue>(())
//! ```
//!
//! # The four types that matter
//!
//! - [`Receiver`]: trusts webhooks, checks signatures, recognises duplicates.
//! - [`Delivery`]: an event that is Clio's. [`decode`](Delivery::decode) makes an [`Event`] of it, [`taken`](Delivery::taken)
//!   ends it.
//! - [`Watch`]: what a webhook is to tell. [`Webhooks::keep`] sees to it that there is one, and answers a [`Kept`].
//! - [`Subscription`]: a webhook as Clio has it, with its [`State`] and its end.
//!
//! # Cookbook
//!
//! **Have a webhook, for as long as the program runs.** Call [`keep`](Webhooks::keep) at the start, and every few hours: it
//! creates, trusts, renews, activates and replaces, whatever is needed. [`Kept::gap`] says from when on to catch up.
//!
//! ```
//! # use clio_api::{Clio, Error, webhooks::Receiver};
//! # async fn example(clio: Clio, receiver: Receiver) -> Result<(), Error> {
//! # type OpenMatter = clio_api::Stub<clio_api::objects::Matter>;
//! use clio_api::webhooks::{Gap, Watch};
//!
//! let watch = Watch::new::<OpenMatter>("https://app.example/clio/8c1f4a6e");
//! let kept = clio.webhooks().keep(&receiver, &watch).await?;
//! match kept.gap {
//!     Gap::None => {}
//!     Gap::Since(moment) => println!("read what has changed since {moment}, less a few minutes"),
//!     Gap::Unknown => println!("read everything, or since the last complete reading"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Answer the handshake.** [`Handshake::reply`] is right for webhooks that `keep` or [`subscribe`](Webhooks::subscribe) made.
//! Anybody can send a handshake, so it teaches the receiver nothing: secrets come with the answers of the API. One that arrives
//! before its secret is known (Clio may send it while the create call still waits) is not echoed, and the webhook is enabled
//! by [`activate`](Webhooks::activate) a moment later. For webhooks made elsewhere, [`confirm`](Webhooks::confirm) asks Clio.
//!
//! **Take an event, or have it again.** [`Delivery::taken`] once it is safe, [`Delivery::later`] when it cannot be kept now. What
//! is neither, because of an error or a crash, comes again too: 2, 6, 14 and 30 minutes after the first time, and then no more.
//! Answer soon, and work afterwards: Clio waits for a short time only.
//!
//! **Put aside what does not decode.** The error has the path. Take the event all the same: it will not decode the next time
//! either, and a webhook whose requests are refused is suspended in the end, with all that it would have told.
//!
//! **Skip the echo of your own writes.** They come back as events. Remember the etags that your writes answered, and compare
//! [`Delivery::etag`].
//!
//! **Start again.** What a receiver knows is in memory. `keep`, or [`trust_all`](Webhooks::trust_all), teaches a new one; what
//! arrives before that is refused, and comes again.
//!
//! **See all webhooks.** [`subscriptions`](Webhooks::subscriptions), each with its [`state`](Subscription::state). An ended one
//! still says `enabled`: Clio ends it silently.
//!
//! **Renew by yourself.** [`Subscription::due`] says when, [`renew`](Webhooks::renew) does it. An end is at most 31 days away.
//!
//! **Stop, pause, resume.** The status cannot be written. [`delete`](Webhooks::delete) ends a webhook for good;
//! [`Reply::disable`] makes Clio suspend it. While it is suspended it tells nothing, and nothing is told later. `keep`
//! activates it again or, if Clio does not, replaces it.
//!
//! **Use it with axum.** `examples/webhook-axum` does.
//!
//! # What duplicates are, and what they are not
//!
//! Clio's events have no id. Two are the same when webhook, event, record and etag are the same, and the whole body is that
//! of the last one of these that was taken. What that cannot tell:
//!
//! - The memory has an end, is lost with the process, and is not shared with another. Work that must not be done twice has to be
//!   recognised where it is done.
//! - A record that changed in what its etag does not cover, and changed back, tells three times, as it should; so a request
//!   from in between that comes again counts as new.
//! - Whether Clio's etag can return to an older value is not known. If it does, a change back to an older version looks like that
//!   version told again.
//! - Two webhooks that watch the same tell everything twice.
//!
//! # What Clio does not promise
//!
//! Events come late, twice, in any order, or not at all. An event is a sign to look, not a ledger: read, by `updated_since`, what
//! has changed since the last reading, every day or so. Deletions show when all ids are read.
//!
//! # What is not known
//!
//! Whether signatures are hex or base64 (both are read). For how long Clio waits for an answer. Whether a handshake that was not
//! echoed is repeated. Whether activating helps a suspended webhook (it is tried), and a later end an ended one (it is replaced).
//! None of this has been tried against the real Clio.

mod body;
mod calls;
mod delivery;
mod event;
mod handshake;
mod keep;
mod model;
mod receiver;
mod refusal;
mod reply;
mod secrets;
mod seen;
mod signature;
mod subscription;
mod watch;

pub use crate::generated::webhooks::*;
pub use delivery::Delivery;
pub use event::{Deleted, Event};
pub use handshake::{Handshake, Standing};
pub use keep::{Gap, Kept, Upkeep};
pub use model::Watched;
pub use receiver::{Received, Receiver};
pub use refusal::Refusal;
pub use reply::Reply;
pub use subscription::{State, Subscription};
pub use watch::Watch;
