//! Settings of the arithmetic tried both ways, and the ends of what can be counted.

use clio_core::{
    Amount, Selection,
    schema::{
        choices::{BillState, InterestType, LineItemKind, LineItemType, TaxRule},
        objects,
    },
};
use clio_model::{
    Currency, ErrorKind, Money, Percent, Rate, Rounding,
    bills::{
        Bill, BillAccount, BillArithmetic, BillLine, BillStanding, BillTerms, BillTotals, Discount, Interest,
        LineItem, LineTaxes, Tax, TaxRounding,
    },
};
use rust_decimal::Decimal;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn percent(text: &str) -> Percent {
    text.parse().unwrap()
}

fn totals(lines: &[LineItem], terms: &BillTerms, arithmetic: BillArithmetic) -> BillTotals {
    BillTotals::of(lines, terms, &BillAccount::new(Currency::USD), arithmetic).unwrap()
}

/// Three lines of 0.10 with 5 %: half a cent each.
#[test]
fn a_tax_is_rounded_by_the_line_or_on_the_sum() {
    let line = LineItem::expense(Decimal::ONE, money("0.10 USD"))
        .taxes(LineTaxes::Own(Tax::new(percent("5%")), Some(Tax::new(percent("10%")).on_top())));
    let lines = [line.clone(), line.clone(), line];
    let terms = BillTerms::new(Currency::USD);
    let mut arithmetic = BillArithmetic::default();
    let by_line = totals(&lines, &terms, arithmetic);
    assert_eq!((by_line.tax, by_line.secondary_tax), (money("0.03 USD"), money("0.03 USD")));
    assert_eq!(by_line.total, money("0.36 USD"));
    arithmetic.tax_rounding = TaxRounding::OnSum;
    let on_sum = totals(&lines, &terms, arithmetic);
    // 0.015 and 0.0315.
    assert_eq!((on_sum.tax, on_sum.secondary_tax), (money("0.02 USD"), money("0.03 USD")));
    assert_eq!(on_sum.total, money("0.35 USD"));
    arithmetic.rounding = Rounding::Down;
    assert_eq!(totals(&lines, &terms, arithmetic).total, money("0.34 USD"));
}

#[test]
fn a_discount_may_be_on_services_only_and_never_exceeds_what_it_is_on() {
    let lines = [
        LineItem::service("2".parse().unwrap(), Rate::per_hour(money("100 USD"))),
        LineItem::expense(Decimal::ONE, money("50 USD")),
    ];
    let arithmetic = BillArithmetic::default();
    for (discount, services_only, off) in [
        (Discount::Percentage(percent("10%")), false, "25 USD"),
        (Discount::Percentage(percent("10%")), true, "20 USD"),
        (Discount::Money(money("220 USD")), true, "200 USD"),
        (Discount::Money(money("220 USD")), false, "220 USD"),
        (Discount::Percentage(percent("-10%")), false, "0 USD"),
    ] {
        let terms = BillTerms::new(Currency::USD).discount(discount).discount_services_only(services_only);
        let totals = totals(&lines, &terms, arithmetic);
        assert_eq!(totals.discount, money(off));
        assert_eq!(totals.due.checked_add(totals.discount).unwrap(), money("250 USD"));
    }
}

#[test]
fn the_bills_second_tax_is_separate_or_on_top_of_the_first() {
    let line = LineItem::expense(Decimal::ONE, money("100 USD"));
    let lines = [line.taxes(LineTaxes::OfBill { first: true, second: true })];
    for (rule, second) in [(TaxRule::Pre, "10 USD"), (TaxRule::Post, "10.50 USD")] {
        let terms = BillTerms::new(Currency::USD).tax(percent("5%"));
        let terms = terms.secondary_tax(percent("10%"), &rule).unwrap();
        assert_eq!(totals(&lines, &terms, BillArithmetic::default()).secondary_tax, money(second));
    }
    let odd = TaxRule::Unknown("Between".into());
    let refused = BillTerms::new(Currency::USD).secondary_tax(percent("10%"), &odd);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unknown);
}

#[test]
fn yen_have_no_cents() {
    let lines = [LineItem::service("1.25".parse().unwrap(), Rate::per_hour(money("9999 JPY")))];
    let (terms, account) = (BillTerms::new("JPY".parse().unwrap()), BillAccount::new("JPY".parse().unwrap()));
    let totals = BillTotals::of(&lines, &terms, &account, BillArithmetic::default()).unwrap();
    assert_eq!(totals.total.to_string(), "12499 JPY");
}

#[test]
fn two_currencies_on_a_bill_are_an_error_wherever_they_meet() {
    let (terms, account) = (BillTerms::new(Currency::USD), BillAccount::new(Currency::USD));
    let count = |line: LineItem, terms: &BillTerms, account: &BillAccount| {
        BillTotals::of(&[line], terms, account, BillArithmetic::default()).unwrap_err().kind()
    };
    let dollars = || LineItem::expense(Decimal::ONE, money("1 USD"));
    let euro = money("1 EUR");
    let mismatch = ErrorKind::CurrencyMismatch;
    assert_eq!(count(LineItem::expense(Decimal::ONE, euro), &terms, &account), mismatch);
    let free = LineItem::expense(Decimal::ONE, euro).of_type(LineItemType::NoChargeLineItem);
    assert_eq!(count(free, &terms, &account), mismatch);
    assert_eq!(count(dollars().discount(Discount::Money(euro)), &terms, &account), mismatch);
    assert_eq!(count(dollars().sub_total_told(euro), &terms, &account), mismatch);
    assert_eq!(count(dollars(), &terms.clone().discount(Discount::Money(euro)), &account), mismatch);
    for account in [account.paid(euro), account.credits(euro), account.interest(euro)] {
        assert_eq!(count(dollars(), &terms, &account), mismatch);
    }
}

#[test]
fn what_is_too_large_is_an_error() {
    let most = Money::new(Amount::new(Decimal::MAX), Currency::USD);
    let (terms, account) = (BillTerms::new(Currency::USD), BillAccount::new(Currency::USD));
    let line = |count: i64| LineItem::expense(Decimal::from(count), most);
    let all = LineTaxes::Own(Tax::new(Percent::ALL), None);
    for lines in [vec![line(2)], vec![line(1), line(1)], vec![line(1).taxes(all)]] {
        let result = BillTotals::of(&lines, &terms, &account, BillArithmetic::default());
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Overflow);
    }
}

#[test]
fn simple_interest_bears_none_and_compound_does() {
    let lines = [LineItem::expense(Decimal::ONE, money("100 USD"))];
    let terms = BillTerms::new(Currency::USD);
    let account = BillAccount::new(Currency::USD).interest(money("10 USD")).paid(money("20 USD"));
    let totals = BillTotals::of(&lines, &terms, &account, BillArithmetic::default()).unwrap();
    let charge = |kind| Interest::new(percent("10%"), 30, kind).for_period(&totals, Rounding::HalfUp);
    assert_eq!(charge(InterestType::Simple).unwrap(), money("8 USD"));
    assert_eq!(charge(InterestType::Compound).unwrap(), money("9 USD"));
    assert_eq!(charge(InterestType::Unknown("odd".into())).unwrap_err().kind(), ErrorKind::Unknown);
}

/// A line as Clio answers it, with some members changed.
fn line(with: &str) -> BillLine {
    let mut data = serde_json::json!({
        "id": 1, "etag": "\"e\"", "type": "ActivityLineItem", "kind": "Service", "quantity": 2, "price": 100,
        "sub_total": null, "taxable": true,
    });
    let with: serde_json::Value = serde_json::from_str(with).unwrap();
    data.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    clio_core::decode::<objects::LineItem, _>(&data.to_string()).unwrap()
}

#[test]
fn what_clio_does_not_tell_of_a_line_is_unknown() {
    let kind = |with: &str| LineItem::told(&line(with), Currency::USD).unwrap_err().kind();
    for with in [
        r#"{"price":null}"#,
        r#"{"quantity":null}"#,
        r#"{"kind":"Retainer"}"#,
        r#"{"discount":{"rate":5,"type":null}}"#,
        r#"{"tax_settings":[{"order":1,"rate":0.05,"rule":"Between"}]}"#,
        r#"{"tax_settings":[{"order":1,"rate":null,"rule":"Pre"}]}"#,
    ] {
        assert_eq!(kind(with), ErrorKind::Unknown, "{with}");
    }
    let tax = r#"{"order":1,"rate":0.05,"rule":"Pre"}"#;
    assert_eq!(kind(&format!(r#"{{"tax_settings":[{tax},{tax},{tax}]}}"#)), ErrorKind::Invalid);
    assert_eq!(kind(r#"{"quantity":-1}"#), ErrorKind::Invalid);
}

#[test]
fn the_taxes_of_a_line_are_in_their_order_and_a_sub_total_told_counts() {
    let settings = r#"{"sub_total":101.67,"quantity":1.02,"tax_settings":[
        {"order":2,"rate":0.1,"rule":"Post"},{"order":1,"rate":0.05,"rule":"Pre"}]}"#;
    let item = LineItem::told(&line(settings), Currency::USD).unwrap();
    let amounts = item.amounts(&BillTerms::new(Currency::USD), BillArithmetic::default()).unwrap();
    assert_eq!(amounts.sub_total, money("101.67 USD"));
    assert_eq!(item.counted(BillArithmetic::default()).unwrap(), money("102 USD"));
    assert_eq!((amounts.tax, amounts.secondary_tax), (money("5.08 USD"), money("10.68 USD")));
    let product = LineItem::told(&line(r#"{"kind":"Product"}"#), Currency::USD).unwrap();
    assert_eq!((product.kind(), product.is_service()), (&LineItemKind::Product, false));
}

#[test]
fn what_clio_does_not_tell_of_a_bill_is_unknown() {
    let bill: Bill =
        clio_core::decode::<objects::Bill, _>(r#"{"id":1,"etag":"\"e\"","state":"draft"}"#).unwrap();
    assert_eq!(BillStanding::of(&bill).unwrap_err().kind(), ErrorKind::Unknown);
    assert_eq!(BillTotals::told(&bill).unwrap_err().kind(), ErrorKind::Unknown);
    assert_eq!(BillTerms::told(&bill, &TaxRule::Pre).unwrap_err().kind(), ErrorKind::Unknown);
    assert_eq!(BillAccount::told(&bill).unwrap_err().kind(), ErrorKind::Unknown);
    assert!(!format!("{bill:?}").contains("etag"), "a bill shows which it is");
}

/// A caller's own selection, with fields that are always there.
#[test]
fn a_selection_of_ones_own_will_do() {
    #[derive(Selection)]
    #[clio(object = "Bill")]
    struct Mine {
        state: BillState,
        paid: Amount,
        credits_issued: Option<Amount>,
    }
    let zero = Amount::default();
    let mine = Mine { state: BillState::Draft, paid: zero, credits_issued: Some(zero) };
    assert!(!BillStanding::of(&mine).unwrap().has_payments());
    let some = Some(Amount::new(Decimal::ONE));
    let credited = Mine { credits_issued: some, ..mine };
    assert!(BillStanding::of(&credited).unwrap().has_payments());
}
