//! An activity counts seconds.

use chrono::NaiveDate;
use clio_core::{Hours, Id};
use clio_model::{TimeEntry, TimeRounding};

fn main() {
    let hours = Hours::new(2.into());
    let _ = TimeEntry::on(Id::new(7), NaiveDate::MIN).duration(hours);
    let _ = TimeRounding::default().billed(hours);
}
