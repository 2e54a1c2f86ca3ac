use chrono::{DateTime, Utc};
use clio_core::{Field, Id, Members, schema::objects};

use super::{AttendeeId, CalendarEntry, check_times};
use crate::{
    Result,
    body::{checked, different, given, list, not_blank, set_association, shows},
};

/// A change of an entry in a calendar: what is not said stays as it is.
///
/// ```
/// use clio_core::{Body, schema::operations::UpdateCalendarEntry};
/// use clio_model::calendar::CalendarEntryChange;
///
/// let change = CalendarEntryChange::new().location("Room 3").matter(None);
/// assert_eq!(Body::<UpdateCalendarEntry>::json(&change)?, r#"{"location":"Room 3","matter":{"id":null}}"#);
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use = "a change does nothing before it is sent"]
pub struct CalendarEntryChange {
    calendar: Option<Id<objects::Calendar>>,
    summary: Option<String>,
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    all_day: Option<bool>,
    description: Field<String>,
    location: Field<String>,
    matter: Field<Id<objects::Matter>>,
    /// Who comes, and who no longer does.
    attendees: Vec<(AttendeeId, bool)>,
}

impl CalendarEntryChange {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Into another calendar.
    pub const fn calendar(mut self, calendar: Id<objects::Calendar>) -> Self {
        self.calendar = Some(calendar);
        self
    }

    /// Another summary.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        self.summary = Some(summary.into());
        self
    }

    /// From then.
    pub const fn start(mut self, start: DateTime<Utc>) -> Self {
        self.start = Some(start);
        self
    }

    /// Until then.
    pub const fn end(mut self, end: DateTime<Utc>) -> Self {
        self.end = Some(end);
        self
    }

    /// Whether it takes whole days.
    pub const fn all_day(mut self, all_day: bool) -> Self {
        self.all_day = Some(all_day);
        self
    }

    /// Another description; `None` empties it, with a null (nobody says that Clio takes it: our choice).
    pub fn description(mut self, description: impl Into<Field<String>>) -> Self {
        self.description = description.into();
        self
    }

    /// Another place; `None` empties it, alike.
    pub fn location(mut self, location: impl Into<Field<String>>) -> Self {
        self.location = location.into();
        self
    }

    /// Another matter; `None` takes it off (Clio's document).
    pub fn matter(mut self, matter: impl Into<Field<Id<objects::Matter>>>) -> Self {
        self.matter = matter.into();
        self
    }

    /// One more who comes. The last word on somebody counts.
    pub fn add_attendee(self, attendee: impl Into<AttendeeId>) -> Self {
        self.attends(attendee.into(), true)
    }

    /// Somebody does not come. The last word on somebody counts.
    pub fn remove_attendee(self, attendee: impl Into<AttendeeId>) -> Self {
        self.attends(attendee.into(), false)
    }

    fn attends(mut self, attendee: AttendeeId, comes: bool) -> Self {
        self.attendees.retain(|(known, _)| *known != attendee);
        self.attendees.push((attendee, comes));
        self
    }

    /// What of this change is still to be made to the entry, as it was read: what stands there already is left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the entry would not end after it starts.
    pub fn relative_to(mut self, entry: &CalendarEntry) -> Result<Self> {
        let (start, end) = (self.start.or(entry.start_at), self.end.or(entry.end_at));
        if let (Some(start), Some(end)) = (start, end)
            && (self.start.is_some() || self.end.is_some() || self.all_day.is_some())
        {
            check_times(start, end, self.all_day.or(entry.all_day).unwrap_or(false))?;
        }
        self.calendar = self.calendar.filter(|id| entry.calendar_owner.map(|owner| owner.id) != Some(*id));
        self.summary = self.summary.filter(|summary| entry.summary.as_ref() != Some(summary));
        self.start = self.start.filter(|at| entry.start_at != Some(*at));
        self.end = self.end.filter(|at| entry.end_at != Some(*at));
        self.all_day = self.all_day.filter(|all_day| entry.all_day != Some(*all_day));
        self.description = different(self.description, entry.description.as_ref());
        self.location = different(self.location, entry.location.as_ref());
        self.matter = different(self.matter, entry.matter.map(|matter| matter.id).as_ref());
        if let Some(known) = &entry.attendees {
            let known: Vec<_> = known.iter().map(super::Attendee::attendee_id).collect();
            self.attendees.retain(|(attendee, comes)| known.contains(&Some(*attendee)) != *comes);
        }
        Ok(self)
    }

    /// There is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.members().is_empty()
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a blank summary, and for an end before the start where
    /// both are given. The rest is known to [`CalendarEntryChange::relative_to`].
    pub fn check(&self) -> Result<()> {
        self.summary.as_ref().map_or(Ok(()), |summary| not_blank("the summary of an entry", summary))?;
        let (start, end) = (self.start.or(self.end), self.end.or(self.start));
        if let (Some(start), Some(end)) = (start, end) {
            // The entry may take whole days: the same moment twice may be right.
            let one_given = self.start.is_none() || self.end.is_none();
            check_times(start, end, one_given || self.all_day != Some(false))?;
        }
        Ok(())
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set_reference("calendar_owner", given(self.calendar));
        members.set("summary", given(self.summary.clone()));
        members.set("start_at", given(self.start));
        members.set("end_at", given(self.end));
        members.set("all_day", given(self.all_day));
        members.set("description", self.description.clone());
        members.set("location", self.location.clone());
        set_association(&mut members, "matter", self.matter);
        let attendees = self.attendees.iter().map(|(attendee, comes)| {
            let mut members = attendee.members();
            members.set("_destroy", given((!comes).then_some(true)));
            members
        });
        members.set("attendees", list(attendees));
        members
    }
}

checked! { CalendarEntryChange is the body of UpdateCalendarEntry; }
shows! { CalendarEntryChange: calendar, matter; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn entry() -> CalendarEntry {
        let json = r#"{"id":"1","etag":"","summary":"Hearing","location":"Room 2","matter":{"id":7},"all_day":false,
            "start_at":"2026-03-10T09:00:00Z","end_at":"2026-03-10T10:00:00Z","calendar_owner":{"id":9},
            "attendees":[{"id":3,"type":"Contact"}]}"#;
        clio_core::decode::<objects::CalendarEntry, _>(json).unwrap()
    }

    #[test]
    fn only_what_changes_is_sent() {
        let contact = |id| Id::<objects::Contact>::new(id);
        let change = CalendarEntryChange::new()
            .calendar(Id::new(9))
            .summary("Hearing")
            .start(at("2026-03-10T09:30:00Z"))
            .end(at("2026-03-10T10:00:00Z"))
            .all_day(false)
            .description(None)
            .location("Room 2")
            .matter(Id::new(7))
            .add_attendee(contact(3))
            .add_attendee(contact(4))
            .remove_attendee(Id::<objects::Calendar>::new(5));
        assert_eq!(
            change.clone().json().unwrap(),
            concat!(
                r#"{"calendar_owner":{"id":9},"summary":"Hearing","start_at":"2026-03-10T09:30:00Z","#,
                r#""end_at":"2026-03-10T10:00:00Z","all_day":false,"description":null,"location":"Room 2","matter":{"id":7},"#,
                r#""attendees":[{"id":3,"type":"Contact"},{"id":4,"type":"Contact"},"#,
                r#"{"id":5,"type":"Calendar","_destroy":true}]}"#,
            ),
        );
        assert_eq!(
            change.relative_to(&entry()).unwrap().json().unwrap(),
            concat!(
                r#"{"start_at":"2026-03-10T09:30:00Z","description":null,"#,
                r#""attendees":[{"id":4,"type":"Contact"}]}"#,
            ),
        );
        let same = CalendarEntryChange::new().summary("Hearing").relative_to(&entry()).unwrap();
        assert!(same.is_empty());
    }

    #[test]
    fn the_end_comes_after_the_start_that_stands() {
        let late = CalendarEntryChange::new().start(at("2026-03-10T11:00:00Z"));
        assert!(late.check().is_ok());
        assert!(late.clone().relative_to(&entry()).is_err());
        assert!(late.end(at("2026-03-10T10:30:00Z")).json().is_err());
        let at_once = CalendarEntryChange::new().end(at("2026-03-10T09:00:00Z"));
        assert!(at_once.clone().relative_to(&entry()).is_err());
        assert!(at_once.all_day(true).relative_to(&entry()).is_ok());
        assert!(CalendarEntryChange::new().end(at("1890-03-10T09:00:00Z")).check().is_err());
        assert!(CalendarEntryChange::new().summary(" ").check().is_err());
    }
}
