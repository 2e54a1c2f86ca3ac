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
//! - [`WiseTime`]: the adapter, with its two flows.
//! - [`Client`]: WiseTime's Connect API (as far as the flows need it), on the same seams as the Clio client.
//! - [`Settings`]: by the names of WiseTime's own connection settings.
//! - [`wire`]: what WiseTime sends, as it sends it.
//!
//! # The flows
//!
//! `matter-tags`, each minute: every matter that is open or pending (and with [`Settings::show_closed_cases`] the closed
//! ones) is a tag, with its number, description and address in Clio; changes follow. Tags of matters that close or
//! vanish are not taken away yet.
//!
//! `posted-time`, always waiting: a group that a user posted becomes one time entry on the tagged matter. What is not
//! tagged is acknowledged and left out; what cannot be posted fails with words that the user understands, and stands
//! among the dead letters.
//!
//! Facts about WiseTime are taken from its published Connect API document (1.3.0).

mod adapter;
mod client;
mod directory;
mod posted_time;
mod settings;
mod tags;
pub mod wire;

pub use adapter::WiseTime;
pub use client::{Client, ClientBuilder};
pub use clio_model::matters::{Matcher, Recognised};
pub use settings::{Posting, Settings, SettingsRead, WrongSetting, WrongSettings};
