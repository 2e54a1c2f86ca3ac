//! The law firm's domain over Clio's objects: matters, activities, bills and stages that cannot be held wrong. No I/O: a
//! draft goes to a client such as `clio-api` or through a sync engine, and what Clio answers comes back in.
//!
//! ```
//! use clio_core::{Body, Id, Seconds, schema::operations::CreateActivity};
//! use clio_model::TimeEntry;
//!
//! let matter = Id::new(1_600_001);
//! let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
//! let entry = TimeEntry::on(matter, date).duration(Seconds(1_800)).note("Draft SHA");
//!
//! let json = Body::<CreateActivity>::json(&entry)?;
//! assert_eq!(
//!     json,
//!     r#"{"type":"TimeEntry","date":"2026-03-02","quantity":1800,"matter":{"id":1600001},"note":"Draft SHA"}"#,
//! );
//! # Ok::<(), clio_core::Error>(())
//! ```
//!
//! # The types that matter, and the rule that each keeps
//!
//! | type | its rule | where the rule comes from |
//! |---|---|---|
//! | [`TimeEntry`] | a duration is in seconds, never in hours | Clio's changelog, version 4.0.4 |
//! | [`LineItem`](bills::LineItem) | a line of a bill counts hours, never seconds | Clio's document |
//! | [`FlatFee`] | an exact amount, by one of the two ways in which Clio can hold it | Clio's document and help; users |
//! | [`Expense`], [`HardCost`] | a count and a price; a reference and a vendor on hard costs only | Clio's document |
//! | [`TimeRounding`] | time is billed in increments or hundredths of an hour, always rounded up | Clio's help |
//! | [`rate_of`](activities::rate_of) | which of six prices an hour has | Clio's help |
//! | [`BillingStatus`] | unbilled, draft, billed, non-billable or written off; right under both readings of `billed` | Clio's document and users, who differ |
//! | [`Editable`](activities::Editable) | what is on a bill is changed there, or nowhere | users; Clio's help |
//! | [`BillStanding`](bills::BillStanding) | no bill takes a step that Clio would refuse; paid, void and deleted are final | Clio's document and help; what is disputed is in [`BillRules`](bills::BillRules) |
//! | [`BillTotals`] | lines, taxes, discount and interest add up to the cent | Clio's document; how Clio rounds nobody says, so [`BillArithmetic`](bills::BillArithmetic) does |
//! | [`NewMatter`], [`MatterChange`] | only what can be written, a number only where people number matters by hand | Clio's document; users |
//! | [`IntegrationId`] | one matter, out of a number or of an address of Clio's | Case Status's description of its integration |
//! | [`Matcher`](matters::Matcher) | a title speaks of one matter, or nobody guesses | our choice; WiseTime says that keywords match |
//! | [`StageMap`](stages::StageMap) | a stage of Clio's is one of another system's, or says that it is not mapped | our choice |
//! | [`StageHistory`](stages::StageHistory) | only what was seen: Clio keeps the time of the last change | Clio's document |
//! | [`Money`] | an amount and its currency; nothing is rounded unless a [`Rounding`] is named there | ISO 4217; our choice |
//! | [`BusinessDays`] | weekends and your holidays are none | our choice |
//!
//! The rest are ready selections, for `.select::<Matter>()` and the like: [`Matter`] and
//! [`MatterDetail`](matters::MatterDetail), [`Activity`] and [`BillableActivity`](activities::BillableActivity), [`Bill`] and
//! [`BillLine`](bills::BillLine), [`Contact`], [`User`], and those in [`files`], [`calendar`] and [`banking`].
//!
//! # A selection of your own
//!
//! What is computed from a record takes any selection that has the fields for it, and does not compile with one that lacks
//! a field: see [`is_overdue`](bills::is_overdue).
//!
//! # Cookbook
//!
//! ## Charge a flat fee
//!
//! ```
//! use clio_core::{Body, Id};
//! use clio_model::FlatFee;
//!
//! let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
//! let fee = FlatFee::of(Id::new(1_600_001), date, "1500.00".parse()?).note("Shareholder agreement");
//! assert!(fee.json()?.contains(r#""price":1500.00"#));
//! # Ok::<(), clio_core::Error>(())
//! ```
//!
//! ## Tell what time will be billed, and at what price
//!
//! ```
//! use clio_core::Seconds;
//! use clio_model::{Money, Rate, Rounding, TimeRounding};
//!
//! let six_minutes = TimeRounding::minutes(6)?;
//! assert_eq!(six_minutes.billed(Seconds(7 * 60))?.to_string(), "0.2");
//! let rate = Rate::per_hour("250 USD".parse::<Money>()?);
//! assert_eq!(six_minutes.price_of(Seconds(7 * 60), rate, Rounding::HalfUp)?, "50 USD".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Know whether an entry can still be changed, and where
//!
//! ```
//! use clio_core::schema::choices::BillState;
//! use clio_model::activities::{BillingFacts, Editable};
//!
//! // As of `BillableActivity`, or of a selection of your own: `BillingFacts::of(&activity)`.
//! let facts = BillingFacts { bill_state: Some(BillState::Paid), ..BillingFacts::default() };
//! assert!(matches!(facts.editable(None)?, Editable::Nowhere(_)));
//! # Ok::<(), clio_model::Error>(())
//! ```
//!
//! ## Take a bill one step further
//!
//! ```
//! use clio_core::schema::choices::BillState;
//! use clio_model::bills::{BillRules, BillStanding};
//!
//! let unpaid = BillStanding::new(BillState::AwaitingPayment, false);
//! let void = unpaid.transition(BillState::Void, BillRules::default())?;
//! assert!(void.frees_activities() && void.is_final());
//! # Ok::<(), clio_model::Error>(())
//! ```
//!
//! ## Find the matter that somebody pasted
//!
//! ```
//! use clio_model::IntegrationId;
//!
//! let id: IntegrationId = "https://app.clio.com/nc/#/matters/1600001".parse()?;
//! assert_eq!(id.matter().get(), 1_600_001);
//! # Ok::<(), clio_model::Error>(())
//! ```
//!
//! ## Count three business days
//!
//! ```
//! use chrono::NaiveDate;
//! use clio_model::{BusinessDays, calendar::Counting};
//!
//! let friday = NaiveDate::from_ymd_opt(2026, 3, 6).unwrap();
//! let deadline = BusinessDays::default().deadline(friday, 3, Counting::FromTheNextDay)?;
//! assert_eq!(deadline, NaiveDate::from_ymd_opt(2026, 3, 11).unwrap());
//! # Ok::<(), clio_model::Error>(())
//! ```
//!
//! # Names
//!
//! Names follow Clio's pages where they differ from its API: what the API calls an *activity description* is an activity
//! category there, and here.
//!
//! # What is not here
//!
//! A bill is made, sent and paid by people in Clio's pages; its API has no way to. Nothing here asks the network or the
//! clock: dates come in from outside.

pub mod activities;
pub mod banking;
pub mod bills;
mod body;
pub mod calendar;
mod error;
pub mod files;
pub mod matters;
pub mod money;
pub mod people;
pub mod stages;

pub use activities::{
    Activity, ActivityCategory, ActivityChange, BillingStatus, CategoryRate, Expense, FlatFee, HardCost,
    TimeEntry, TimeRounding,
};
pub use bills::{Bill, BillChange, BillTotals};
pub use calendar::BusinessDays;
pub use clio_core::Reference;
pub use error::{Error, ErrorKind, Result};
pub use matters::{IntegrationId, Matter, MatterChange, MatterClient, MatterNumber, NewMatter};
pub use money::{Currency, Money, Percent, Rate, Rounding};
pub use people::{Contact, User};
