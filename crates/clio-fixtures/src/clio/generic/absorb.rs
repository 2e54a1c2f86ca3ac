//! The members of a body, put into the fields of a record.

use clio_core::schema::{BodyField, BodyKind, Kind, ObjectInfo};
use serde_json::{Map, Value as Json};

use super::convert::plain;
use crate::clio::{
    ask::Refusal,
    behaviour,
    firm::Firm,
    store::{Part, Record, Resource, Value},
};

/// Puts every member that a field of the same meaning exists for into the record. What remains is a behaviour's.
pub(crate) fn absorb(
    firm: &mut Firm,
    resource: Resource,
    record: &mut Record,
    members: &'static [BodyField],
    data: &Map<String, Json>,
) -> Result<(), Refusal> {
    let by_hand = behaviour::of(resource).by_hand();
    for member in members.iter().filter(|member| !by_hand.contains(&member.name)) {
        let Some(sent) = data.get(member.name) else { continue };
        if let Some(slot) = resource.slot(member.name) {
            let kind = resource.info().fields[usize::from(slot)].kind;
            let old = record.get(slot).clone();
            if let Some(value) = value(firm, member, kind, &old, sent)? {
                record.set(slot, value);
            }
        } else if let Some((slot, to)) = by_id(resource, member.name) {
            let value = if to == resource && member.name == "id" { None } else { Some(ids(firm, to, sent)?) };
            if let Some(value) = value {
                record.set(slot, value);
            }
        }
    }
    Ok(())
}

/// `matter_id` sets the association `matter`, and `custom_field_ids` sets `custom_fields`.
fn by_id(resource: Resource, name: &str) -> Option<(u16, Resource)> {
    let association = match name.strip_suffix("_ids") {
        Some(one) => format!("{one}s"),
        None => name.strip_suffix("_id")?.to_owned(),
    };
    let slot = resource.slot(&association)?;
    Some((slot, Resource::target(resource.info().fields[usize::from(slot)].kind)?))
}

fn ids(firm: &Firm, to: Resource, sent: &Json) -> Result<Value, Refusal> {
    match sent {
        Json::Array(items) => {
            let ids: Result<Box<[i64]>, _> = items.iter().map(|item| reference(firm, to, item)).collect();
            Ok(Value::Links(to, ids?))
        }
        Json::Null => Ok(Value::Null),
        one => Ok(Value::Link(to, reference(firm, to, one)?)),
    }
}

/// The id of a record that exists.
fn reference(firm: &Firm, to: Resource, sent: &Json) -> Result<i64, Refusal> {
    let id = match sent {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    let id = id.ok_or_else(|| Refusal::unprocessable(&format!("{} id cannot be {sent}", to.name())))?;
    if firm.get(to, id).is_none() {
        return Err(Refusal::unknown_reference(firm, &format!("{} {id}", to.name())));
    }
    Ok(id)
}

/// What a member sets its field to; `None` when it leaves it as it is.
fn value(
    firm: &mut Firm,
    member: &'static BodyField,
    field: Kind,
    old: &Value,
    sent: &Json,
) -> Result<Option<Value>, Refusal> {
    let refused = || Refusal::unprocessable(&format!("{} cannot be {sent}", member.name));
    Ok(Some(match (member.kind, field) {
        (_, _) if sent.is_null() => Value::Null,
        (BodyKind::Value(_), Kind::Object(form)) => match plain_object(firm, form, sent) {
            Some(value) => value,
            None => return Ok(None),
        },
        (BodyKind::Value(kind), _) => {
            // The word is kept as it is answered, which may be another casing. One that is never answered is kept as sent.
            let word = || plain(kind, sent).filter(|_| matches!(field, Kind::Choice(_)));
            plain(field, sent).or_else(word).ok_or_else(refused)?
        }
        (BodyKind::Object(members), Kind::Object(form)) => {
            let object = sent.as_object().ok_or_else(refused)?;
            match association(firm, form, members, object)? {
                Some(value) => value,
                None if names_nothing(form, members, object) => Value::Null,
                // `{}` clears nothing and sets nothing.
                None if object.is_empty() => return Ok(None),
                None => {
                    let part = old.parts().first().cloned().unwrap_or_default();
                    Value::Part(Box::new(part_of(firm, form, members, object, part)?))
                }
            }
        }
        (BodyKind::List(item), Kind::List(Kind::Object(form))) => {
            let BodyKind::Object(members) = *item else { return Ok(None) };
            let items = sent.as_array().ok_or_else(refused)?;
            if let Some(to) = only_ids(form, members) {
                Value::Links(to, merged_ids(firm, to, old.links(), items)?)
            } else if Resource::of_form(form).is_empty() {
                Value::Parts(merged_parts(firm, form, members, old, items)?)
            } else {
                // Records of their own, which a behaviour writes.
                return Ok(None);
            }
        }
        (BodyKind::List(_), _) => plain(field, sent).ok_or_else(refused)?,
        _ => return Ok(None),
    }))
}

/// A member that names an object by a plain value, such as a currency by its code.
fn plain_object(firm: &Firm, form: &'static ObjectInfo, sent: &Json) -> Option<Value> {
    let [to] = Resource::of_form(form) else { return None };
    let code = to.slot("code")?;
    let text = sent.as_str()?;
    let found = firm.table(*to).values().find(|record| record.get(code).as_str() == Some(text))?;
    Some(Value::Link(*to, found.id))
}

/// The record that `{"id": 1}` or `{"id": 1, "type": "Matter"}` names; `{"id": null}` names none (Clio's document).
fn association(
    firm: &Firm,
    form: &'static ObjectInfo,
    members: &[BodyField],
    object: &Map<String, Json>,
) -> Result<Option<Value>, Refusal> {
    let Some(id) = object.get("id") else { return Ok(None) };
    if !members.iter().any(|member| member.name == "id") {
        return Ok(None);
    }
    if id.is_null() {
        return Ok((!Resource::of_form(form).is_empty()).then_some(Value::Null));
    }
    let named = object.get("type").and_then(Json::as_str).and_then(Resource::named);
    let to = match (Resource::of_form(form), named) {
        ([one], _) => *one,
        (several, Some(named)) if several.contains(&named) => named,
        ([first, ..], _) => *first,
        ([], _) => return Ok(None),
    };
    Ok(Some(Value::Link(to, reference(firm, to, id)?)))
}

/// `{"id": null}` where a record is named: Clio's document puts the null of an association that is cleared there. Where it may
/// not be cleared, a behaviour says so.
fn names_nothing(form: &'static ObjectInfo, members: &[BodyField], object: &Map<String, Json>) -> bool {
    let names_records = !Resource::of_form(form).is_empty() && names_only(members);
    names_records && object.get("id").is_some_and(Json::is_null)
}

/// Items that only name records.
fn only_ids(form: &'static ObjectInfo, members: &[BodyField]) -> Option<Resource> {
    Resource::of_form(form).first().copied().filter(|_| names_only(members))
}

fn names_only(members: &[BodyField]) -> bool {
    let plain = members.iter().all(|member| matches!(member.name, "id" | "type" | "_destroy" | "_deleted"));
    plain && members.iter().any(|member| member.name == "id")
}

fn taken_away(item: &Json) -> bool {
    ["_destroy", "_deleted"]
        .iter()
        .any(|flag| item.get(flag).is_some_and(|flag| *flag == true || flag == "true"))
}

fn merged_ids(firm: &Firm, to: Resource, old: &[i64], items: &[Json]) -> Result<Box<[i64]>, Refusal> {
    let mut ids = old.to_vec();
    for item in items {
        let id = reference(firm, to, item.get("id").unwrap_or(&Json::Null))?;
        ids.retain(|known| *known != id);
        if !taken_away(item) {
            ids.push(id);
        }
    }
    Ok(ids.into())
}

/// An item with an id changes the part of that id, one without is new, one with `_destroy` goes.
fn merged_parts(
    firm: &mut Firm,
    form: &'static ObjectInfo,
    members: &'static [BodyField],
    old: &Value,
    items: &[Json],
) -> Result<Vec<Part>, Refusal> {
    let mut parts = old.parts().to_vec();
    for item in items {
        let object = item.as_object().ok_or_else(|| Refusal::unprocessable("an item must be an object"))?;
        // A list that holds nothing yet has no ids to know: what is sent is new. Taking away what is not there is no mistake.
        // Both are our choice.
        let id = object.get("id").and_then(Json::as_i64).filter(|id| {
            let known = old.parts().iter().any(|part| part.id() == Some(*id));
            known || !(old.is_null() || taken_away(item))
        });
        let at = id.map(|id| {
            let at = parts.iter().position(|part| part.id() == Some(id));
            match at {
                Some(at) => Ok(Some(at)),
                // An attendee, say: the id is that of somebody else's record.
                None if names_only(members) => Ok(None),
                None => Err(Refusal::unknown_reference(firm, &format!("{} {id}", form.name))),
            }
        });
        match at.transpose()?.flatten() {
            Some(at) if taken_away(item) => drop(parts.remove(at)),
            Some(at) => parts[at] = part_of(firm, form, members, object, parts[at].clone())?,
            None if taken_away(item) => {}
            None => {
                let mut part = part_of(firm, form, members, object, Part::new())?;
                if form.field("id").is_some() {
                    let named = object.get("id").and_then(Json::as_i64).filter(|_| names_only(members));
                    part.set("id", Value::Whole(named.unwrap_or_else(|| firm.next_id())));
                }
                parts.push(part);
            }
        }
    }
    Ok(parts)
}

fn part_of(
    firm: &mut Firm,
    form: &'static ObjectInfo,
    members: &'static [BodyField],
    object: &Map<String, Json>,
    mut part: Part,
) -> Result<Part, Refusal> {
    for member in members {
        let Some(sent) = object.get(member.name) else { continue };
        if matches!(member.name, "id" | "_destroy" | "_deleted") {
            continue;
        }
        let field = form.field(member.name);
        let kind = field.map(|field| field.kind).or(match member.kind {
            BodyKind::Value(kind) => Some(kind),
            _ => None,
        });
        let Some(kind) = kind else { continue };
        let old = part.get(member.name).clone();
        if let Some(value) = value(firm, member, kind, &old, sent)? {
            part.set(member.name, value);
        }
    }
    Ok(part)
}
