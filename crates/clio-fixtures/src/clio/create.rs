//! Writing an activity.

use clio_core::schema::{BodyField, BodyKind, Kind, Operation, operations::CreateActivity};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use bytes::Bytes;
use http::{Response, StatusCode};

use super::{
    ask::{Ask, Refusal, ok},
    records::Origin,
    render::Node,
    route::fields,
    state::{Activity, Firm, Stamp},
};

/// `POST /activities.json`.
pub(crate) fn create(firm: &mut Firm, ask: &Ask<'_>) -> Result<Response<Bytes>, Refusal> {
    // A bad list of fields is refused before anything is written.
    let tree = fields(ask, CreateActivity::INFO)?;
    let body: Value =
        serde_json::from_slice(ask.body()).map_err(|_| Refusal::argument("the body is not JSON"))?;
    let data = body.get("data").and_then(Value::as_object);
    let data = data.ok_or_else(|| Refusal::argument("the body has no data object"))?;
    check(CreateActivity::INFO.body, data, "")?;

    let user = reference(data, "user")?.or_else(|| firm.users.first().map(|user| user.id)).unwrap_or(0);
    let matter = reference(data, "matter")?;
    let category = reference(data, "activity_description")?;
    if firm.user(user).is_none() {
        return Err(Refusal::not_found(&format!("User {user}")));
    }
    if let Some(id) = matter.filter(|id| firm.matter(*id).is_none()) {
        return Err(Refusal::not_found(&format!("Matter {id}")));
    }
    if let Some(id) = category.filter(|id| firm.category(*id).is_none()) {
        return Err(Refusal::not_found(&format!("ActivityDescription {id}")));
    }
    let (price, flat_rate) = firm.price(user, category);
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    let flag = |name: &str| data.get(name).and_then(Value::as_bool).unwrap_or(false);
    let note = text("note").unwrap_or_default();
    let note = if firm.settings.trims_notes { note.trim() } else { note };
    let kind = text("type").unwrap_or_default().to_owned();
    let day = text("date").and_then(|day| day.parse().ok());
    let activity = Activity {
        id: firm.next_id(),
        date: day.ok_or_else(|| Refusal::unprocessable("date is not a date"))?,
        quantity: data.get("quantity").and_then(decimal).unwrap_or_default(),
        price: data.get("price").and_then(decimal).unwrap_or(price),
        note: note.to_owned(),
        reference: text("reference").filter(|_| kind == "HardCostEntry").map(str::to_owned),
        kind,
        matter,
        user,
        category,
        flat_rate,
        non_billable: flag("non_billable"),
        no_charge: flag("no_charge"),
        origin: Origin::Token { call: ask.call },
        stamp: Stamp::new(ask.now),
    };
    let id = activity.id;
    firm.activities.insert(id, activity);
    let written =
        firm.activities.get(&id).map(|activity| Node::Activity(activity).render(firm, tree.as_ref()));
    Ok(ok(StatusCode::CREATED, &json!({"data": written})))
}

/// Required members, words out of lists, and the types of plain values. Members that the operation does not have are
/// not looked at: Clio drops them.
fn check(members: &[BodyField], data: &Map<String, Value>, within: &str) -> Result<(), Refusal> {
    for member in members {
        let name = format!("{within}{}", member.name);
        match data.get(member.name) {
            None | Some(Value::Null) if member.required => {
                return Err(Refusal::unprocessable(&format!("{name} is required")));
            }
            None | Some(Value::Null) => {}
            Some(value) => match &member.kind {
                BodyKind::Value(kind) => check_value(*kind, value, &name)?,
                BodyKind::Object(members) => {
                    let object = value.as_object();
                    let object =
                        object.ok_or_else(|| Refusal::unprocessable(&format!("{name} must be an object")))?;
                    check(members, object, &format!("{name}."))?;
                }
                _ => {}
            },
        }
    }
    Ok(())
}

fn check_value(kind: Kind, value: &Value, name: &str) -> Result<(), Refusal> {
    let fits = match kind {
        Kind::Boolean => value.is_boolean(),
        Kind::Id | Kind::Integer => value.as_i64().is_some(),
        Kind::Number | Kind::Money => decimal(value).is_some_and(|number| !number.is_sign_negative()),
        Kind::Text => value.is_string(),
        Kind::Date => value.as_str().is_some_and(|text| text.parse::<chrono::NaiveDate>().is_ok()),
        Kind::Choice(words) => {
            if value.as_str().is_some_and(|word| words.contains(&word)) {
                return Ok(());
            }
            return Err(Refusal::unprocessable(&format!("{name} must be one of {words:?}")));
        }
        _ => true,
    };
    if fits { Ok(()) } else { Err(Refusal::unprocessable(&format!("{name} cannot be {value}"))) }
}

/// The id that `{"matter": {"id": 1}}` names. `{}` and null name none.
fn reference(data: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refusal> {
    match data.get(name).and_then(|object| object.get("id")) {
        None => Ok(None),
        Some(id) => {
            id.as_i64().map(Some).ok_or_else(|| Refusal::unprocessable(&format!("{name}.id cannot be {id}")))
        }
    }
}

/// A number, or one in quotes.
fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}
