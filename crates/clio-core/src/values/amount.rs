use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use serde_json::value::RawValue;

use super::number_text;

/// A decimal number, exact: money, a rate, a count.
///
/// It is read from the text of the JSON number and written as such, never through a binary float, so that `0.1 + 0.2`
/// is `0.3` on every invoice. Serialise it with `serde_json` only: no other format lets the text of a number through.
///
/// ```
/// use clio_core::Amount;
///
/// let price: Amount = serde_json::from_str("19.90")?;
/// assert_eq!(price.to_string(), "19.90");
/// assert_eq!(serde_json::to_string(&price)?, "19.90");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    /// Wraps a decimal.
    pub const fn new(value: Decimal) -> Self {
        Self(value)
    }

    /// The decimal.
    pub const fn get(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Decimal::from_str(text)
            .or_else(|_| Decimal::from_scientific(text))
            .map(Self)
            .map_err(|e| crate::Error::new(crate::ErrorKind::Decode, "not a decimal number").with_source(e))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        number_text(deserializer, |text| text.parse().map_err(D::Error::custom))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_digit_of_the_text() {
        for text in ["0.1", "12345678901234567.89", "-3.50", "1800.0", "0"] {
            let amount: Amount = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&amount).unwrap(), text);
        }
        assert_eq!(serde_json::from_str::<Amount>("1.5e3").unwrap().to_string(), "1500");
        assert_eq!(serde_json::from_str::<Amount>("\"19.90\"").unwrap().to_string(), "19.90");
    }

    #[test]
    fn says_what_stood_there_instead() {
        let error = serde_json::from_str::<Amount>("null").unwrap_err().to_string();
        assert!(error.contains("expected a number, found `null`"), "{error}");
    }
}
