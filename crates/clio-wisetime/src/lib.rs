//! WiseTime for Clio: matters become tags, posted time becomes time entries, each exactly once.
//!
//! ```no_run
//! # async fn demo(store: impl clio_sync::Store + 'static, clio: clio_api::Clio) -> clio_sync::Result<()> {
//! use clio_sync::Engine;
//! use clio_wisetime::{Client, Settings, WiseTime};
//!
//! let wisetime = Client::builder("the team's API key").build()?;
//! let engine = Engine::new(store);
//! let firm = engine.firm("acme-law", clio);
//! firm.attach(WiseTime::connect(wisetime, Settings::default()));
//!
//! println!("{}", firm.run("wisetime/matter-tags").await?);
//! println!("{}", firm.run("wisetime/posted-time").await?);
//! # Ok(())
//! # }
//! ```
//!
//! # The types that matter
//!
//! - [`WiseTime`]: the adapter, with its flows.
//! - [`Client`]: WiseTime's Connect API, on the same seams as the Clio client.
//! - [`Settings`]: by the names of WiseTime's own connection settings; [`Posting`]: those that are ours.
//! - [`Webhook`]: receives posted time in any web framework, in place of the long poll.
//! - [`wire`]: what WiseTime sends, as it sends it.
//!
//! # The flows
//!
//! `matter-tags`, each minute: every matter that is open or pending (and with [`Settings::show_closed_cases`] the closed
//! ones) is a tag, with its number, description and address in Clio; changes follow. Tags of matters that close or
//! vanish are not taken away yet.
//!
//! `posted-time`, always waiting: a group that a user posted becomes one time entry on the tagged matter.
//!
//! `health`, each minute: members of the team read when something is wrong that no retry heals.
//!
//! # Posted time
//!
//! Each group is one time entry, once, through crashes, lost answers, second deliveries and second engines, and is
//! acknowledged by what is true: done, with the entry's id in Clio; refused, with words that the user understands; or not yet,
//! and then it comes again. The module [`posted_time`] has every rule in one table, and the settings for those on which
//! offices differ:
//!
//! ```
//! use clio_wisetime::{Settings, posted_time::{Rounding, Template}};
//!
//! let mut settings = Settings::default();
//! settings.add_summary_to_narrative = true;
//! settings.posting.rounding = Rounding::up_to_minutes(6)?;
//! settings.posting.template = Some(Template::new("{{ narrative }}{% if charge_code %} [{{ charge_code }}]{% endif %}")?);
//! # Ok::<(), clio_wisetime::posted_time::SettingError>(())
//! ```
//!
//! What cannot be posted stands among the firm's dead letters, too; what Clio will bill, where that is not what was posted,
//! stands in the line of the report. Nothing but what a user posted is ever read: the timeline at WiseTime is private. Nothing
//! of it is logged or shown by `Debug`.
//!
//! # The webhook
//!
//! A team has one way by which posted time leaves it: a fetch client or a webhook. [`Webhook`] takes the body of WiseTime's
//! call and gives the answer; [`WiseTime::by_webhook`] makes the adapter take its groups from there. Both ways are one flow
//! with the same keys, so that a team which switches posts nothing twice. While the other way is registered, the flow stops
//! and says what to do; [`WiseTime::taking_over`], [`Client::switch_to_fetch`] and [`Webhook::subscribe`] do it.
//!
//! # Health
//!
//! The module [`health`] has what is told when. It is told once and withdrawn once, by whichever engine comes after. When the
//! firm authorises again, by [`Engine::connect`](clio_sync::Engine::connect), everything that was posted meanwhile goes on by
//! itself.
//!
//! Facts about WiseTime are taken from its published Connect API document (1.3.0).

mod adapter;
mod client;
mod directory;
pub mod health;
pub mod posted_time;
mod settings;
mod tags;
mod webhook;
pub mod wire;

pub use adapter::WiseTime;
pub use client::{Client, ClientBuilder};
pub use settings::{Posting, Settings};
pub use webhook::{Answer, Webhook};
