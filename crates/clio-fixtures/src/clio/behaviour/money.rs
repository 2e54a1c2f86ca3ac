//! Amounts of money, rounded as Clio shows them.

use rust_decimal::{Decimal, RoundingStrategy};

/// To cents, half up. Clio's documents do not say how a half is rounded; invoices show the usual way.
pub(crate) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Seconds as hours.
pub(crate) fn hours(seconds: Decimal) -> Decimal {
    seconds / Decimal::from(3600)
}
