//! Orders of lists.

use std::cmp::Ordering;

use clio_core::schema::{Kind, OperationInfo};

use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    behaviour,
    store::{Record, Resource, Value},
};

/// The lists that go by something else unasked (Clio's document).
const OTHER_DEFAULTS: &[(&str, &str)] = &[
    ("Allocation#index", "date(asc)"),
    ("Communication#index", "date(asc)"),
    ("CreditMemo#index", "date(asc)"),
    ("MatterContacts#index", "is_client(asc)"),
];

/// `created_at(desc)`: the field, and whether it goes down.
pub(super) struct Order<'q> {
    pub(super) key: &'q str,
    pub(super) descending: bool,
}

impl<'q> Order<'q> {
    /// The `order` parameter, where the operation has one. Clio's document names the first of its words as the default.
    pub(super) fn read(ask: &'q Ask<'_>, operation: &OperationInfo) -> Result<Self, Refusal> {
        let known = operation.parameter("order").map(|parameter| parameter.kind);
        let text = match (ask.param("order"), known) {
            (Some(text), Some(Kind::Choice(words))) if !words.contains(&text) => {
                return Err(Refusal::argument(&format!("order cannot be {text:?}")));
            }
            (Some(text), Some(_)) => text,
            _ => OTHER_DEFAULTS
                .iter()
                .find(|(id, _)| *id == operation.id)
                .map_or("id(asc)", |(_, order)| order),
        };
        let (key, way) = text.split_once('(').unwrap_or((text, "asc)"));
        Ok(Self { key, descending: way == "desc)" })
    }

    /// By id and upwards, which is the order of a cursor.
    pub(super) fn is_cursor(&self) -> bool {
        self.key == "id" && !self.descending
    }

    pub(super) fn sort(&self, view: View<'_>, resource: Resource, found: &mut Vec<&Record>) {
        found.sort_by_key(|record| record.id);
        if self.key != "id" {
            found.sort_by_cached_key(|record| Key(value_at(view, resource, record, self.key)));
        }
        if self.descending {
            found.reverse();
        }
    }
}

impl Order<'_> {
    /// As [`Order::sort`], of records of several resources.
    pub(super) fn sort_mixed(&self, view: View<'_>, found: &mut [(Resource, &Record)]) {
        found.sort_by_key(|(resource, record)| (record.id, *resource));
        if self.key != "id" {
            found.sort_by_cached_key(|(resource, record)| Key(value_at(view, *resource, record, self.key)));
        }
        if self.descending {
            found.reverse();
        }
    }
}

/// The value at `user.name` or `date`.
pub(super) fn value_at(view: View<'_>, resource: Resource, record: &Record, path: &str) -> Value {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let value = behaviour::value(view, resource, record, name);
    match (&value, rest) {
        (Value::Link(to, id), Some(rest)) => {
            view.firm.get(*to, *id).map_or(Value::Null, |next| value_at(view, *to, next, rest))
        }
        (Value::Part(part), Some(rest)) => part.get(rest).clone(),
        // What an association is ordered by is not known: its id.
        (Value::Link(_, id), None) => Value::Whole(*id),
        _ => value,
    }
}

/// A value that can be sorted; null comes first.
struct Key(Value);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Key {}
impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.0, &other.0);
        if let (Some(a), Some(b)) = (a.as_decimal(), b.as_decimal()) {
            return a.cmp(&b);
        }
        if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
            return a.to_lowercase().cmp(&b.to_lowercase());
        }
        if let (Some(a), Some(b)) = (a.as_moment(), b.as_moment()) {
            return a.cmp(&b);
        }
        b.is_null().cmp(&a.is_null()).then(a.is_true().cmp(&b.is_true()))
    }
}
