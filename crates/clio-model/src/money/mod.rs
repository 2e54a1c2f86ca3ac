//! Money with its currency, exact; and what is counted with it.
//!
//! Nothing is rounded unless a [`Rounding`] is named at that very place, and amounts of two currencies never meet: that is
//! an error, not a number.

mod currency;
mod exact;
mod percent;
mod rate;
mod rounding;

use std::{cmp::Ordering, fmt, str::FromStr};

use clio_core::Amount;
use rust_decimal::Decimal;

pub use currency::Currency;
pub use percent::Percent;
pub use rate::Rate;
pub use rounding::Rounding;

use crate::{Error, ErrorKind, Result};

/// An amount of money in its currency.
///
/// It has as many digits as it was given: a price of an hour may well be `33.333`. What is charged is
/// [rounded](Money::rounded) to the smallest coin, half up where Clio does not say (no source states how Clio rounds; its
/// help shows totals of two decimal places).
///
/// ```
/// use clio_model::{Currency, ErrorKind, Money, Rounding};
///
/// let fee: Money = "1500.00 USD".parse()?;
/// let tax = Money::new("118.125".parse()?, Currency::USD);
/// assert_eq!(fee.checked_add(tax.rounded(Rounding::HalfUp))?.to_string(), "1618.13 USD");
///
/// let euros: Money = "1 EUR".parse()?;
/// assert_eq!(fee.checked_add(euros).unwrap_err().kind(), ErrorKind::CurrencyMismatch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// There is no `+`, since it could not tell of two currencies:
///
/// ```compile_fail
/// # use clio_model::Money;
/// # let (fee, tax): (Money, Money) = ("1 USD".parse().unwrap(), "1 EUR".parse().unwrap());
/// let sum = fee + tax;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// So much of a currency.
    pub const fn new(amount: Amount, currency: Currency) -> Self {
        Self { amount: amount.get(), currency }
    }

    /// Nothing of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// The amount, without its currency, as Clio's API has it.
    pub const fn amount(self) -> Amount {
        Amount::new(self.amount)
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Neither owed nor owned.
    pub const fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// Less than nothing.
    pub fn is_negative(self) -> bool {
        self.amount < Decimal::ZERO
    }

    /// Both together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CurrencyMismatch`] for two currencies, [`ErrorKind::Overflow`] where the sum has more than 28 digits.
    pub fn checked_add(self, other: Self) -> Result<Self> {
        self.same(other)?;
        let amount = exact::add(self.amount, other.amount).ok_or_else(|| Error::overflow("a sum"))?;
        Ok(Self { amount, ..self })
    }

    /// What is left of this without the other.
    ///
    /// # Errors
    ///
    /// As [`Money::checked_add`].
    pub fn checked_sub(self, other: Self) -> Result<Self> {
        self.same(other)?;
        let amount = exact::add(self.amount, -other.amount).ok_or_else(|| Error::overflow("a difference"))?;
        Ok(Self { amount, ..self })
    }

    /// So many times this, exact: a price and a count.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Overflow`] where the product has more than 28 digits: none is ever dropped.
    pub fn times(self, count: Decimal) -> Result<Self> {
        let amount = exact::multiply(self.amount, count).ok_or_else(|| Error::overflow("a product"))?;
        Ok(Self { amount, ..self })
    }

    /// So many times this, in whole coins: rounded once, from the exact product.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Overflow`] where the product is too large, and where it has more than 28 digits and those beyond decide
    /// how it is rounded.
    pub fn times_rounded(self, count: Decimal, rounding: Rounding) -> Result<Self> {
        let amount = exact::product_rounded(self.amount, count, self.currency.decimals(), rounding);
        Ok(Self { amount: amount.ok_or_else(|| Error::overflow("a product"))?, ..self })
    }

    /// All of them together; nothing of `currency` where there are none.
    ///
    /// # Errors
    ///
    /// As [`Money::checked_add`].
    pub fn sum(currency: Currency, all: impl IntoIterator<Item = Self>) -> Result<Self> {
        all.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// In whole coins of the currency: cents for dollars, yen for yen.
    #[must_use]
    pub fn rounded(self, rounding: Rounding) -> Self {
        Self { amount: rounding.apply(self.amount, self.currency.decimals()), ..self }
    }

    /// It has no part of a coin.
    pub fn is_whole_coins(self) -> bool {
        self.amount.normalize().scale() <= self.currency.decimals()
    }

    /// The smaller of two amounts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CurrencyMismatch`].
    pub fn least(self, other: Self) -> Result<Self> {
        self.same(other)?;
        Ok(if other.amount < self.amount { other } else { self })
    }

    /// The larger of two amounts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CurrencyMismatch`].
    pub fn most(self, other: Self) -> Result<Self> {
        self.same(other)?;
        Ok(if other.amount > self.amount { other } else { self })
    }

    fn same(self, other: Self) -> Result<()> {
        if self.currency == other.currency {
            return Ok(());
        }
        let (one, two) = (self.currency, other.currency);
        Err(Error::new(ErrorKind::CurrencyMismatch, format!("{one} and {two} cannot be put together")))
    }
}

impl PartialOrd for Money {
    /// Amounts of two currencies are in no order.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

impl fmt::Display for Money {
    /// The amount with at least the digits of its coins, and the code: `1500.00 USD`. [`str::parse`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut amount = self.amount.normalize();
        if amount.scale() < self.currency.decimals() {
            amount.rescale(self.currency.decimals());
        }
        write!(f, "{amount} {}", self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Money {
    type Err = Error;

    /// Reads `1500.00 USD`. A number of more digits than fit is refused, not rounded.
    fn from_str(text: &str) -> Result<Self> {
        let refused = || Error::invalid("not an amount with its currency, such as `1500.00 USD`");
        let (amount, currency) = text.split_once(' ').ok_or_else(refused)?;
        Ok(Self { amount: exact::read(amount).ok_or_else(refused)?, currency: currency.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn is_shown_with_the_digits_of_its_coins_and_all_that_it_has() {
        for (given, shown) in
            [("1500 USD", "1500.00 USD"), ("1500.5000 USD", "1500.50 USD"), ("33.333 EUR", "33.333 EUR")]
        {
            assert_eq!(money(given).to_string(), shown);
        }
        assert_eq!(money("1500 JPY").to_string(), "1500 JPY");
        assert_eq!(money("-0.5 KWD").to_string(), "-0.500 KWD");
    }

    #[test]
    fn equal_amounts_are_equal_however_they_are_written() {
        assert_eq!(money("1.50 USD"), money("1.5 USD"));
        assert_ne!(money("1.50 USD"), money("1.50 CAD"));
    }

    #[test]
    fn two_currencies_are_an_error_everywhere() {
        let (dollar, euro) = (money("1 USD"), money("1 EUR"));
        for result in
            [dollar.checked_add(euro), dollar.checked_sub(euro), dollar.least(euro), dollar.most(euro)]
        {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::CurrencyMismatch);
        }
        assert_eq!(dollar.partial_cmp(&euro), None);
        let sum = Money::sum(Currency::USD, [dollar, euro]);
        assert_eq!(sum.unwrap_err().to_string(), "USD and EUR cannot be put together");
    }

    #[test]
    fn what_is_too_large_is_an_error() {
        let most = Money::new(Amount::new(Decimal::MAX), Currency::USD);
        assert_eq!(most.checked_add(most).unwrap_err().kind(), ErrorKind::Overflow);
        assert_eq!(most.times(Decimal::TEN).unwrap_err().kind(), ErrorKind::Overflow);
        assert_eq!(most.rounded(Rounding::Up), most, "a whole number stays");
    }

    /// A `Decimal` drops the last digits of what does not fit, without a word. Half a cent less a little would be half a cent,
    /// and a cent in the end.
    #[test]
    fn digits_that_do_not_fit_are_an_error_and_never_dropped() {
        let digits = |text: &str| text.parse::<Decimal>().unwrap();
        let of = |text: &str| Money::new(Amount::new(digits(text)), Currency::USD);
        let product = of("1.5").times(digits("0.0033333333333333333333333333"));
        assert_eq!(product.unwrap_err().kind(), ErrorKind::Overflow);
        let huge = of("79228162514264337593543950");
        assert_eq!(huge.times(digits("0.0001")).unwrap(), of("7922816251426433759354.3950"));
        assert_eq!(huge.times(digits("1.0001")).unwrap_err().kind(), ErrorKind::Overflow);
        for sum in [huge.checked_add(of("0.0049")), huge.checked_sub(of("0.0049"))] {
            assert_eq!(sum.unwrap_err().kind(), ErrorKind::Overflow);
        }
        assert_eq!(huge.checked_add(of("0.1000000000000")).unwrap(), of("79228162514264337593543950.1"));
        for zero in [of("0.0000000000000000000000000000"), of("0")] {
            assert!(zero.times(digits("0.0033333333333333333333333333")).unwrap().is_zero());
            assert_eq!(huge.checked_add(zero).unwrap(), huge);
        }
    }

    #[test]
    fn less_than_half_a_coin_below_nothing_is_nothing() {
        let nothing = money("-0.004 USD").rounded(Rounding::HalfUp);
        assert_eq!((nothing.to_string(), nothing.is_negative()), ("0.00 USD".to_owned(), false));
        assert_eq!(money("-0 JPY").to_string(), "0 JPY");
    }

    #[test]
    fn what_is_no_money_is_refused() {
        let long = "0.00499999999999999999999999999999 USD";
        for text in
            ["", "1500", "1500.00USD", "x USD", "1 usd dollars", "1 XYZ", "1,500.00 USD", "1_500 USD", long]
        {
            assert_eq!(text.parse::<Money>().unwrap_err().kind(), ErrorKind::Invalid, "{text}");
        }
    }
}
