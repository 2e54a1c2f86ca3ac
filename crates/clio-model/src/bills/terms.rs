//! What a bill is counted with, apart from its lines.

use clio_core::schema::choices::TaxRule;

use super::Tax;
use crate::{Currency, Money, Percent, Result, Rounding};

/// A discount, of a line or of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Discount {
    /// A part of what it is on.
    Percentage(Percent),
    /// An amount.
    Money(Money),
}

impl Discount {
    /// What is taken off: never more than what it is on, and never less than nothing. The bounds are our choice; nobody says
    /// what Clio does with a discount of 200 dollars on 100.
    ///
    /// # Errors
    ///
    /// [`CurrencyMismatch`](crate::ErrorKind::CurrencyMismatch), [`Overflow`](crate::ErrorKind::Overflow).
    ///
    /// ```
    /// use clio_model::{Money, Rounding, bills::Discount};
    ///
    /// let (fee, more): (Money, Money) = ("100 USD".parse()?, "200 USD".parse()?);
    /// assert_eq!(Discount::Money(more).on(fee, Rounding::HalfUp)?, fee);
    /// # Ok::<(), clio_model::Error>(())
    /// ```
    pub fn on(self, whole: Money, rounding: Rounding) -> Result<Money> {
        let off = match self {
            Self::Percentage(rate) => rate.of(whole, rounding)?,
            Self::Money(amount) => amount.rounded(rounding),
        };
        off.least(whole)?.most(Money::zero(whole.currency()))
    }

    /// The amount, if it is one.
    pub(super) const fn money(self) -> Option<Money> {
        match self {
            Self::Percentage(_) => None,
            Self::Money(amount) => Some(amount),
        }
    }
}

/// The terms of a bill: its currency, its own taxes and discount.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct BillTerms {
    currency: Currency,
    taxes: [Tax; 2],
    discount: Option<Discount>,
    services_only: bool,
}

impl BillTerms {
    /// A bill without taxes and discount.
    pub const fn new(currency: Currency) -> Self {
        let none = Tax::new(Percent::ZERO);
        Self { currency, taxes: [none, none], discount: None, services_only: false }
    }

    /// The bill's own tax (`Bill.tax_rate`), on the lines that are `taxable`.
    pub const fn tax(mut self, rate: Percent) -> Self {
        self.taxes[0] = Tax::new(rate);
        self
    }

    /// The bill's second tax (`Bill.secondary_tax_rate`), on the lines that are `secondary_taxable`. Whether it is on top of
    /// the first is said by the firm's `BillingSetting.secondary_tax_rule`.
    ///
    /// # Errors
    ///
    /// As [`Tax::by_rule`].
    pub fn secondary_tax(mut self, rate: Percent, rule: &TaxRule) -> Result<Self> {
        self.taxes[1] = Tax::by_rule(rate, rule)?;
        Ok(self)
    }

    /// The bill's own discount; it comes off what is due, and makes no tax smaller: in Clio's document the total, which is
    /// with tax, is before discounts.
    pub const fn discount(mut self, discount: Discount) -> Self {
        self.discount = Some(discount);
        self
    }

    /// The discount is on services only (`Bill.discount_services_only`).
    pub const fn discount_services_only(mut self, services_only: bool) -> Self {
        self.services_only = services_only;
        self
    }

    /// The currency.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    pub(super) const fn taxes(&self) -> [Tax; 2] {
        self.taxes
    }

    /// What the discount takes off a bill of these sub totals.
    pub(super) fn discount_on(&self, all: Money, services: Money, rounding: Rounding) -> Result<Money> {
        let on = if self.services_only { services } else { all };
        self.discount.map_or_else(|| Ok(Money::zero(self.currency)), |discount| discount.on(on, rounding))
    }
}

/// What was charged, paid and credited on a bill so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct BillAccount {
    pub(super) interest: Money,
    pub(super) paid: Money,
    pub(super) credits: Money,
}

impl BillAccount {
    /// Nothing so far.
    pub const fn new(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { interest: zero, paid: zero, credits: zero }
    }

    /// The interest charges together.
    pub const fn interest(mut self, interest: Money) -> Self {
        self.interest = interest;
        self
    }

    /// What was paid.
    pub const fn paid(mut self, paid: Money) -> Self {
        self.paid = paid;
        self
    }

    /// What was credited, with what was written off.
    pub const fn credits(mut self, credits: Money) -> Self {
        self.credits = credits;
        self
    }
}
