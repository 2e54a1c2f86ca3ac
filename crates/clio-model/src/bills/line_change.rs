//! What is to change of a line.

use chrono::NaiveDate;
use clio_core::{
    Amount, Body, Field, Id, Members,
    schema::{choices::TaxRule, objects, operations::UpdateLineItem},
};

use super::{
    Discount, LineItem, Quantity,
    change::discount_members,
    problems::{Problems, UNKNOWN_WORD, negative, wrong_discount},
};
use crate::{Error, Money, Result};

/// What is to change of a line of a bill; what is not said is not sent. What Clio refuses in such a write (`total`, `type`,
/// `rounded_quantity`: users report 422) cannot be said, and the quantity of a service is in hours.
///
/// ```
/// use clio_core::{Body, Hours, schema::operations::UpdateLineItem};
/// use clio_model::bills::LineItemChange;
///
/// let half: Hours = "0.5".parse()?;
/// let change = LineItemChange::new().note("Draft SHA").quantity(half).update_original_record();
/// assert_eq!(
///     Body::<UpdateLineItem>::json(&change)?,
///     r#"{"note":"Draft SHA","quantity":0.5,"update_original_record":true}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail
/// # use clio_core::Seconds;
/// clio_model::bills::LineItemChange::new().quantity(Seconds(1_800));
/// ```
#[derive(Clone, Default)]
#[must_use = "a draft does nothing before it is sent"]
pub struct LineItemChange {
    members: Members,
    quantity: Option<Quantity>,
    price: Option<Money>,
    discount: Option<Discount>,
    problems: Problems,
}

impl LineItemChange {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was done. `None` is sent as null; that it empties the text nobody says: read it back.
    pub fn note(mut self, note: impl Into<Field<String>>) -> Self {
        self.members.set("note", note.into());
        self
    }

    /// What kind of work it is. `None` as of the note.
    pub fn description(mut self, description: impl Into<Field<String>>) -> Self {
        self.members.set("description", description.into());
        self
    }

    /// The day of the work.
    pub fn date(mut self, day: NaiveDate) -> Self {
        self.members.set("date", Field::Value(day));
        self
    }

    /// What an hour or one costs, in the bill's currency.
    pub fn price(mut self, price: Money) -> Self {
        self.members.set("price", Field::Value(price.amount()));
        self.price = Some(price);
        self.problems.set("price", negative(price.amount().get()));
        self
    }

    /// How much of it. Disputed among users: ignored without a word, or taken on drafts and rounded up as time is. Read it
    /// back.
    pub fn quantity(mut self, quantity: impl Into<Quantity>) -> Self {
        let quantity = quantity.into();
        self.members.set("quantity", Field::Value(Amount::new(quantity.number())));
        self.quantity = Some(quantity);
        self.problems.set("quantity", negative(quantity.number()));
        self
    }

    /// Its own discount. Clio's document calls the type of it a flag in this place and names the words in its text: the word
    /// is sent.
    pub fn discount(mut self, discount: Discount) -> Self {
        self.members.set("discount", Field::Value(discount_members(discount)));
        self.discount = Some(discount);
        self.problems.set("discount", wrong_discount(discount));
        self
    }

    /// Whether the bill's two taxes are on it.
    pub fn taxable(mut self, first: bool, second: bool) -> Self {
        self.members.set("taxable", Field::Value(first));
        self.members.set("secondary_taxable", Field::Value(second));
        self
    }

    /// Its own tax.
    pub fn tax(self, tax: Id<objects::TaxRateConfiguration>) -> Self {
        self.set_taxes(vec![setting(1, tax, TaxRule::Pre)], None)
    }

    /// Its own two taxes, and whether the second is separate (`Pre`) or on top of the first (`Post`). Clio takes up to two.
    pub fn taxes(
        self,
        first: Id<objects::TaxRateConfiguration>,
        second: Id<objects::TaxRateConfiguration>,
        rule: TaxRule,
    ) -> Self {
        let unknown = matches!(rule, TaxRule::Unknown(_)).then_some(UNKNOWN_WORD);
        self.set_taxes(vec![setting(1, first, TaxRule::Pre), setting(2, second, rule)], unknown)
    }

    fn set_taxes(mut self, settings: Vec<Members>, wrong: Option<&str>) -> Self {
        self.problems.set("tax_settings", wrong);
        self.members.set("tax_settings", Field::Value(settings));
        self
    }

    /// The activity changes as well. Without it only the line does (Clio's document).
    pub fn update_original_record(mut self) -> Self {
        self.members.set("update_original_record", Field::Value(true));
        self
    }

    /// Nothing is to change.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The change fits a line: hours a service, a count anything else, the price and the discount its currency.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid), [`CurrencyMismatch`](crate::ErrorKind::CurrencyMismatch).
    pub fn check(&self, line: &LineItem) -> Result<()> {
        for money in [self.price, self.discount.and_then(Discount::money)].into_iter().flatten() {
            line.price().checked_add(money)?;
        }
        match (self.quantity, line.quantity()) {
            (None, _)
            | (Some(Quantity::Time(_)), Quantity::Time(_))
            | (Some(Quantity::Count(_)), Quantity::Count(_)) => Ok(()),
            _ => Err(Error::invalid("a service takes hours, an expense a count")),
        }
    }
}

impl std::fmt::Debug for LineItemChange {
    /// Shows the names of what changes: the values are client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LineItemChange").field(&self.members).finish()
    }
}

fn setting(order: i64, tax: Id<objects::TaxRateConfiguration>, rule: TaxRule) -> Members {
    let mut members = Members::default();
    members.set("tax_rate_configuration_id", Field::Value(tax));
    members.set("order", Field::Value(order));
    members.set_word("rule", Field::Value(rule), &[]);
    members
}

impl Body<UpdateLineItem> for LineItemChange {
    fn json(&self) -> std::result::Result<String, clio_core::Error> {
        self.problems.check()?;
        Ok(self.members.to_json())
    }
}
