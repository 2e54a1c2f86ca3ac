//! Where an activity stands with the bills.

use clio_core::{
    Id, Known, Takes,
    schema::{
        choices::BillState,
        objects::{Bill, activity},
    },
};

use super::{ActivityBill, known, parts::unknown};
use crate::{Error, Result};

/// What is known of an activity and its bill. Made from a selection, or filled by hand:
///
/// ```
/// use clio_core::schema::choices::BillState;
/// use clio_model::activities::{BillingFacts, BillingStatus};
///
/// let facts = BillingFacts { bill_state: Some(BillState::Draft), billed: Some(true), ..BillingFacts::default() };
/// assert_eq!(facts.status(None)?, BillingStatus::Draft, "the bill decides");
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillingFacts {
    /// The bill.
    pub bill: Option<Id<Bill>>,
    /// The state of the bill.
    pub bill_state: Option<BillState>,
    /// The bill's line items can be changed: its `can_update`.
    pub bill_can_update: Option<bool>,
    /// Clio's `billed`, which has two readings: [`BilledReading`].
    pub billed: Option<bool>,
    /// Clio's `on_bill`: it is on a bill in any state but void and deleted.
    pub on_bill: Option<bool>,
    /// It does not go on a bill.
    pub non_billable: Option<bool>,
    /// Hours and totals are hidden from whoever authorised.
    pub redacted: Option<bool>,
    /// It was written off. No field of Clio's says so: there is only the filter `status=written_off` of the list of
    /// activities, so this is for whoever asked with it.
    pub written_off: bool,
}

/// Where an activity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BillingStatus {
    /// It can be billed, and is on no bill.
    Unbilled,
    /// It is on a bill that was not approved yet: a draft, or one that awaits approval.
    Draft,
    /// It is on a bill that awaits payment or was paid.
    Billed,
    /// It is on no bill, and will not be.
    NonBillable,
    /// It was written off.
    WrittenOff,
}

/// What `billed: true` means. Clio's document and its users differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BilledReading {
    /// On a bill that awaits payment or was paid: Clio's document.
    ApprovedBills,
    /// On a bill at all, drafts too: what users saw in 2026.
    DraftsToo,
}

impl BillingFacts {
    /// Of this activity: [`BillableActivity`](super::BillableActivity), or a selection of your own with these fields.
    ///
    /// ```compile_fail
    /// # use clio_model::activities::{Activity, BillingFacts};
    /// fn facts(activity: &Activity) {
    ///     // `Activity` asks for no bill.
    ///     BillingFacts::of(activity);
    /// }
    /// ```
    pub fn of<S>(read: &S) -> Self
    where
        S: Takes<activity::billed, Value: Known<bool>>
            + Takes<activity::on_bill, Value: Known<bool>>
            + Takes<activity::non_billable, Value: Known<bool>>
            + Takes<activity::quantity_redacted, Value: Known<bool>>
            + Takes<activity::bill, Value: Known<ActivityBill>>,
    {
        let bill: Option<ActivityBill> = known::<activity::bill, _, _>(read);
        Self {
            bill: bill.as_ref().map(|bill| bill.id),
            bill_can_update: bill.as_ref().and_then(|bill| bill.can_update),
            bill_state: bill.and_then(|bill| bill.state),
            redacted: known::<activity::quantity_redacted, _, _>(read),
            ..Self::without_bill(read)
        }
    }

    /// Of an activity whose bill was not asked for.
    pub fn without_bill<S>(read: &S) -> Self
    where
        S: Takes<activity::billed, Value: Known<bool>>
            + Takes<activity::on_bill, Value: Known<bool>>
            + Takes<activity::non_billable, Value: Known<bool>>,
    {
        Self {
            billed: known::<activity::billed, _, _>(read),
            on_bill: known::<activity::on_bill, _, _>(read),
            non_billable: known::<activity::non_billable, _, _>(read),
            ..Self::default()
        }
    }

    /// Where the activity stands. The state of its bill decides, where it is known; else `billed` and `on_bill`, as far as they
    /// say it under every reading that is possible: `reading` where it is known, both where not.
    ///
    /// A void or deleted bill counts as none: `on_bill` is of active bills only (Clio's document), and a deleted draft frees
    /// its activities (Clio's help). One that is not billable and on a bill all the same, without charge, stands as its bill does: our choice.
    ///
    /// # Errors
    ///
    /// [`Unknown`](crate::ErrorKind::Unknown) where more than one answer is possible, and where the bill that is told is gone
    /// and the activity is on one all the same; [`Invalid`](crate::ErrorKind::Invalid) where it is billed and on no bill,
    /// which contradicts itself.
    pub fn status(&self, reading: Option<BilledReading>) -> Result<BillingStatus> {
        if self.written_off {
            return Ok(BillingStatus::WrittenOff);
        }
        match self.of_bill().unwrap_or_else(|| self.of_flags(reading))? {
            Standing::Draft => Ok(BillingStatus::Draft),
            Standing::Approved => Ok(BillingStatus::Billed),
            Standing::Off => match self.non_billable {
                Some(true) => Ok(BillingStatus::NonBillable),
                Some(false) => Ok(BillingStatus::Unbilled),
                None => Err(unknown("whether the activity can be billed")),
            },
        }
    }

    fn of_bill(&self) -> Option<Result<Standing>> {
        match self.bill_state.as_ref()? {
            BillState::Draft | BillState::AwaitingApproval => Some(Ok(Standing::Draft)),
            BillState::AwaitingPayment | BillState::Paid => Some(Ok(Standing::Approved)),
            BillState::Void | BillState::Deleted if self.on_bill == Some(true) => {
                Some(Err(unknown("the bill that the activity is on")))
            }
            BillState::Void | BillState::Deleted => Some(Ok(Standing::Off)),
            _ => None,
        }
    }

    fn of_flags(&self, reading: Option<BilledReading>) -> Result<Standing> {
        use BilledReading::{ApprovedBills, DraftsToo};

        match (self.on_bill, self.billed, reading) {
            (Some(false), Some(true), _) => Err(Error::invalid("an activity is billed and on no bill")),
            (Some(false), ..) | (None, Some(false), Some(DraftsToo)) => Ok(Standing::Off),
            // Nobody takes an approved bill for unbilled, so it is a draft, whatever was said of the reading.
            (Some(true), Some(false), _) => Ok(Standing::Draft),
            (_, Some(true), Some(ApprovedBills)) => Ok(Standing::Approved),
            _ => Err(unknown("the state of the activity's bill")),
        }
    }
}

enum Standing {
    Off,
    Draft,
    Approved,
}

#[cfg(test)]
mod tests;
