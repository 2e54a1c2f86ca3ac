use clio_core::schema::choices::TaxRule;

use crate::{Error, ErrorKind, Money, Percent, Result, Rounding};

/// A tax of a line: a rate, and what it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tax {
    rate: Percent,
    on_top: bool,
}

impl Tax {
    /// A tax on what the line comes to without tax.
    pub const fn new(rate: Percent) -> Self {
        Self { rate, on_top: false }
    }

    /// A tax on what the line comes to with its first tax.
    #[must_use]
    pub const fn on_top(mut self) -> Self {
        self.on_top = true;
        self
    }

    /// A tax by Clio's word: `Pre` is a tax on the base amount, `Post` one on top of the tax before it. So Clio's document
    /// says of the input taxes of hard costs; that the words mean the same on bills and their lines is our reading.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] for another word.
    pub fn by_rule(rate: Percent, rule: &TaxRule) -> Result<Self> {
        match rule {
            TaxRule::Pre => Ok(Self::new(rate)),
            TaxRule::Post => Ok(Self::new(rate).on_top()),
            _ => Err(Error::new(ErrorKind::Unknown, "the rule of a tax is neither `Pre` nor `Post`")),
        }
    }

    /// The rate.
    pub const fn rate(self) -> Percent {
        self.rate
    }

    /// It is on what the line comes to with its first tax.
    pub const fn is_on_top(self) -> bool {
        self.on_top
    }

    /// The tax on a net amount after `first`, exact.
    pub(super) fn exact(self, net: Money, first: Money) -> Result<Money> {
        self.rate.exactly_of(self.on(net, first)?)
    }

    /// The same in whole coins.
    pub(super) fn rounded(self, net: Money, first: Money, rounding: Rounding) -> Result<Money> {
        self.rate.of(self.on(net, first)?, rounding)
    }

    fn on(self, net: Money, first: Money) -> Result<Money> {
        if self.on_top { net.checked_add(first) } else { Ok(net) }
    }
}
