//! Custom fields and what records hold in them.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{Behaviour, Compute};
use crate::clio::{
    ask::Refusal,
    firm::Firm,
    generic::Write,
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(FIELD: CustomField = custom_field { deleted, field_type, name, picklist_options });
handles!(VALUE: CustomFieldValue = custom_field_value {
    contact,
    custom_field,
    field_name,
    field_type,
    matter,
    picklist_option,
    value,
});

pub(crate) struct Fields;

impl Behaviour for Fields {
    fn resource(&self) -> Option<Resource> {
        Some(FIELD.resource)
    }

    /// A field is deleted for future use only: it is still read, with `deleted`, and so are the values in it, as
    /// `soft_deleted` (Clio's document). That a list has it unasked is our choice.
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        if record.get(FIELD.deleted).is_true() {
            return Err(Refusal::not_found(&format!("CustomField {}", record.id)));
        }
        firm.tables.change(FIELD.resource, record.id, now, by, |field| field.set(FIELD.deleted, true));
        Ok(())
    }
}

pub(crate) struct Values;

impl Behaviour for Values {
    fn resource(&self) -> Option<Resource> {
        Some(VALUE.resource)
    }

    /// The id is a text made of the type and a number: `text_line-1`.
    fn computed(&self, field: &str) -> Option<Compute> {
        match field {
            "id" => Some(|_, _, record| Value::from(text_id(record))),
            "soft_deleted" => Some(|view, _, record| {
                let field = record.get(VALUE.custom_field).link();
                let field = field.and_then(|id| view.firm.get(FIELD.resource, id));
                Value::Bool(field.is_some_and(|field| field.get(FIELD.deleted).is_true()))
            }),
            _ => None,
        }
    }
}

fn text_id(record: &Record) -> String {
    format!("{}-{}", record.get(VALUE.field_type).as_str().unwrap_or("text_line"), record.id)
}

/// The `custom_field_values` of a contact or a matter that are being written: with an id they change, with `_destroy` they
/// go, else they are new. A second value for one field is refused; that is how users report it (Clio's document says
/// nothing).
pub(crate) fn write_values(firm: &mut Firm, owner: Resource, id: i64, slot: u16, write: &Write<'_>) {
    let Some(items) = write.data.get("custom_field_values").and_then(|items| items.as_array()) else {
        return;
    };
    let mut ids = firm.get(owner, id).map(|record| record.get(slot).links().to_vec()).unwrap_or_default();
    for item in items {
        let flag = item.get("_destroy").is_some_and(|flag| *flag == true);
        let named =
            item.get("id").and_then(|id| id.as_str()).and_then(|id| id.rsplit('-').next()?.parse().ok());
        let sent = item.get("value").map_or(Value::Null, |value| match value {
            serde_json::Value::String(text) => Value::text(text),
            serde_json::Value::Null => Value::Null,
            other => Value::text(other.to_string()),
        });
        match named {
            // A cleared value disappears, as users report.
            Some(named) if flag || sent.is_null() => {
                ids.retain(|known| *known != named);
                firm.tables.remove(VALUE.resource, named, write.now, write.by);
            }
            Some(named) => {
                let field =
                    firm.get(VALUE.resource, named).and_then(|one| one.get(VALUE.custom_field).link());
                let field = field.and_then(|id| firm.get(FIELD.resource, id));
                let option = field.map_or(Value::Null, |field| option(field, &sent));
                firm.tables.change(VALUE.resource, named, write.now, write.by, |record| {
                    record.set(VALUE.picklist_option, option);
                    record.set(VALUE.value, sent);
                });
            }
            None => {
                let field = item.get("custom_field").and_then(|field| field.get("id")?.as_i64());
                let Some(field) = field.and_then(|field| firm.get(FIELD.resource, field)).cloned() else {
                    continue;
                };
                let back = if owner.name() == "Matter" { VALUE.matter } else { VALUE.contact };
                let option = option(&field, &sent);
                ids.push(firm.make(VALUE.resource, write.now, write.by, |record| {
                    record.set(VALUE.custom_field, Value::Link(FIELD.resource, field.id));
                    record.set(VALUE.field_name, field.get(FIELD.name).clone());
                    record.set(VALUE.field_type, field.get(FIELD.field_type).clone());
                    record.set(VALUE.picklist_option, option);
                    record.set(VALUE.value, sent);
                    record.set(back, Value::Link(owner, id));
                }));
            }
        }
    }
    firm.tables.change(owner, id, write.now, write.by, |record| {
        record.set(slot, Value::Links(VALUE.resource, ids.into()));
    });
}

/// The option of a picklist that a value names by its id.
fn option(field: &Record, value: &Value) -> Value {
    let id = value.as_str().and_then(|text| text.parse::<i64>().ok());
    let mut options = field.get(FIELD.picklist_options).parts().iter();
    let found = options.find(|part| id.is_some() && part.id() == id);
    found.map_or(Value::Null, |part| Value::Part(Box::new(part.clone())))
}

/// Refuses values of fields that do not exist, values that do not exist, and a second value of one field.
pub(crate) fn check_values(firm: &Firm, old: &Value, write: &Write<'_>) -> Result<(), Refusal> {
    let items = write.data.get("custom_field_values").and_then(|items| items.as_array());
    let mut new = Vec::new();
    for item in items.into_iter().flatten() {
        if let Some(id) = item.get("id").and_then(|id| id.as_str()) {
            let number = id.rsplit('-').next().and_then(|number| number.parse().ok());
            if number.is_none_or(|number: i64| !old.links().contains(&number)) {
                return Err(Refusal::not_found(&format!("CustomFieldValue {id}")));
            }
            continue;
        }
        let field = item.get("custom_field").and_then(|field| field.get("id")?.as_i64());
        let usable =
            |id: &i64| firm.get(FIELD.resource, *id).is_some_and(|it| !it.get(FIELD.deleted).is_true());
        let Some(field) = field.filter(usable) else {
            return Err(Refusal::not_found("CustomField"));
        };
        if value_of(firm, old, field).is_some() || new.contains(&field) {
            return Err(Refusal::unprocessable(&format!("custom field {field} has a value already")));
        }
        new.push(field);
    }
    Ok(())
}

/// What a record holds in a custom field.
pub(crate) fn value_of<'a>(firm: &'a Firm, values: &Value, field: i64) -> Option<&'a Value> {
    let records = values.links().iter().filter_map(|id| firm.get(VALUE.resource, *id));
    let of_field = |record: &&Record| record.get(VALUE.custom_field).link() == Some(field);
    records.into_iter().find(of_field).map(|record| record.get(VALUE.value))
}

/// Compared as numbers or dates where both sides are, else as texts.
pub(crate) fn compares(value: &Value, operator: &str, text: &str) -> bool {
    let Some(mine) = value.as_str() else { return false };
    let order = match (mine.parse::<Decimal>(), text.parse::<Decimal>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => match (mine.parse::<NaiveDate>(), text.parse::<NaiveDate>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => mine.to_lowercase().cmp(&text.to_lowercase()),
        },
    };
    match operator {
        "<" => order.is_lt(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        ">=" => order.is_ge(),
        _ => order.is_eq(),
    }
}
