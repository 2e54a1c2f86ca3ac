//! Reminders of tasks and calendar entries.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Behaviour, calendar::ENTRY, tasks::TASK};
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write},
    store::{Part, Record, Resource, Value, handles},
};

handles!(REMINDER: Reminder = reminder { duration, next_delivery_at, notification_method, state, subject });

pub(crate) struct Reminders;

impl Behaviour for Reminders {
    fn resource(&self) -> Option<Resource> {
        Some(REMINDER.resource)
    }

    /// Clio's document: written as a value and its unit, answered in minutes. Ways of notifying cannot be read over the API, so
    /// any id is taken for one.
    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        if let Some(id) = write.id_of("notification_method") {
            let method = Part::new().with("id", id).with("type", Value::Word("Email"));
            record.set(REMINDER.notification_method, Value::Part(Box::new(method)));
        }
        if let Some(value) = write.data.get("duration_value").and_then(serde_json::Value::as_i64) {
            let unit = match write.text("duration_unit") {
                Some("weeks") => 7 * 24 * 60,
                Some("days") => 24 * 60,
                Some("hours") => 60,
                _ => 1,
            };
            record.set(REMINDER.duration, value.saturating_mul(unit));
        }
        if write.creates() {
            record.set(REMINDER.state, Value::Word("scheduled"));
        }
        let minutes = record.get(REMINDER.duration).as_whole().unwrap_or(0);
        let before = TimeDelta::try_minutes(minutes).unwrap_or_default();
        let at = time_of(firm, record.get(REMINDER.subject));
        record.set(REMINDER.next_delivery_at, at.and_then(|at| at.checked_sub_signed(before)));
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["subject_id", "subject_type"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        if parameter == "subject_id" {
            let id: i64 = value.parse().ok()?;
            return Some(Box::new(move |_, one| one.get(REMINDER.subject).link() == Some(id)));
        }
        let kind = if value == "task" { TASK.resource } else { ENTRY.resource };
        Some(Box::new(
            move |_, one| matches!(one.get(REMINDER.subject), Value::Link(resource, _) if *resource == kind),
        ))
    }
}

fn time_of(firm: &Firm, subject: &Value) -> Option<DateTime<Utc>> {
    let Value::Link(resource, id) = subject else { return None };
    let record = firm.get(*resource, *id)?;
    let slot = if *resource == TASK.resource { TASK.due_at } else { ENTRY.start_at };
    record.get(slot).as_moment()
}
