//! Where a project stands at Clio, and what that locks.

use std::fmt;

use clio_core::{
    Id,
    schema::{choices::BillState, objects},
};
use clio_model::activities::{BillingFacts, BillingStatus};
use serde::{Deserialize, Serialize};

use crate::stored;

/// Where a project, or a matter, stands at Clio. The three words are AltFee's; which states of Clio's each stands for is our
/// reading, since AltFee's help does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is on no bill. A bill that was voided or deleted counts as none.
    Unbillable,
    /// It is on a bill that was not approved yet.
    Draft,
    /// It is on a bill that awaits payment or was paid.
    Invoice,
}

impl Status {
    /// That of a matter: where its farthest project stands. Our choice: from `Draft` on something of it is locked. A matter
    /// without projects is on no bill.
    ///
    /// ```
    /// use clio_altfee::Status;
    ///
    /// assert_eq!(Status::of_matter([Status::Unbillable, Status::Draft]), Status::Draft);
    /// ```
    pub fn of_matter(projects: impl IntoIterator<Item = Self>) -> Self {
        projects.into_iter().max().unwrap_or(Self::Unbillable)
    }

    /// A project that stands so cannot be edited at AltFee while it is connected.
    pub fn locks(self) -> bool {
        self >= Self::Draft
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Why a project cannot be edited: the bill that it is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The bill.
    pub bill: Id<objects::Bill>,
    /// The bill's number, which need not be one.
    pub number: Option<String>,
    /// Where the bill stands.
    #[serde(with = "stored::bill_state")]
    pub state: BillState,
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.number {
            Some(number) => write!(f, "bill {number} ({})", self.state),
            None => write!(f, "a bill without a number ({})", self.state),
        }
    }
}

/// An activity stands where no project of AltFee's can: a conflict, for a person to see to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Astray {
    /// It was made non-billable in Clio.
    NonBillable,
    /// It was written off in Clio.
    WrittenOff,
    /// It was deleted in Clio. It is not written again.
    Deleted,
    /// It was not written yet, or could not be: [`Session::confirmation`](crate::Session::confirmation) says why.
    Absent,
    /// Clio does not tell where it stands.
    Unknown,
}

impl fmt::Display for Astray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NonBillable => "it was made non-billable in Clio",
            Self::WrittenOff => "it was written off in Clio",
            Self::Deleted => "it was deleted in Clio",
            Self::Absent => "it does not stand in Clio",
            Self::Unknown => "Clio does not tell where it stands",
        })
    }
}

/// Where an activity stands, in AltFee's words. The state of its bill decides, under both readings of Clio's `billed`.
///
/// # Errors
///
/// Where it stands in a way that AltFee has no word for.
///
/// ```
/// use clio_altfee::{Status, status_of};
/// use clio_core::schema::choices::BillState;
/// use clio_model::activities::BillingFacts;
///
/// let approved = BillingFacts { bill_state: Some(BillState::AwaitingPayment), ..BillingFacts::default() };
/// assert_eq!(status_of(&approved), Ok(Status::Invoice));
/// ```
pub fn status_of(facts: &BillingFacts) -> Result<Status, Astray> {
    match facts.status(None) {
        Ok(BillingStatus::Unbilled) => Ok(Status::Unbillable),
        Ok(BillingStatus::Draft) => Ok(Status::Draft),
        Ok(BillingStatus::Billed) => Ok(Status::Invoice),
        Ok(BillingStatus::NonBillable) => Err(Astray::NonBillable),
        Ok(BillingStatus::WrittenOff) => Err(Astray::WrittenOff),
        _ => Err(Astray::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_a_bill_has_its_word() {
        let on = |state| BillingFacts {
            bill_state: Some(state),
            non_billable: Some(false),
            // Users saw it so on drafts; the document has it on approved bills only.
            billed: Some(true),
            ..BillingFacts::default()
        };
        for (state, status) in [
            (BillState::Draft, Status::Draft),
            (BillState::AwaitingApproval, Status::Draft),
            (BillState::AwaitingPayment, Status::Invoice),
            (BillState::Paid, Status::Invoice),
            (BillState::Void, Status::Unbillable),
            (BillState::Deleted, Status::Unbillable),
        ] {
            assert_eq!(status_of(&on(state.clone())), Ok(status), "{state}");
        }
    }

    #[test]
    fn what_is_never_billed_is_a_conflict() {
        let free = BillingFacts { on_bill: Some(false), non_billable: Some(true), ..BillingFacts::default() };
        assert_eq!(status_of(&free), Err(Astray::NonBillable));
        assert_eq!(status_of(&BillingFacts { written_off: true, ..free }), Err(Astray::WrittenOff));
        assert_eq!(status_of(&BillingFacts::default()), Err(Astray::Unknown));
    }

    #[test]
    fn a_matter_stands_where_its_farthest_project_does() {
        use Status::{Draft, Invoice, Unbillable};
        assert_eq!(Status::of_matter([]), Unbillable);
        assert_eq!(Status::of_matter([Draft, Invoice, Unbillable]), Invoice);
        assert!(!Unbillable.locks() && Draft.locks() && Invoice.locks());
    }
}
