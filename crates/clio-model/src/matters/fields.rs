//! What can be written of a matter, whether it is new or known.

use chrono::NaiveDate;
use clio_core::{Field, Id, Members, schema::objects, values::MatterStatus};

use super::{CustomRate, MatterNumber, status::writable};
use crate::{Error, Result, body::set_association};

#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub client: Field<Id<objects::Contact>>,
    pub description: Field<String>,
    pub display_number: Field<MatterNumber>,
    pub status: Field<MatterStatus>,
    pub open_date: Field<NaiveDate>,
    pub pending_date: Field<NaiveDate>,
    pub close_date: Field<NaiveDate>,
    pub client_reference: Field<String>,
    pub location: Field<String>,
    pub billable: Field<bool>,
    pub practice_area: Field<Id<objects::PracticeArea>>,
    pub matter_stage: Field<Id<objects::MatterStage>>,
    pub responsible_attorney: Field<Id<objects::User>>,
    pub originating_attorney: Field<Id<objects::User>>,
    pub responsible_staff: Field<Id<objects::User>>,
    pub group: Field<Id<objects::Group>>,
    pub custom_rate: Field<CustomRate>,
    pub reset_matter_number: bool,
}

impl Fields {
    /// The body's members. Only those that are set.
    pub(super) fn members(&self, creates: bool) -> Result<Members> {
        self.check()?;
        let mut members = Members::default();
        members.set_reference("client", self.client);
        members.set("description", self.description.clone());
        members.set("display_number", self.display_number.clone().map(|number| number.to_string()));
        members.set_word("status", self.status.clone(), &[]);
        members.set("open_date", self.open_date);
        members.set("pending_date", self.pending_date);
        members.set("close_date", self.close_date);
        members.set("client_reference", self.client_reference.clone());
        members.set("location", self.location.clone());
        members.set("billable", self.billable);
        set_association(&mut members, "practice_area", self.practice_area);
        set_association(&mut members, "matter_stage", self.matter_stage);
        members.set_reference("responsible_attorney", self.responsible_attorney);
        members.set_reference("originating_attorney", self.originating_attorney);
        members.set_reference("responsible_staff", self.responsible_staff);
        set_association(&mut members, "group", self.group);
        if let Field::Value(rate) = &self.custom_rate {
            members.set("custom_rate", Field::Value(rate.members(creates)?));
        }
        if self.reset_matter_number {
            members.set("reset_matter_number", Field::Value(true));
        }
        Ok(members)
    }

    fn check(&self) -> Result<()> {
        if let Field::Value(status) = &self.status {
            writable(status)?;
        }
        if let Field::Value(description) = &self.description
            && description.trim().is_empty()
        {
            return Err(Error::invalid("a matter has a description"));
        }
        if self.reset_matter_number && self.display_number != Field::Absent {
            return Err(Error::invalid("a matter is given a number, or has it reset, not both"));
        }
        Ok(())
    }
}
