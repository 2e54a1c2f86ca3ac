use clio_core::schema::choices::InterestType;

use super::BillTotals;
use crate::{Error, ErrorKind, Money, Percent, Result, Rounding};

/// The terms of interest on a bill (`Bill.interest`). When Clio charges it nobody says; what it charged are interest
/// charges, whose sum is [`BillTotals::interest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    rate: Percent,
    days: u32,
    kind: InterestType,
}

impl Interest {
    /// So many percent every so many days, simple or compound.
    pub const fn new(rate: Percent, days: u32, kind: InterestType) -> Self {
        Self { rate, days, kind }
    }

    /// What is charged for one period.
    pub const fn rate(&self) -> Percent {
        self.rate
    }

    /// How many days a period has.
    pub const fn days(&self) -> u32 {
        self.days
    }

    /// Simple or compound.
    pub const fn kind(&self) -> &InterestType {
        &self.kind
    }

    /// The charge for one period on a bill that stands at `totals`: the rate on its balance where it is compound, and
    /// without the interest that was charged before where it is simple (what the two words mean; Clio's document has no
    /// more than them). Payments go to what the bill is for first, interest last: our choice, nobody says. Never less than
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where the word is neither, [`ErrorKind::Overflow`].
    pub fn for_period(&self, totals: &BillTotals, rounding: Rounding) -> Result<Money> {
        let owed = match self.kind {
            InterestType::Compound => totals.balance,
            InterestType::Simple => totals.balance.checked_sub(totals.interest)?,
            _ => return Err(Error::new(ErrorKind::Unknown, "interest is neither simple nor compound")),
        };
        let zero = Money::zero(owed.currency());
        self.rate.of(owed.most(zero)?, rounding)?.most(zero)
    }
}
