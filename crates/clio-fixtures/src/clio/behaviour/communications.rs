//! Communications: e-mails and phone calls that are filed under matters.

use super::{
    Behaviour, Compute,
    attached::{check_properties, count, flag, has, has_property, name_subscribers, people, time_entries},
    contacts::CONTACT,
    users::USER,
};
use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write, moment},
    store::{Record, Resource, Value, handles},
};

handles!(COMMUNICATION: Communication = communication {
    body,
    date,
    external_properties,
    matter,
    notification_event_subscribers,
    received_at,
    receivers,
    senders,
    subject,
    r#type,
    user,
});

pub(crate) struct Communications;

impl Behaviour for Communications {
    fn resource(&self) -> Option<Resource> {
        Some(COMMUNICATION.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "time_entries" => |view, resource, one| time_entries(view, "communication", resource, one),
            "time_entries_count" => {
                |view, resource, one| count(&time_entries(view, "communication", resource, one))
            }
            _ => return None,
        })
    }

    /// Senders and receivers are users and contacts, mixed.
    fn by_hand(&self) -> &'static [&'static str] {
        &["receivers", "senders"]
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        for (name, slot) in [("senders", COMMUNICATION.senders), ("receivers", COMMUNICATION.receivers)] {
            if write.sends(name) {
                record.set(slot, people(firm, record.get(slot), write.data.get(name))?);
            }
        }
        check_properties(record, COMMUNICATION.external_properties)?;
        let by_phone = record.get(COMMUNICATION.r#type).as_str() == Some("PhoneCommunication");
        if !by_phone && !record.get(COMMUNICATION.notification_event_subscribers).parts().is_empty() {
            return Err(Refusal::unprocessable("only phone calls have notification_event_subscribers"));
        }
        name_subscribers(firm, record, COMMUNICATION.notification_event_subscribers)?;
        // Clio's document has the time as a text: one that cannot be read counts as now, which is our choice.
        let received = record.get(COMMUNICATION.received_at).as_moment().unwrap_or(write.now);
        record.set(COMMUNICATION.received_at, received);
        record.set(COMMUNICATION.date, received.date_naive());
        if write.creates() {
            record.set(COMMUNICATION.user, Value::Link(USER.resource, write.user));
        }
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &[
            "contact_id",
            "external_property_name",
            "external_property_value",
            "having_time_entries",
            "received_before",
            "received_since",
        ]
    }

    /// Clio's document: by contact is by sender or receiver; before and since compare dates and include the day.
    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let date = |one: &Record| one.get(COMMUNICATION.date).as_date();
        Some(match parameter {
            "contact_id" => {
                let id = value.parse().ok()?;
                Box::new(move |_, one| {
                    [COMMUNICATION.senders, COMMUNICATION.receivers]
                        .iter()
                        .any(|slot| has(one.get(*slot), CONTACT.resource, id))
                })
            }
            "having_time_entries" => {
                return flag(value, |view, one| {
                    let entries = time_entries(view, "communication", COMMUNICATION.resource, one);
                    !entries.links().is_empty()
                });
            }
            "received_before" => {
                let last = moment(value)?.date_naive();
                Box::new(move |_, one| date(one).is_some_and(|day| day <= last))
            }
            "received_since" => {
                let first = moment(value)?.date_naive();
                Box::new(move |_, one| date(one).is_some_and(|day| day >= first))
            }
            // Name and value belong together: see `listed`.
            _ => Box::new(|_, _| true),
        })
    }

    fn listed(&self, _view: View<'_>, ask: &Ask<'_>) -> Option<Test> {
        has_property(COMMUNICATION.external_properties, ask)
    }

    /// Clio's document: body and subject.
    fn searched(&self, _view: View<'_>, one: &Record) -> Option<String> {
        let text = |slot| one.get(slot).as_str().unwrap_or_default();
        Some(format!("{}\n{}", text(COMMUNICATION.subject), text(COMMUNICATION.body)))
    }
}
