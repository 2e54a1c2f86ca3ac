use std::{
    fmt,
    iter::Sum,
    ops::{Add, Sub},
    str::FromStr,
};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

use super::{Amount, Seconds};

/// A duration as Clio counts it on a line item of a bill: hours, exact to the last decimal place. Activities count
/// [`Seconds`], which is another type: nothing turns one into the other by itself, since time that is billed is rounded
/// first, and how is the firm's setting (`clio_model`'s `TimeRounding`).
///
/// ```
/// use clio_core::{Hours, Seconds};
///
/// let hours: Hours = serde_json::from_str("1.50")?;
/// assert_eq!(hours, "1.5".parse()?);
/// assert_eq!(hours.as_seconds(), Some(Seconds(5_400)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail
/// # use clio_core::{Hours, Seconds};
/// let hours: Hours = Seconds(3_600).into();
/// ```
///
/// A selection cannot take them for seconds, nor seconds for them; this is what fits:
///
/// ```
/// use clio_core::{Hours, Seconds, Selection};
///
/// #[derive(Selection)]
/// #[clio(object = "LineItem")]
/// struct Line {
///     quantity: Hours,
/// }
///
/// #[derive(Selection)]
/// #[clio(object = "Activity")]
/// struct Work {
///     quantity: Seconds,
///     quantity_in_hours: Hours,
/// }
/// ```
///
/// ```compile_fail
/// use clio_core::{Hours, Selection};
///
/// #[derive(Selection)]
/// #[clio(object = "Activity")]
/// struct Wrong {
///     quantity: Hours,
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours(Amount);

impl Hours {
    /// No time at all.
    pub const ZERO: Self = Self(Amount::new(Decimal::ZERO));

    /// So many hours.
    pub const fn new(hours: Decimal) -> Self {
        Self(Amount::new(hours))
    }

    /// The number of hours.
    pub const fn get(self) -> Decimal {
        self.0.get()
    }

    /// The same time in seconds; `None` where that is no whole number of them.
    pub fn as_seconds(self) -> Option<Seconds> {
        let seconds = self.get().checked_mul(Decimal::from(3600))?;
        seconds.fract().is_zero().then(|| seconds.to_i64())?.map(Seconds)
    }

    /// The sum, if there is such a number.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.get().checked_add(other.get()).map(Self::new)
    }
}

impl fmt::Display for Hours {
    /// The number: `1.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().normalize().fmt(f)
    }
}

impl FromStr for Hours {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Add for Hours {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.get().saturating_add(other.get()))
    }
}

impl Sub for Hours {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.get().saturating_sub(other.get()))
    }
}

impl Sum for Hours {
    fn sum<I: Iterator<Item = Self>>(hours: I) -> Self {
        hours.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_written_as_the_number_that_they_are() {
        for text in ["0.1", "24", "1.25"] {
            let hours: Hours = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&hours).unwrap(), text);
        }
    }

    #[test]
    fn seconds_that_are_no_whole_number_are_none() {
        let third: Hours = "0.33333".parse().unwrap();
        assert_eq!(third.as_seconds(), None);
        assert_eq!(Hours::new(Decimal::MAX).as_seconds(), None);
    }
}
