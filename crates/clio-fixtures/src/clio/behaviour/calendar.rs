//! Calendars and what stands in them.

use chrono::{DateTime, Datelike, Utc};
use serde_json::Value as Json;

use super::{
    Behaviour, Compute,
    attached::{check_properties, count, flag, has_property, reminders, time_entries},
    contacts::{self, CONTACT},
    users::USER,
};
use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write, moment},
    store::{Part, Record, Resource, Value, handles},
};

handles!(CALENDAR: Calendar = calendar { color, creator, light_color, name, source, r#type, visible });
handles!(ENTRY: CalendarEntry = calendar_entry {
    all_day,
    attendees,
    calendar_owner,
    court_rule,
    end_at,
    external_properties,
    start_at,
    start_at_time_zone,
});

pub(crate) struct Calendars;

impl Behaviour for Calendars {
    fn resource(&self) -> Option<Resource> {
        Some(CALENDAR.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        match field {
            "permission" => Some(|view, _, one| Value::Word(permission(view, one))),
            _ => None,
        }
    }

    fn complete(&self, _firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        if write.creates() {
            record.set(CALENDAR.creator, Value::Link(USER.resource, write.user));
            // The calendars of users and of the account are there already.
            record.set(CALENDAR.r#type, Value::Word("AdhocCalendar"));
            for (slot, value) in [
                (CALENDAR.visible, Value::Bool(true)),
                (CALENDAR.source, Value::Word("web")),
                (CALENDAR.color, Value::Word("#367B9C")),
                (CALENDAR.light_color, Value::Word("#5DA5C7")),
            ] {
                if record.get(slot).is_null() {
                    record.set(slot, value);
                }
            }
        }
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["filter_inactive_users", "owner", "writeable"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        match parameter {
            "owner" => flag(value, |view, one| permission(view, one) == "owner"),
            "writeable" => flag(value, |view, one| matches!(permission(view, one), "owner" | "editor")),
            _ => {
                let filters: bool = value.parse().ok()?;
                Some(Box::new(move |view, one| {
                    let owner = one.get(CALENDAR.creator).link();
                    let owner = owner.and_then(|id| view.firm.get(USER.resource, id));
                    !filters || owner.is_none_or(|owner| owner.get(USER.enabled).is_true())
                }))
            }
        }
    }
}

/// Everybody in the fake firm may write in each other's calendars.
fn permission(view: View<'_>, calendar: &Record) -> &'static str {
    if calendar.get(CALENDAR.creator).link() == Some(view.access.user) { "owner" } else { "editor" }
}

pub(crate) struct Entries;

impl Behaviour for Entries {
    fn resource(&self) -> Option<Resource> {
        Some(ENTRY.resource)
    }

    /// Dates and times are those of the user's time zone, says Clio's document; the fake knows of none but UTC.
    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "calendar_owner_id" => |_, _, one| Value::from(one.get(ENTRY.calendar_owner).link()),
            "calendars" => |_, _, one| Value::Links(CALENDAR.resource, calendars(one).into()),
            "start_date" => |_, _, one| Value::from(one.get(ENTRY.start_at).as_date()),
            "end_date" => |_, _, one| Value::from(one.get(ENTRY.end_at).as_date()),
            "start_time" => |_, _, one| time(one.get(ENTRY.start_at)),
            "end_time" => |_, _, one| time(one.get(ENTRY.end_at)),
            "permission" => |view, _, one| {
                let owner = one.get(ENTRY.calendar_owner).link();
                let owner = owner.and_then(|id| view.firm.get(CALENDAR.resource, id));
                owner.map_or(Value::Word("viewer"), |owner| Value::Word(permission(view, owner)))
            },
            "reminders" => reminders,
            "time_entries" => |view, resource, one| time_entries(view, "calendar_entry", resource, one),
            "time_entries_count" => {
                |view, resource, one| count(&time_entries(view, "calendar_entry", resource, one))
            }
            _ => return None,
        })
    }

    fn by_hand(&self) -> &'static [&'static str] {
        &["attendees", "calendar_owner"]
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        // A calendar, not a user; another id is not found (users report).
        if let Some(id) = write.id_of("calendar_owner") {
            if firm.get(CALENDAR.resource, id).is_none() {
                return Err(Refusal::not_found(&format!("Calendar {id}")));
            }
            record.set(ENTRY.calendar_owner, Value::Link(CALENDAR.resource, id));
        }
        attend(firm, record, write.data.get("attendees"))?;
        check_properties(record, ENTRY.external_properties)?;
        for slot in [ENTRY.start_at, ENTRY.end_at] {
            let at = record.get(slot).as_moment().map(not_before_1900);
            record.set(slot, at);
        }
        if record.get(ENTRY.start_at_time_zone).is_null() {
            record.set(ENTRY.start_at_time_zone, "UTC");
        }
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &[
            "calendar_id",
            "external_property_name",
            "external_property_value",
            "from",
            "has_court_rule",
            "is_all_day",
            "to",
            "visible",
        ]
    }

    /// Clio's document: `from` is about the end and `to` about the beginning, so that whatever overlaps is found.
    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let at = |one: &Record, slot| one.get(slot).as_moment();
        Some(match parameter {
            "calendar_id" => {
                let id: i64 = value.parse().ok()?;
                Box::new(move |_, one| calendars(one).contains(&id))
            }
            "from" => {
                let first = moment(value)?;
                Box::new(move |_, one| at(one, ENTRY.end_at).is_some_and(|end| end >= first))
            }
            "to" => {
                let last = moment(value)?;
                Box::new(move |_, one| at(one, ENTRY.start_at).is_some_and(|start| start <= last))
            }
            "has_court_rule" => return flag(value, |_, one| one.get(ENTRY.court_rule).is_true()),
            "is_all_day" => return flag(value, |_, one| one.get(ENTRY.all_day).is_true()),
            "visible" => {
                return flag(value, |view, one| {
                    let shown = |id: &i64| {
                        let calendar = view.firm.get(CALENDAR.resource, *id);
                        calendar.is_some_and(|one| one.get(CALENDAR.visible).is_true())
                    };
                    calendars(one).iter().any(shown)
                });
            }
            // Name and value belong together: see `listed`.
            _ => Box::new(|_, _| true),
        })
    }

    fn listed(&self, _view: View<'_>, ask: &Ask<'_>) -> Option<Test> {
        has_property(ENTRY.external_properties, ask)
    }
}

/// The owner, and the calendars that attend.
fn calendars(entry: &Record) -> Vec<i64> {
    let attending = entry.get(ENTRY.attendees).parts().iter();
    let attending = attending.filter(|part| part.get("type").as_str() == Some("Calendar"));
    let mut all: Vec<_> = entry.get(ENTRY.calendar_owner).link().into_iter().collect();
    all.extend(attending.filter_map(Part::id));
    all.dedup();
    all
}

/// Attendees have the ids of what they are: calendars and contacts.
fn attend(firm: &Firm, record: &mut Record, sent: Option<&Json>) -> Result<(), Refusal> {
    let Some(items) = sent.and_then(Json::as_array) else { return Ok(()) };
    let mut parts = record.get(ENTRY.attendees).parts().to_vec();
    for item in items {
        let Some(id) = item.get("id").and_then(Json::as_i64) else { continue };
        parts.retain(|part| part.id() != Some(id));
        if item.get("_destroy").is_some_and(|flag| *flag == true) {
            continue;
        }
        parts.push(match item.get("type").and_then(Json::as_str) {
            Some("Contact") => contact(firm, id)?,
            Some("Calendar") => calendar(firm, id)?,
            _ => return Err(Refusal::unprocessable("the type of an attendee must be Calendar or Contact")),
        });
    }
    record.set(ENTRY.attendees, Value::Parts(parts));
    Ok(())
}

fn contact(firm: &Firm, id: i64) -> Result<Part, Refusal> {
    let found = firm.get(CONTACT.resource, id);
    let found = found.ok_or_else(|| Refusal::unknown_reference(firm, &format!("Contact {id}")))?;
    let mail = found.get(CONTACT.email_addresses).parts().iter().find(|part| part.get("primary").is_true());
    let mail = mail.map_or(Value::Null, |part| part.get("address").clone());
    Ok(Part::new()
        .with("id", id)
        .with("type", Value::Word("Contact"))
        .with("name", contacts::name(found))
        .with("email", mail))
}

fn calendar(firm: &Firm, id: i64) -> Result<Part, Refusal> {
    let found = firm.get(CALENDAR.resource, id);
    let found = found.ok_or_else(|| Refusal::unknown_reference(firm, &format!("Calendar {id}")))?;
    let user = found.get(CALENDAR.creator).link().and_then(|id| firm.get(USER.resource, id));
    let of_user = |slot| user.map_or(Value::Null, |user| user.get(slot).clone());
    Ok(Part::new()
        .with("id", id)
        .with("type", Value::Word("Calendar"))
        .with("name", found.get(CALENDAR.name).clone())
        .with("email", of_user(USER.email))
        .with("enabled", of_user(USER.enabled)))
}

/// Clio's document: earlier years become 1900.
fn not_before_1900(at: DateTime<Utc>) -> DateTime<Utc> {
    // 29 February is no day of 1900.
    let moved = || at.with_year(1900).or_else(|| at.with_day(28)?.with_year(1900));
    if at.year() < 1900 { moved().unwrap_or(at) } else { at }
}

fn time(at: &Value) -> Value {
    Value::from(at.as_moment().map(|at| at.format("%H:%M UTC").to_string()))
}
