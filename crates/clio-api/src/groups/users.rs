use chrono::{DateTime, Utc};
use clio_core::{
    Id,
    schema::{objects::User, operations as op},
};

use crate::{Clio, List, One};

/// The operations on users; [`Clio::users`].
#[derive(Debug, Clone)]
pub struct Users {
    clio: Clio,
}

impl Users {
    pub(super) fn new(clio: Clio) -> Self {
        Self { clio }
    }

    /// The user whom the token acts for. Any token may ask this.
    pub fn who_am_i(&self) -> One<op::WhoAmI> {
        One::new(self.clio.clone())
    }

    /// The users of the account.
    pub fn list(&self) -> List<op::ListUsers> {
        List::new(self.clio.clone())
    }
}

impl<S> List<op::ListUsers, S> {
    /// Those who may log in, or those who may not.
    pub fn enabled(self, enabled: bool) -> Self {
        self.set("enabled", enabled.to_string())
    }

    /// Those with this name.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set("name", name)
    }

    /// These. None at all is an error when the call is made, not a list of everything.
    pub fn ids(self, ids: impl IntoIterator<Item = Id<User>>) -> Self {
        self.set_ids(ids)
    }

    /// Those that were changed since this moment; fractions of a second are cut.
    pub fn updated_since(self, moment: DateTime<Utc>) -> Self {
        self.since("updated_since", moment)
    }
}
