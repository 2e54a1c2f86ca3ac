use std::fmt;

use chrono::NaiveDate;
use clio_core::{
    Body, Field, Id,
    schema::{objects, operations::CreateMatter},
    values::MatterStatus,
};

use super::{CustomRate, ManualNumbering, MatterNumber, fields::Fields};

/// A matter to be opened. Clio wants a client and a description; what else is not said is left to Clio: the matter is open
/// and billable, and numbered as the firm has it.
///
/// ```
/// use clio_core::{Body, Id, schema::operations::CreateMatter};
/// use clio_model::matters::{NewMatter, Numbering};
///
/// let manual = Numbering::Manual.manual()?;
/// let matter = NewMatter::new(Id::new(7), "Lease").display_number("L-7".parse()?, manual).matter_stage(Id::new(3));
/// assert_eq!(
///     Body::<CreateMatter>::json(&matter)?,
///     r#"{"client":{"id":7},"description":"Lease","display_number":"L-7","matter_stage":{"id":3}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contacts of the matter are not written with it: Clio advises to make each a relationship of its own.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewMatter(Fields);

impl NewMatter {
    /// A matter of this client, about this.
    pub fn new(client: Id<objects::Contact>, description: impl Into<String>) -> Self {
        Self(Fields {
            client: Field::Value(client),
            description: Field::Value(description.into()),
            ..Fields::default()
        })
    }

    /// Its number, for a firm that [numbers by hand](super::Numbering::manual). There a matter without one is called `Blank`
    /// (Clio's help, of an earlier year).
    pub fn display_number(mut self, number: MatterNumber, _: ManualNumbering) -> Self {
        self.0.display_number = Field::Value(number);
        self
    }

    /// Where it stands; open, if nothing is said.
    pub fn status(mut self, status: MatterStatus) -> Self {
        self.0.status = Field::Value(status);
        self
    }

    /// The day it was opened.
    pub const fn open_date(mut self, date: NaiveDate) -> Self {
        self.0.open_date = Field::Value(date);
        self
    }

    /// The day it became pending.
    pub const fn pending_date(mut self, date: NaiveDate) -> Self {
        self.0.pending_date = Field::Value(date);
        self
    }

    /// The day it was closed.
    pub const fn close_date(mut self, date: NaiveDate) -> Self {
        self.0.close_date = Field::Value(date);
        self
    }

    /// What other systems call it. Clio has no filter for it.
    pub fn client_reference(mut self, reference: impl Into<String>) -> Self {
        self.0.client_reference = Field::Value(reference.into());
        self
    }

    /// Where it is.
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.0.location = Field::Value(location.into());
        self
    }

    /// Whether work on it can be billed; it can, if nothing is said.
    pub const fn billable(mut self, billable: bool) -> Self {
        self.0.billable = Field::Value(billable);
        self
    }

    /// The field of law.
    pub const fn practice_area(mut self, area: Id<objects::PracticeArea>) -> Self {
        self.0.practice_area = Field::Value(area);
        self
    }

    /// Where it is. Stages belong to a practice area: name that of the matter too.
    pub const fn matter_stage(mut self, stage: Id<objects::MatterStage>) -> Self {
        self.0.matter_stage = Field::Value(stage);
        self
    }

    /// The attorney who is responsible. Another can be named later, but nobody not.
    pub const fn responsible_attorney(mut self, user: Id<objects::User>) -> Self {
        self.0.responsible_attorney = Field::Value(user);
        self
    }

    /// The attorney who brought the matter. Another can be named later, but nobody not.
    pub const fn originating_attorney(mut self, user: Id<objects::User>) -> Self {
        self.0.originating_attorney = Field::Value(user);
        self
    }

    /// The member of the staff who is responsible. Another can be named later, but nobody not.
    pub const fn responsible_staff(mut self, user: Id<objects::User>) -> Self {
        self.0.responsible_staff = Field::Value(user);
        self
    }

    /// The only people who may see it; everyone, if nothing is said. Clio's `group` is about permissions.
    pub const fn permission_group(mut self, group: Id<objects::Group>) -> Self {
        self.0.group = Field::Value(group);
        self
    }

    /// Rates of its own, and with them how it is billed.
    pub fn custom_rate(mut self, rate: CustomRate) -> Self {
        self.0.custom_rate = Field::Value(rate);
        self
    }
}

impl fmt::Debug for NewMatter {
    /// Shows whose it is, and none of its words: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMatter").field("client", &self.0.client).finish_non_exhaustive()
    }
}

impl Body<CreateMatter> for NewMatter {
    /// # Errors
    ///
    /// [`Invalid`](clio_core::ErrorKind::Invalid) for a blank description (our choice), a status that Clio does not have,
    /// and rates that it would refuse.
    fn json(&self) -> Result<String, clio_core::Error> {
        Ok(self.0.members(true)?.to_json())
    }
}
