use std::fmt;

use chrono::NaiveDate;
use clio_core::{
    Body, Field, Id,
    schema::{objects, operations::UpdateMatter},
    values::MatterStatus,
};

use super::{CustomRate, ManualNumbering, MatterNumber, fields::Fields};

/// What is to be changed of a matter. Only that is sent; all else stays as it is.
///
/// ```
/// use clio_core::{Body, Id, schema::operations::UpdateMatter};
/// use clio_model::matters::MatterChange;
///
/// let closed = MatterChange::new().closed(chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()).no_matter_stage();
/// assert_eq!(
///     Body::<UpdateMatter>::json(&closed)?,
///     r#"{"status":"closed","close_date":"2026-03-02","matter_stage":{"id":null}}"#,
/// );
/// # Ok::<(), clio_core::Error>(())
/// ```
///
/// # What cannot be taken away
///
/// The responsible and the originating attorney and the responsible staff can be replaced by another person, not by
/// nobody: Clio answers a null with 200 and changes nothing, and refuses a null id, as users report. So there is no method
/// for it. Nor is there one to empty texts and dates, of which no source says that Clio takes a null. Clio's document says
/// so of the stage, the practice area and the permission group: a null at the id, which is what is sent.
///
/// # What cannot be written
///
/// `number`, `custom_number`, `shared`, `billing_method` and what Clio counts are only read. The number that people see is
/// written where the firm [numbers by hand](super::Numbering).
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct MatterChange(pub(super) Fields);

impl MatterChange {
    /// No change so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing is to be changed: it need not be sent.
    pub fn is_empty(&self) -> bool {
        self.0 == Fields::default()
    }

    /// Another client. A number that Clio made of its name stays as it is unless [`MatterChange::reset_number`] is said too
    /// (Clio's document).
    pub const fn client(mut self, client: Id<objects::Contact>) -> Self {
        self.0.client = Field::Value(client);
        self
    }

    /// What it is about.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.0.description = Field::Value(description.into());
        self
    }

    /// Its number, for a firm that [numbers by hand](super::Numbering::manual).
    pub fn display_number(mut self, number: MatterNumber, _: ManualNumbering) -> Self {
        self.0.display_number = Field::Value(number);
        self
    }

    /// Lets Clio number it anew, as the account has it (`reset_matter_number`).
    pub const fn reset_number(mut self) -> Self {
        self.0.reset_matter_number = true;
        self
    }

    /// Where it stands. See [`MatterChange::closed`] and [`MatterChange::pending`] for the dates that go with it.
    pub fn status(mut self, status: MatterStatus) -> Self {
        self.0.status = Field::Value(status);
        self
    }

    /// Closes it, on that day.
    pub fn closed(self, on: NaiveDate) -> Self {
        self.status(MatterStatus::Closed).close_date(on)
    }

    /// Makes it pending, since that day.
    pub fn pending(self, since: NaiveDate) -> Self {
        self.status(MatterStatus::Pending).pending_date(since)
    }

    /// Opens it again. What becomes of its closing date, no source says; nothing is sent for it.
    pub fn reopened(self) -> Self {
        self.status(MatterStatus::Open)
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

    /// What other systems call it.
    pub fn client_reference(mut self, reference: impl Into<String>) -> Self {
        self.0.client_reference = Field::Value(reference.into());
        self
    }

    /// Where it is.
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.0.location = Field::Value(location.into());
        self
    }

    /// Whether work on it can be billed.
    pub const fn billable(mut self, billable: bool) -> Self {
        self.0.billable = Field::Value(billable);
        self
    }

    /// The field of law.
    pub const fn practice_area(mut self, area: Id<objects::PracticeArea>) -> Self {
        self.0.practice_area = Field::Value(area);
        self
    }

    /// No field of law.
    pub const fn no_practice_area(mut self) -> Self {
        self.0.practice_area = Field::Null;
        self
    }

    /// Where it is: a stage of its practice area.
    pub const fn matter_stage(mut self, stage: Id<objects::MatterStage>) -> Self {
        self.0.matter_stage = Field::Value(stage);
        self
    }

    /// In no stage.
    pub const fn no_matter_stage(mut self) -> Self {
        self.0.matter_stage = Field::Null;
        self
    }

    /// Another attorney who is responsible.
    pub const fn responsible_attorney(mut self, user: Id<objects::User>) -> Self {
        self.0.responsible_attorney = Field::Value(user);
        self
    }

    /// Another attorney who brought the matter.
    pub const fn originating_attorney(mut self, user: Id<objects::User>) -> Self {
        self.0.originating_attorney = Field::Value(user);
        self
    }

    /// Another member of the staff who is responsible.
    pub const fn responsible_staff(mut self, user: Id<objects::User>) -> Self {
        self.0.responsible_staff = Field::Value(user);
        self
    }

    /// The only people who may see it. Clio's `group` is about permissions.
    pub const fn permission_group(mut self, group: Id<objects::Group>) -> Self {
        self.0.group = Field::Value(group);
        self
    }

    /// Everyone may see it.
    pub const fn visible_to_everyone(mut self) -> Self {
        self.0.group = Field::Null;
        self
    }

    /// Rates of its own. Another type than it has deletes those that it has, as [`CustomRate`] tells.
    pub fn custom_rate(mut self, rate: CustomRate) -> Self {
        self.0.custom_rate = Field::Value(rate);
        self
    }
}

impl fmt::Debug for MatterChange {
    /// Shows what is to be changed, and not to what: that is client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.members(false) {
            Ok(members) => f.debug_tuple("MatterChange").field(&members).finish(),
            Err(_) => f.debug_tuple("MatterChange").finish_non_exhaustive(),
        }
    }
}

impl Body<UpdateMatter> for MatterChange {
    /// # Errors
    ///
    /// [`Invalid`](clio_core::ErrorKind::Invalid) for a blank description (our choice), a status that Clio does not have, a
    /// number that is both given and reset (our choice), and rates that Clio would refuse.
    fn json(&self) -> Result<String, clio_core::Error> {
        Ok(self.0.members(false)?.to_json())
    }
}
