//! What several records carry in the same way: people, external properties, subscribers, time entries, reminders.

use serde_json::Value as Json;

use super::{activities::ACTIVITY, contacts::CONTACT, reminders::REMINDER, users, users::USER};
use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::Test,
    store::{Record, Resource, Value},
};

/// The most external properties of one record (Clio's document).
const MOST_PROPERTIES: usize = 5;

/// The people of a list of `{"id": 1, "type": "User"}`, after `old` ones: users and contacts in one list. One that is sent with
/// `_deleted` goes.
pub(super) fn people(firm: &Firm, old: &Value, sent: Option<&Json>) -> Result<Value, Refusal> {
    let mut links = each(old).cloned().collect::<Vec<_>>();
    for item in sent.and_then(Json::as_array).into_iter().flatten() {
        let Some(id) = item.get("id").and_then(Json::as_i64) else { continue };
        let resource = match item.get("type").and_then(Json::as_str) {
            Some("User") => USER.resource,
            _ => CONTACT.resource,
        };
        if firm.get(resource, id).is_none() {
            return Err(Refusal::unknown_reference(firm, &format!("{} {id}", resource.name())));
        }
        let link = Value::Link(resource, id);
        links.retain(|known| *known != link);
        if item.get("_deleted").is_none_or(|flag| *flag != true) {
            links.push(link);
        }
    }
    Ok(Value::List(links))
}

/// Each person of a list, whether of one kind or of several.
pub(super) fn each(list: &Value) -> impl Iterator<Item = &Value> {
    let (list, one) = match list {
        Value::List(list) => (list.as_slice(), None),
        Value::Link(..) => (&[][..], Some(list)),
        _ => (&[][..], None),
    };
    list.iter().chain(one)
}

/// Whether this record is one of a list's.
pub(super) fn has(list: &Value, resource: Resource, id: i64) -> bool {
    let plain = matches!(list, Value::Links(kind, ids) if *kind == resource && ids.contains(&id));
    plain || each(list).any(|link| *link == Value::Link(resource, id))
}

pub(super) fn check_properties(record: &Record, slot: u16) -> Result<(), Refusal> {
    if record.get(slot).parts().len() > MOST_PROPERTIES {
        return Err(Refusal::unprocessable("there are at most 5 external_properties"));
    }
    Ok(())
}

/// The filter by an external property. A value without a name filters nothing: Clio's document says that the name is needed too,
/// and no more.
pub(super) fn has_property(slot: u16, ask: &Ask<'_>) -> Option<Test> {
    let name = ask.param("external_property_name")?.to_owned();
    let value = ask.param("external_property_value").map(str::to_owned);
    Some(Box::new(move |_, record| {
        record.get(slot).parts().iter().any(|part| {
            part.get("name").as_str() == Some(&name)
                && value.as_ref().is_none_or(|value| part.get("value").as_str() == Some(value))
        })
    }))
}

/// Names the users that are told of a record. What is no number names nobody: our choice.
pub(super) fn name_subscribers(firm: &Firm, record: &mut Record, slot: u16) -> Result<(), Refusal> {
    let mut parts = record.get(slot).parts().to_vec();
    if parts.is_empty() {
        return Ok(());
    }
    parts.retain(|part| subscriber(part.get("user_id")).is_some());
    for part in &mut parts {
        let id = subscriber(part.get("user_id")).unwrap_or(0);
        let user = firm.get(USER.resource, id);
        let user = user.ok_or_else(|| Refusal::unknown_reference(firm, &format!("User {id}")))?;
        part.set("user_id", Value::Whole(id));
        part.set("name", Value::from(users::full_name(user)));
    }
    record.set(slot, Value::Parts(parts));
    Ok(())
}

fn subscriber(id: &Value) -> Option<i64> {
    id.as_whole().or_else(|| id.as_str()?.parse().ok())
}

/// The activities whose field of this name leads to a record.
pub(super) fn time_entries(view: View<'_>, field: &str, resource: Resource, record: &Record) -> Value {
    let slot = ACTIVITY.resource.slot(field).unwrap_or(u16::MAX);
    let link = Value::Link(resource, record.id);
    let all = view.firm.table(ACTIVITY.resource).values();
    Value::Links(ACTIVITY.resource, all.filter(|one| *one.get(slot) == link).map(|one| one.id).collect())
}

pub(super) fn count(list: &Value) -> Value {
    many(list.links().len())
}

/// A count as a value.
pub(super) fn many(count: usize) -> Value {
    Value::from(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The reminders of a task or a calendar entry.
pub(super) fn reminders(view: View<'_>, resource: Resource, record: &Record) -> Value {
    let link = Value::Link(resource, record.id);
    let all = view.firm.table(REMINDER.resource).values();
    let mine: Box<[i64]> = all.filter(|one| *one.get(REMINDER.subject) == link).map(|one| one.id).collect();
    if mine.is_empty() {
        let slot = resource.slot("reminders").unwrap_or(u16::MAX);
        return record.get(slot).clone();
    }
    Value::Links(REMINDER.resource, mine)
}

/// A test that holds or, for `false`, does not.
pub(super) fn flag(value: &str, test: impl Fn(View<'_>, &Record) -> bool + 'static) -> Option<Test> {
    let wanted: bool = value.parse().ok()?;
    Some(Box::new(move |view, record| test(view, record) == wanted))
}
