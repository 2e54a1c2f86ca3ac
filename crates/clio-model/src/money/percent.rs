use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

use super::{Money, Rounding};
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

    /// The part of one.
    pub fn as_fraction(self) -> Decimal {
        self.0 / Decimal::ONE_HUNDRED
    }

    /// This part of an amount, in whole coins.
    ///
    /// # Errors
    ///
    /// [`Overflow`](crate::ErrorKind::Overflow).
    pub fn of(self, whole: Money, rounding: Rounding) -> Result<Money> {
        Ok(whole.times(self.as_fraction())?.rounded(rounding))
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

    /// Reads `9.975%`, as it is shown.
    fn from_str(text: &str) -> Result<Self> {
        let number = text.strip_suffix('%').and_then(|number| number.parse().ok());
        number.map(Self).ok_or_else(|| Error::invalid("not a percentage, such as `9.975%`"))
    }
}
