use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{
    Body, Id,
    schema::{
        objects::{Activity, ActivityDescription, Matter, User},
        operations as op,
    },
    values::{ActivityType, Choice},
};

use crate::{Clio, List, One};

/// The operations on activities; [`Clio::activities`].
#[derive(Debug, Clone)]
pub struct Activities {
    clio: Clio,
}

impl Activities {
    pub(super) fn new(clio: Clio) -> Self {
        Self { clio }
    }

    /// The time entries and expenses that the user may see.
    pub fn list(&self) -> List<op::ListActivities> {
        List::new(self.clio.clone())
    }

    /// Creates a time entry or an expense. Clio has no way to tell a repeated create from a second one: when this fails
    /// with [`Applied::Perhaps`](clio_core::Applied::Perhaps), look before you send it again.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a body is given away; a caller that keeps it can clone it"
    )]
    pub fn create(&self, body: impl Body<op::CreateActivity>) -> One<op::CreateActivity> {
        One::with_body(self.clio.clone(), &body)
    }
}

impl<S> List<op::ListActivities, S> {
    /// Those on this matter.
    pub fn matter_id(self, matter: Id<Matter>) -> Self {
        self.set("matter_id", matter.to_string())
    }

    /// Those of this user.
    pub fn user_id(self, user: Id<User>) -> Self {
        self.set("user_id", user.to_string())
    }

    /// Those that were created since this moment; fractions of a second are cut.
    pub fn created_since(self, moment: DateTime<Utc>) -> Self {
        self.since("created_since", moment)
    }

    /// Those that were changed since this moment; fractions of a second are cut.
    pub fn updated_since(self, moment: DateTime<Utc>) -> Self {
        self.since("updated_since", moment)
    }

    /// Those whose date is this day or later.
    pub fn start_date(self, day: NaiveDate) -> Self {
        self.set("start_date", day.to_string())
    }

    /// Those whose date is this day or earlier.
    pub fn end_date(self, day: NaiveDate) -> Self {
        self.set("end_date", day.to_string())
    }

    /// Those of this type (Clio's parameter `type`).
    #[expect(clippy::needless_pass_by_value, reason = "a setter takes what it sets")]
    pub fn type_(self, activity_type: ActivityType) -> Self {
        self.set("type", activity_type.write_name())
    }

    /// Those whose note contains this text.
    pub fn query(self, text: impl Into<String>) -> Self {
        self.set("query", text)
    }

    /// These. None at all is an error when the call is made, not a list of everything.
    pub fn ids(self, ids: impl IntoIterator<Item = Id<Activity>>) -> Self {
        self.set_ids(ids)
    }

    /// Those of this category.
    pub fn activity_description_id(self, description: Id<ActivityDescription>) -> Self {
        self.set("activity_description_id", description.to_string())
    }
}
