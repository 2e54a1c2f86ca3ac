//! The JSON of changes: only what was said, in Clio's words.

use chrono::NaiveDate;
use clio_core::{
    Body, ErrorKind, Hours, Id,
    schema::{
        choices::{InterestType, TaxRule},
        operations::{UpdateBill, UpdateLineItem},
    },
};
use clio_model::{
    Currency, Money, Percent, Rate,
    bills::{BillChange, Discount, Interest, LineItem, LineItemChange, Quantity},
};
use rust_decimal::Decimal;

fn bill(change: &BillChange) -> String {
    Body::<UpdateBill>::json(change).unwrap()
}

fn line(change: &LineItemChange) -> String {
    Body::<UpdateLineItem>::json(change).unwrap()
}

fn percent(text: &str) -> Percent {
    text.parse().unwrap()
}

#[test]
fn a_change_of_a_bill_has_what_was_said() {
    let day = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    assert_eq!(bill(&BillChange::new()), "{}");
    assert_eq!(
        bill(&BillChange::new().issued_at(day).due_at(day).number("2026/7").subject(None).theme(Id::new(3))),
        r#"{"issued_at":"2026-04-01","due_at":"2026-04-01","number":"2026/7","subject":null,"bill_theme":{"id":3}}"#
    );
    let interest = Interest::new(percent("1.5%"), 30, InterestType::Compound);
    let change = BillChange::new()
        .discount_with_note(Discount::Percentage(percent("12.5%")), "Friend")
        .interest(&interest)
        .tax_rate(percent("5%"))
        .secondary_tax_rate(percent("9.975%"))
        .currency(Id::new(2))
        .purchase_order("PO-1");
    assert_eq!(
        bill(&change),
        r#"{"discount":{"rate":12.5,"type":"percentage","note":"Friend"},"interest":{"rate":1.5,"period":30,"type":"compound"},"tax_rate":5,"secondary_tax_rate":9.975,"currency_id":2,"purchase_order":"PO-1"}"#
    );
}

#[test]
fn a_grace_period_and_a_day_do_not_stand_together() {
    let day = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    assert_eq!(bill(&BillChange::new().due_at(day).use_grace_period()), r#"{"use_grace_period":true}"#);
    assert_eq!(bill(&BillChange::new().use_grace_period().due_at(day)), r#"{"due_at":"2026-04-01"}"#);
}

#[test]
fn a_change_of_a_line_has_what_was_said() {
    let change = LineItemChange::new()
        .price("250.10 USD".parse().unwrap())
        .quantity(Quantity::Count(Decimal::from(3)))
        .taxes(Id::new(1), Id::new(2), TaxRule::Post)
        .discount(Discount::Money("5 USD".parse().unwrap()))
        .taxable(true, false);
    assert_eq!(
        line(&change),
        r#"{"price":250.10,"quantity":3,"tax_settings":[{"tax_rate_configuration_id":1,"order":1,"rule":"Pre"},{"tax_rate_configuration_id":2,"order":2,"rule":"Post"}],"discount":{"rate":5,"type":"money"},"taxable":true,"secondary_taxable":false}"#
    );
}

#[test]
fn what_cannot_be_is_refused_before_it_is_sent() {
    let refused = |change: BillChange| Body::<UpdateBill>::json(&change).unwrap_err().kind();
    let more_than_all = Discount::Percentage(percent("100.01%"));
    assert_eq!(refused(BillChange::new().discount(more_than_all)), ErrorKind::Invalid);
    assert_eq!(refused(BillChange::new().tax_rate(percent("-1%"))), ErrorKind::Invalid);
    let interest = Interest::new(percent("-1%"), 30, InterestType::Simple);
    assert_eq!(refused(BillChange::new().interest(&interest)), ErrorKind::Invalid);
    let refused = |change: LineItemChange| Body::<UpdateLineItem>::json(&change).unwrap_err().kind();
    assert_eq!(refused(LineItemChange::new().quantity(Hours::new(-Decimal::ONE))), ErrorKind::Invalid);
    assert_eq!(refused(LineItemChange::new().price("-1 USD".parse().unwrap())), ErrorKind::Invalid);
}

#[test]
fn hours_are_for_services_and_counts_for_expenses() {
    let price: Money = "100 USD".parse().unwrap();
    let service = LineItem::service(Hours::new(Decimal::ONE), Rate::per_hour(price));
    let copies = LineItem::expense(Decimal::ONE, price);
    let hours = LineItemChange::new().quantity(Hours::new(Decimal::ONE));
    let count = LineItemChange::new().quantity(Quantity::Count(Decimal::ONE));
    assert!(hours.check(&service).is_ok() && count.check(&copies).is_ok());
    assert!(hours.check(&copies).is_err() && count.check(&service).is_err());
    let euros = LineItemChange::new().price(Money::zero(Currency::EUR));
    assert_eq!(euros.check(&service).unwrap_err().kind(), clio_model::ErrorKind::CurrencyMismatch);
}
