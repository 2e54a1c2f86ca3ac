use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

use super::{Money, Rounding, exact};
use crate::{Error, Result};

/// So many of a hundred. Clio writes percentages in two ways: a bill's tax rate, discount and interest as percent (`5` is
/// 5 %), the rate of a tax rate configuration as a fraction (`0.05` is 5 %). Here the constructor says which it was.
///
/// ```
/// use clio_model::{Money, Percent, Rounding};
///
/// let gst = Percent::from_fraction("0.05".parse()?)?;
/// assert_eq!(gst, Percent::new("5".parse()?));
/// let fee: Money = "101.67 CAD".parse()?;
/// assert_eq!(gst.of(fee, Rounding::HalfUp)?.to_string(), "5.08 CAD");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(Decimal);

impl Percent {
    /// Nothing of a hundred.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// All of it.
    pub const ALL: Self = Self(Decimal::ONE_HUNDRED);

    /// So many of a hundred: `5` is 5 %.
    pub const fn new(percent: Decimal) -> Self {
        Self(percent)
    }

    /// So many of one: `0.05` is 5 %.
    ///
    /// # Errors
    ///
    /// [`Overflow`](crate::ErrorKind::Overflow).
    pub fn from_fraction(fraction: Decimal) -> Result<Self> {
        let percent = fraction.checked_mul(Decimal::ONE_HUNDRED);
        percent.map(Self).ok_or_else(|| Error::overflow("a percentage"))
    }

    /// The number of hundredths.
    pub const fn get(self) -> Decimal {
        self.0
    }

    /// This part of an amount, in whole coins: rounded once, from the exact part.
    ///
    /// # Errors
    ///
    /// [`Overflow`](crate::ErrorKind::Overflow), as [`Money::times_rounded`].
    pub fn of(self, whole: Money, rounding: Rounding) -> Result<Money> {
        // Whichever has room for two more digits is divided.
        match exact::hundredth(self.0) {
            Some(fraction) => whole.times_rounded(fraction, rounding),
            None => Self::hundredth_of(whole)?.times_rounded(self.0, rounding),
        }
    }

    /// This part of an amount, exact.
    pub(crate) fn exactly_of(self, whole: Money) -> Result<Money> {
        Self::hundredth_of(whole)?.times(self.0)
    }

    fn hundredth_of(whole: Money) -> Result<Money> {
        let amount = exact::hundredth(whole.amount).ok_or_else(|| Error::overflow("a part"))?;
        Ok(Money { amount, ..whole })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0.normalize())
    }
}

impl fmt::Debug for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Percent {
    type Err = Error;

    /// Reads `9.975%`, as it is shown. A number of more digits than fit is refused, not rounded.
    fn from_str(text: &str) -> Result<Self> {
        let number = text.strip_suffix('%').and_then(exact::read);
        number.map(Self).ok_or_else(|| Error::invalid("not a percentage, such as `9.975%`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    /// A fraction of 28 digits has no room for two more: a part that is divided first is a little less than it should be.
    #[test]
    fn nothing_is_lost_before_it_is_rounded() {
        let rate = Percent::new("0.0000000000000000000000000005".parse().unwrap());
        let whole: Money = "1000000000000000000000000000 USD".parse().unwrap();
        assert_eq!(rate.of(whole, Rounding::HalfUp).unwrap().to_string(), "0.01 USD");
        let quebec: Percent = "9.975%".parse().unwrap();
        for (whole, tax) in [
            ("100 USD", "9.98 USD"),
            ("0.05 USD", "0.00 USD"),
            ("-100 USD", "-9.98 USD"),
            ("200 JPY", "20 JPY"),
        ] {
            assert_eq!(quebec.of(whole.parse().unwrap(), Rounding::HalfUp).unwrap().to_string(), tax);
        }
    }

    #[test]
    fn what_is_no_percentage_is_refused() {
        for text in ["", "5", "%", "5 %", "1_0%", "9.97500000000000000000000000000001%"] {
            assert_eq!(text.parse::<Percent>().unwrap_err().kind(), ErrorKind::Invalid, "{text}");
        }
    }
}
