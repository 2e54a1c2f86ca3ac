//! Amounts of money, rounded as Clio shows them. A number too large to be an amount becomes the largest one: what is sent
//! may be anything.

use rust_decimal::{Decimal, RoundingStrategy};

/// To cents, half up. Clio's documents do not say how a half is rounded; invoices show the usual way.
pub(crate) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Seconds as hours.
pub(crate) fn hours(seconds: Decimal) -> Decimal {
    seconds / Decimal::from(3600)
}

/// This many percent of an amount, to the cent.
pub(crate) fn percent(amount: Decimal, rate: Decimal) -> Decimal {
    cents(amount.saturating_mul(rate / Decimal::ONE_HUNDRED))
}

/// All of them together.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Decimal {
    amounts.into_iter().fold(Decimal::ZERO, Decimal::saturating_add)
}
