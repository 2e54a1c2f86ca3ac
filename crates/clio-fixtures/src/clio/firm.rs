//! Everything that a fake firm consists of.

use std::{cell::RefCell, collections::BTreeMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    behaviour::bill_totals::Totals,
    files::Files,
    limits::RateLimits,
    oauth::Tokens,
    records::Origin,
    settings::Settings,
    store::{Record, Resource, Stamp, Table, Tables},
    webhooks::Hooks,
};
use crate::SeededRandom;

/// Everything that a fake firm consists of.
#[derive(Debug)]
pub(crate) struct Firm {
    pub(crate) settings: Settings,
    pub(crate) random: SeededRandom,
    /// The id of the firm's account.
    pub(crate) account: i64,
    pub(crate) founded: Stamp,
    pub(crate) tables: Tables,
    pub(crate) last_id: i64,
    pub(crate) tokens: Tokens,
    pub(crate) limits: RateLimits,
    pub(crate) hooks: Hooks,
    /// The running timer of each user.
    pub(crate) timers: BTreeMap<i64, i64>,
    pub(crate) files: Files,
    /// The last day of an activity of each matter, and how many changes and activities there were when it was looked up.
    pub(crate) last_days: RefCell<((usize, usize), BTreeMap<i64, NaiveDate>)>,
    /// What the bill that was looked at last comes to, with its id and how many changes there were then.
    pub(crate) last_totals: RefCell<Option<(usize, i64, Totals)>>,
}

impl Firm {
    /// A new id: larger than every one before it, with gaps, as in a database that others share.
    pub(crate) fn next_id(&mut self) -> i64 {
        self.last_id += 1 + i64::try_from(self.random.below(40)).unwrap_or(0);
        self.last_id
    }

    pub(crate) fn table(&self, resource: Resource) -> &Table {
        self.tables.table(resource)
    }

    pub(crate) fn get(&self, resource: Resource, id: i64) -> Option<&Record> {
        self.tables.get(resource, id)
    }

    /// Stores a new record that somebody made at `now`, and answers its id.
    pub(crate) fn make(
        &mut self,
        resource: Resource,
        now: DateTime<Utc>,
        by: &Origin,
        fill: impl FnOnce(&mut Record),
    ) -> i64 {
        let mut record = Record::new(self.next_id(), now, by.clone());
        fill(&mut record);
        let id = record.id;
        self.tables.insert(resource, record);
        id
    }

    /// When the firm began: long before the world did.
    pub(crate) fn before(now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_sub_signed(TimeDelta::days(90)).unwrap_or(now)
    }
}
