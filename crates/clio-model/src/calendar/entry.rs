//! Calendars and what stands in them.

mod change;
mod draft;

use chrono::{DateTime, Datelike, Utc};
use clio_core::{
    Etag, Id, Members, Reference, Selection, TextId,
    schema::{
        choices::{AttendeeType, CalendarPermission, CalendarType},
        objects,
    },
};

pub use change::CalendarEntryChange;
pub use draft::NewCalendarEntry;

use crate::{
    Error, Result,
    body::{shows, typed},
    files::ExternalProperty,
};

/// A calendar: of a user, of the account, or another.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Calendar")]
pub struct Calendar {
    /// The calendar.
    pub id: Id<objects::Calendar>,
    /// The version of the record.
    pub etag: Etag,
    /// Its name; that of a user's own is the user's.
    pub name: Option<String>,
    /// Whose it is.
    #[clio(rename = "type")]
    pub kind: Option<CalendarType>,
    /// What the user may do in it.
    pub permission: Option<CalendarPermission>,
    /// The user who made it.
    pub creator: Option<Reference<objects::User>>,
}

/// An entry in a calendar.
///
/// Almost all may be missing: Clio hides what a user may not see of another's entries (its changelog, version 4.0.12).
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "CalendarEntry")]
pub struct CalendarEntry {
    /// The entry. A text: one occurrence of a series has an id of its own.
    pub id: TextId<objects::CalendarEntry>,
    /// The version of the record.
    pub etag: Etag,
    /// What it is.
    pub summary: Option<String>,
    /// What there is to know of it.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// From then.
    pub start_at: Option<DateTime<Utc>>,
    /// Until then.
    pub end_at: Option<DateTime<Utc>>,
    /// It takes whole days.
    pub all_day: Option<bool>,
    /// How it comes again, as a rule of iCalendar.
    pub recurrence_rule: Option<String>,
    /// The matter that it is for.
    pub matter: Option<Reference<objects::Matter>>,
    /// The calendar that it stands in.
    pub calendar_owner: Option<Reference<objects::Calendar>>,
    /// Who comes.
    pub attendees: Option<Vec<Attendee>>,
    /// What other systems left on it.
    pub external_properties: Option<Vec<ExternalProperty>>,
    /// It was created then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then.
    pub updated_at: Option<DateTime<Utc>>,
}

/// Who comes to an entry.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "AttendeeBase")]
pub struct Attendee {
    /// The calendar or the contact.
    pub id: Id<objects::AttendeeBase>,
    /// Which of them.
    #[clio(rename = "type")]
    pub kind: Option<AttendeeType>,
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
}

impl Attendee {
    /// Who it is, if Clio tells which of them.
    pub fn attendee_id(&self) -> Option<AttendeeId> {
        let id = self.id.get();
        match self.kind.as_ref()? {
            AttendeeType::Calendar => Some(AttendeeId::Calendar(Id::new(id))),
            AttendeeType::Contact => Some(AttendeeId::Contact(Id::new(id))),
            _ => None,
        }
    }
}

/// Who may come to an entry: somebody of the firm by their calendar, and contacts. A user is none:
///
/// ```compile_fail
/// use clio_core::{Id, schema::objects::User};
/// use clio_model::calendar::AttendeeId;
///
/// let attendee = AttendeeId::from(Id::<User>::new(7));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttendeeId {
    /// A calendar, such as the own one of a user: see [`UserDetail`](crate::people::UserDetail).
    Calendar(Id<objects::Calendar>),
    /// A contact.
    Contact(Id<objects::Contact>),
}

impl From<Id<objects::Calendar>> for AttendeeId {
    fn from(calendar: Id<objects::Calendar>) -> Self {
        Self::Calendar(calendar)
    }
}

impl From<Id<objects::Contact>> for AttendeeId {
    fn from(contact: Id<objects::Contact>) -> Self {
        Self::Contact(contact)
    }
}

impl AttendeeId {
    fn members(self) -> Members {
        match self {
            Self::Calendar(id) => typed("Calendar", id.get()),
            Self::Contact(id) => typed("Contact", id.get()),
        }
    }
}

/// Clio moves earlier years to this one, and says nothing: its document.
const FIRST_YEAR: i32 = 1900;

/// The last year that a timestamp of ISO 8601 can have, unless two systems agree on more digits.
const LAST_YEAR: i32 = 9999;

/// Refuses a time that Clio would move or could not read, and an end that is not after the start. Days are whole: an entry of one day may
/// end where it starts. Nobody says what Clio refuses: our choice.
fn check_times(start: DateTime<Utc>, end: DateTime<Utc>, all_day: bool) -> Result<()> {
    if start.year() < FIRST_YEAR || end.year() < FIRST_YEAR {
        return Err(Error::invalid("an entry stands in a year before 1900, which Clio would change"));
    }
    if start.year() > LAST_YEAR || end.year() > LAST_YEAR {
        return Err(Error::invalid("an entry stands in a year after 9999, which no timestamp can have"));
    }
    if end < start || (end == start && !all_day) {
        return Err(Error::invalid("an entry does not end after it starts"));
    }
    Ok(())
}

shows! {
    Calendar: id, kind;
    CalendarEntry: id, etag;
    Attendee: id, kind;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_known_by_a_text_and_its_attendees_by_their_kind() {
        let json = r#"{"id":"12_2026-03-02","etag":"","attendees":[{"id":3,"type":"Contact"},{"id":4,"type":"Calendar"},{"id":5}]}"#;
        let entry: CalendarEntry = clio_core::decode::<objects::CalendarEntry, _>(json).unwrap();
        assert_eq!(entry.id.as_str(), "12_2026-03-02");
        let who: Vec<_> = entry.attendees.unwrap().iter().map(Attendee::attendee_id).collect();
        assert_eq!(
            who,
            [Some(AttendeeId::Contact(Id::new(3))), Some(AttendeeId::Calendar(Id::new(4))), None]
        );
    }
}
