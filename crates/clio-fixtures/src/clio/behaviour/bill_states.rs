//! The states of bills: which one may follow on which, and what follows from it.
//!
//! From Clio's document (the words, and what `Bill#destroy` does), its help pages (a void bill stays void, a payment pays a
//! bill), and what users did over the API (a draft approved, approved bills voided and returned to draft).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    activities::ACTIVITY,
    bill_totals::{has_payments, lines, totals},
    bills::BILL,
    line_items::LINE,
    payments,
};
use crate::clio::{
    ask::Refusal,
    firm::Firm,
    records::Origin,
    store::{Record, Value},
};

/// What is said of a bill that can no longer be changed.
pub(crate) const LOCKED: &str = "the bill can no longer be changed";

/// Its line items and amounts can be changed. Those of an approved bill only where the firm says so (Clio's help pages).
pub(crate) fn is_open(firm: &Firm, bill: &Record) -> bool {
    match bill.get(BILL.state).as_str() {
        Some("draft" | "awaiting_approval") => true,
        Some("awaiting_payment") => firm.settings.edits_approved_bills,
        _ => false,
    }
}

/// The states that a bill may go on to. With a payment a bill can be neither voided (Clio's document) nor, which nobody says,
/// returned to draft.
pub(crate) fn next(firm: &Firm, bill: &Record) -> Vec<&'static str> {
    let back = firm.settings.bills_return_to_draft;
    let states: &[(&'static str, bool)] = match bill.get(BILL.state).as_str() {
        Some("draft") => {
            let step = !firm.settings.skips_approval;
            &[("awaiting_approval", step), ("awaiting_payment", true), ("deleted", true)]
        }
        Some("awaiting_approval") => &[("awaiting_payment", true), ("deleted", true), ("draft", back)],
        Some("awaiting_payment") => {
            let unpaid = !has_payments(firm, bill.id);
            &[("void", unpaid), ("draft", back && unpaid), ("paid", firm.settings.bills_take_paid)]
        }
        _ => &[],
    };
    states.iter().filter(|(_, possible)| *possible).map(|(state, _)| *state).collect()
}

/// Refuses a state that cannot follow: 422, as users report.
pub(crate) fn may_become(firm: &Firm, old: &Record, new: &Record) -> Result<(), Refusal> {
    let state = new.get(BILL.state);
    if state == old.get(BILL.state) || next(firm, old).iter().any(|next| state.as_str() == Some(next)) {
        return Ok(());
    }
    let (from, to) = (old.get(BILL.state).as_str(), state.as_str());
    let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
    Err(Refusal::unprocessable(&format!("a bill in state {from} cannot become {to}")))
}

/// Moves a bill to a state, with what follows. `user` is who does it.
pub(crate) fn enter(
    firm: &mut Firm,
    id: i64,
    state: &'static str,
    user: i64,
    now: DateTime<Utc>,
    by: &Origin,
) {
    firm.tables.change(BILL.resource, id, now, by, |bill| bill.set(BILL.state, Value::Word(state)));
    entered(firm, id, user, now, by);
}

/// What follows from the state that a bill has just come to.
pub(crate) fn entered(firm: &mut Firm, id: i64, user: i64, now: DateTime<Utc>, by: &Origin) {
    let Some(bill) = firm.get(BILL.resource, id) else { return };
    match bill.get(BILL.state).as_str() {
        Some("deleted" | "void") => free(firm, id, now, by),
        // Whether a bill can be called paid is a knob; that this records the payment is our choice.
        Some("paid") => {
            let owed = totals(firm, bill).balance();
            if owed > Decimal::ZERO {
                payments::record(firm, id, owed, user, now, by);
            }
        }
        _ => {}
    }
}

/// The activities of a bill are unbilled again (Clio's document and help pages). Its line items stay, as its history.
fn free(firm: &mut Firm, id: i64, now: DateTime<Utc>, by: &Origin) {
    let activities: Vec<i64> = lines(firm, id).filter_map(|line| line.get(LINE.activity).link()).collect();
    for activity in activities {
        release(firm, activity, id, now, by);
    }
}

/// Takes an activity off a bill.
pub(crate) fn release(firm: &mut Firm, activity: i64, bill: i64, now: DateTime<Utc>, by: &Origin) {
    let on_it = Value::Link(BILL.resource, bill);
    if firm.get(ACTIVITY.resource, activity).is_some_and(|one| *one.get(ACTIVITY.bill) == on_it) {
        firm.tables.change(ACTIVITY.resource, activity, now, by, |one| one.set(ACTIVITY.bill, Value::Null));
    }
}
