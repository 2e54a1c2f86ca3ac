//! Days of business, and entries in calendars.

mod business_days;

pub use business_days::{BusinessDays, Counting, Holidays, NoHolidays};
