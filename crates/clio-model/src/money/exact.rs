//! Arithmetic that loses nothing. A `Decimal` has 28 digits, and rounds by itself, without a word, what has more: half a
//! cent less a little becomes half a cent, and that a cent.

use rust_decimal::Decimal;

use super::Rounding;

/// Reads a number as people write it; `None` where it has more digits than fit.
pub(super) fn read(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    plain.then(|| Decimal::from_str_exact(text).ok())?
}

/// The sum; `None` where it does not fit.
pub(super) fn add(one: Decimal, other: Decimal) -> Option<Decimal> {
    let (one, other) = (one.normalize(), other.normalize());
    let sum = one.checked_add(other)?;
    (sum.is_zero() || sum.scale() >= one.scale().max(other.scale())).then_some(sum)
}

/// The product; `None` where it does not fit.
pub(super) fn multiply(one: Decimal, other: Decimal) -> Option<Decimal> {
    let (one, other) = (one.normalize(), other.normalize());
    let product = one.checked_mul(other)?;
    is_product(product, one, other).then_some(product)
}

/// A hundredth; `None` where it does not fit.
pub(super) fn hundredth(number: Decimal) -> Option<Decimal> {
    let mut hundredth = number.normalize();
    hundredth.set_scale(hundredth.scale() + 2).ok()?;
    Some(hundredth)
}

/// The product, rounded once. `None` where it is too large, and where its digits do not fit and what was cut off decides.
pub(super) fn product_rounded(
    one: Decimal,
    other: Decimal,
    decimals: u32,
    rounding: Rounding,
) -> Option<Decimal> {
    let (one, other) = (one.normalize(), other.normalize());
    let product = one.checked_mul(other)?;
    if is_product(product, one, other) {
        return Some(rounding.apply(product, decimals));
    }
    let last_digit = Decimal::new(1, if product.is_zero() { Decimal::MAX_SCALE } else { product.scale() });
    let least = rounding.apply(product.checked_sub(last_digit)?, decimals);
    let most = rounding.apply(product.checked_add(last_digit)?, decimals);
    (least == most).then_some(least)
}

/// All digits are there. The factors have no zeros at their ends.
fn is_product(product: Decimal, one: Decimal, other: Decimal) -> bool {
    one.is_zero() || other.is_zero() || product.scale() == one.scale() + other.scale()
}
