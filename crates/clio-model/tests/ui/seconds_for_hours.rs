//! 1800 seconds at 300 an hour are 150, not 540,000.

use clio_core::Seconds;
use clio_model::{Currency, Money, Rate, Rounding, bills::LineItem};

fn main() {
    let rate = Rate::per_hour(Money::zero(Currency::USD));
    let _ = rate.for_time(Seconds(1_800), Rounding::HalfUp);
    let _ = LineItem::service(Seconds(1_800), rate);
}
