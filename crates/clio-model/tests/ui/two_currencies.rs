//! Sums of money go through `checked_add`, which can tell.

use clio_model::{Currency, Money};

fn main() {
    let (dollars, euros) = (Money::zero(Currency::USD), Money::zero(Currency::EUR));
    let _ = dollars + euros;
}
