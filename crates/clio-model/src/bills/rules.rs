/// What a firm's settings, and what is disputed about Clio, decide about the states of bills.
///
/// ```
/// use clio_core::schema::choices::BillState;
/// use clio_model::bills::{BillRules, BillStanding};
///
/// let approved = BillStanding::new(BillState::AwaitingPayment, false);
/// let mut rules = BillRules::default();
/// assert!(approved.may_become(&BillState::Draft, rules));
/// rules.returns_to_draft = false;
/// assert!(!approved.may_become(&BillState::Draft, rules));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, named where it is set")]
pub struct BillRules {
    /// An approved bill without payments, and one that awaits approval, may become a draft again. Disputed: users did it
    /// with approved bills over the API in 2026; Clio's document has no `draft` among the words of
    /// `available_state_transitions`, though among those of `state` that can be written. `true` unless said, as users saw.
    pub returns_to_draft: bool,
    /// The firm hides the step of approval: a draft goes to awaiting payment at once (Clio's help: a setting). `false`
    /// unless said. No field of Clio's tells it; `available_state_transitions` shows it.
    pub skips_approval: bool,
    /// The firm lets approved bills be edited in full (Clio's help: a setting). `false` unless said; `can_update` shows it.
    pub edits_approved_bills: bool,
    /// A bill that awaits payment can be written as paid. Disputed, nobody tried: Clio's help has a payment pay a bill,
    /// Clio's document has `paid` among the states that can be written. `false` unless said.
    pub takes_paid: bool,
}

impl Default for BillRules {
    fn default() -> Self {
        Self { returns_to_draft: true, skips_approval: false, edits_approved_bills: false, takes_paid: false }
    }
}
