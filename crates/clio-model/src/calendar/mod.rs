//! Days of business, entries in calendars, and tasks.

mod business_days;
mod entry;
mod task;

pub use business_days::{BusinessDays, Counting, Holidays, NoHolidays};
pub use entry::{Attendee, AttendeeId, Calendar, CalendarEntry, CalendarEntryChange, NewCalendarEntry};
pub use task::{NewTask, Task, TaskChange};
