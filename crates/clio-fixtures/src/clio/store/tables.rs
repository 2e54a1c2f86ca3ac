//! All tables of a firm, and what has happened to them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Record, Resource};
use crate::clio::records::Origin;

/// The records of one resource, by id.
pub(crate) type Table = BTreeMap<i64, Record>;

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Created,
    Updated,
    Deleted,
}

/// One change of the firm, in the order of happening.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    pub(crate) resource: Resource,
    pub(crate) id: i64,
    pub(crate) what: What,
    pub(crate) by: Origin,
    pub(crate) at: DateTime<Utc>,
    /// The fields whose stored value changed; empty for what was created or deleted.
    pub(crate) fields: Vec<u16>,
    /// The record as it was, of what was deleted.
    pub(crate) last: Option<Box<Record>>,
}

/// A table for every resource. Whatever is not the seed's goes through [`Tables::insert`], [`Tables::change`] and
/// [`Tables::remove`], which keep the history.
#[derive(Debug)]
pub(crate) struct Tables {
    all: Vec<Table>,
    history: Vec<Happened>,
    /// A change of a child also gives its parents a new `updated_at` and etag.
    touches_parents: bool,
}

/// The children of the knob `children_touch_parents`, each with the fields that lead to its parents.
const CHILDREN: &[(&str, &[&str])] =
    &[("CustomFieldValue", &["contact", "matter"]), ("LineItem", &["bill"]), ("Relationship", &["matter"])];

impl Tables {
    pub(crate) fn new(touches_parents: bool) -> Self {
        Self { all: Resource::all().map(|_| Table::new()).collect(), history: Vec::new(), touches_parents }
    }

    pub(crate) fn table(&self, resource: Resource) -> &Table {
        static EMPTY: Table = Table::new();
        self.all.get(resource.index()).unwrap_or(&EMPTY)
    }

    pub(crate) fn get(&self, resource: Resource, id: i64) -> Option<&Record> {
        self.table(resource).get(&id)
    }

    pub(crate) fn history(&self) -> &[Happened] {
        &self.history
    }

    /// Puts a record in as if it had always been there.
    pub(crate) fn seed(&mut self, resource: Resource, record: Record) {
        if let Some(table) = self.all.get_mut(resource.index()) {
            table.insert(record.id, record.settle());
        }
    }

    pub(crate) fn insert(&mut self, resource: Resource, record: Record) {
        let (id, at, by) = (record.id, record.stamp.created, record.origin.clone());
        self.touch_parents(resource, &record, at);
        self.seed(resource, record);
        self.happened(resource, id, What::Created, by, at, Vec::new());
    }

    /// Changes a record and stamps it, unless nothing changed. `false` when there is none of this id.
    pub(crate) fn change(
        &mut self,
        resource: Resource,
        id: i64,
        now: DateTime<Utc>,
        by: &Origin,
        change: impl FnOnce(&mut Record),
    ) -> bool {
        let Some(record) = self.all.get_mut(resource.index()).and_then(|table| table.get_mut(&id)) else {
            return false;
        };
        let old = record.clone();
        change(record);
        let fields = record.changes(&old);
        if !fields.is_empty() {
            record.stamp.touch(now);
            let child = record.clone();
            self.touch_parents(resource, &child, now);
            self.happened(resource, id, What::Updated, by.clone(), now, fields);
        }
        true
    }

    /// Stamps a record as changed though none of its own fields did.
    pub(crate) fn touch(&mut self, resource: Resource, id: i64, now: DateTime<Utc>, by: &Origin) {
        if let Some(record) = self.all.get_mut(resource.index()).and_then(|table| table.get_mut(&id)) {
            record.stamp.touch(now);
            self.happened(resource, id, What::Updated, by.clone(), now, Vec::new());
        }
    }

    /// What happened so far was before the world began.
    pub(crate) fn forget(&mut self) {
        self.history.clear();
    }

    pub(crate) fn remove(&mut self, resource: Resource, id: i64, now: DateTime<Utc>, by: &Origin) -> bool {
        let Some(gone) = self.all.get_mut(resource.index()).and_then(|table| table.remove(&id)) else {
            return false;
        };
        self.touch_parents(resource, &gone, now);
        self.happened(resource, id, What::Deleted, by.clone(), now, Vec::new());
        if let Some(last) = self.history.last_mut() {
            last.last = Some(Box::new(gone));
        }
        true
    }

    /// No field of the parent changes, so this is no change of its own in the history.
    fn touch_parents(&mut self, resource: Resource, child: &Record, now: DateTime<Utc>) {
        if !self.touches_parents {
            return;
        }
        let fields = CHILDREN.iter().find(|(name, _)| *name == resource.name());
        for field in fields.into_iter().flat_map(|(_, fields)| *fields) {
            let Some(super::Value::Link(to, id)) = resource.slot(field).map(|slot| child.get(slot)) else {
                continue;
            };
            if let Some(parent) = self.all.get_mut(to.index()).and_then(|table| table.get_mut(id)) {
                parent.stamp.touch(now);
            }
        }
    }

    fn happened(
        &mut self,
        resource: Resource,
        id: i64,
        what: What,
        by: Origin,
        at: DateTime<Utc>,
        fields: Vec<u16>,
    ) {
        self.history.push(Happened { resource, id, what, by, at, fields, last: None });
    }
}
