//! Where bills stand, by the rules alone.

use clio_core::schema::choices::BillState;
use clio_model::{
    ErrorKind,
    bills::{BillChange, BillRules, BillStanding, Discount, HeadEdits},
};

use super::states::all_rules;

/// What Clio says of a bill wins over what the rules say, but for the return to draft, for which its field has no word.
#[test]
fn what_clio_says_wins() {
    let rules = BillRules::default();
    let draft = BillStanding::new(BillState::Draft, false).told([BillState::Deleted]);
    assert_eq!(draft.next_states(rules), [BillState::Deleted]);
    let paid = BillStanding::new(BillState::Paid, true).told([BillState::AwaitingPayment]);
    assert!(paid.transition(BillState::AwaitingPayment, rules).is_ok());
    let approved = BillStanding::new(BillState::AwaitingPayment, false).told([BillState::Void]);
    assert_eq!(approved.next_states(rules), [BillState::Draft, BillState::Void]);
    let back = BillStanding::new(BillState::Paid, true).told([BillState::Draft]);
    assert_eq!(back.next_states(rules), [BillState::Draft]);
    assert!(BillStanding::new(BillState::Paid, true).can_update(true).may_edit_lines(rules));
    let closed = BillStanding::new(BillState::Draft, false).can_update(false);
    assert_eq!(closed.may_edit_head(rules), HeadEdits::Limited);
}

#[test]
fn a_state_that_is_not_known_leads_nowhere() {
    let odd = BillStanding::new(BillState::Unknown("in_dispute".into()), false).told([BillState::Void]);
    for rules in all_rules() {
        assert!(odd.next_states(rules).is_empty());
        assert!(!odd.may_edit_lines(rules));
        assert_eq!(odd.may_edit_head(rules), HeadEdits::None);
    }
    assert_eq!(odd.delete().unwrap_err().kind(), ErrorKind::IllegalTransition);
    let to = BillState::Unknown("in_dispute".into());
    assert!(BillStanding::new(BillState::Draft, false).transition(to, BillRules::default()).is_err());
}

#[test]
fn an_illegal_step_says_from_where_to_where() {
    let paid = BillStanding::new(BillState::AwaitingPayment, true);
    let error = paid.transition(BillState::Void, BillRules::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IllegalTransition);
    assert_eq!(error.to_string(), "a bill in state awaiting_payment with payments cannot become void");
}

#[test]
fn a_change_of_amounts_is_checked_against_where_the_bill_stands() {
    let rules = BillRules::default();
    let approved = BillStanding::new(BillState::AwaitingPayment, false);
    let discount = || BillChange::new().discount(Discount::Percentage("5%".parse().unwrap()));
    assert_eq!(discount().check(&approved, rules).unwrap_err().kind(), ErrorKind::IllegalTransition);
    assert!(BillChange::new().memo("Thank you").check(&approved, rules).is_ok());
    let back = approved.transition(BillState::Draft, rules).unwrap();
    assert!(discount().state(&back).check(&approved, rules).is_ok());
    let void = BillStanding::new(BillState::Void, false);
    assert!(BillChange::new().memo("Thank you").check(&void, rules).is_err());
    assert!(BillChange::new().check(&void, rules).is_ok(), "nothing is no change");
}
