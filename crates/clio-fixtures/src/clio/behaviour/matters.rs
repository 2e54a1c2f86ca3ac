//! Matters.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    Behaviour, Compute,
    activities::ACTIVITY,
    bank,
    contacts::{self, CONTACT, RELATIONSHIP},
    custom_fields::{check_values, write_values},
    folders,
    tasks::{assign_lists, check_lists},
};
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write},
    records::Origin,
    store::{Part, Record, Resource, Value, handles},
};

handles!(MATTER: Matter = matter {
    billable,
    client,
    close_date,
    custom_field_values,
    custom_rate,
    description,
    display_number,
    group,
    matter_stage,
    matter_stage_updated_at,
    number,
    open_date,
    originating_attorney,
    pending_date,
    practice_area,
    relationships,
    responsible_attorney,
    responsible_staff,
    status,
    user,
});
handles!(STAGE: MatterStage = matter_stage { name, order, practice_area_id });
handles!(AREA: PracticeArea = practice_area { code, name });

pub(crate) struct Matters;

impl Behaviour for Matters {
    fn resource(&self) -> Option<Resource> {
        Some(MATTER.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "account_balances" => bank::balances_of,
            "client_id" => |_, _, matter| Value::from(matter.get(MATTER.client).link()),
            "billing_method" => |_, _, matter| Value::Word(billing_method(matter)),
            "folder" => folders::home,
            "has_tasks" => |view, _, matter| {
                let tasks = Resource::named("Task").unwrap_or(Resource::NONE);
                let slot = tasks.slot("matter").unwrap_or(u16::MAX);
                Value::Bool(
                    view.firm.table(tasks).values().any(|task| task.get(slot).link() == Some(matter.id)),
                )
            },
            "last_activity_date" => |view, _, matter| Value::from(last_day(view.firm, matter.id)),
            "relationships" => |view, _, matter| {
                let of_matter = |one: &&Record| one.get(RELATIONSHIP.matter).link() == Some(matter.id);
                let all = view.firm.table(RELATIONSHIP.resource).values().filter(of_matter);
                Value::Links(RELATIONSHIP.resource, all.map(|one| one.id).collect())
            },
            _ => return None,
        })
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let today = write.now.date_naive();
        if write.creates() {
            record.set(MATTER.user, Value::Link(super::users::USER.resource, write.user));
            if record.get(MATTER.status).is_null() {
                record.set(MATTER.status, Value::Word("Open"));
            }
            if record.get(MATTER.open_date).is_null() {
                record.set(MATTER.open_date, today);
            }
            if record.get(MATTER.billable).is_null() {
                record.set(MATTER.billable, true);
            }
            number(firm, record);
        }
        // Only a firm that numbers by hand takes a number of the caller's; others drop it without a word.
        if write.sends("display_number")
            && !firm.settings.manual_matter_numbers
            && let Some(old) = write.old
        {
            record.set(MATTER.display_number, old.get(MATTER.display_number).clone());
        }
        if firm.settings.manual_matter_numbers
            && let Some(number) = write.text("display_number")
        {
            record.set(MATTER.display_number, number);
        }
        dates_of_status(record, write, today);
        stage(firm, record, write)?;
        client(record, write)?;
        people(record, write)?;
        custom_rate(record, write)?;
        check_lists(firm, write)?;
        check_values(
            firm,
            write.old.map_or(Value::null(), |old| old.get(MATTER.custom_field_values)),
            write,
        )?;
        record.set(
            MATTER.custom_field_values,
            write.old.map_or(Value::Null, |old| old.get(MATTER.custom_field_values).clone()),
        );
        record.set(MATTER.relationships, Value::Null);
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        write_values(firm, MATTER.resource, id, MATTER.custom_field_values, write);
        assign_lists(firm, id, write);
        if firm.settings.flat_rate_matters_make_entries && write.sends("custom_rate") {
            entry_of_flat_rate(firm, id, write);
        }
        if write.creates() {
            folders::home_of(firm, MATTER.resource, id, write.now, write.by);
        }
        let relationships = write.data.get("relationships").and_then(|list| list.as_array());
        for item in relationships.into_iter().flatten() {
            let contact = item.get("contact").and_then(|contact| contact.get("id")?.as_i64());
            let Some(contact) = contact.filter(|id| firm.get(CONTACT.resource, *id).is_some()) else {
                continue;
            };
            let description = item.get("description").and_then(|text| text.as_str()).map(str::to_owned);
            firm.make(RELATIONSHIP.resource, write.now, write.by, |record| {
                record.set(RELATIONSHIP.matter, Value::Link(MATTER.resource, id));
                record.set(RELATIONSHIP.contact, Value::Link(CONTACT.resource, contact));
                record.set(RELATIONSHIP.description, Value::maybe_text(description));
            });
        }
    }

    /// Its tasks and notes go with it; activities, bills, documents, communications, contacts and calendar entries stay,
    /// without their matter (Clio's help pages).
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        for resource in Resource::all() {
            let Some(slot) = resource.slot("matter") else { continue };
            let linked: Vec<i64> = firm
                .table(resource)
                .values()
                .filter(|other| *other.get(slot) == Value::Link(MATTER.resource, record.id))
                .map(|other| other.id)
                .collect();
            for id in linked {
                if matches!(resource.name(), "Task" | "Note" | "Relationship") {
                    firm.tables.remove(resource, id, now, by);
                } else {
                    firm.tables.change(resource, id, now, by, |other| other.set(slot, Value::Null));
                }
            }
        }
        firm.tables.remove(MATTER.resource, record.id, now, by);
        Ok(())
    }

    fn searched(&self, view: View<'_>, matter: &Record) -> Option<String> {
        let text = |slot| matter.get(slot).as_str().unwrap_or_default().to_owned();
        let number = matter.get(MATTER.number).as_whole().unwrap_or(0).to_string();
        let client = matter.get(MATTER.client).link().and_then(|id| view.firm.get(CONTACT.resource, id));
        let client = client.map(contacts::name).unwrap_or_default();
        Some([text(MATTER.display_number), number, text(MATTER.description), client].join("\n"))
    }

    fn filters(&self) -> &'static [&'static str] {
        &["client_id"]
    }

    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        let client = value.parse().ok()?;
        Some(Box::new(move |_, matter| matter.get(MATTER.client).link() == Some(client)))
    }
}

/// A stage belongs to the matter's practice area; the moment it was reached is kept, and no history (Clio's document).
fn stage(firm: &Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
    let stage = record.get(MATTER.matter_stage).link();
    if write.old.is_some_and(|old| old.get(MATTER.matter_stage).link() == stage) {
        return Ok(());
    }
    let area = stage.and_then(|id| firm.get(STAGE.resource, id)).map(|one| one.get(STAGE.practice_area_id));
    if let Some(area) = area.and_then(Value::as_whole)
        && record.get(MATTER.practice_area).link() != Some(area)
    {
        return Err(Refusal::unprocessable("matter_stage is not one of the matter's practice area"));
    }
    record.set(MATTER.matter_stage_updated_at, stage.map(|_| write.now));
    Ok(())
}

/// The day of a matter's last activity. All matters are looked up together: a list of them would else go through all activities
/// for each one.
fn last_day(firm: &Firm, matter: i64) -> Option<NaiveDate> {
    let activities = firm.table(ACTIVITY.resource);
    let now = (firm.tables.history().len(), activities.len());
    let mut known = firm.last_days.borrow_mut();
    if known.0 != now {
        let mut days = BTreeMap::new();
        for one in activities.values() {
            if let (Some(matter), Some(day)) =
                (one.get(ACTIVITY.matter).link(), one.get(ACTIVITY.date).as_date())
            {
                days.entry(matter).and_modify(|last: &mut NaiveDate| *last = day.max(*last)).or_insert(day);
            }
        }
        *known = (now, days);
    }
    known.1.get(&matter).copied()
}

/// The next number, and what people see of it. The pattern is Clio's default: five digits and the client's last name.
pub(crate) fn number(firm: &Firm, record: &mut Record) {
    let last = firm.table(MATTER.resource).values().filter_map(|one| one.get(MATTER.number).as_whole()).max();
    let number = last.unwrap_or(0) + 1;
    record.set(MATTER.number, number);
    let client = record.get(MATTER.client).link().and_then(|id| firm.get(CONTACT.resource, id));
    let last_name = client.map(|client| match client.get(CONTACT.last_name).as_str() {
        Some(name) => name.to_owned(),
        None => contacts::name(client),
    });
    record.set(MATTER.display_number, format!("{number:05}-{}", last_name.unwrap_or_default()));
}

/// A matter that is closed has a closing date, one that is opened again has none.
fn dates_of_status(record: &mut Record, write: &Write<'_>, today: NaiveDate) {
    let status = record.get(MATTER.status).as_str().unwrap_or_default().to_owned();
    let changed = write.old.is_none_or(|old| old.get(MATTER.status).as_str() != Some(&status));
    if !changed {
        return;
    }
    match status.as_str() {
        "Closed" if record.get(MATTER.close_date).is_null() => record.set(MATTER.close_date, today),
        "Pending" if record.get(MATTER.pending_date).is_null() => record.set(MATTER.pending_date, today),
        "Open" => record.set(MATTER.close_date, Value::Null),
        _ => {}
    }
}

/// Clio's document: null is not valid for the client of a matter.
fn client(record: &Record, write: &Write<'_>) -> Result<(), Refusal> {
    if write.sends("client") && record.get(MATTER.client).link().is_none() {
        return Err(Refusal::unprocessable("client cannot be null"));
    }
    Ok(())
}

/// These people cannot be taken off a matter: null changes nothing, `{"id": null}` is refused, as users report.
fn people(record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
    for (name, slot) in [
        ("responsible_attorney", MATTER.responsible_attorney),
        ("originating_attorney", MATTER.originating_attorney),
        ("responsible_staff", MATTER.responsible_staff),
    ] {
        let sent = write.data.get(name);
        if sent.is_some_and(|sent| sent.get("id").is_some_and(serde_json::Value::is_null)) {
            return Err(Refusal::unprocessable(&format!("{name}.id cannot be null")));
        }
        if let Some(old) = write.old.filter(|_| record.get(slot).link().is_none()) {
            record.set(slot, old.get(slot).clone());
        }
    }
    Ok(())
}

/// Another type of rate deletes the rates that were saved; one flat or contingency rate is all; each rate names a user or a
/// group (Clio's document, `Matter#update`, and what users report).
fn custom_rate(record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
    let Some(sent) = write.data.get("custom_rate").filter(|sent| sent.is_object()) else { return Ok(()) };
    let kind =
        |value: &Value| value.parts().first().and_then(|rate| rate.get("type").as_str().map(str::to_owned));
    let mut rate = record.get(MATTER.custom_rate).parts().first().cloned().unwrap_or_default();
    let old = write.old.and_then(|old| kind(old.get(MATTER.custom_rate)));
    let new = rate.get("type").as_str().map(str::to_owned);
    let sent_rates = sent.get("rates").and_then(|rates| rates.as_array()).map_or(0, Vec::len);
    if old.is_some() && old != new {
        let rates = rate.get("rates").parts();
        let fresh: Vec<Part> = rates[rates.len().saturating_sub(sent_rates)..].to_vec();
        rate.set("rates", Value::Parts(fresh));
    }
    let single = matches!(new.as_deref(), Some("FlatRate" | "ContingencyFee"));
    if single && rate.get("rates").parts().len() > 1 {
        return Err(Refusal::unprocessable("custom_rate of this type has one rate only"));
    }
    let somebody = |part: &Part| part.get("user").link().is_some() || part.get("group").link().is_some();
    if !rate.get("rates").parts().iter().all(somebody) {
        return Err(Refusal::unprocessable("a rate needs a user or a group"));
    }
    record.set(MATTER.custom_rate, Value::Part(Box::new(rate)));
    Ok(())
}

/// The entry of a flat rate, with the name of the matter; a rate that changes changes it. That there is only one is our reading.
fn entry_of_flat_rate(firm: &mut Firm, id: i64, write: &Write<'_>) {
    let Some(matter) = firm.get(MATTER.resource, id).filter(|matter| billing_method(matter) == "flat") else {
        return;
    };
    let rate = matter.get(MATTER.custom_rate).parts().first().cloned().unwrap_or_default();
    let Some(rate) = rate.get("rates").parts().first().cloned() else { return };
    let note = matter.get(MATTER.description).as_str().unwrap_or_default().to_owned();
    let own = firm.table(ACTIVITY.resource).values().find(|one| {
        one.get(ACTIVITY.matter).link() == Some(id)
            && one.get(ACTIVITY.flat_rate).is_true()
            && one.get(ACTIVITY.activity_description).is_null()
    });
    if let Some(own) = own.map(|own| own.id) {
        let price = rate.get("rate").clone();
        firm.tables.change(ACTIVITY.resource, own, write.now, write.by, |one| one.set(ACTIVITY.price, price));
        return;
    }
    firm.make(ACTIVITY.resource, write.now, write.by, |one| {
        one.set(ACTIVITY.r#type, Value::Word("TimeEntry"));
        one.set(ACTIVITY.date, write.now.date_naive());
        one.set(ACTIVITY.quantity, Decimal::from(3600));
        one.set(ACTIVITY.price, rate.get("rate").clone());
        one.set(ACTIVITY.note, note);
        one.set(ACTIVITY.matter, Value::Link(MATTER.resource, id));
        one.set(ACTIVITY.user, rate.get("user").clone());
        one.set(ACTIVITY.flat_rate, true);
        one.set(ACTIVITY.tax_setting, Value::Word("no_tax"));
    });
}

/// Follows from the custom rate and cannot be written (Clio's document; users report that it is ignored).
pub(crate) fn billing_method(matter: &Record) -> &'static str {
    let rate = matter.get(MATTER.custom_rate).parts().first().and_then(|rate| rate.get("type").as_str());
    match rate {
        Some("FlatRate") => "flat",
        Some("ContingencyFee") => "contingency",
        _ => "hourly",
    }
}
