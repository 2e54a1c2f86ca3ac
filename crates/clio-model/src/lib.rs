//! The law firm's domain over Clio's objects. No I/O.
//!
//! So far: the selections that most software needs, and the draft of a time entry that cannot be held wrong.
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
//! # The types that matter
//!
//! - [`TimeEntry`]: a draft; give it to `clio.activities().create(..)` as it is.
//! - [`Activity`], [`Matter`], [`User`], [`ActivityCategory`]: selections, for `.select::<Matter>()`.
//!
//! Names follow Clio's pages where they differ from its API: what the API calls an *activity description* is an activity
//! category there, and here.

pub mod activities;
pub mod banking;
pub mod bills;
pub mod calendar;
mod error;
pub mod files;
pub mod matters;
pub mod money;
pub mod people;
pub mod stages;

pub use activities::{Activity, ActivityCategory, CategoryRate, TimeEntry};
pub use clio_core::Reference;
pub use error::{Error, ErrorKind, Result};
pub use matters::{Matter, MatterClient};
pub use money::{Currency, Money, Percent, Rate, Rounding};
pub use people::User;
