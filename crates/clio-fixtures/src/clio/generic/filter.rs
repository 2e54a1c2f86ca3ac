//! Filters of lists: whatever a parameter says about a field of the same meaning.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::schema::{Kind, OperationInfo, ParameterInfo, operations};

use super::convert::{day, decimal, moment};
use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    behaviour,
    store::{Record, Resource, Value},
};

/// Whether a record passes.
pub(crate) type Test = Box<dyn Fn(View<'_>, &Record) -> bool>;

/// What a list's parameters say, read once.
pub(super) struct Filters {
    tests: Vec<Test>,
}

impl Filters {
    /// A parameter that the operation does not have is ignored, as Clio does.
    pub(super) fn read(
        view: View<'_>,
        ask: &Ask<'_>,
        operation: &'static OperationInfo,
        resource: Resource,
    ) -> Result<Self, Refusal> {
        let mut tests = Vec::new();
        for parameter in operation.parameters {
            let sent: Vec<String> = values(ask, parameter.name);
            match meaning(resource, parameter) {
                Meaning::Shape | Meaning::Nothing => {}
                _ if sent.is_empty() => {}
                meaning => tests.push(test(view, ask, resource, parameter, &meaning, &sent)?),
            }
        }
        if let Some(test) = behaviour::of(resource).listed(view, ask) {
            tests.push(test);
        }
        if view.access.restricts(resource) {
            tests.push(Box::new(move |view, record| view.access.sees(view.firm, resource, record)));
        }
        Ok(Self { tests })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    pub(super) fn let_through(&self, view: View<'_>, record: &Record) -> bool {
        self.tests.iter().all(|test| test(view, record))
    }
}

/// `name` and, of a parameter with keys in brackets, `name[7]`.
fn values(ask: &Ask<'_>, name: &str) -> Vec<String> {
    let keyed =
        |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('[') && rest.ends_with(']'));
    let hits = ask.params().iter().filter(|(key, _)| key == name || keyed(key));
    hits.map(|(_, value)| value.clone()).collect()
}

/// What a parameter does.
enum Meaning {
    /// It shapes the answer: fields, pages, order.
    Shape,
    Ids,
    OtherIds,
    CreatedSince,
    UpdatedSince,
    Query,
    CustomFields,
    /// A behaviour knows.
    ByHand,
    /// The plain field in this slot.
    Field(u16, Kind),
    /// The association in this slot.
    Association(u16),
    /// A date field with an operator before the value.
    Compared(u16),
    /// The world reads it and does nothing.
    Nothing,
}

fn meaning(resource: Resource, parameter: &ParameterInfo) -> Meaning {
    let name = parameter.name;
    if behaviour::of(resource).filters().contains(&name) {
        return Meaning::ByHand;
    }
    match name {
        "fields" | "limit" | "page_token" | "order" | "offset" | "custom_field_ids[]" => {
            return Meaning::Shape;
        }
        "ids[]" => return Meaning::Ids,
        "exclude_ids[]" => return Meaning::OtherIds,
        "created_since" => return Meaning::CreatedSince,
        "updated_since" => return Meaning::UpdatedSince,
        "custom_field_values" => return Meaning::CustomFields,
        _ => {}
    }
    if name == "query" {
        return Meaning::Query;
    }
    let kind = |slot: u16| resource.info().fields[usize::from(slot)].kind;
    if let Some(slot) = resource.slot(name) {
        return match kind(slot) {
            Kind::Object(_) | Kind::List(_) | Kind::Json => Meaning::Association(slot),
            kind => Meaning::Field(slot, kind),
        };
    }
    if let Some(slot) = name.strip_suffix("[]").and_then(|name| resource.slot(name)) {
        return Meaning::Compared(slot);
    }
    let one = name.strip_suffix("_id");
    let slot = one.and_then(|one| resource.slot(one).or_else(|| resource.slot(&format!("{one}s"))));
    slot.map_or(Meaning::Nothing, Meaning::Association)
}

/// The parameters of lists that the world takes and does nothing with, as `CalendarEntry#index?expanded`: it follows none of
/// their meanings, because no source says what they do, or because nothing in a fake firm has to do with them.
pub(crate) fn unfiltered() -> Vec<String> {
    let lists = operations::ALL.iter().filter(|operation| operation.page_size.is_some());
    lists
        .filter_map(|operation| {
            let resource = Resource::named(operation.object.name)?;
            let idle = |parameter: &&ParameterInfo| matches!(meaning(resource, parameter), Meaning::Nothing);
            let idle = operation.parameters.iter().filter(idle);
            Some(idle.map(|parameter| format!("{}?{}", operation.id, parameter.name)).collect::<Vec<_>>())
        })
        .flatten()
        .collect()
}

fn test(
    view: View<'_>,
    ask: &Ask<'_>,
    resource: Resource,
    parameter: &ParameterInfo,
    meaning: &Meaning,
    sent: &[String],
) -> Result<Test, Refusal> {
    let wrong = || {
        let last = sent.last().map(String::as_str).unwrap_or_default();
        Refusal::argument(&format!("{} cannot be {last:?}", parameter.name))
    };
    let inclusive = view.firm.settings.since_inclusive;
    let since = |text: Option<&String>| text.and_then(|text| moment(text)).ok_or_else(wrong);
    let ids = || {
        sent.iter().map(|text| text.parse::<i64>()).collect::<Result<HashSet<_>, _>>().map_err(|_| wrong())
    };
    Ok(match meaning {
        Meaning::Ids => {
            let ids = ids()?;
            Box::new(move |_, record| ids.contains(&record.id))
        }
        Meaning::OtherIds => {
            let ids = ids()?;
            Box::new(move |_, record| !ids.contains(&record.id))
        }
        Meaning::CreatedSince => {
            let floor = since(sent.last())?;
            Box::new(move |_, record| is_since(record.stamp.created, floor, inclusive))
        }
        Meaning::UpdatedSince => {
            let floor = since(sent.last())?;
            Box::new(move |_, record| is_since(record.stamp.updated, floor, inclusive))
        }
        Meaning::Query => {
            let part = sent.last().map(|text| text.to_lowercase()).unwrap_or_default();
            let settled = view.firm.settings.search_settles;
            Box::new(move |view, record| {
                let known = view.now.signed_duration_since(record.stamp.updated).to_std().unwrap_or_default();
                known >= settled && behaviour::searched(view, resource, record).to_lowercase().contains(&part)
            })
        }
        Meaning::CustomFields => custom_fields(ask, resource)?,
        Meaning::ByHand => {
            let last = sent.last().map(String::as_str).unwrap_or_default();
            behaviour::of(resource).filter(view, parameter.name, last).ok_or_else(wrong)?
        }
        // Clio's document: the word `null` finds those without one.
        Meaning::Association(slot) if sent.last().is_some_and(|text| text == "null") => {
            let name = resource.info().fields[usize::from(*slot)].name;
            Box::new(move |view, record| behaviour::value(view, resource, record, name).links().is_empty())
        }
        Meaning::Association(slot) => {
            let name = resource.info().fields[usize::from(*slot)].name;
            // The word null asks for those without (Clio's document, of every such parameter).
            if sent.last().is_some_and(|text| text == "null") {
                return Ok(Box::new(move |view, record| {
                    let value = behaviour::value(view, resource, record, name);
                    value.links().is_empty() && value.parts().is_empty()
                }));
            }
            let id = sent.last().and_then(|text| text.parse::<i64>().ok()).ok_or_else(wrong)?;
            Box::new(move |view, record| {
                let value = behaviour::value(view, resource, record, name);
                value.links().contains(&id) || value.parts().iter().any(|part| part.id() == Some(id))
            })
        }
        Meaning::Field(slot, kind) => {
            let name = resource.info().fields[usize::from(*slot)].name;
            let wanted = wanted(*kind, sent).ok_or_else(wrong)?;
            Box::new(move |view, record| wanted.fits(&behaviour::value(view, resource, record, name)))
        }
        Meaning::Compared(slot) => compared(*slot, sent).ok_or_else(wrong)?,
        Meaning::Shape | Meaning::Nothing => Box::new(|_, _| true),
    })
}

/// Whether the moment itself counts is not known; see `ClioWorldBuilder::since_inclusive`.
pub(crate) fn is_since(at: DateTime<Utc>, floor: DateTime<Utc>, inclusive: bool) -> bool {
    at > floor || (inclusive && at == floor)
}

/// What a plain field has to be.
enum Wanted {
    Flag(bool),
    Number(rust_decimal::Decimal),
    Day(NaiveDate),
    /// Texts, of which it is one. Case does not count, because Clio reads some words in another one than it writes.
    Words(Vec<String>),
    Part(String),
}

fn wanted(kind: Kind, sent: &[String]) -> Option<Wanted> {
    let last = sent.last()?;
    Some(match kind {
        Kind::Boolean => Wanted::Flag(last.parse().ok()?),
        Kind::Id
        | Kind::TextId
        | Kind::Integer
        | Kind::Number
        | Kind::Seconds
        | Kind::Hours
        | Kind::Money => Wanted::Number(decimal(&serde_json::Value::from(last.as_str()))?),
        Kind::Date | Kind::DateTime => Wanted::Day(day(last)?),
        Kind::Choice(_) => {
            let letters = |word: &str| word.trim().replace('_', "").to_lowercase();
            Wanted::Words(sent.iter().flat_map(|text| text.split(',')).map(letters).collect())
        }
        _ => Wanted::Part(last.to_lowercase()),
    })
}

impl Wanted {
    fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Flag(flag) => value.is_true() == *flag,
            Self::Number(number) => value.as_decimal() == Some(*number),
            Self::Day(day) => value.as_date() == Some(*day),
            Self::Words(words) => value.as_str().is_some_and(|word| {
                let word = word.replace('_', "").to_lowercase();
                words.contains(&word)
            }),
            Self::Part(part) => match value {
                Value::Whole(number) => number.to_string() == *part,
                value => value.as_str().is_some_and(|text| text.to_lowercase().contains(part)),
            },
        }
    }
}

/// `>=2020-01-01`, several of them together.
fn compared(slot: u16, sent: &[String]) -> Option<Test> {
    let read = |text: &String| {
        let rest = text.trim_start_matches(['<', '>', '=']);
        Some((text[..text.len() - rest.len()].to_owned(), day(rest)?))
    };
    let bounds = sent.iter().map(read).collect::<Option<Vec<_>>>()?;
    Some(Box::new(move |_, record| {
        let Some(day) = record.get(slot).as_date() else { return false };
        bounds.iter().all(|(operator, bound)| match operator.as_str() {
            ">=" => day >= *bound,
            ">" => day > *bound,
            "<=" => day <= *bound,
            "<" => day < *bound,
            _ => day == *bound,
        })
    }))
}

/// `custom_field_values[7]=x`: the value of that custom field, with an operator before it. One that cannot be compared is
/// refused.
fn custom_fields(ask: &Ask<'_>, resource: Resource) -> Result<Test, Refusal> {
    let slot = resource.slot("custom_field_values").unwrap_or(u16::MAX);
    let mut wanted = Vec::new();
    for (key, text) in ask.params() {
        let Some(id) = key.strip_prefix("custom_field_values[").and_then(|rest| rest.strip_suffix(']'))
        else {
            continue;
        };
        let id: i64 =
            id.parse().map_err(|_| Refusal::argument("custom_field_values takes ids of custom fields"))?;
        let rest = text.trim_start_matches(['<', '>', '=', '!']);
        let operator = text[..text.len() - rest.len()].to_owned();
        if !matches!(operator.as_str(), "" | "=" | "<" | ">" | "<=" | ">=") {
            return Err(Refusal::argument(&format!(
                "custom_field_values does not know the operator {operator:?}"
            )));
        }
        wanted.push((id, operator, rest.to_owned()));
    }
    Ok(Box::new(move |view, record| {
        wanted.iter().all(|(id, operator, text)| {
            behaviour::custom_fields::value_of(view.firm, record.get(slot), *id)
                .is_some_and(|value| behaviour::custom_fields::compares(value, operator, text))
        })
    }))
}
