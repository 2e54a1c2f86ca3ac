//! What a bill comes to.

use super::{BillAccount, BillArithmetic, BillTerms, LineAmounts, LineItem, TaxRounding};
use crate::{Money, Result};

/// What a bill comes to, counted from its lines ([`BillTotals::of`]) or as Clio told it ([`BillTotals::told`]). All in one
/// currency.
///
/// The terms are those of Clio's document: `total` is with interest, `due` is that less discounts, `balance` is what is left
/// of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BillTotals {
    /// The lines after their own discounts, before tax.
    pub sub_total: Money,
    /// Of that, the services.
    pub services_sub_total: Money,
    /// Of the sub total, what the first tax is on.
    pub taxable: Money,
    /// Of the sub total, what the second tax is on.
    pub secondary_taxable: Money,
    /// The first tax (`tax_sum`).
    pub tax: Money,
    /// The second tax (`secondary_tax_sum`).
    pub secondary_tax: Money,
    /// Both taxes.
    pub total_tax: Money,
    /// The interest charged so far.
    pub interest: Money,
    /// The sub total with taxes and interest.
    pub total: Money,
    /// What the bill's own discount takes off.
    pub discount: Money,
    /// The total less the discount.
    pub due: Money,
    /// What was paid.
    pub paid: Money,
    /// What was credited.
    pub credits: Money,
    /// What is left to pay.
    pub balance: Money,
}

impl BillTotals {
    /// Counts a bill for work. In whatever order its lines are, it comes to the same. A trust request (`trust_kind`) has
    /// trust line items instead, and is not counted here.
    ///
    /// # Errors
    ///
    /// [`CurrencyMismatch`](crate::ErrorKind::CurrencyMismatch) where anything is not in the currency of the terms,
    /// [`Overflow`](crate::ErrorKind::Overflow).
    pub fn of<'a>(
        lines: impl IntoIterator<Item = &'a LineItem>,
        terms: &BillTerms,
        account: &BillAccount,
        arithmetic: BillArithmetic,
    ) -> Result<Self> {
        let zero = Money::zero(terms.currency());
        let mut sums = Sums { all: zero, services: zero, taxed: [zero; 2], taxes: [zero; 2] };
        for line in lines {
            sums.add(&line.amounts(terms, arithmetic)?, line.is_service(), arithmetic)?;
        }
        // Whole coins already where they were rounded by the line.
        let [tax, secondary_tax] = sums.taxes.map(|tax| tax.rounded(arithmetic.rounding));
        let [taxable, secondary_taxable] = sums.taxed;
        let BillAccount { interest, paid, credits } = *account;
        let total_tax = tax.checked_add(secondary_tax)?;
        let total = sums.all.checked_add(total_tax)?.checked_add(interest)?;
        let discount = terms.discount_on(sums.all, sums.services, arithmetic.rounding)?;
        let due = total.checked_sub(discount)?;
        Ok(Self {
            sub_total: sums.all,
            services_sub_total: sums.services,
            taxable,
            secondary_taxable,
            tax,
            secondary_tax,
            total_tax,
            interest,
            total,
            discount,
            due,
            paid,
            credits,
            balance: due.checked_sub(paid)?.checked_sub(credits)?,
        })
    }
}

struct Sums {
    all: Money,
    services: Money,
    taxed: [Money; 2],
    taxes: [Money; 2],
}

impl Sums {
    fn add(&mut self, line: &LineAmounts, service: bool, arithmetic: BillArithmetic) -> Result<()> {
        self.all = self.all.checked_add(line.net)?;
        if service {
            self.services = self.services.checked_add(line.net)?;
        }
        let taxes = match arithmetic.tax_rounding {
            TaxRounding::ByLine => [line.tax, line.secondary_tax],
            TaxRounding::OnSum => [line.exact_tax, line.exact_secondary_tax],
        };
        for (at, is_taxed) in [line.is_taxed, line.is_taxed_twice].into_iter().enumerate() {
            if is_taxed {
                self.taxed[at] = self.taxed[at].checked_add(line.net)?;
                self.taxes[at] = self.taxes[at].checked_add(taxes[at])?;
            }
        }
        Ok(())
    }
}
