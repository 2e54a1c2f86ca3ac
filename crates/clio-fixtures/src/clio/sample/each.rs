//! A record of everything, each field filled.

use chrono::{NaiveDate, TimeZone, Utc};
use clio_core::schema::{FieldInfo, Kind, ObjectInfo};
use rust_decimal::Decimal;

use crate::clio::{
    behaviour::users::USER,
    firm::Firm,
    records::Origin,
    store::{Part, Record, Resource, Value},
};

/// The id of every one of them.
const ID: i64 = 1;

/// Puts the record 1 into every table. Its associations lead to the record 1 of their tables.
pub(super) fn one_of_each(firm: &mut Firm) {
    for resource in Resource::all() {
        let mut record = Record::new(ID, firm.founded.created, Origin::Seed);
        for field in resource.info().fields {
            if let Some(slot) = resource.slot(field.name) {
                record.set(slot, sample(field));
            }
        }
        // Whoever walks over this account wants to see all of it.
        if resource == USER.resource {
            record.set(USER.account_owner, true);
            record.set(USER.enabled, true);
        }
        firm.tables.seed(resource, record);
    }
}

fn sample(field: &'static FieldInfo) -> Value {
    of_kind(field.name, field.kind, true)
}

fn of_kind(name: &'static str, kind: Kind, deep: bool) -> Value {
    match kind {
        Kind::Boolean => Value::Bool(false),
        Kind::Id | Kind::TextId | Kind::Integer => Value::Whole(ID),
        Kind::Number | Kind::Seconds | Kind::Hours | Kind::Money => Value::Decimal(Decimal::new(15, 1)),
        Kind::Text => Value::text(format!("a {}", name.replace('_', " "))),
        Kind::Date => NaiveDate::from_ymd_opt(2026, 1, 15).map_or(Value::Null, Value::Date),
        Kind::DateTime => {
            Utc.with_ymd_and_hms(2026, 1, 15, 9, 30, 0).single().map_or(Value::Null, Value::Moment)
        }
        Kind::Choice(words) => words.first().map_or(Value::Null, |word| Value::Word(word)),
        Kind::Object(form) => match Resource::of_form(form).first() {
            Some(to) => Value::Link(*to, ID),
            None if deep => Value::Part(Box::new(part(form))),
            None => Value::Null,
        },
        Kind::List(Kind::Object(form)) => match Resource::of_form(form).first() {
            Some(to) => Value::Links(*to, [ID].into()),
            // Two of each, so that there is a secondary one.
            None if deep => Value::Parts(vec![part(form), part(form).with("id", ID + 1)]),
            None => Value::Null,
        },
        Kind::List(item) => Value::List(vec![of_kind(name, *item, false)]),
        Kind::Json => Value::Json(Box::new(serde_json::json!({"id": ID}))),
        _ => Value::Null,
    }
}

fn part(form: &'static ObjectInfo) -> Part {
    form.fields
        .iter()
        .fold(Part::new(), |part, field| part.with(field.name, of_kind(field.name, field.kind, true)))
}
