use chrono::{DateTime, Utc};
use clio_core::{
    Id,
    schema::{
        objects::{ActivityDescription, User},
        operations as op,
    },
};

use crate::{Clio, List};

/// The operations on activity descriptions; [`Clio::activity_descriptions`].
#[derive(Debug, Clone)]
pub struct ActivityDescriptions {
    clio: Clio,
}

impl ActivityDescriptions {
    pub(super) fn new(clio: Clio) -> Self {
        Self { clio }
    }

    /// The categories of activities.
    pub fn list(&self) -> List<op::ListActivityDescriptions> {
        List::new(self.clio.clone())
    }
}

impl<S> List<op::ListActivityDescriptions, S> {
    /// Those that were changed since this moment; fractions of a second are cut.
    pub fn updated_since(self, moment: DateTime<Utc>) -> Self {
        self.since("updated_since", moment)
    }

    /// These. None at all is an error when the call is made, not a list of everything.
    pub fn ids(self, ids: impl IntoIterator<Item = Id<ActivityDescription>>) -> Self {
        self.set_ids(ids)
    }

    /// Those with a flat rate, or those without.
    pub fn flat_rate(self, flat_rate: bool) -> Self {
        self.set("flat_rate", flat_rate.to_string())
    }

    /// Those that this user may use.
    pub fn user_id(self, user: Id<User>) -> Self {
        self.set("user_id", user.to_string())
    }
}
