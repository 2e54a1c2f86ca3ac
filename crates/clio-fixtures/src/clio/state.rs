//! The records of a firm and what they know about each other.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    limits::RateLimits,
    oauth::Tokens,
    records::{ActivityRecord, CategoryRecord, MatterRecord, Origin, UserRecord},
    settings::Settings,
};
use crate::SeededRandom;

/// When a record was made and changed. Clio shows whole seconds; the world keeps no more than that.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    version: u64,
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
        let text = format!("{kind}/{id}/{}", self.version);
        format!("\"{:016x}{:016x}\"", fnv(text.as_bytes()), fnv(text.as_bytes().split_at(1).1))
    }
}

/// FNV-1a, for texts that shall look like hashes.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) email: String,
    pub(crate) rate: Decimal,
    pub(crate) owner: bool,
    pub(crate) stamp: Stamp,
}

impl User {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: i64,
    pub(crate) first: String,
    pub(crate) last: String,
}

#[derive(Debug)]
pub(crate) struct Matter {
    pub(crate) id: i64,
    pub(crate) number: i64,
    pub(crate) display_number: String,
    pub(crate) description: String,
    pub(crate) status: &'static str,
    pub(crate) client: Client,
    pub(crate) attorney: i64,
    pub(crate) opened: NaiveDate,
    pub(crate) closed: Option<NaiveDate>,
    pub(crate) stamp: Stamp,
}

#[derive(Debug)]
pub(crate) enum Rate {
    /// The user's own.
    User,
    /// A fixed amount an activity.
    Flat(Decimal),
}

#[derive(Debug)]
pub(crate) struct Category {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) rate: Rate,
    pub(crate) stamp: Stamp,
}

#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) date: NaiveDate,
    /// Seconds for time, a count otherwise.
    pub(crate) quantity: Decimal,
    pub(crate) price: Decimal,
    pub(crate) note: String,
    pub(crate) reference: Option<String>,
    pub(crate) matter: Option<i64>,
    pub(crate) user: i64,
    pub(crate) category: Option<i64>,
    pub(crate) flat_rate: bool,
    pub(crate) non_billable: bool,
    pub(crate) no_charge: bool,
    pub(crate) origin: Origin,
    pub(crate) stamp: Stamp,
}

impl Activity {
    pub(crate) fn is_time(&self) -> bool {
        self.kind == "TimeEntry"
    }

    /// Time is rounded up to the firm's increment; one minute is Clio's default.
    pub(crate) fn rounded(&self) -> Decimal {
        let minute = Decimal::from(60);
        if self.is_time() { (self.quantity / minute).ceil() * minute } else { self.quantity }
    }

    /// What it costs, whether or not it is billed.
    pub(crate) fn worth(&self) -> Decimal {
        let value = if self.flat_rate {
            self.price
        } else if self.is_time() {
            self.rounded() / Decimal::from(3600) * self.price
        } else {
            self.quantity * self.price
        };
        value.round_dp(2)
    }
}

/// Everything a fake firm consists of.
#[derive(Debug)]
pub(crate) struct Firm {
    pub(crate) settings: Settings,
    pub(crate) random: SeededRandom,
    pub(crate) account: i64,
    pub(crate) founded: Stamp,
    pub(crate) users: Vec<User>,
    pub(crate) matters: Vec<Matter>,
    pub(crate) categories: Vec<Category>,
    pub(crate) activities: BTreeMap<i64, Activity>,
    pub(crate) last_id: i64,
    pub(crate) tokens: Tokens,
    pub(crate) limits: RateLimits,
}

impl Firm {
    /// A new id: larger than every one before it, with gaps, as in a database that others share.
    pub(crate) fn next_id(&mut self) -> i64 {
        self.last_id += 1 + i64::try_from(self.random.below(40)).unwrap_or(0);
        self.last_id
    }

    pub(crate) fn user(&self, id: i64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn matter(&self, id: i64) -> Option<&Matter> {
        // They were made in the order of their ids.
        self.matters.binary_search_by_key(&id, |matter| matter.id).ok().map(|at| &self.matters[at])
    }

    pub(crate) fn category(&self, id: i64) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// What the category or else the user asks for an hour, or for the whole.
    pub(crate) fn price(&self, user: i64, category: Option<i64>) -> (Decimal, bool) {
        match category.and_then(|id| self.category(id)).map(|category| &category.rate) {
            Some(Rate::Flat(amount)) => (*amount, true),
            _ => (self.user(user).map_or(Decimal::ZERO, |user| user.rate), false),
        }
    }

    /// When the firm began: long before the world did.
    pub(crate) fn before(now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_sub_signed(TimeDelta::days(90)).unwrap_or(now)
    }
}

impl From<&Activity> for ActivityRecord {
    fn from(one: &Activity) -> Self {
        Self {
            id: one.id,
            matter: one.matter,
            user: one.user,
            date: one.date,
            quantity_seconds: one.quantity.round().to_i64().unwrap_or(i64::MAX),
            note: one.note.clone(),
            category: one.category,
            non_billable: one.non_billable,
            origin: one.origin.clone(),
            created_at: one.stamp.created,
        }
    }
}

impl From<&Matter> for MatterRecord {
    fn from(one: &Matter) -> Self {
        Self {
            id: one.id,
            display_number: one.display_number.clone(),
            description: one.description.clone(),
            status: one.status.to_owned(),
        }
    }
}

impl From<&User> for UserRecord {
    fn from(one: &User) -> Self {
        Self { id: one.id, name: one.name(), email: one.email.clone() }
    }
}

impl From<&Category> for CategoryRecord {
    fn from(one: &Category) -> Self {
        let flat_rate = matches!(one.rate, Rate::Flat(_));
        Self { id: one.id, name: one.name.to_owned(), flat_rate }
    }
}
