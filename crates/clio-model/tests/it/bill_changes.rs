//! What is asked of a bill and its lines is held against where they stand.

use clio_core::{
    Amount, Body, Id,
    schema::{
        choices::{BillState, InterestType, LineItemType, TaxRule},
        objects,
        operations::{UpdateBill, UpdateLineItem},
    },
};
use clio_model::{
    Currency, ErrorKind, Money, Percent, Rate, Rounding,
    bills::{
        BillAccount, BillArithmetic, BillChange, BillDiscount, BillLine, BillRules, BillStanding, BillTerms,
        BillTotals, Discount, Interest, LineItem, LineItemChange,
    },
};
use rust_decimal::Decimal;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn percent(text: &str) -> Percent {
    text.parse().unwrap()
}

fn hour() -> LineItem {
    LineItem::service("1".parse().unwrap(), Rate::per_hour(money("100 USD")))
}

/// A step was legal for the bill that it was made of. For another, or later, it need not be.
#[test]
fn a_step_is_held_against_where_the_bill_stands() {
    let rules = BillRules::default();
    let draft = BillStanding::new(BillState::Draft, false);
    let step = BillChange::new().state(&draft.transition(BillState::Deleted, rules).unwrap());
    assert!(step.check(&draft, rules).is_ok());
    for state in [BillState::AwaitingPayment, BillState::Paid, BillState::Void, BillState::Deleted] {
        let error = step.check(&BillStanding::new(state.clone(), false), rules).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IllegalTransition, "{state}");
    }
    let paid_since = BillStanding::new(BillState::Draft, true);
    assert!(step.check(&paid_since, rules).is_err(), "it has payments by now");
}

#[test]
fn the_step_of_a_delete_is_not_one_that_rules_forbid() {
    let approved = BillStanding::new(BillState::AwaitingPayment, false).told([BillState::Paid]);
    let change = BillChange::new().state(&approved.delete().unwrap());
    assert!(change.check(&approved, BillRules::default()).is_err(), "Clio does not list void");
}

/// A payment makes a bill paid; nobody writes it, unless by the rule that is disputed.
#[test]
fn what_follows_from_a_payment_is_not_written() {
    let unpaid = BillStanding::new(BillState::AwaitingPayment, false);
    let change = BillChange::new().state(&unpaid.pay_in_full().unwrap());
    let error = Body::<UpdateBill>::json(&change).unwrap_err();
    assert_eq!(error.kind(), clio_core::ErrorKind::Invalid);
    let mut rules = BillRules::default();
    rules.takes_paid = true;
    let change = change.state(&unpaid.transition(BillState::Paid, rules).unwrap());
    assert_eq!(Body::<UpdateBill>::json(&change).unwrap(), r#"{"state":"paid"}"#);
}

/// The last value of a member is what is sent, so it is what is checked.
#[test]
fn what_was_wrong_can_be_set_right() {
    let bill = BillChange::new().tax_rate(percent("-5%")).tax_rate(percent("5%"));
    assert_eq!(Body::<UpdateBill>::json(&bill).unwrap(), r#"{"tax_rate":5}"#);
    let bill = BillChange::new().tax_rate(percent("-5%")).secondary_tax_rate(percent("5%"));
    assert!(Body::<UpdateBill>::json(&bill).is_err(), "another member sets nothing right");
    let line = LineItemChange::new().price(money("-1 USD")).price(money("1 USD"));
    assert_eq!(Body::<UpdateLineItem>::json(&line).unwrap(), r#"{"price":1}"#);
}

#[test]
fn a_discount_of_more_than_all_is_refused_on_bills_and_on_lines() {
    let more = Discount::Percentage(percent("100.01%"));
    assert!(Body::<UpdateBill>::json(&BillChange::new().discount(more)).is_err());
    assert!(Body::<UpdateLineItem>::json(&LineItemChange::new().discount(more)).is_err());
}

#[test]
fn words_and_periods_that_clio_does_not_have_are_not_written() {
    let odd = Interest::new(percent("5%"), 30, InterestType::Unknown("odd".into()));
    assert!(Body::<UpdateBill>::json(&BillChange::new().interest(&odd)).is_err());
    for (days, is_taken) in [(0, false), (1, true), (i32::MAX.unsigned_abs(), true), (u32::MAX, false)] {
        let terms = BillChange::new().interest(&Interest::new(percent("5%"), days, InterestType::Simple));
        assert_eq!(Body::<UpdateBill>::json(&terms).is_ok(), is_taken, "{days}");
    }
    let taxes = LineItemChange::new().taxes(Id::new(1), Id::new(2), TaxRule::Unknown("Between".into()));
    assert!(Body::<UpdateLineItem>::json(&taxes).is_err());
    assert!(Body::<UpdateLineItem>::json(&taxes.tax(Id::new(1))).is_ok());
}

#[test]
fn money_of_another_currency_is_refused_where_the_currency_is_known() {
    let euros = Discount::Money(money("5 EUR"));
    let line = LineItemChange::new().discount(euros);
    assert_eq!(line.check(&hour()).unwrap_err().kind(), ErrorKind::CurrencyMismatch);
    let bill = BillChange::new().discount(euros);
    assert_eq!(bill.check_currency(Currency::USD).unwrap_err().kind(), ErrorKind::CurrencyMismatch);
    assert!(bill.check_currency(Currency::EUR).is_ok());
    let replaced = bill.discount(Discount::Percentage(percent("5%")));
    assert!(replaced.check_currency(Currency::USD).is_ok());
}

#[test]
fn what_a_line_is_changed_to_is_not_shown() {
    let change = LineItemChange::new()
        .price(money("123.45 USD"))
        .note("Byron")
        .discount(Discount::Money(money("67 USD")));
    let shown = format!("{change:?}");
    assert!(!shown.contains("123") && !shown.contains("67") && !shown.contains("Byron"), "{shown}");
    assert!(shown.contains("price"), "{shown}");
}

#[test]
fn interest_is_never_less_than_nothing() {
    let (terms, account) = (BillTerms::new(Currency::USD), BillAccount::new(Currency::USD));
    let totals = BillTotals::of(&[hour()], &terms, &account, BillArithmetic::default()).unwrap();
    for kind in [InterestType::Simple, InterestType::Compound] {
        let charge = Interest::new(percent("-1%"), 30, kind).for_period(&totals, Rounding::HalfUp).unwrap();
        assert!(charge.is_zero());
    }
}

/// Clio writes numbers as binary floats.
#[test]
fn a_sub_total_told_comes_in_whole_coins() {
    let line = hour().sub_total_told(money("208.37999999999997 USD"));
    let amounts = line.amounts(&BillTerms::new(Currency::USD), BillArithmetic::default()).unwrap();
    assert_eq!((amounts.sub_total, amounts.total), (money("208.38 USD"), money("208.38 USD")));
}

#[test]
fn no_discount_needs_no_type() {
    let none = BillDiscount { rate: Some("0".parse().unwrap()), r#type: None };
    assert_eq!(none.discount(Currency::USD).unwrap(), None);
}

/// The document gives the rate of a tax on a line no unit. What is no part of one is not taken for 1300 %.
#[test]
fn a_tax_of_a_line_that_is_no_part_of_one_is_refused() {
    let line = |rate: &str| {
        let json = format!(
            r#"{{"id":1,"etag":"e","type":"ActivityLineItem","kind":"Service","quantity":2,"price":100,
            "tax_settings":[{{"order":1,"rate":{rate},"rule":"Pre"}}]}}"#
        );
        let line = clio_core::decode::<objects::LineItem, BillLine>(&json).unwrap();
        LineItem::told(&line, Currency::USD)
    };
    assert!(line("1").is_ok() && line("-1").is_ok() && line("0.13").is_ok());
    for rate in ["13", "1.01", "-5"] {
        assert_eq!(line(rate).unwrap_err().kind(), ErrorKind::Invalid, "{rate}");
    }
}

#[test]
fn a_credit_bears_its_tax_and_no_discount() {
    let credit = LineItem::expense(Decimal::ONE, Money::new(Amount::new(Decimal::from(-100)), Currency::USD))
        .discount(Discount::Percentage(percent("10%")));
    let amounts = credit.amounts(&BillTerms::new(Currency::USD), BillArithmetic::default()).unwrap();
    assert_eq!((amounts.discount, amounts.total), (money("0 USD"), money("-100 USD")));
    let free = hour().of_type(LineItemType::NoChargeLineItem);
    assert!(free.amounts(&BillTerms::new(Currency::USD), BillArithmetic::default()).unwrap().total.is_zero());
}
