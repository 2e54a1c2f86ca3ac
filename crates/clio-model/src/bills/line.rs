//! A line of a bill, and what it comes to.

use clio_core::{
    Hours,
    schema::choices::{LineItemKind, LineItemType},
};
use rust_decimal::Decimal;

use super::{BillArithmetic, BillTerms, Discount, Tax, TaxRounding};
use crate::{Error, Money, Rate, Result};

/// How much of it: time, or a count. Clio has both in one field, hours for services (its document: "the amount of hours")
/// and a count for expenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// Time, of a service. In hours, unlike the quantity of an activity.
    Time(Hours),
    /// So many, of an expense or a product.
    Count(Decimal),
}

impl Quantity {
    /// The number, without its unit, as Clio's API has it.
    pub const fn number(self) -> Decimal {
        match self {
            Self::Time(hours) => hours.get(),
            Self::Count(count) => count,
        }
    }
}

impl From<Hours> for Quantity {
    fn from(hours: Hours) -> Self {
        Self::Time(hours)
    }
}

/// The taxes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineTaxes {
    /// Those of the bill, the first, the second, both or neither (`taxable`, `secondary_taxable`).
    OfBill {
        /// The bill's tax is on it.
        first: bool,
        /// The bill's second tax is on it.
        second: bool,
    },
    /// Its own, from up to two tax rate configurations (`tax_settings`). They take the place of the bill's taxes: our reading
    /// of Clio's changelog, where the two flags of a line that has taxes of its own are deprecated.
    Own(Tax, Option<Tax>),
}

/// A line of a bill. Each is a service that took time or an expense that is counted; the one cannot be given the quantity of
/// the other:
///
/// ```compile_fail
/// # use clio_model::{Money, Rate, bills::LineItem};
/// # let rate = Rate::per_hour("300 USD".parse::<Money>().unwrap());
/// LineItem::service(rust_decimal::Decimal::from(2), rate);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct LineItem {
    kind: LineItemKind,
    r#type: LineItemType,
    quantity: Quantity,
    price: Money,
    discount: Option<Discount>,
    taxes: LineTaxes,
    told: Option<Money>,
}

impl LineItem {
    /// Time at a rate. In hours as the firm rounds them.
    pub const fn service(time: Hours, rate: Rate) -> Self {
        Self::new(LineItemKind::Service, Quantity::Time(time), rate.price_of_an_hour())
    }

    /// So many at a price.
    pub const fn expense(count: Decimal, price: Money) -> Self {
        Self::new(LineItemKind::Expense, Quantity::Count(count), price)
    }

    /// So many of a product. Clio's document takes the kind in a write and does not list it among those that are answered.
    pub const fn product(count: Decimal, price: Money) -> Self {
        Self::new(LineItemKind::Product, Quantity::Count(count), price)
    }

    const fn new(kind: LineItemKind, quantity: Quantity, price: Money) -> Self {
        let taxes = LineTaxes::OfBill { first: false, second: false };
        Self {
            kind,
            r#type: LineItemType::ActivityLineItem,
            quantity,
            price,
            discount: None,
            taxes,
            told: None,
        }
    }

    /// Where the line comes from. A `NoChargeLineItem` is on the bill at zero. A `SummaryLineItem` counts like any other: it
    /// stands in place of the lines that it sums up (our reading, nobody says).
    pub fn of_type(mut self, r#type: LineItemType) -> Self {
        self.r#type = r#type;
        self
    }

    /// The line's own discount, before tax.
    pub const fn discount(mut self, discount: Discount) -> Self {
        self.discount = Some(discount);
        self
    }

    /// The taxes on it.
    pub const fn taxes(mut self, taxes: LineTaxes) -> Self {
        self.taxes = taxes;
        self
    }

    /// The sub total that Clio tells, which counts in place of quantity times price: Clio answers a quantity as a number of
    /// hours, and 61 minutes are no such number of few digits. Before discount and tax, as its document says of
    /// `LineItemTotals`. It counts in whole coins: Clio writes numbers as binary floats.
    pub const fn sub_total_told(mut self, sub_total: Money) -> Self {
        self.told = Some(sub_total);
        self
    }

    /// A service, an expense or a product.
    pub const fn kind(&self) -> &LineItemKind {
        &self.kind
    }

    /// Where it comes from.
    pub const fn r#type(&self) -> &LineItemType {
        &self.r#type
    }

    /// How much of it.
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// What an hour or one costs.
    pub const fn price(&self) -> Money {
        self.price
    }

    /// It is on the bill without charge.
    pub fn is_free(&self) -> bool {
        self.r#type == LineItemType::NoChargeLineItem
    }

    /// It is a service.
    pub fn is_service(&self) -> bool {
        self.kind == LineItemKind::Service
    }

    /// Quantity times price in whole coins, whatever Clio tells; zero without charge.
    ///
    /// # Errors
    ///
    /// [`Overflow`](crate::ErrorKind::Overflow).
    pub fn counted(&self, arithmetic: BillArithmetic) -> Result<Money> {
        if self.is_free() {
            return Ok(Money::zero(self.price.currency()));
        }
        self.price.times_rounded(self.quantity.number(), arithmetic.rounding)
    }

    /// What the line comes to on a bill of these terms.
    ///
    /// # Errors
    ///
    /// [`CurrencyMismatch`](crate::ErrorKind::CurrencyMismatch) where price or discount are not in the bill's currency,
    /// [`Overflow`](crate::ErrorKind::Overflow).
    pub fn amounts(&self, terms: &BillTerms, arithmetic: BillArithmetic) -> Result<LineAmounts> {
        let zero = Money::zero(terms.currency());
        let mut amounts = LineAmounts::nothing(zero);
        // A price in another currency is wrong also where it is not charged.
        zero.checked_add(self.price)?;
        if self.is_free() {
            return Ok(amounts);
        }
        let whole = self.told.map_or_else(|| self.counted(arithmetic), Ok)?;
        amounts.sub_total = zero.checked_add(whole)?.rounded(arithmetic.rounding);
        if let Some(discount) = self.discount {
            amounts.discount = discount.on(amounts.sub_total, arithmetic.rounding)?;
        }
        amounts.net = amounts.sub_total.checked_sub(amounts.discount)?;
        let is_exact = arithmetic.tax_rounding == TaxRounding::OnSum;
        let [first, second] = self.taxes_on(terms);
        if let Some(tax) = first {
            amounts.is_taxed = true;
            amounts.tax = tax.rounded(amounts.net, zero, arithmetic.rounding)?;
            if is_exact {
                amounts.exact_tax = tax.exact(amounts.net, zero)?;
            }
        }
        if let Some(tax) = second {
            amounts.is_taxed_twice = true;
            amounts.secondary_tax = tax.rounded(amounts.net, amounts.tax, arithmetic.rounding)?;
            if is_exact {
                amounts.exact_secondary_tax = tax.exact(amounts.net, amounts.exact_tax)?;
            }
        }
        amounts.total = amounts.net.checked_add(amounts.tax)?.checked_add(amounts.secondary_tax)?;
        Ok(amounts)
    }

    fn taxes_on(&self, terms: &BillTerms) -> [Option<Tax>; 2] {
        match self.taxes {
            LineTaxes::OfBill { first, second } => {
                let [one, two] = terms.taxes();
                [first.then_some(one), second.then_some(two)]
            }
            LineTaxes::Own(one, two) => [Some(one), two],
        }
    }

    pub(super) fn refuse_negative(quantity: Decimal) -> Result<()> {
        if quantity < Decimal::ZERO { Err(Error::invalid("a line's quantity is negative")) } else { Ok(()) }
    }
}

/// What a line comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineAmounts {
    /// Before discount and tax.
    pub sub_total: Money,
    /// What the line's own discount takes off.
    pub discount: Money,
    /// After the discount, before tax.
    pub net: Money,
    /// The first tax.
    pub tax: Money,
    /// The second tax.
    pub secondary_tax: Money,
    /// With discount and taxes.
    pub total: Money,
    pub(super) is_taxed: bool,
    pub(super) is_taxed_twice: bool,
    /// Told where taxes are rounded on the sum, zero elsewhere.
    pub(super) exact_tax: Money,
    pub(super) exact_secondary_tax: Money,
}

impl LineAmounts {
    const fn nothing(zero: Money) -> Self {
        Self {
            sub_total: zero,
            discount: zero,
            net: zero,
            tax: zero,
            secondary_tax: zero,
            total: zero,
            is_taxed: false,
            is_taxed_twice: false,
            exact_tax: zero,
            exact_secondary_tax: zero,
        }
    }
}
