//! From what Clio answers to the domain. Each takes any selection that has the fields, [`Bill`] and
//! [`BillLine`](super::BillLine) among them; one that lacks a field does not compile.

use clio_core::{
    Amount, Hours, Known, Takes,
    schema::{
        Field,
        choices::{BillState, Choice, DiscountType, LineItemKind, LineItemType, TaxRule},
        objects::{bill, line_item},
    },
};
use rust_decimal::Decimal;

use super::{
    Bill, BillAccount, BillCurrency, BillDiscount, BillInterest, BillLineTax, BillRules, BillStanding,
    BillTerms, BillTotals, Discount, Interest, LineItem, LineTaxes, Tax, Transition,
};
use crate::{Currency, Error, ErrorKind, Money, Percent, Rate, Result};

/// What Clio told of a field.
pub(super) fn told<F: Field, T>(from: &impl Takes<F, Value: Known<T>>) -> Option<&T> {
    from.taken().known()
}

/// What Clio told of a field that is needed.
pub(super) fn needed<F: Field, T>(from: &impl Takes<F, Value: Known<T>>) -> Result<&T> {
    told(from).ok_or_else(|| unknown(F::NAME))
}

fn unknown(what: &str) -> Error {
    Error::new(ErrorKind::Unknown, format!("Clio did not tell `{what}`"))
}

fn percent(rate: Option<&Amount>) -> Percent {
    rate.map_or(Percent::ZERO, |rate| Percent::new(rate.get()))
}

impl BillCurrency {
    /// The currency by its code.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio told no code, [`ErrorKind::Invalid`] where it is none of ISO 4217.
    pub fn currency(&self) -> Result<Currency> {
        self.code.as_deref().ok_or_else(|| unknown("currency{code}"))?.parse()
    }
}

impl BillDiscount {
    /// The discount; `None` where its rate is missing or nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio does not say whether it is percent or money.
    pub fn discount(&self, currency: Currency) -> Result<Option<Discount>> {
        let Some(rate) = self.rate.filter(|rate| !rate.get().is_zero()) else { return Ok(None) };
        match self.r#type {
            Some(DiscountType::Percentage) => Ok(Some(Discount::Percentage(Percent::new(rate.get())))),
            Some(DiscountType::Money) => Ok(Some(Discount::Money(Money::new(rate, currency)))),
            _ => Err(unknown("discount{type}")),
        }
    }
}

impl BillInterest {
    /// The terms.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio told no rate, no period or no type.
    pub fn terms(&self) -> Result<Interest> {
        let rate = self.rate.ok_or_else(|| unknown("interest{rate}"))?;
        let days = self.period.ok_or_else(|| unknown("interest{period}"))?;
        let kind = self.r#type.clone().ok_or_else(|| unknown("interest{type}"))?;
        Ok(Interest::new(Percent::new(rate.get()), days, kind))
    }
}

impl BillStanding {
    /// Where a bill stands, from any selection with its state and what was paid and credited.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio did not tell one of them.
    pub fn of<S>(bill: &S) -> Result<Self>
    where
        S: Takes<bill::state, Value: Known<BillState>>
            + Takes<bill::paid, Value: Known<Amount>>
            + Takes<bill::credits_issued, Value: Known<Amount>>,
    {
        let state = needed::<bill::state, BillState>(bill)?.clone();
        let paid = needed::<bill::paid, Amount>(bill)?.get();
        let credits = needed::<bill::credits_issued, Amount>(bill)?.get();
        Ok(Self::new(state, !paid.is_zero() || !credits.is_zero()))
    }
}

impl BillTerms {
    /// The terms of a bill. `rule` is the firm's `BillingSetting.secondary_tax_rule`: no field of the bill tells it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio told no currency, or not whether the discount is percent or money.
    pub fn told<S>(bill: &S, rule: &TaxRule) -> Result<Self>
    where
        S: Takes<bill::currency, Value: Known<BillCurrency>>
            + Takes<bill::tax_rate, Value: Known<Amount>>
            + Takes<bill::secondary_tax_rate, Value: Known<Amount>>
            + Takes<bill::discount, Value: Known<BillDiscount>>
            + Takes<bill::discount_services_only, Value: Known<bool>>,
    {
        let currency = needed::<bill::currency, BillCurrency>(bill)?.currency()?;
        let services_only = told::<bill::discount_services_only, bool>(bill).copied().unwrap_or_default();
        let terms = Self::new(currency)
            .tax(percent(told::<bill::tax_rate, Amount>(bill)))
            .secondary_tax(percent(told::<bill::secondary_tax_rate, Amount>(bill)), rule)?
            .discount_services_only(services_only);
        let discount = told::<bill::discount, BillDiscount>(bill).map(|it| it.discount(currency));
        Ok(match discount.transpose()?.flatten() {
            Some(discount) => terms.discount(discount),
            None => terms,
        })
    }
}

impl BillAccount {
    /// What was charged, paid and credited on a bill.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio did not tell the currency, what was paid or what was credited. A bill without
    /// `interest` has none.
    pub fn told<S>(bill: &S) -> Result<Self>
    where
        S: Takes<bill::currency, Value: Known<BillCurrency>>
            + Takes<bill::interest, Value: Known<BillInterest>>
            + Takes<bill::paid, Value: Known<Amount>>
            + Takes<bill::credits_issued, Value: Known<Amount>>,
    {
        let currency = needed::<bill::currency, BillCurrency>(bill)?.currency()?;
        let interest = told::<bill::interest, BillInterest>(bill).and_then(|interest| interest.total);
        Ok(Self::new(currency)
            .interest(Money::new(interest.unwrap_or_default(), currency))
            .paid(Money::new(*needed::<bill::paid, Amount>(bill)?, currency))
            .credits(Money::new(*needed::<bill::credits_issued, Amount>(bill)?, currency)))
    }
}

impl BillTotals {
    /// What a bill comes to as Clio tells it, from any selection that takes the amounts and the currency. The discount is
    /// what `total` and `due` differ by: Clio has no field for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio did not tell one of them.
    pub fn told<S>(bill: &S) -> Result<Self>
    where
        S: Takes<bill::currency, Value: Known<BillCurrency>>
            + Takes<bill::interest, Value: Known<BillInterest>>
            + Takes<bill::sub_total, Value: Known<Amount>>
            + Takes<bill::services_sub_total, Value: Known<Amount>>
            + Takes<bill::taxable_sub_total, Value: Known<Amount>>
            + Takes<bill::secondary_taxable_sub_total, Value: Known<Amount>>
            + Takes<bill::tax_sum, Value: Known<Amount>>
            + Takes<bill::secondary_tax_sum, Value: Known<Amount>>
            + Takes<bill::total_tax, Value: Known<Amount>>
            + Takes<bill::total, Value: Known<Amount>>
            + Takes<bill::due, Value: Known<Amount>>
            + Takes<bill::paid, Value: Known<Amount>>
            + Takes<bill::credits_issued, Value: Known<Amount>>
            + Takes<bill::balance, Value: Known<Amount>>,
    {
        let BillAccount { interest, paid, credits } = BillAccount::told(bill)?;
        let money = |amount: &Amount| Money::new(*amount, interest.currency());
        let total = money(needed::<bill::total, _>(bill)?);
        let due = money(needed::<bill::due, _>(bill)?);
        Ok(Self {
            sub_total: money(needed::<bill::sub_total, _>(bill)?),
            services_sub_total: money(needed::<bill::services_sub_total, _>(bill)?),
            taxable: money(needed::<bill::taxable_sub_total, _>(bill)?),
            secondary_taxable: money(needed::<bill::secondary_taxable_sub_total, _>(bill)?),
            tax: money(needed::<bill::tax_sum, _>(bill)?),
            secondary_tax: money(needed::<bill::secondary_tax_sum, _>(bill)?),
            total_tax: money(needed::<bill::total_tax, _>(bill)?),
            interest,
            total,
            discount: total.checked_sub(due)?,
            due,
            paid,
            credits,
            balance: money(needed::<bill::balance, _>(bill)?),
        })
    }
}

impl LineItem {
    /// A line as Clio tells it, in the currency of its bill. A selection that lacks a field does not compile:
    ///
    /// ```compile_fail
    /// use clio_core::{Amount, Selection, schema::choices::LineItemKind};
    /// use clio_model::{Currency, bills::LineItem};
    ///
    /// #[derive(Selection)]
    /// #[clio(object = "LineItem")]
    /// struct Mine {
    ///     kind: LineItemKind,
    ///     quantity: Option<Amount>,
    /// }
    ///
    /// fn read(line: &Mine) -> clio_model::Result<LineItem> {
    ///     LineItem::told(line, Currency::USD)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`] where Clio did not tell type, kind, quantity or price, where the kind or a tax is of an unknown
    /// word; [`ErrorKind::Invalid`] where the quantity is negative, where there are more than two taxes or the rate of one is
    /// no part of one.
    pub fn told<S>(line: &S, currency: Currency) -> Result<Self>
    where
        S: Takes<line_item::r#type, Value: Known<LineItemType>>
            + Takes<line_item::kind, Value: Known<LineItemKind>>
            + Takes<line_item::quantity, Value: Known<Amount>>
            + Takes<line_item::price, Value: Known<Amount>>
            + Takes<line_item::sub_total, Value: Known<Amount>>
            + Takes<line_item::discount, Value: Known<BillDiscount>>
            + Takes<line_item::taxable, Value: Known<bool>>
            + Takes<line_item::secondary_taxable, Value: Known<bool>>
            + Takes<line_item::tax_settings, Value: Known<Vec<BillLineTax>>>,
    {
        let quantity = needed::<line_item::quantity, Amount>(line)?.get();
        let price = Money::new(*needed::<line_item::price, Amount>(line)?, currency);
        let mut told_line = match needed::<line_item::kind, LineItemKind>(line)? {
            LineItemKind::Service => Self::service(Hours::new(quantity), Rate::per_hour(price)),
            LineItemKind::Expense => Self::expense(quantity, price),
            LineItemKind::Product => Self::product(quantity, price),
            _ => return Err(Error::new(ErrorKind::Unknown, "a line is of an unknown kind")),
        };
        Self::refuse_negative(quantity)?;
        let flag = |told: Option<&bool>| told.copied().unwrap_or_default();
        let taxes = match told::<line_item::tax_settings, Vec<BillLineTax>>(line) {
            Some(own) if !own.is_empty() => own_taxes(own)?,
            _ => LineTaxes::OfBill {
                first: flag(told::<line_item::taxable, bool>(line)),
                second: flag(told::<line_item::secondary_taxable, bool>(line)),
            },
        };
        told_line = told_line.of_type(needed::<line_item::r#type, LineItemType>(line)?.clone()).taxes(taxes);
        if let Some(sub_total) = told::<line_item::sub_total, Amount>(line) {
            told_line = told_line.sub_total_told(Money::new(*sub_total, currency));
        }
        let discount = told::<line_item::discount, BillDiscount>(line).map(|it| it.discount(currency));
        Ok(match discount.transpose()?.flatten() {
            Some(discount) => told_line.discount(discount),
            None => told_line,
        })
    }
}

/// In their order. Up to two (Clio's changelog).
fn own_taxes(own: &[BillLineTax]) -> Result<LineTaxes> {
    let mut own: Vec<&BillLineTax> = own.iter().collect();
    own.sort_by_key(|tax| tax.order);
    let taxes = own.into_iter().map(|tax| {
        let rate = tax.rate.ok_or_else(|| unknown("tax_settings{rate}"))?;
        if rate.get().abs() > Decimal::ONE {
            return Err(Error::invalid("the rate of a line's tax is no part of one"));
        }
        // Without a rule there is nothing that it would be on top of.
        let rule = tax.rule.as_deref().map_or(TaxRule::Pre, TaxRule::from_wire);
        Tax::by_rule(Percent::from_fraction(rate.get())?, &rule)
    });
    match taxes.collect::<Result<Vec<_>>>()?[..] {
        [first] => Ok(LineTaxes::Own(first, None)),
        [first, second] => Ok(LineTaxes::Own(first, Some(second))),
        _ => Err(Error::invalid("a line has more than two taxes")),
    }
}

impl Bill {
    /// Where the bill stands, with what Clio says of it.
    ///
    /// # Errors
    ///
    /// As [`BillStanding::of`].
    pub fn standing(&self) -> Result<BillStanding> {
        let mut standing = BillStanding::of(self)?;
        if let Some(told) = &self.available_state_transitions {
            standing = standing.told(told.iter().cloned());
        }
        if let Some(can_update) = self.can_update {
            standing = standing.can_update(can_update);
        }
        Ok(standing)
    }

    /// The states that may be written to it.
    ///
    /// # Errors
    ///
    /// As [`BillStanding::of`].
    pub fn next_states(&self, rules: BillRules) -> Result<Vec<BillState>> {
        Ok(self.standing()?.next_states(rules))
    }

    /// The step to another state, for a [`BillChange`](super::BillChange).
    ///
    /// # Errors
    ///
    /// As [`BillStanding::of`] and [`BillStanding::transition`].
    pub fn transition(&self, to: BillState, rules: BillRules) -> Result<Transition> {
        self.standing()?.transition(to, rules)
    }
}
