//! Where an activity can be changed.

use clio_core::{
    Id,
    schema::{choices::BillState, objects::Bill},
};

use super::{BillingFacts, parts::unknown};
use crate::Result;

/// Where an activity can be changed, if anywhere.
///
/// On a bill, a draft too, Clio refuses to change the activity (422, users report); its line item is changed instead, as long as
/// the bill can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Editable {
    /// The activity itself: `PATCH /activities/{id}`.
    Activity,
    /// Its line item on this bill: `PATCH /line_items/{id}`, with `update_original_record` to change the activity as well. Hours
    /// there, not seconds; whether Clio takes another quantity is disputed.
    LineItem(Id<Bill>),
    /// Not at all.
    Nowhere(Locked),
}

/// Why an activity cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Locked {
    /// Its hours are hidden from whoever authorised: Clio answers 403 (Clio's changelog, version 4.0.8).
    Redacted,
    /// Its bill was approved, and the firm does not change those (Clio's help).
    BillApproved,
    /// Its bill was paid.
    BillPaid,
    /// Its bill was voided or deleted, and Clio says that the activity is on a bill all the same.
    BillGone,
    /// Clio says of its bill that it cannot be changed, for a reason of its own.
    BillLocked,
}

impl BillingFacts {
    /// Where the activity can be changed. `approved_bills` is the firm's setting that approved bills may be; Clio's API does
    /// not tell it, but [`bill_can_update`](BillingFacts::bill_can_update) does of each bill, and goes first.
    ///
    /// What is not told to be redacted counts as seen: the first call would say otherwise.
    ///
    /// # Errors
    ///
    /// [`Unknown`](crate::ErrorKind::Unknown) where it depends on what is not known: whether it is on a bill, on which, in
    /// what state, or whether the firm changes approved ones.
    pub fn editable(&self, approved_bills: Option<bool>) -> Result<Editable> {
        if self.redacted == Some(true) {
            return Ok(Editable::Nowhere(Locked::Redacted));
        }
        if self.is_free()? {
            return Ok(Editable::Activity);
        }
        match self.lock(approved_bills)? {
            Some(locked) => Ok(Editable::Nowhere(locked)),
            None => self.bill.map(Editable::LineItem).ok_or_else(|| unknown("the activity's bill")),
        }
    }

    /// It is on no bill. The state of its bill decides, as it does of the [status](BillingFacts::status); else `on_bill`.
    /// `billed` says that it is on one under both its readings, and never that it is on none.
    fn is_free(&self) -> Result<bool> {
        match (&self.bill_state, self.on_bill) {
            (Some(BillState::Void | BillState::Deleted), on_bill) => Ok(on_bill != Some(true)),
            (
                Some(
                    BillState::Draft
                    | BillState::AwaitingApproval
                    | BillState::AwaitingPayment
                    | BillState::Paid,
                ),
                _,
            ) => Ok(false),
            (_, Some(on_bill)) => Ok(!on_bill),
            (state, None)
                if state.is_some() || self.bill_can_update.is_some() || self.billed == Some(true) =>
            {
                Ok(false)
            }
            (_, None) => Err(unknown("whether the activity is on a bill")),
        }
    }

    /// Why the bill cannot be changed.
    fn lock(&self, approved_bills: Option<bool>) -> Result<Option<Locked>> {
        let by_state = match self.bill_state {
            Some(BillState::Draft | BillState::AwaitingApproval) => Some(None),
            Some(BillState::AwaitingPayment) => {
                approved_bills.map(|may| (!may).then_some(Locked::BillApproved))
            }
            Some(BillState::Paid) => Some(Some(Locked::BillPaid)),
            Some(BillState::Void | BillState::Deleted) => Some(Some(Locked::BillGone)),
            _ => None,
        };
        match (self.bill_can_update, by_state, &self.bill_state) {
            (Some(true), ..) => Ok(None),
            (Some(false), _, Some(BillState::AwaitingPayment)) => Ok(Some(Locked::BillApproved)),
            (Some(false), by_state, _) => Ok(by_state.flatten().or(Some(Locked::BillLocked))),
            (None, Some(lock), _) => Ok(lock),
            (None, None, _) => Err(unknown("whether the activity's bill can be changed")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn on(state: BillState) -> BillingFacts {
        let bill = Some(Id::new(7));
        BillingFacts { bill, bill_state: Some(state), on_bill: Some(true), ..BillingFacts::default() }
    }

    const LINE: Editable = Editable::LineItem(Id::new(7));

    #[test]
    fn the_bill_says_where() {
        for (state, setting, editable) in [
            (BillState::Draft, None, LINE),
            (BillState::AwaitingApproval, Some(false), LINE),
            (BillState::AwaitingPayment, Some(true), LINE),
            (BillState::AwaitingPayment, Some(false), Editable::Nowhere(Locked::BillApproved)),
            (BillState::Paid, Some(true), Editable::Nowhere(Locked::BillPaid)),
            (BillState::Void, Some(true), Editable::Nowhere(Locked::BillGone)),
            (BillState::Deleted, Some(true), Editable::Nowhere(Locked::BillGone)),
        ] {
            assert_eq!(on(state.clone()).editable(setting).unwrap(), editable, "{state:?} {setting:?}");
            let gone = editable == Editable::Nowhere(Locked::BillGone);
            let editable = if gone { Editable::Activity } else { editable };
            for on_bill in [None, Some(false)] {
                let facts = BillingFacts { on_bill, ..on(state.clone()) };
                assert_eq!(facts.editable(setting).unwrap(), editable, "{state:?} {on_bill:?}");
            }
        }
    }

    #[test]
    fn what_clio_says_of_the_bill_goes_first() {
        let says =
            |state, can| BillingFacts { bill_can_update: Some(can), ..on(state) }.editable(None).unwrap();
        assert_eq!(says(BillState::AwaitingPayment, true), LINE);
        assert_eq!(says(BillState::AwaitingPayment, false), Editable::Nowhere(Locked::BillApproved));
        assert_eq!(says(BillState::Paid, false), Editable::Nowhere(Locked::BillPaid));
        assert_eq!(says(BillState::Draft, false), Editable::Nowhere(Locked::BillLocked));
    }

    /// What the two answers say together makes sense: only what is on no bill is changed itself, and what is on one never is.
    #[test]
    fn the_status_and_the_place_agree() {
        for state in [
            BillState::Draft,
            BillState::AwaitingApproval,
            BillState::AwaitingPayment,
            BillState::Paid,
            BillState::Void,
            BillState::Deleted,
        ] {
            for on_bill in [None, Some(false), Some(true)] {
                for can in [None, Some(false), Some(true)] {
                    let facts = BillingFacts {
                        on_bill,
                        bill_can_update: can,
                        non_billable: Some(false),
                        ..on(state.clone())
                    };
                    let (Ok(status), Ok(editable)) = (facts.status(None), facts.editable(Some(true))) else {
                        continue;
                    };
                    let free = status == crate::activities::BillingStatus::Unbilled;
                    assert_eq!(free, editable == Editable::Activity, "{facts:?}: {status:?}, {editable:?}");
                }
            }
        }
    }

    #[test]
    fn hidden_hours_lock_the_entry() {
        let hidden = BillingFacts { redacted: Some(true), on_bill: Some(false), ..BillingFacts::default() };
        assert_eq!(hidden.editable(None).unwrap(), Editable::Nowhere(Locked::Redacted));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let billed = BillingFacts { billed: Some(true), ..BillingFacts::default() };
        let not_billed = BillingFacts { billed: Some(false), ..BillingFacts::default() };
        let nameless = BillingFacts { bill: None, ..on(BillState::Draft) };
        for facts in [BillingFacts::default(), billed, not_billed, on(BillState::AwaitingPayment), nameless] {
            assert_eq!(facts.editable(None).unwrap_err().kind(), ErrorKind::Unknown, "{facts:?}");
        }
    }
}
