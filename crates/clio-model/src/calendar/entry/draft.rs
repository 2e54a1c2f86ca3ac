use chrono::{DateTime, Utc};
use clio_core::{Field, Id, Members, schema::objects};

use super::{AttendeeId, check_times};
use crate::{
    Result,
    body::{checked, given, list, not_blank, shows},
    files::ExternalProperties,
};

/// An entry to be put into a calendar.
///
/// ```
/// use clio_core::{Body, Id, schema::{objects::{Calendar, Matter}, operations::CreateCalendarEntry}};
/// use clio_model::calendar::NewCalendarEntry;
///
/// let calendar: Id<Calendar> = Id::new(9);
/// let (start, end) = ("2026-03-10T09:00:00Z".parse()?, "2026-03-10T10:00:00Z".parse()?);
/// let draft = NewCalendarEntry::new(calendar, "Hearing", start, end).matter(Id::<Matter>::new(7));
/// assert_eq!(
///     Body::<CreateCalendarEntry>::json(&draft)?,
///     r#"{"calendar_owner":{"id":9},"summary":"Hearing","start_at":"2026-03-10T09:00:00Z","end_at":"2026-03-10T10:00:00Z","matter":{"id":7}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A calendar owns it. Users report that Clio does not find the owner where a user is named, which does not compile
/// here:
///
/// ```compile_fail
/// # use clio_core::{Id, schema::objects::User};
/// # use clio_model::calendar::NewCalendarEntry;
/// # let at = "2026-03-10T09:00:00Z".parse().unwrap();
/// NewCalendarEntry::new(Id::<User>::new(9), "Hearing", at, at);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewCalendarEntry {
    calendar: Id<objects::Calendar>,
    summary: String,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    all_day: bool,
    description: Option<String>,
    location: Option<String>,
    matter: Option<Id<objects::Matter>>,
    event_type: Option<Id<objects::CalendarEntryEventType>>,
    attendees: Vec<AttendeeId>,
    send_email_notification: Option<bool>,
    external_properties: ExternalProperties,
}

impl NewCalendarEntry {
    /// A draft in this calendar, from one moment to a later one.
    pub fn new(
        calendar: Id<objects::Calendar>,
        summary: impl Into<String>,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Self {
        Self {
            calendar,
            summary: summary.into(),
            start,
            end,
            all_day: false,
            description: None,
            location: None,
            matter: None,
            event_type: None,
            attendees: Vec::new(),
            send_email_notification: None,
            external_properties: ExternalProperties::default(),
        }
    }

    /// It takes whole days: those from the start to the end, in the time zone of the user (Clio's document has its days
    /// in that one).
    pub const fn all_day(mut self) -> Self {
        self.all_day = true;
        self
    }

    /// What there is to know of it.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Where.
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// The matter that it is for.
    pub const fn matter(mut self, matter: Id<objects::Matter>) -> Self {
        self.matter = Some(matter);
        self
    }

    /// What kind of event it is.
    pub const fn event_type(mut self, event_type: Id<objects::CalendarEntryEventType>) -> Self {
        self.event_type = Some(event_type);
        self
    }

    /// One more who comes. Who is named twice is sent once.
    pub fn attendee(mut self, attendee: impl Into<AttendeeId>) -> Self {
        let attendee = attendee.into();
        if !self.attendees.contains(&attendee) {
            self.attendees.push(attendee);
        }
        self
    }

    /// Whether Clio writes to those who come. It decides itself if this is not said.
    pub const fn send_email_notification(mut self, send: bool) -> Self {
        self.send_email_notification = Some(send);
        self
    }

    /// Leaves a name and a value on it, to find it again.
    pub fn external_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.external_properties.add(name, value);
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a blank summary, an end that is not after the start (of
    /// whole days: that is before it), a year before 1900, which Clio would change (its document), one after 9999 (our choice),
    /// and more external
    /// properties than there can be.
    pub fn check(&self) -> Result<()> {
        not_blank("the summary of an entry", &self.summary)?;
        check_times(self.start, self.end, self.all_day)?;
        self.external_properties.check()
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set_reference("calendar_owner", Field::Value(self.calendar));
        members.set("summary", Field::Value(self.summary.clone()));
        members.set("start_at", Field::Value(self.start));
        members.set("end_at", Field::Value(self.end));
        members.set("all_day", given(self.all_day.then_some(true)));
        members.set("description", given(self.description.clone()));
        members.set("location", given(self.location.clone()));
        members.set_reference("matter", given(self.matter));
        members.set_reference("calendar_entry_event_type", given(self.event_type));
        members.set("attendees", list(self.attendees.iter().copied().map(AttendeeId::members)));
        members.set("send_email_notification", given(self.send_email_notification));
        self.external_properties.put(&mut members);
        members
    }
}

checked! { NewCalendarEntry is the body of CreateCalendarEntry; }
shows! { NewCalendarEntry: calendar, matter; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    fn entry(start: &str, end: &str) -> NewCalendarEntry {
        NewCalendarEntry::new(Id::new(9), "Hearing", start.parse().unwrap(), end.parse().unwrap())
    }

    #[test]
    fn all_that_is_said_is_sent() {
        let contact = Id::<objects::Contact>::new(3);
        let draft = entry("2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z")
            .all_day()
            .description("Bring the deed")
            .location("Room 2")
            .event_type(Id::new(5))
            .attendee(contact)
            .attendee(contact)
            .attendee(Id::<objects::Calendar>::new(4))
            .send_email_notification(false)
            .external_property("n", "v");
        assert_eq!(
            draft.json().unwrap(),
            concat!(
                r#"{"calendar_owner":{"id":9},"summary":"Hearing","start_at":"2026-03-10T00:00:00Z","#,
                r#""end_at":"2026-03-10T00:00:00Z","all_day":true,"description":"Bring the deed","location":"Room 2","#,
                r#""calendar_entry_event_type":{"id":5},"attendees":[{"id":3,"type":"Contact"},{"id":4,"type":"Calendar"}],"#,
                r#""send_email_notification":false,"external_properties":[{"name":"n","value":"v"}]}"#,
            ),
        );
    }

    #[test]
    fn what_clio_would_refuse_or_change_is_refused_here() {
        let (nine, ten) = ("2026-03-10T09:00:00Z", "2026-03-10T10:00:00Z");
        assert!(entry(nine, ten).check().is_ok());
        for wrong in [entry(ten, nine), entry(nine, nine), entry(ten, nine).all_day()] {
            assert_eq!(wrong.check().unwrap_err().to_string(), "an entry does not end after it starts");
        }
        assert!(entry("1899-12-31T23:00:00Z", ten).json().is_err());
        assert!(entry(nine, "+10000-01-01T00:00:00Z").json().is_err(), "no timestamp of ISO 8601");
        let blank = NewCalendarEntry::new(Id::new(9), "", nine.parse().unwrap(), ten.parse().unwrap());
        assert_eq!(blank.check().unwrap_err().to_string(), "the summary of an entry is blank");
        let many = (0..6).fold(entry(nine, ten), |draft, at| draft.external_property(at.to_string(), ""));
        assert!(many.check().is_err());
    }
}
