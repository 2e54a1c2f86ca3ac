//! Bills of any kind, made in the fake firm.

use clio_core::{
    Amount, Body, Hours, Id,
    schema::{
        choices::{InterestType, TaxRule},
        operations::{UpdateBill, UpdateLineItem},
    },
};
use clio_fixtures::{NewBill, NewTime};
use clio_model::{
    Currency, Money, Percent,
    bills::{BillChange, Discount, Interest, LineItemChange},
};
use rust_decimal::Decimal;

use super::desk::{Desk, Dice};

/// What happened to a bill after it was approved, in this order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    Charged,
    Paid(Decimal),
    Credited(Decimal),
}

/// A bill in the fake firm.
pub(super) struct Made {
    pub(super) bill: i64,
    pub(super) events: Vec<Event>,
}

fn hundredths(dice: &Dice, below: u64) -> Decimal {
    Decimal::new(i64::try_from(dice.below(below)).unwrap(), 2)
}

/// The taxes that lines may have of their own.
pub(super) fn taxes(desk: &Desk) -> Vec<i64> {
    let tax = |rate: &str| {
        let data = format!(r#"{{"name":"Tax","country":"CA","rate":{rate}}}"#);
        desk.create("tax_rate_configurations.json", &data)
    };
    ["0.05", "0.09975", "0.13", "0"].map(tax).to_vec()
}

/// A draft with one to four lines: time, expenses, and what is shown without charge.
pub(super) fn draft(desk: &Desk, dice: &Dice) -> i64 {
    let matter = *dice.of(&desk.matters);
    let count = 1 + dice.below(4);
    let activities: Vec<i64> = (0..count).map(|_| activity(desk, dice, matter)).collect();
    desk.ada.bill(NewBill { matter: Some(matter), activities, ..NewBill::default() }).unwrap()
}

fn activity(desk: &Desk, dice: &Dice, matter: i64) -> i64 {
    let price = if dice.one_in(5) {
        Decimal::new(i64::try_from(dice.below(500_000)).unwrap(), 3)
    } else {
        hundredths(dice, 60_000)
    };
    let entry = |kind: &str, quantity: Decimal, more: &str| {
        let data = format!(
            r#"{{"type":"{kind}","date":"2026-03-01","quantity":{quantity},"price":{price},"matter":{{"id":{matter}}}{more}}}"#
        );
        desk.create("activities.json", &data)
    };
    match dice.below(8) {
        0 => entry("ExpenseEntry", hundredths(dice, 500), r#","tax_setting":"tax_1_and_tax_2""#),
        1 => entry("ExpenseEntry", Decimal::from(dice.below(40)), ""),
        2 if dice.one_in(2) => {
            entry("TimeEntry", Decimal::from(3600), r#","non_billable":true,"no_charge":true"#)
        }
        _ => {
            // Half of it in steps of three minutes, which are hours of two decimal places.
            let seconds = if dice.one_in(2) { dice.below(200) * 180 } else { dice.below(36_000) };
            let (seconds, date) = (i64::try_from(seconds).unwrap(), desk.now.date_naive());
            let time = NewTime { matter: Some(matter), seconds, date, ..NewTime::default() };
            let id = desk.ada.record_time(time);
            desk.ada.change_price(id, price);
            id
        }
    }
}

/// Taxes, a discount, interest and a day for the bill.
pub(super) fn set_terms(desk: &Desk, dice: &Dice, bill: i64) {
    let percent = |text: &str| Percent::new(text.parse().unwrap());
    let day = desk.now.date_naive() + chrono::TimeDelta::days(i64::try_from(dice.below(60)).unwrap() - 10);
    let mut change = BillChange::new().due_at(day);
    if dice.one_in(2) {
        change = change
            .tax_rate(percent(dice.of::<&str>(&["5", "13", "8.875", "0"])))
            .secondary_tax_rate(percent(dice.of::<&str>(&["9.975", "7", "0"])));
    }
    if dice.one_in(2) {
        change = change.discount(discount(dice));
    }
    if dice.one_in(2) {
        let kind = dice.of(&[InterestType::Simple, InterestType::Compound]).clone();
        change = change.interest(&Interest::new(Percent::new(hundredths(dice, 1_000)), 30, kind));
    }
    desk.change(&format!("bills/{bill}.json"), &Body::<UpdateBill>::json(&change).unwrap());
}

fn discount(dice: &Dice) -> Discount {
    if dice.one_in(2) {
        Discount::Percentage(Percent::new(hundredths(dice, 10_001)))
    } else {
        Discount::Money(Money::new(Amount::new(hundredths(dice, 40_000)), Currency::USD))
    }
}

/// Some lines get taxes or a discount, or another price or quantity.
pub(super) fn set_line(desk: &Desk, dice: &Dice, line: i64, taxes: &[i64]) {
    let tax = || Id::new(*dice.of(taxes));
    let mut change = match dice.below(7) {
        0..=2 => LineItemChange::new(),
        3 => LineItemChange::new().tax(tax()),
        4 => LineItemChange::new().taxes(tax(), tax(), dice.of(&[TaxRule::Pre, TaxRule::Post]).clone()),
        _ => LineItemChange::new().taxable(dice.one_in(2), dice.one_in(2)),
    };
    if dice.one_in(4) {
        change = change.discount(discount(dice));
    }
    if dice.one_in(8) {
        change = change.price(Money::new(Amount::new(hundredths(dice, 50_000)), Currency::USD));
    }
    if dice.one_in(8) {
        change = change.quantity(Hours::new(Decimal::new(i64::try_from(dice.below(200)).unwrap() * 5, 2)));
    }
    if !change.is_empty() {
        desk.change(&format!("line_items/{line}.json"), &Body::<UpdateLineItem>::json(&change).unwrap());
    }
}

/// Most are approved, some of them charged with interest, paid and credited.
pub(super) fn use_it(desk: &Desk, dice: &Dice, bill: i64) -> Made {
    let mut events = Vec::new();
    if dice.one_in(4) {
        return Made { bill, events };
    }
    assert!(desk.ada.approve(bill));
    for _ in 0..dice.below(4) {
        let amount = hundredths(dice, 30_000);
        let event = match dice.below(4) {
            0 => desk.ada.credit(bill, amount, "Goodwill").map(|_| Event::Credited(amount)),
            1 => desk.ada.pay(bill, amount).map(|_| Event::Paid(amount)),
            _ => desk.ada.charge_interest(bill).map(|_| Event::Charged),
        };
        events.extend(event);
    }
    Made { bill, events }
}
