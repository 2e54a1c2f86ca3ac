//! Payments and credits, and how they are spread over bills.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    Behaviour,
    bank::{self, BANK_TRANSACTION},
    bill_totals::{allocations, shares, totals},
    bills::BILL,
    contacts::CONTACT,
    matters::MATTER,
    money::cents,
    users::USER,
};
use crate::clio::{
    answer::View,
    firm::Firm,
    generic::Test,
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(ALLOCATION: Allocation = allocation {
    amount,
    bill,
    contact,
    date,
    description,
    destination_bank_account,
    destroyable,
    matter,
    parent,
    voided_at,
});
handles!(PAYMENT: Payment = payment {
    allocations,
    amount,
    contact,
    date,
    description,
    destination_bank_account,
    payment_source_type,
    user,
});
handles!(CREDIT: CreditMemo = credit_memo { allocations, amount, contact, date, description, discount, user });

/// The description by which a credit that writes a debt off is known: our choice.
pub(crate) const WRITE_OFF: &str = "Write-off";

pub(crate) struct Allocations;

impl Behaviour for Allocations {
    fn resource(&self) -> Option<Resource> {
        Some(ALLOCATION.resource)
    }

    fn filters(&self) -> &'static [&'static str] {
        &["kind", "parent_id", "parent_type", "status"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let wanted = value.to_owned();
        Some(match parameter {
            "kind" => {
                let write_off =
                    matches!(value, "credit_note" | "write_off").then_some(value == "write_off")?;
                Box::new(move |_, one| is_credit(one) && is_write_off(one) == write_off)
            }
            "parent_id" => {
                let id = value.parse().ok()?;
                Box::new(move |_, one| one.get(ALLOCATION.parent).link() == Some(id))
            }
            // Clio's document calls it a number and speaks of two names. What the numbers are is not said: they let all pass.
            "parent_type" if value.parse::<i64>().is_ok() => Box::new(|_, _| true),
            "parent_type" => Box::new(
                move |_, one| matches!(one.get(ALLOCATION.parent), Value::Link(to, _) if to.name() == wanted),
            ),
            _ => {
                let valid = matches!(value, "valid" | "invalid").then_some(value == "valid")?;
                Box::new(move |_, one| one.get(ALLOCATION.voided_at).is_null() == valid)
            }
        })
    }
}

/// It comes out of a credit memo, not out of a payment.
pub(crate) fn is_credit(allocation: &Record) -> bool {
    matches!(allocation.get(ALLOCATION.parent), Value::Link(to, _) if *to == CREDIT.resource)
}

fn is_write_off(allocation: &Record) -> bool {
    allocation.get(ALLOCATION.description).as_str() == Some(WRITE_OFF)
}

/// What a bill was short of was given up.
pub(crate) fn is_written_off(firm: &Firm, bill: i64) -> bool {
    allocations(firm, bill).any(|one| is_credit(one) && is_write_off(one))
}

/// Records a payment of a bill's: the payment, what of it goes to each matter, and the money on the firm's operating account.
/// Answers the payment's id. What is not more than nothing, or more than is owed, is not taken, and a firm without an
/// operating account takes no payments (Clio's letter after an import). A bill that is paid in full is paid.
pub(crate) fn record(
    firm: &mut Firm,
    bill: i64,
    amount: Decimal,
    user: i64,
    now: DateTime<Utc>,
    by: &Origin,
) -> Option<i64> {
    let amount = cents(amount);
    let account = bank::default_account(firm, "Operating")?;
    let (id, allocations) = spread(firm, bill, amount, PAYMENT.resource, None, now, by)?;
    let client = firm.get(BILL.resource, bill)?.get(BILL.client).clone();
    let account = Value::Link(bank::BANK_ACCOUNT.resource, account);
    for one in &allocations {
        if let Value::Link(resource, id) = one {
            firm.tables.change(*resource, *id, now, by, |one| {
                one.set(ALLOCATION.destination_bank_account, account.clone());
            });
        }
    }
    let mut payment = Record::new(id, now, by.clone());
    payment.set(PAYMENT.allocations, links(&allocations));
    payment.set(PAYMENT.amount, amount);
    payment.set(PAYMENT.contact, client.clone());
    payment.set(PAYMENT.date, now.date_naive());
    payment.set(PAYMENT.description, "Payment received");
    payment.set(PAYMENT.destination_bank_account, account.clone());
    payment.set(PAYMENT.payment_source_type, Value::Word("check"));
    payment.set(PAYMENT.user, Value::Link(USER.resource, user));
    firm.tables.insert(PAYMENT.resource, payment);
    firm.make(BANK_TRANSACTION.resource, now, by, |money| {
        money.set(BANK_TRANSACTION.allocation, allocations.first().cloned());
        money.set(BANK_TRANSACTION.amount, amount);
        money.set(BANK_TRANSACTION.bank_account, account);
        money.set(BANK_TRANSACTION.bill, Value::Link(BILL.resource, bill));
        money.set(BANK_TRANSACTION.client, client);
        money.set(BANK_TRANSACTION.date, now.date_naive());
        money.set(BANK_TRANSACTION.description, "Payment received");
    });
    settle(firm, bill, now, by);
    Some(id)
}

/// Credits a bill, and answers the id of the credit memo. A bill with nothing left to pay is paid.
pub(crate) fn credit(
    firm: &mut Firm,
    bill: i64,
    amount: Decimal,
    why: &str,
    user: i64,
    now: DateTime<Utc>,
    by: &Origin,
) -> Option<i64> {
    let amount = cents(amount);
    let (id, allocations) = spread(firm, bill, amount, CREDIT.resource, Some(why), now, by)?;
    let mut memo = Record::new(id, now, by.clone());
    memo.set(CREDIT.allocations, links(&allocations));
    memo.set(CREDIT.amount, amount);
    memo.set(CREDIT.contact, firm.get(BILL.resource, bill)?.get(BILL.client).clone());
    memo.set(CREDIT.date, now.date_naive());
    memo.set(CREDIT.description, why);
    memo.set(CREDIT.discount, false);
    memo.set(CREDIT.user, Value::Link(USER.resource, user));
    firm.tables.insert(CREDIT.resource, memo);
    settle(firm, bill, now, by);
    Some(id)
}

fn links(allocations: &[Value]) -> Value {
    Value::Links(ALLOCATION.resource, allocations.iter().filter_map(Value::link).collect())
}

/// Allocates an amount to the matters of a bill, the first ones first. Answers the id that the payment or credit is to have.
fn spread(
    firm: &mut Firm,
    bill: i64,
    amount: Decimal,
    parent: Resource,
    why: Option<&str>,
    now: DateTime<Utc>,
    by: &Origin,
) -> Option<(i64, Vec<Value>)> {
    let found = firm.get(BILL.resource, bill)?;
    let payable = matches!(found.get(BILL.state).as_str(), Some("awaiting_payment" | "paid"));
    if !payable || amount <= Decimal::ZERO || amount > totals(firm, found).balance() {
        return None;
    }
    let (client, shares) = (found.get(BILL.client).link(), shares(firm, found));
    let id = firm.next_id();
    let mut left = amount;
    let mut made = Vec::new();
    for share in shares {
        let part = left.min(share.balance).max(Decimal::ZERO);
        if part.is_zero() {
            continue;
        }
        left = left.saturating_sub(part);
        let one = firm.make(ALLOCATION.resource, now, by, |one| {
            one.set(ALLOCATION.amount, part);
            one.set(ALLOCATION.bill, Value::Link(BILL.resource, bill));
            one.set(ALLOCATION.contact, client.map(|id| Value::Link(CONTACT.resource, id)));
            one.set(ALLOCATION.date, now.date_naive());
            one.set(ALLOCATION.description, why.map(Value::text));
            one.set(ALLOCATION.destroyable, true);
            one.set(ALLOCATION.matter, Value::Link(MATTER.resource, share.matter));
            one.set(ALLOCATION.parent, Value::Link(parent, id));
        });
        made.push(Value::Link(ALLOCATION.resource, one));
    }
    Some((id, made))
}

/// The state that a payment leads to: a payment in full pays a bill (Clio's help pages).
fn settle(firm: &mut Firm, bill: i64, now: DateTime<Utc>, by: &Origin) {
    let Some(found) = firm.get(BILL.resource, bill) else { return };
    let full = totals(firm, found).balance() <= Decimal::ZERO;
    firm.tables.change(BILL.resource, bill, now, by, |bill| {
        bill.set(BILL.paid_at, now);
        if full {
            bill.set(BILL.state, Value::Word("paid"));
        }
    });
}
