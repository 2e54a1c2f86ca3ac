use chrono::{DateTime, Utc};
use clio_core::{
    Id,
    schema::{
        objects::{ContactBase, Matter},
        operations as op,
    },
    values::{Choice, MatterStatus},
};

use crate::{Clio, List};

/// The operations on matters; [`Clio::matters`].
#[derive(Debug, Clone)]
pub struct Matters {
    clio: Clio,
}

impl Matters {
    pub(super) fn new(clio: Clio) -> Self {
        Self { clio }
    }

    /// The matters that the user may see.
    pub fn list(&self) -> List<op::ListMatters> {
        List::new(self.clio.clone())
    }
}

impl<S> List<op::ListMatters, S> {
    /// Those in one of these statuses. None at all is an error when the call is made, not a list of everything.
    pub fn status(self, statuses: impl IntoIterator<Item = MatterStatus>) -> Self {
        self.set_words("status", statuses.into_iter().map(|status| status.write_name().to_owned()))
    }

    /// Those that were changed since this moment; fractions of a second are cut.
    pub fn updated_since(self, moment: DateTime<Utc>) -> Self {
        self.since("updated_since", moment)
    }

    /// Those that were created since this moment; fractions of a second are cut.
    pub fn created_since(self, moment: DateTime<Utc>) -> Self {
        self.since("created_since", moment)
    }

    /// These. None at all is an error when the call is made, not a list of everything.
    pub fn ids(self, ids: impl IntoIterator<Item = Id<Matter>>) -> Self {
        self.set_ids(ids)
    }

    /// Those whose number, description or client's name contains this text.
    pub fn query(self, text: impl Into<String>) -> Self {
        self.set("query", text)
    }

    /// Those of this client.
    pub fn client_id(self, client: Id<ContactBase>) -> Self {
        self.set("client_id", client.to_string())
    }
}
