//! Money and percentages are read as they are written.

use clio_core::Amount;
use clio_model::{Currency, Money, Percent, Rounding};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0..12_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["USD", "EUR", "JPY", "KWD", "CLF"]).prop_map(|code| code.parse().unwrap())
}

proptest! {
    #[test]
    fn an_amount_is_read_as_it_is_shown(amount in decimal(), currency in currency()) {
        let money = Money::new(Amount::new(amount), currency);
        prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
    }

    #[test]
    fn a_percentage_is_read_as_it_is_shown(number in decimal()) {
        let percent = Percent::new(number);
        prop_assert_eq!(percent.to_string().parse::<Percent>().unwrap(), percent);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,20}") {
        let _ = (text.parse::<Money>(), text.parse::<Percent>(), text.parse::<Currency>());
    }

    #[test]
    fn rounding_moves_by_less_than_a_coin(amount in decimal(), currency in currency()) {
        let money = Money::new(Amount::new(amount), currency);
        let coin = Decimal::new(1, currency.decimals());
        for rounding in [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down] {
            let rounded = money.rounded(rounding);
            prop_assert!(rounded.is_whole_coins());
            let moved = rounded.checked_sub(money).unwrap().amount().get().abs();
            prop_assert!(moved < coin);
            prop_assert_eq!(rounded.rounded(rounding), rounded);
        }
    }
}
