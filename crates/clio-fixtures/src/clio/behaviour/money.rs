//! Amounts of money, rounded as Clio shows them.

use rust_decimal::{Decimal, RoundingStrategy};

/// To cents, half up. Clio's documents do not say how a half is rounded; invoices show the usual way.
pub(crate) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// A product, or the largest number there is where that is not large enough: whoever sends such a price shall get an answer.
pub(crate) fn times(a: Decimal, b: Decimal) -> Decimal {
    a.checked_mul(b).unwrap_or(Decimal::MAX)
}

/// Seconds as hours.
pub(crate) fn hours(seconds: Decimal) -> Decimal {
    seconds / Decimal::from(3600)
}
