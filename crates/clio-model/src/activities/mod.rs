//! Recorded work and expenses.

mod selection;
mod time_entry;

pub use selection::{Activity, ActivityCategory, CategoryRate};
pub use time_entry::TimeEntry;
