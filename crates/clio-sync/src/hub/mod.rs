//! Clio itself, as a source and as a target.
//!
//! - [`activities`]: time entries and expenses, recognised by their content.
//! - [`communications`], [`calendar_entries`], [`folders`], [`documents`]: recognised by an external property that each is
//!   created with.
//! - [`matter_records`], [`notes`], [`tasks`]: recognised by their content. [`line_items`]: changed and deleted only.
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
mod documents;
pub mod lists;
mod records;
mod sending;
mod versions;

pub use activities::{Activities, activities, activity};
pub use documents::{Documents, FileSource, document, document_of_size, documents};
pub use lists::matters;
pub use records::{
    CalendarEntries, Communications, Folders, LineItems, MatterRecords, Notes, Records, Tasks,
    calendar_entries, calendar_entry, communication, communications, folder, folders, line_item, line_items,
    matter, matter_records, note, notes, task, tasks,
};
