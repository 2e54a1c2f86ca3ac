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

/// Time at a price for the hour, to the cent. Multiplied before it is divided: 50 minutes at 250.05 are 208.375, while the hours
/// of 50 minutes have no end and come out below that half.
pub(crate) fn for_time(seconds: Decimal, price: Decimal) -> Decimal {
    let exact = seconds.checked_mul(price).map(hours);
    cents(exact.unwrap_or_else(|| hours(seconds).saturating_mul(price)))
}

/// A quantity at its price, to the cent. Hours without an end are kept as far as a number goes; they stand for whole seconds.
pub(crate) fn for_quantity(quantity: Decimal, price: Decimal) -> Decimal {
    /// More than what is cut off of any time that somebody could bill.
    const CUT_OFF: Decimal = Decimal::from_parts(1, 0, 0, false, 15);
    let seconds = quantity.saturating_mul(Decimal::from(3600));
    let whole = seconds.round();
    if (seconds - whole).abs() < CUT_OFF {
        for_time(whole, price)
    } else {
        cents(quantity.saturating_mul(price))
    }
}

/// This many percent of an amount, to the cent.
pub(crate) fn percent(amount: Decimal, rate: Decimal) -> Decimal {
    cents(amount.saturating_mul(rate / Decimal::ONE_HUNDRED))
}

/// All of them together.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Decimal {
    amounts.into_iter().fold(Decimal::ZERO, Decimal::saturating_add)
}
