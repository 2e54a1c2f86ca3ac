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
//! - [`Matcher`]: which matter a title speaks of.
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
//! # Settings
//!
//! All are optional, and a connection works with none set. Their names are WiseTime's own.
//!
//! | name | values | default (ours) |
//! |---|---|---|
//! | `SHOW_CLOSED_CASES` | TRUE, yes, 1; FALSE, no, 0; in any case | `FALSE` |
//! | `ADD_SUMMARY_TO_NARRATIVE` | the same | `FALSE` |
//! | `ACTIVITY_TYPES_NON_BILLABLE` | names of Clio's activity categories, parted by commas | none |
//!
//! They come from the `connectorConfiguration` of the team's managed configuration ([`Settings::read`]), from the environment
//! ([`Settings::with_environment`]), from both, one over the other, or from code. A value that is none keeps the program from
//! starting, with the names of all of them; a name that is no setting is told ([`SettingsRead::unknown`]). A blank value is an
//! absent one. A `Settings` displays itself as a table, for the log of the start:
//!
//! ```
//! # use clio_wisetime::Settings;
//! let read = Settings::read([("ACTIVITY_TYPES_NON_BILLABLE", r#"Marketing, "Travel, local""#)])?;
//! assert_eq!(read.settings.activity_types_non_billable, ["Marketing", "Travel, local"]);
//! assert!(read.settings.to_string().starts_with("SHOW_CLOSED_CASES            FALSE"));
//! # Ok::<(), clio_wisetime::WrongSettings>(())
//! ```
//!
//! A category whose name has a comma stands in double quotes, and a quote inside them is doubled. Case and blanks around a name
//! do not count. The name counts and not the category: one that is renamed in Clio is billable until the setting is changed too,
//! and [`Settings::check`] tells every name that Clio does not have.
//!
//! # Titles and matters
//!
//! WiseTime itself looks for tags in the titles of windows, by the keywords that the tags bring. [`Matcher`] does the same, for
//! whoever wants to know beforehand what will be recognised, and for the fake: whole words, whatever parts them, the longest
//! first, and no answer where two matters could be meant.
//!
//! ```
//! # use clio_wisetime::{Matcher, Recognised};
//! let matcher = Matcher::new([(12, "00012-Byron"), (13, "00013-Kant"), (12, "Estate of Byron")])?;
//! assert_eq!(matcher.find("RE: 00012 byron, your letter"), Some(&12));
//! let both = matcher.recognise("00012-Byron and 00013-Kant.docx");
//! assert_eq!(both, Recognised::Ambiguous { matters: vec![&12, &13] });
//! # Ok::<(), clio_model::Error>(())
//! ```
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
