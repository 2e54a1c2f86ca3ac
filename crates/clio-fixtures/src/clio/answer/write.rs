//! Records as JSON text.

use std::io::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use clio_core::{FieldTree, schema::Kind};
use rust_decimal::Decimal;

use super::plan::{Plan, Source, Step};
use crate::clio::{
    access::Access,
    firm::Firm,
    store::{Part, Record, Resource, Value},
};

/// The firm as one caller sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) firm: &'a Firm,
    pub(crate) access: &'a Access,
    pub(crate) now: DateTime<Utc>,
}

/// The whole record as JSON, for tests and tools: every field that one request can ask for.
pub(crate) fn document(view: View<'_>, resource: Resource, record: &Record) -> serde_json::Value {
    let plan = Plan::record(Some(&FieldTree::everything(resource.info())), resource.info(), resource);
    let mut text = Vec::new();
    view.record(&mut text, &plan, resource, record);
    serde_json::from_slice(&text).unwrap_or_default()
}

impl View<'_> {
    /// One record.
    pub(crate) fn record(self, out: &mut Vec<u8>, plan: &Plan, resource: Resource, record: &Record) {
        let mut separator = b'{';
        for step in &plan.steps {
            out.push(separator);
            separator = b',';
            out.extend_from_slice(step.key.as_bytes());
            match step.source {
                Source::Id if matches!(step.kind, Kind::TextId) => text(out, &record.id.to_string()),
                Source::Id => whole(out, record.id),
                Source::Etag => text(out, &record.stamp.etag(resource.name(), record.id)),
                Source::Created => moment(out, record.stamp.created),
                Source::Updated => moment(out, record.stamp.updated),
                Source::Stored(slot) => self.value(out, step, record.get(slot)),
                Source::Computed(compute) => self.value(out, step, &compute(self, resource, record)),
                Source::Absent => self.value(out, step, Value::null()),
            }
        }
        close(out, separator);
    }

    /// A record that the caller may not see: Clio gives it without its values, and says so.
    fn redacted(out: &mut Vec<u8>, plan: &Plan) {
        out.push(b'{');
        for step in plan.steps.iter().filter(|step| step.name != "redacted") {
            out.extend_from_slice(step.key.as_bytes());
            out.extend_from_slice(b"null,");
        }
        out.extend_from_slice(b"\"redacted\":true}");
    }

    fn part(self, out: &mut Vec<u8>, plan: &Plan, part: &Part) {
        let mut separator = b'{';
        for step in &plan.steps {
            out.push(separator);
            separator = b',';
            out.extend_from_slice(step.key.as_bytes());
            match (step.name, part.get(step.name)) {
                ("etag", Value::Null) => text(out, &self.firm.founded.etag("Part", part.id().unwrap_or(0))),
                ("created_at", Value::Null) => moment(out, self.firm.founded.created),
                ("updated_at", Value::Null) => moment(out, self.firm.founded.updated),
                (_, value) => self.value(out, step, value),
            }
        }
        close(out, separator);
    }

    fn value(self, out: &mut Vec<u8>, step: &Step, value: &Value) {
        match value {
            Value::Null => out.extend_from_slice(nothing(step.kind)),
            Value::Bool(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
            Value::Whole(id) if matches!(step.kind, Kind::TextId | Kind::Text) => text(out, &id.to_string()),
            Value::Whole(number)
                if matches!(step.kind, Kind::Number | Kind::Seconds | Kind::Hours | Kind::Money) =>
            {
                decimal(out, Decimal::from(*number));
            }
            Value::Whole(number) => whole(out, *number),
            Value::Decimal(number) if matches!(step.kind, Kind::Integer | Kind::Id) => {
                let _ = write!(out, "{}", number.trunc());
            }
            Value::Decimal(number) => decimal(out, *number),
            Value::Text(words) => text(out, words),
            Value::Word(word) => text(out, word),
            Value::Date(day) if matches!(step.kind, Kind::DateTime) => {
                moment(out, day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc());
            }
            Value::Date(day) => date(out, *day),
            Value::Moment(at) if matches!(step.kind, Kind::Date) => date(out, at.date_naive()),
            Value::Moment(at) => moment(out, *at),
            Value::Link(resource, id) => self.link(out, step, *resource, *id),
            Value::Links(resource, ids) => {
                let there = ids.iter().filter(|id| self.firm.get(*resource, **id).is_some());
                list(out, there, |out, id| self.link(out, step, *resource, *id));
            }
            Value::Part(part) => self.nested_part(out, step, part),
            Value::Parts(parts) => list(out, parts.iter(), |out, part| self.nested_part(out, step, part)),
            Value::List(values) => {
                let kind = if let Kind::List(kind) = step.kind { *kind } else { Kind::Json };
                let inner = Step { kind, ..step.clone() };
                // A record that was deleted since is in no list: a list with null in it is none that Clio answers.
                let gone = |value: &&Value| matches!(value, Value::Link(to, id) if self.firm.get(*to, *id).is_none());
                let there = values.iter().filter(|value| !gone(value));
                list(out, there, |out, value| self.value(out, &inner, value));
            }
            Value::Json(json) => {
                let _ = serde_json::to_writer(out, json);
            }
        }
    }

    fn link(self, out: &mut Vec<u8>, step: &Step, resource: Resource, id: i64) {
        let Some(record) = self.firm.tables.get(resource, id) else {
            out.extend_from_slice(b"null");
            return;
        };
        // Where the document leaves the shape open, nothing can be asked for: it comes as it comes without braces.
        let default;
        let plan = if let Some(plan) = step.nested.of(resource) {
            plan
        } else {
            default = Plan::record(None, resource.info(), resource);
            &default
        };
        if self.access.sees(self.firm, resource, record) {
            self.record(out, plan, resource, record);
        } else {
            Self::redacted(out, plan);
        }
    }

    fn nested_part(self, out: &mut Vec<u8>, step: &Step, part: &Part) {
        if let Some(plan) = &step.nested.part {
            return self.part(out, plan, part);
        }
        let mut separator = b'{';
        for (name, value) in
            part.members().filter(|(_, value)| !matches!(value, Value::Part(_) | Value::Parts(_)))
        {
            out.push(separator);
            separator = b',';
            text(out, name);
            out.push(b':');
            self.value(out, &Step { kind: Kind::Json, ..step.clone() }, value);
        }
        close(out, separator);
    }
}

/// What stands for a value that nothing is known of. Clio's flags are never null.
fn nothing(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::Boolean => b"false",
        Kind::List(_) => b"[]",
        _ => b"null",
    }
}

fn list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, mut each: impl FnMut(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        each(out, item);
    }
    out.push(b']');
}

/// Ends an object, one without members too.
fn close(out: &mut Vec<u8>, separator: u8) {
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
}

fn text(out: &mut Vec<u8>, text: &str) {
    let _ = serde_json::to_writer(out, text);
}

fn whole(out: &mut Vec<u8>, number: i64) {
    let _ = serde_json::to_writer(out, &number);
}

/// A number that is always written with a decimal point, as Clio writes these.
fn decimal(out: &mut Vec<u8>, number: Decimal) {
    let number = number.normalize();
    let _ = write!(out, "{number}");
    if number.scale() == 0 {
        out.extend_from_slice(b".0");
    }
}

fn date(out: &mut Vec<u8>, day: NaiveDate) {
    out.push(b'"');
    digits_of_date(out, day);
    out.push(b'"');
}

/// `"2026-03-02T09:00:00+00:00"`, written by hand: every answer has hundreds of them.
fn moment(out: &mut Vec<u8>, at: DateTime<Utc>) {
    out.push(b'"');
    digits_of_date(out, at.date_naive());
    for (before, number) in [(b'T', at.hour()), (b':', at.minute()), (b':', at.second())] {
        out.push(before);
        two(out, number);
    }
    out.extend_from_slice(b"+00:00\"");
}

fn digits_of_date(out: &mut Vec<u8>, day: NaiveDate) {
    match u32::try_from(day.year()) {
        Ok(year @ 0..=9999) => {
            two(out, year / 100);
            two(out, year % 100);
            for number in [day.month(), day.day()] {
                out.push(b'-');
                two(out, number);
            }
        }
        _ => {
            let _ = write!(out, "{day}");
        }
    }
}

fn two(out: &mut Vec<u8>, number: u32) {
    let digit = |number: u32| u8::try_from(number % 10).unwrap_or(0) + b'0';
    out.extend_from_slice(&[digit(number / 10), digit(number)]);
}
