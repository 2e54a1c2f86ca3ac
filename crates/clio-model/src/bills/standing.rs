//! Where a bill stands, and what may be done with it there.

use clio_core::schema::choices::BillState;

use super::BillRules;
use crate::{Error, ErrorKind, Result};

/// The states that Clio's document has.
const STATES: [BillState; 6] = [
    BillState::Draft,
    BillState::AwaitingApproval,
    BillState::AwaitingPayment,
    BillState::Paid,
    BillState::Void,
    BillState::Deleted,
];

/// Where a bill stands: its state, whether it has payments, and what Clio itself says may follow, where that was selected.
///
/// | from | may become |
/// |---|---|
/// | draft | awaiting approval (unless the firm skips it), awaiting payment, deleted |
/// | awaiting approval | awaiting payment, deleted, draft ([disputed](BillRules::returns_to_draft)) |
/// | awaiting payment | void, draft ([disputed](BillRules::returns_to_draft)), paid ([disputed](BillRules::takes_paid)) |
/// | paid, void, deleted | nothing |
///
/// Sources: Clio's document (the words, and what `Bill#destroy` does), Clio's help (void is for good, a payment pays a
/// bill), users (drafts approved, approved bills voided and returned to draft; what is illegal is answered with 422). With
/// payments a bill can be neither voided nor deleted (Clio's document); that it cannot return to draft either is our
/// choice, nobody says. A state that this version does not know may become nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillStanding {
    state: BillState,
    has_payments: bool,
    told: Option<Vec<BillState>>,
    can_update: Option<bool>,
}

impl BillStanding {
    /// A bill in this state. A credit counts as a payment here: our reading of Clio's "payments recorded".
    pub const fn new(state: BillState, has_payments: bool) -> Self {
        Self { state, has_payments, told: None, can_update: None }
    }

    /// With what Clio answers as `available_state_transitions`, which wins over all rules here. Only for the return to
    /// draft the rules count as well: Clio's document has no such word in that field.
    #[must_use]
    pub fn told(mut self, available: impl IntoIterator<Item = BillState>) -> Self {
        self.told = Some(available.into_iter().collect());
        self
    }

    /// With what Clio answers as `can_update`: whether line items and information of the bill can be updated. It wins over
    /// the rules here.
    #[must_use]
    pub const fn can_update(mut self, can_update: bool) -> Self {
        self.can_update = Some(can_update);
        self
    }

    /// The state.
    pub const fn state(&self) -> &BillState {
        &self.state
    }

    /// A payment or a credit was recorded.
    pub const fn has_payments(&self) -> bool {
        self.has_payments
    }

    /// The states that may be written to the bill.
    pub fn next_states(&self, rules: BillRules) -> Vec<BillState> {
        STATES.into_iter().filter(|to| self.may_become(to, rules)).collect()
    }

    /// This state may be written to the bill. The state that it has is none: writing it changes nothing.
    pub fn may_become(&self, to: &BillState, rules: BillRules) -> bool {
        if self.state == *to || matches!(self.state, BillState::Unknown(_)) {
            return false;
        }
        match &self.told {
            Some(told) if *to != BillState::Draft || told.contains(to) => told.contains(to),
            _ => self.follows(to, rules),
        }
    }

    /// The step to another state.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IllegalTransition`] where Clio would answer 422.
    pub fn transition(&self, to: BillState, rules: BillRules) -> Result<Transition> {
        if self.may_become(&to, rules) {
            return Ok(self.step(to));
        }
        let with = if self.has_payments { " with payments" } else { "" };
        Err(illegal(format!("a bill in state {}{with} cannot become {to}", self.state)))
    }

    /// What `Bill#destroy` does: a draft, or one that awaits approval, becomes deleted, one that awaits payment void (Clio's
    /// document). Its activities are unbilled again: see [`Transition::frees_activities`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IllegalTransition`] in any other state, and with payments.
    pub fn delete(&self) -> Result<Transition> {
        let to = match self.state {
            BillState::Draft | BillState::AwaitingApproval if !self.has_payments => BillState::Deleted,
            BillState::AwaitingPayment if !self.has_payments => BillState::Void,
            _ => {
                let with = if self.has_payments { " with payments" } else { "" };
                return Err(illegal(format!("a bill in state {}{with} cannot be deleted", self.state)));
            }
        };
        Ok(self.step(to))
    }

    /// What a payment of the whole balance leads to: paid (Clio's help). It is not written, it follows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IllegalTransition`] unless the bill awaits payment.
    pub fn pay_in_full(&self) -> Result<Transition> {
        if self.state == BillState::AwaitingPayment {
            return Ok(Transition { written: false, ..self.step(BillState::Paid) });
        }
        Err(illegal(format!("a bill in state {} takes no payment", self.state)))
    }

    /// Its lines may be changed and taken off: while it is not approved, and, where the firm says so, while it awaits
    /// payment (Clio's help).
    pub fn may_edit_lines(&self, rules: BillRules) -> bool {
        self.can_update.unwrap_or_else(|| self.is_open(rules))
    }

    /// Which of its own fields may be changed.
    pub fn may_edit_head(&self, rules: BillRules) -> HeadEdits {
        match &self.state {
            _ if self.may_edit_lines(rules) => HeadEdits::All,
            BillState::Void | BillState::Deleted | BillState::Unknown(_) => HeadEdits::None,
            _ => HeadEdits::Limited,
        }
    }

    fn step(&self, to: BillState) -> Transition {
        Transition { from: self.state.clone(), to, written: true }
    }

    fn follows(&self, to: &BillState, rules: BillRules) -> bool {
        use BillState::{AwaitingApproval, AwaitingPayment, Deleted, Draft, Paid, Void};
        match (&self.state, to) {
            (Draft, AwaitingApproval) => !rules.skips_approval,
            (Draft | AwaitingApproval, AwaitingPayment) => true,
            (Draft | AwaitingApproval, Deleted) | (AwaitingPayment, Void) => !self.has_payments,
            (AwaitingApproval | AwaitingPayment, Draft) => rules.returns_to_draft && !self.has_payments,
            (AwaitingPayment, Paid) => rules.takes_paid,
            _ => false,
        }
    }

    fn is_open(&self, rules: BillRules) -> bool {
        match self.state {
            BillState::Draft | BillState::AwaitingApproval => true,
            BillState::AwaitingPayment => rules.edits_approved_bills,
            _ => false,
        }
    }
}

fn illegal(message: String) -> Error {
    Error::new(ErrorKind::IllegalTransition, message)
}

/// A step from one state of a bill to another that is legal from where that bill stood. Only a [`BillStanding`] makes one.
/// That the bill still stands there is what [`BillChange::check`](super::BillChange::check) looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    from: BillState,
    to: BillState,
    written: bool,
}

impl Transition {
    /// It may be asked for; a bill that is paid became so by its payments.
    pub(super) const fn is_written(&self) -> bool {
        self.written
    }

    /// Where the bill stood.
    pub const fn from(&self) -> &BillState {
        &self.from
    }

    /// Where it will stand.
    pub const fn to(&self) -> &BillState {
        &self.to
    }

    /// The activities of the bill are unbilled again: it was deleted (Clio's help, of drafts) or voided (Clio's document:
    /// `on_bill` is of active bills, which a void one is not).
    pub const fn frees_activities(&self) -> bool {
        matches!(self.to, BillState::Deleted | BillState::Void)
    }

    /// No rule here leads on from there: void is for good (Clio's help), and of deleted and paid nobody says otherwise. What
    /// Clio itself [tells](BillStanding::told) of a bill goes before that.
    pub const fn is_final(&self) -> bool {
        matches!(self.to, BillState::Deleted | BillState::Void | BillState::Paid)
    }
}

/// Which fields of a bill itself may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeadEdits {
    /// Every field that can be written.
    All,
    /// The bill was approved and can be edited "in a limited way" (Clio's help), or Clio says `can_update: false` of it.
    /// Which fields that leaves nobody says: our choice is those that its amounts do not follow from, without its number.
    Limited,
    /// It was voided or deleted, or is in a state that this version does not know. Our choice; nobody says.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bill_that_goes_frees_its_activities() {
        let rules = BillRules::default();
        let to = |from, to| BillStanding::new(from, false).transition(to, rules).unwrap();
        assert!(to(BillState::Draft, BillState::Deleted).frees_activities());
        assert!(to(BillState::AwaitingPayment, BillState::Void).frees_activities());
        assert!(!to(BillState::Draft, BillState::AwaitingPayment).frees_activities());
    }
}
