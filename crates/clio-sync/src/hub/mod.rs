//! Clio itself, as a source and as a target.
//!
//! - [`activities`]: time entries and expenses, recognised by their content.
//! - [`lists`]: matters, contacts, bills and whatever else Clio lists, by the time of the last change.
//! - [`matters`]: the one of them that most software needs.
//!
//! ```
//! use clio_core::{Id, Seconds};
//! use clio_model::TimeEntry;
//! use clio_sync::{Mapped, hub};
//!
//! let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
//! let entry = TimeEntry::on(Id::new(7), date).duration(Seconds(1_800)).note("Draft SHA");
//! let mapped = match hub::activity(&entry, "Draft SHA") {
//!     Ok(write) => Mapped::Create(write),
//!     Err(error) => Mapped::Reject(error.to_string()),
//! };
//! # assert!(matches!(mapped, Mapped::Create(_)));
//! ```

mod activities;
pub mod lists;
mod sending;

pub use activities::{Activities, activities, activity};
pub use lists::matters;
