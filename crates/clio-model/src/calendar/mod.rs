//! Days of business, and entries in calendars.
