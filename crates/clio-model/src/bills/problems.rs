use rust_decimal::Decimal;

use super::Discount;
use crate::{Error, Result};

/// What is wrong with the members of a change. The last value of a member is what is sent, so it is what counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Problems(Vec<(&'static str, Error)>);

impl Problems {
    /// Whether the last value of a member is wrong, and how.
    pub(super) fn set(&mut self, member: &'static str, wrong: Option<&str>) {
        self.0.retain(|(known, _)| *known != member);
        self.0.extend(wrong.map(|wrong| (member, Error::invalid(format!("{member}: {wrong}")))));
    }

    /// # Errors
    ///
    /// The first problem.
    pub(super) fn check(&self) -> Result<()> {
        self.0.first().map_or(Ok(()), |(_, problem)| Err(problem.clone()))
    }
}

/// Less than nothing.
pub(super) fn negative(number: Decimal) -> Option<&'static str> {
    (number < Decimal::ZERO).then_some("it is negative")
}

/// A discount that Clio has no use for.
pub(super) fn wrong_discount(discount: Discount) -> Option<&'static str> {
    match discount {
        Discount::Percentage(rate) if rate.get() > Decimal::ONE_HUNDRED => Some("it is more than all of it"),
        Discount::Percentage(rate) => negative(rate.get()),
        Discount::Money(amount) => negative(amount.amount().get()),
    }
}

/// Why a word cannot be written that this version does not know, though one may be read.
pub(super) const UNKNOWN_WORD: &str = "Clio's document does not list this word";
