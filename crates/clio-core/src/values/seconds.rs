use std::{fmt, iter::Sum, ops::Add};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::number_text;

/// A duration as Clio counts it on a time entry: whole seconds (since API version 4.0.4; line items of a bill count
/// hours, which is another type).
///
/// ```
/// use clio_core::Seconds;
///
/// assert_eq!(serde_json::from_str::<Seconds>("1800.0")?, Seconds(1_800));
/// assert_eq!(Seconds(5_430).to_string(), "1:30:30");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A selection cannot take them for hours, nor hours for them:
///
/// ```compile_fail
/// use clio_core::{Seconds, Selection};
///
/// #[derive(Selection)]
/// #[clio(object = "LineItem")]
/// struct Wrong {
///     quantity: Seconds,
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Seconds(pub i64);

impl fmt::Display for Seconds {
    /// Hours, minutes and seconds: `1:30:30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs();
        write!(f, "{sign}{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
    }
}

impl Add for Seconds {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for Seconds {
    fn sum<I: Iterator<Item = Self>>(durations: I) -> Self {
        durations.fold(Self(0), Add::add)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    /// Reads `1800` and `1800.0`; refuses a fraction of a second.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = number_text(deserializer, |text| {
            text.parse::<Decimal>().map_err(|_| D::Error::custom("expected a number of seconds"))
        })?;
        if !number.fract().is_zero() {
            return Err(D::Error::custom("expected whole seconds, found a fraction of one"));
        }
        number.to_i64().map(Self).ok_or_else(|| D::Error::custom("more seconds than there are"))
    }
}
