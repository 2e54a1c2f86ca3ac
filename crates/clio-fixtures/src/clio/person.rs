//! People who work in Clio's own pages, beside the API.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    ClioWorld,
    behaviour::{
        self,
        activities::ACTIVITY,
        categories::CATEGORY,
        matters::{MATTER, STAGE},
        users::{self, USER},
    },
    firm::Firm,
    generic::Write,
    records::Origin,
    store::{Record, Resource, Value},
};
use crate::run::Machine;

/// Time that a person records. Unsaid members are as [`Default`] has them: no matter, nothing billed apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTime {
    /// The id of the matter.
    pub matter: Option<i64>,
    /// The id of the user whose time it is; the person's own without one.
    pub user: Option<i64>,
    /// The day of the work.
    pub date: NaiveDate,
    /// How long, in seconds.
    pub seconds: i64,
    /// The text.
    pub note: String,
    /// The id of the category.
    pub category: Option<i64>,
    /// Keep it off bills.
    pub non_billable: bool,
}

/// Somebody who acts in Clio's own pages: no call of the API, no token, at once. Made by
/// [`ClioWorld::person`].
#[derive(Debug, Clone)]
pub struct Person {
    pub(super) world: ClioWorld,
    name: String,
}

impl Person {
    pub(crate) fn new(world: ClioWorld, name: &str) -> Self {
        Self { world, name: name.to_owned() }
    }

    /// Records time and answers the id of the activity. Its [`Origin`] is this person, by the name that was given.
    pub fn record_time(&self, time: NewTime) -> i64 {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let me = self.user(&firm);
        let mut record = Record::new(0, now, by.clone());
        record.set(ACTIVITY.r#type, Value::Word("TimeEntry"));
        record.set(ACTIVITY.date, time.date);
        record.set(ACTIVITY.quantity, Decimal::from(time.seconds));
        record.set(ACTIVITY.note, time.note);
        record.set(ACTIVITY.matter, time.matter.map(|id| Value::Link(MATTER.resource, id)));
        record.set(ACTIVITY.user, time.user.or(Some(me)).map(|id| Value::Link(USER.resource, id)));
        record.set(ACTIVITY.activity_description, time.category.map(|id| Value::Link(CATEGORY.resource, id)));
        record.set(ACTIVITY.non_billable, time.non_billable);
        let data = serde_json::Map::new();
        let write = Write { old: None, data: &data, now, user: me, by: &by };
        // What Clio would refuse over the API, its pages would not offer: what the person wrote stands.
        let _ = behaviour::of(ACTIVITY.resource).complete(&mut firm, &mut record, &write);
        record.id = firm.next_id();
        let id = record.id;
        firm.tables.insert(ACTIVITY.resource, record);
        id
    }

    /// Changes the text of an activity. `false` when there is none of this id.
    pub fn edit_note(&self, activity: i64, text: &str) -> bool {
        self.change(ACTIVITY.resource, activity, |found| found.set(ACTIVITY.note, text))
    }

    /// Changes what an hour, or the whole, of an activity costs. `false` when there is none of this id.
    pub fn change_price(&self, activity: i64, price: Decimal) -> bool {
        self.change(ACTIVITY.resource, activity, |found| found.set(ACTIVITY.price, price))
    }

    /// Deletes an activity. `false` when there is none of this id.
    pub fn delete_activity(&self, activity: i64) -> bool {
        let (now, by) = (self.now(), self.origin());
        self.world.settled().tables.remove(ACTIVITY.resource, activity, now, &by)
    }

    /// Closes a matter. `false` when there is none of this id.
    pub fn close_matter(&self, matter: i64) -> bool {
        let today = self.now().date_naive();
        self.change(MATTER.resource, matter, |found| {
            found.set(MATTER.status, Value::Word("Closed"));
            found.set(MATTER.close_date, today);
        })
    }

    /// Opens a matter again. `false` when there is none of this id.
    pub fn reopen_matter(&self, matter: i64) -> bool {
        self.change(MATTER.resource, matter, |found| {
            found.set(MATTER.status, Value::Word("Open"));
            found.set(MATTER.close_date, Value::Null);
        })
    }

    /// Gives a matter another display number. `false` when there is none of this id.
    pub fn rename_matter(&self, matter: i64, number: &str) -> bool {
        self.change(MATTER.resource, matter, |found| found.set(MATTER.display_number, number))
    }

    /// Moves a matter to a stage of its practice area, by the stage's id. `false` when there is no such matter or stage.
    pub fn move_to_stage(&self, matter: i64, stage: i64) -> bool {
        let now = self.now();
        if self.world.settled().get(STAGE.resource, stage).is_none() {
            return false;
        }
        self.change(MATTER.resource, matter, |found| {
            found.set(MATTER.matter_stage, Value::Link(STAGE.resource, stage));
            found.set(MATTER.matter_stage_updated_at, now);
        })
    }

    pub(super) fn change(&self, resource: Resource, id: i64, change: impl FnOnce(&mut Record)) -> bool {
        let (now, by) = (self.now(), self.origin());
        self.world.settled().tables.change(resource, id, now, &by, change)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.world.clock().now()
    }

    pub(super) fn origin(&self) -> Origin {
        Origin::Person(self.name.clone())
    }

    /// The user of this first name, full name or address; else the administrator.
    pub(super) fn user(&self, firm: &Firm) -> i64 {
        let text = |user: &Record, slot| user.get(slot).as_str().unwrap_or_default() == self.name;
        let is = |user: &&Record| {
            text(user, USER.first_name) || text(user, USER.email) || users::full_name(user) == self.name
        };
        let found = firm.table(USER.resource).values().find(is).or_else(|| users::owner(firm));
        found.map_or(0, |user| user.id)
    }
}
