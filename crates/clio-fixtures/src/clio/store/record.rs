//! One record.

use chrono::{DateTime, SubsecRound, Utc};

use super::{Value, fnv};
use crate::clio::records::Origin;

/// When a record was made and changed. Clio shows whole seconds; the world keeps no more than that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    version: u32,
}

impl Stamp {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        let now = now.trunc_subsecs(0);
        Self { created: now, updated: now, version: 1 }
    }

    pub(crate) fn touch(&mut self, now: DateTime<Utc>) {
        self.updated = now.trunc_subsecs(0);
        self.version += 1;
    }

    /// The `etag` member: a quoted text inside the JSON text.
    pub(crate) fn etag(&self, kind: &str, id: i64) -> String {
        let mut seed = [0; 12];
        seed[..8].copy_from_slice(&id.to_be_bytes());
        seed[8..].copy_from_slice(&self.version.to_be_bytes());
        let one = fnv(&seed) ^ fnv(kind.as_bytes());
        let two = one.rotate_left(29).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("\"{one:016x}{two:016x}\"")
    }
}

/// One record: its fields by their place in its resource's own form, those that are null left out.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: i64,
    pub(crate) stamp: Stamp,
    pub(crate) origin: Origin,
    fields: Vec<(u16, Value)>,
}

impl Record {
    pub(crate) fn new(id: i64, now: DateTime<Utc>, origin: Origin) -> Self {
        Self { id, stamp: Stamp::new(now), origin, fields: Vec::new() }
    }

    pub(crate) fn get(&self, slot: u16) -> &Value {
        match self.fields.binary_search_by_key(&slot, |(known, _)| *known) {
            Ok(at) => &self.fields[at].1,
            Err(_) => Value::null(),
        }
    }

    pub(crate) fn set(&mut self, slot: u16, value: impl Into<Value>) {
        let value = value.into();
        if slot == u16::MAX {
            return;
        }
        match self.fields.binary_search_by_key(&slot, |(known, _)| *known) {
            Ok(at) if value.is_null() => drop(self.fields.remove(at)),
            Ok(at) => self.fields[at].1 = value,
            Err(_) if value.is_null() => {}
            Err(at) => self.fields.insert(at, (slot, value)),
        }
    }

    /// Has the fields of another record from now on.
    pub(crate) fn take_from(&mut self, other: &Self) {
        self.fields.clone_from(&other.fields);
    }

    /// Whatever is stored, in the order of the fields' names.
    pub(crate) fn stored(&self) -> impl Iterator<Item = (u16, &Value)> {
        self.fields.iter().map(|(slot, value)| (*slot, value))
    }

    /// The fields that differ from those of another version of the record.
    pub(crate) fn changes(&self, old: &Self) -> Vec<u16> {
        let mine = self.fields.iter().filter(|(slot, value)| old.get(*slot) != value);
        let gone = old.fields.iter().filter(|(slot, _)| self.get(*slot).is_null());
        mine.chain(gone).map(|(slot, _)| *slot).collect()
    }

    /// Gives back what growing left over.
    pub(crate) fn settle(mut self) -> Self {
        self.fields.shrink_to_fit();
        self
    }
}
