//! WiseTime for Clio: matters become tags, activity categories become activity types, and posted time becomes time entries,
//! each exactly once.
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
//! - [`Matcher`]: which matter a title speaks of.
//! - [`wire`]: what WiseTime sends and takes, as it does.
//!
//! # Tags
//!
//! `matter-tags`, each minute: every matter that is open or pending (and with [`Settings::show_closed_cases`] the closed
//! ones) is a tag, with its number as name and keyword, its client and description, its address in Clio, and its id, which
//! comes back with posted time. Changes follow; a changed number is another tag, and the old one goes. A matter that closes
//! loses its tag and regains it when it is opened again; the line of the report says what that means for time that was tagged
//! before: it still comes with the matter's id, and whether Clio takes time for a closed matter is disputed. A setting that
//! was changed is in force at the next run.
//!
//! `matter-tags-sweep`, each night: reads all matters. It finds those that were deleted in Clio, which no list tells; their
//! tags go with the second sweep that misses them, unless so many are gone at once that it takes a person to believe it
//! ([`clio_sync::Brake`], [`clio_sync::Scope::SweepWithoutBrake`]). And it sends each tag again every 13 days, a part of them
//! each night, because WiseTime cannot be asked which tags it has: so one that was lost there comes back.
//!
//! 2,000 tags go in one request. Where WiseTime refuses some of them, all others are sent without them, and each refused one
//! is a dead letter with its reason. So is each tag that the team's plan has no room for (402, [`is_plan_limit`]): as many come
//! in as fit, and those that exist are kept in step. After an upgrade, [`clio_sync::Firm::retry`] sends the others at once, and
//! their renewal within 13 days.
//!
//! The name of a tag is its key, so of two matters with one number only one has the tag, and the other is a dead letter that
//! says so; when the one goes, the other has it after its next renewal, or when its letter is retried. What this cannot see: if
//! only the other one changes, it takes the tag over without a word until both are renewed; and a number that passes from
//! one matter to another is safe within a run, while across two runs (as when one is cut off in between) the tag may be missing
//! until it is renewed: the engine knows which tag a matter has, and not which matter a tag has. A request that WiseTime carries
//! out late, after a newer one, stands until then too.
//!
//! # Activity types
//!
//! `activity-types`, each five minutes: Clio's activity categories are one list, which is sent as a whole, in one of WiseTime's
//! sync sessions, when anything in it has changed; what is not in the list goes when the session is completed. The code of a type
//! is the category's id. Its label is the name; WiseTime keeps the first one, so that the description follows when a category is
//! renamed. Categories with a flat rate are left out: recorded time would become a flat fee. Types can be chosen at once, and one
//! that comes back in Clio comes back here; so does one that a member has archived at WiseTime, whenever the list changes, because
//! WiseTime does not tell the two apart.
//!
//! A session that WiseTime forgets midway is begun again, up to three times a run; any other failure cancels it, and nothing has
//! changed. Types that WiseTime refuses are left out, and told by name in a dead letter. A list in which Clio shows nothing
//! changes nothing: it becomes a dead letter too, since whoever lost his rights sees it empty. A list that is merely shorter is
//! believed: what goes by mistake comes back with the next list that has it.
//!
//! # Posted time
//!
//! `posted-time`, always waiting: a group that a user posted becomes one time entry on the tagged matter, once, through crashes,
//! lost answers, second deliveries and second engines, and is acknowledged by what is true: done, with the entry's id in Clio; refused, with words that the user understands; or not yet,
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
//! `health`, each minute: members of the team read when something is wrong that no retry heals. The module [`health`] has what
//! is told when. It is told once and withdrawn once, by whichever engine comes after. When the
//! firm authorises again, by [`Engine::connect`](clio_sync::Engine::connect), everything that was posted meanwhile goes on by
//! itself.
//!
//! A key that WiseTime itself does not accept any more is another thing: there is nobody to tell it to. The flows that call
//! WiseTime end with [`Configuration`](clio_sync::ErrorKind::Configuration) and say so, the firm stays connected to Clio, and
//! with another key everything goes on.
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

mod activity_types;
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
pub use client::{Client, ClientBuilder, ITEMS_AT_ONCE, is_plan_limit};
pub use clio_model::matters::{Matcher, Recognised};
pub use settings::{Posting, Settings, SettingsRead, WrongSetting, WrongSettings};
pub use webhook::{Answer, Webhook};
