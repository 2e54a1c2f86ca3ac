use std::fmt;

use clio_core::Hours;

use super::{Money, Rounding};
use crate::Result;

/// What an hour costs. It takes [`Hours`], never seconds: who has seconds rounds them first, as the firm bills them.
///
/// ```
/// use clio_core::Hours;
/// use clio_model::{Money, Rate, Rounding};
///
/// let rate = Rate::per_hour("300 USD".parse::<Money>()?);
/// assert_eq!(rate.for_time("1.5".parse()?, Rounding::HalfUp)?.to_string(), "450.00 USD");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// 1800 seconds at 300 dollars an hour are 150 dollars. What takes them for hours bills $540,000, and does not compile:
///
/// ```compile_fail
/// # use clio_core::Seconds;
/// # use clio_model::{Money, Rate, Rounding};
/// # let rate = Rate::per_hour("300 USD".parse::<Money>().unwrap());
/// rate.for_time(Seconds(1_800), Rounding::HalfUp);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate(Money);

impl Rate {
    /// So much an hour.
    pub const fn per_hour(price: Money) -> Self {
        Self(price)
    }

    /// What one hour costs.
    pub const fn price_of_an_hour(self) -> Money {
        self.0
    }

    /// What this time costs, in whole coins.
    ///
    /// Hours that have no end were cut off somewhere: fifty minutes are `0.8333..`. Who has minutes or seconds asks
    /// [`TimeRounding::price_of`](crate::TimeRounding::price_of), which divides last.
    ///
    /// # Errors
    ///
    /// [`Overflow`](crate::ErrorKind::Overflow), as [`Money::times_rounded`].
    pub fn for_time(self, time: Hours, rounding: Rounding) -> Result<Money> {
        self.0.times_rounded(time.get(), rounding)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/h", self.0)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
