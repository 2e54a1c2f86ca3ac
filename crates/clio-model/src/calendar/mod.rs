//! Days of business, and entries in calendars.

mod entry;
mod task;

pub use entry::{Attendee, AttendeeId, Calendar, CalendarEntry, CalendarEntryChange, NewCalendarEntry};
pub use task::{NewTask, Task, TaskChange};
