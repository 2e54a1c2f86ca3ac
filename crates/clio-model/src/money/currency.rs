use std::{fmt, str::FromStr};

use iso_currency::Currency as Iso;

use crate::{Error, Result};

/// A currency of ISO 4217, by its code: `USD`. Clio names currencies alike (`Currency.code`).
///
/// ```
/// use clio_model::Currency;
///
/// let yen: Currency = "JPY".parse()?;
/// assert_eq!((yen.code(), yen.decimals()), ("JPY", 0));
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(Iso);

impl Currency {
    /// Dollars of the United States.
    pub const USD: Self = Self(Iso::USD);
    /// Dollars of Canada.
    pub const CAD: Self = Self(Iso::CAD);
    /// Dollars of Australia.
    pub const AUD: Self = Self(Iso::AUD);
    /// Pounds sterling.
    pub const GBP: Self = Self(Iso::GBP);
    /// Euros.
    pub const EUR: Self = Self(Iso::EUR);

    /// Its code of three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal places its smallest coin takes: 2 for dollars, 0 for yen, 3 for the dinars of Kuwait.
    pub fn decimals(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = Error;

    /// Reads the code, in whatever case.
    fn from_str(code: &str) -> Result<Self> {
        Iso::from_code(&code.to_ascii_uppercase())
            .map(Self)
            .ok_or_else(|| Error::invalid("not a code of ISO 4217, such as `USD`"))
    }
}
