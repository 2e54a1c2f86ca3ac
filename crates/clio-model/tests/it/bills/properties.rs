//! What holds for any bill.

use clio_core::{Amount, Hours, schema::choices::BillState, schema::choices::LineItemType};
use clio_model::{
    Currency, Money, Percent, Rate, Rounding,
    bills::{
        BillAccount, BillArithmetic, BillRules, BillStanding, BillTerms, BillTotals, Discount, LineItem,
        LineTaxes, Tax, TaxRounding,
    },
};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn usd(cents: i64) -> Money {
    Money::new(Amount::new(Decimal::new(cents, 2)), Currency::USD)
}

fn percent() -> impl Strategy<Value = Percent> {
    (0..30_000_i64).prop_map(|thousandths| Percent::new(Decimal::new(thousandths, 3)))
}

fn discount() -> impl Strategy<Value = Discount> {
    prop_oneof![
        percent().prop_map(Discount::Percentage),
        (0..50_000_i64).prop_map(|it| Discount::Money(usd(it)))
    ]
}

fn taxes() -> impl Strategy<Value = LineTaxes> {
    let second = prop::option::of((percent(), any::<bool>()));
    prop_oneof![
        (any::<bool>(), any::<bool>()).prop_map(|(first, second)| LineTaxes::OfBill { first, second }),
        (percent(), second).prop_map(|(first, second)| {
            let tax = |(rate, top)| if top { Tax::new(rate).on_top() } else { Tax::new(rate) };
            LineTaxes::Own(Tax::new(first), second.map(tax))
        }),
    ]
}

fn line() -> impl Strategy<Value = LineItem> {
    let parts = (any::<bool>(), 0..5_000_i64, 0..99_999_i64, prop::option::of(discount()), taxes(), 0..8_u8);
    parts.prop_map(|(service, quantity, price, discount, taxes, free)| {
        let (quantity, price) = (Decimal::new(quantity, 2), usd(price));
        let mut line = if service {
            LineItem::service(Hours::new(quantity), Rate::per_hour(price))
        } else {
            LineItem::expense(quantity, price)
        };
        line = line.taxes(taxes);
        if let Some(discount) = discount {
            line = line.discount(discount);
        }
        if free == 0 { line.of_type(LineItemType::NoChargeLineItem) } else { line }
    })
}

fn terms() -> impl Strategy<Value = BillTerms> {
    (percent(), percent(), prop::option::of(discount()), any::<bool>()).prop_map(
        |(one, two, discount, services)| {
            let terms = BillTerms::new(Currency::USD).tax(one);
            let terms = terms.secondary_tax(two, &clio_core::schema::choices::TaxRule::Post).unwrap();
            let terms = terms.discount_services_only(services);
            match discount {
                Some(discount) => terms.discount(discount),
                None => terms,
            }
        },
    )
}

fn arithmetic() -> impl Strategy<Value = BillArithmetic> {
    let rounding =
        prop::sample::select(vec![Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down]);
    (rounding, any::<bool>()).prop_map(|(rounding, on_sum)| {
        let mut arithmetic = BillArithmetic::default();
        arithmetic.rounding = rounding;
        arithmetic.tax_rounding = if on_sum { TaxRounding::OnSum } else { TaxRounding::ByLine };
        arithmetic
    })
}

fn rules() -> impl Strategy<Value = BillRules> {
    prop::sample::select(super::states::all_rules().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn a_bill_comes_to_the_sum_of_its_lines_in_any_order(
        (lines, shuffled) in prop::collection::vec(line(), 0..12)
            .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        terms in terms(),
        arithmetic in arithmetic(),
        interest in 0..10_000_i64,
        paid in 0..10_000_i64,
    ) {
        let account = BillAccount::new(Currency::USD).interest(usd(interest)).paid(usd(paid));
        let totals = BillTotals::of(&lines, &terms, &account, arithmetic).unwrap();
        prop_assert_eq!(totals, BillTotals::of(&shuffled, &terms, &account, arithmetic).unwrap());

        let each: Vec<_> = lines.iter().map(|line| line.amounts(&terms, arithmetic).unwrap()).collect();
        let sum = |all: Vec<Money>| Money::sum(Currency::USD, all).unwrap();
        prop_assert_eq!(totals.sub_total, sum(each.iter().map(|it| it.net).collect()));
        if arithmetic.tax_rounding == TaxRounding::ByLine {
            let lines = sum(each.iter().map(|it| it.total).collect());
            prop_assert_eq!(totals.total, lines.checked_add(usd(interest)).unwrap());
        }
        let shown = [totals.sub_total, totals.tax, totals.secondary_tax, totals.total, totals.due, totals.balance];
        prop_assert!(shown.iter().all(|it| it.is_whole_coins()));
        prop_assert!(totals.discount <= totals.sub_total && !totals.discount.is_negative());
        prop_assert!(totals.services_sub_total <= totals.sub_total && totals.taxable <= totals.sub_total);
        prop_assert_eq!(totals.balance.checked_add(usd(paid)).unwrap(), totals.due);
    }

    /// Whatever is asked for, in whatever order: a bill with payments is never voided or deleted, and nothing leaves a state
    /// that is for good.
    #[test]
    fn no_walk_of_legal_steps_leads_where_none_may(
        rules in rules(),
        wishes in prop::collection::vec((0..8_usize, any::<bool>()), 0..40),
    ) {
        let states = ["draft", "awaiting_approval", "awaiting_payment", "paid", "void", "deleted", "x"];
        let mut bill = BillStanding::new(BillState::Draft, false);
        for (wish, pays) in wishes {
            let step = match states.get(wish) {
                Some(word) => {
                    let to = <BillState as clio_core::schema::choices::Choice>::from_wire(word);
                    let step = bill.transition(to.clone(), rules);
                    prop_assert_eq!(step.is_ok(), bill.next_states(rules).contains(&to));
                    step
                }
                None => bill.delete(),
            };
            let Ok(step) = step else { continue };
            prop_assert!(!matches!(bill.state(), BillState::Void | BillState::Deleted | BillState::Paid));
            prop_assert_ne!(step.from(), step.to());
            prop_assert!(!(bill.has_payments() && step.frees_activities()));
            prop_assert!(!(bill.has_payments() && *step.to() == BillState::Draft));
            let payable = *step.to() == BillState::AwaitingPayment;
            bill = BillStanding::new(step.to().clone(), bill.has_payments() || (pays && payable));
        }
    }
}
