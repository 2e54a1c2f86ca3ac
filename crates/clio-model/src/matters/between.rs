use clio_core::Field;

use super::{MatterChange, MatterDetail, MatterNumber, MatterUser, Numbering, fields::Fields};
use crate::{Error, Result};

impl MatterChange {
    /// What has to be written so that a matter becomes what it should be: start from what was read, change a copy, and
    /// give both.
    ///
    /// ```
    /// use clio_core::values::MatterStatus;
    /// use clio_model::matters::{MatterChange, MatterDetail, Numbering, NumberPattern};
    ///
    /// fn pending(was: &MatterDetail) -> clio_model::Result<MatterChange> {
    ///     let mut wanted = was.clone();
    ///     wanted.status = MatterStatus::Pending;
    ///     MatterChange::between(was, &wanted, &Numbering::Automatic(NumberPattern::clio_default()))
    /// }
    /// ```
    ///
    /// Compared is what a change can hold, people and other records by their ids; not the rates, whose amounts a matter
    /// does not tell, nor what is only read.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) for two matters, for a value that is taken away though Clio has no way to, and
    /// for another number where Clio makes them.
    pub fn between(was: &MatterDetail, wanted: &MatterDetail, numbering: &Numbering) -> Result<Self> {
        if was.id != wanted.id {
            return Err(Error::invalid("a matter cannot become another one"));
        }
        let mut fields = Fields::default();
        let client = |matter: &MatterDetail| matter.client.as_ref().map(|client| client.id);
        fields.client = replaced("client", client(was).as_ref(), client(wanted).as_ref())?;
        fields.description = replaced("description", was.description.as_ref(), wanted.description.as_ref())?;
        if was.display_number != wanted.display_number {
            numbering.manual()?;
            fields.display_number = Field::Value(wanted.display_number.parse::<MatterNumber>()?);
        }
        if was.status != wanted.status {
            fields.status = Field::Value(wanted.status.clone());
        }
        fields.open_date = replaced("opening date", was.open_date.as_ref(), wanted.open_date.as_ref())?;
        fields.pending_date =
            replaced("pending date", was.pending_date.as_ref(), wanted.pending_date.as_ref())?;
        fields.close_date = replaced("closing date", was.close_date.as_ref(), wanted.close_date.as_ref())?;
        fields.client_reference =
            replaced("client reference", was.client_reference.as_ref(), wanted.client_reference.as_ref())?;
        fields.location = replaced("location", was.location.as_ref(), wanted.location.as_ref())?;
        fields.billable = replaced("billable flag", was.billable.as_ref(), wanted.billable.as_ref())?;
        let area = |matter: &MatterDetail| matter.practice_area.as_ref().map(|area| area.id);
        fields.practice_area = changed(area(was).as_ref(), area(wanted).as_ref());
        let stage = |matter: &MatterDetail| matter.matter_stage.as_ref().map(|stage| stage.id);
        fields.matter_stage = changed(stage(was).as_ref(), stage(wanted).as_ref());
        let group = |matter: &MatterDetail| matter.group.map(|group| group.id);
        fields.group = changed(group(was).as_ref(), group(wanted).as_ref());
        let user = |what, was: Option<&MatterUser>, wanted: Option<&MatterUser>| {
            replaced(what, was.map(|user| &user.id), wanted.map(|user| &user.id))
        };
        fields.responsible_attorney = user(
            "responsible attorney",
            was.responsible_attorney.as_ref(),
            wanted.responsible_attorney.as_ref(),
        )?;
        fields.originating_attorney = user(
            "originating attorney",
            was.originating_attorney.as_ref(),
            wanted.originating_attorney.as_ref(),
        )?;
        fields.responsible_staff =
            user("responsible staff", was.responsible_staff.as_ref(), wanted.responsible_staff.as_ref())?;
        Ok(Self(fields))
    }
}

/// Of what may become nothing.
fn changed<T: PartialEq + Clone>(was: Option<&T>, wanted: Option<&T>) -> Field<T> {
    if was == wanted { Field::Absent } else { wanted.cloned().into() }
}

/// Of what may become another, and not nothing.
fn replaced<T: PartialEq + Clone>(what: &str, was: Option<&T>, wanted: Option<&T>) -> Result<Field<T>> {
    match changed(was, wanted) {
        Field::Null => Err(Error::invalid(format!("the {what} of a matter cannot be taken away"))),
        field => Ok(field),
    }
}
