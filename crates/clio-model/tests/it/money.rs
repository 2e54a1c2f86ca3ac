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

    /// Against whole numbers, which know no decimal places: the product of the digits, divided once.
    #[test]
    fn a_product_is_rounded_once_as_whole_numbers_say(
        (price, price_scale) in (-10_000_000_000_i64..10_000_000_000, 0..5_u32),
        (count, count_scale) in (-10_000_000_000_i64..10_000_000_000, 0..8_u32),
        currency in currency(),
        halves in any::<bool>(),
    ) {
        // Half of them end in a five, so that what is a half by a hair is tried.
        let count = if halves { count / 10 * 10 + 5 } else { count };
        let money = Money::new(Amount::new(Decimal::new(price, price_scale)), currency);
        let product = i128::from(price) * i128::from(count);
        let scale = price_scale + count_scale;
        for rounding in [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down] {
            let rounded = money.times_rounded(Decimal::new(count, count_scale), rounding).unwrap();
            let wanted = whole_coins(product, scale, currency.decimals(), rounding);
            prop_assert_eq!(rounded.amount().get(), wanted, "{:?}", rounding);
            let percent = Percent::new(Decimal::new(count, count_scale)).of(money, rounding).unwrap();
            let wanted = whole_coins(product, scale + 2, currency.decimals(), rounding);
            prop_assert_eq!(percent.amount().get(), wanted, "{:?}", rounding);
        }
    }
}

fn whole_coins(digits: i128, scale: u32, decimals: u32, rounding: Rounding) -> Decimal {
    let coins = if scale <= decimals {
        digits * 10_i128.pow(decimals - scale)
    } else {
        let unit = 10_i128.pow(scale - decimals);
        let (whole, rest) = (digits / unit, (digits % unit).abs());
        let away = match rounding {
            Rounding::HalfUp => rest * 2 >= unit,
            Rounding::HalfEven => rest * 2 > unit || rest * 2 == unit && whole % 2 != 0,
            Rounding::Up => rest > 0,
            _ => false,
        };
        whole + if away { digits.signum() } else { 0 }
    };
    Decimal::from_i128_with_scale(coins, decimals)
}
