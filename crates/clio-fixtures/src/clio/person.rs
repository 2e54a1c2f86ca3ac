//! People who work in Clio's own pages, beside the API.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{
    ClioWorld,
    records::Origin,
    state::{Activity, Firm, Matter, Stamp},
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
    world: ClioWorld,
    name: String,
}

impl Person {
    pub(crate) fn new(world: ClioWorld, name: &str) -> Self {
        Self { world, name: name.to_owned() }
    }

    /// Records time and answers the id of the activity. Its [`Origin`] is this person, by the name that was given.
    pub fn record_time(&self, time: NewTime) -> i64 {
        let now = self.world.clock().now();
        let mut firm = self.world.settled();
        let user = time.user.or_else(|| self.user(&firm)).unwrap_or(0);
        let (price, flat_rate) = firm.price(user, time.category);
        let id = firm.next_id();
        let activity = Activity {
            id,
            kind: "TimeEntry".to_owned(),
            date: time.date,
            quantity: Decimal::from(time.seconds),
            price,
            note: time.note,
            reference: None,
            matter: time.matter,
            user,
            category: time.category,
            flat_rate,
            non_billable: time.non_billable,
            no_charge: false,
            origin: Origin::Person(self.name.clone()),
            stamp: Stamp::new(now),
        };
        firm.activities.insert(id, activity);
        id
    }

    /// Changes the text of an activity. `false` when there is none of this id.
    pub fn edit_note(&self, activity: i64, text: &str) -> bool {
        let now = self.world.clock().now();
        let mut firm = self.world.settled();
        let Some(found) = firm.activities.get_mut(&activity) else { return false };
        text.clone_into(&mut found.note);
        found.stamp.touch(now);
        true
    }

    /// Deletes an activity. `false` when there is none of this id.
    pub fn delete_activity(&self, activity: i64) -> bool {
        self.world.settled().activities.remove(&activity).is_some()
    }

    /// Closes a matter. `false` when there is none of this id.
    pub fn close_matter(&self, matter: i64) -> bool {
        let today = self.world.clock().now().date_naive();
        self.change(matter, |found| {
            found.status = "Closed";
            found.closed = Some(today);
        })
    }

    /// Opens a matter again. `false` when there is none of this id.
    pub fn reopen_matter(&self, matter: i64) -> bool {
        self.change(matter, |found| {
            found.status = "Open";
            found.closed = None;
        })
    }

    /// Gives a matter another display number. `false` when there is none of this id.
    pub fn rename_matter(&self, matter: i64, number: &str) -> bool {
        self.change(matter, |found| number.clone_into(&mut found.display_number))
    }

    fn change(&self, id: i64, change: impl FnOnce(&mut Matter)) -> bool {
        let now = self.world.clock().now();
        let mut firm = self.world.settled();
        let Some(found) = firm.matters.iter_mut().find(|matter| matter.id == id) else { return false };
        change(found);
        found.stamp.touch(now);
        true
    }

    /// The user of this first name, full name or address; else the administrator.
    fn user(&self, firm: &Firm) -> Option<i64> {
        let is = |user: &&super::state::User| {
            [&user.first, &user.name(), &user.email].iter().any(|name| **name == self.name)
        };
        firm.users.iter().find(is).or(firm.users.first()).map(|user| user.id)
    }
}
