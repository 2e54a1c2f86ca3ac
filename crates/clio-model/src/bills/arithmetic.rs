use crate::Rounding;

/// How a bill is counted. Nobody says how Clio does it; its help shows amounts of two decimal places and its document gives
/// the terms (the total is with interest, what is due is that less discounts). So these are settings.
///
/// ```
/// use clio_model::{Rounding, bills::{BillArithmetic, TaxRounding}};
///
/// let usual = BillArithmetic::default();
/// assert_eq!((usual.rounding, usual.tax_rounding), (Rounding::HalfUp, TaxRounding::ByLine));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BillArithmetic {
    /// How each amount is brought to whole coins: each line's sub total, its discount, each tax, the bill's discount. Half
    /// up unless said.
    pub rounding: Rounding,
    /// Where a tax is rounded. By the line unless said, so that a bill comes to what its lines show.
    pub tax_rounding: TaxRounding,
}

impl Default for BillArithmetic {
    fn default() -> Self {
        Self { rounding: Rounding::HalfUp, tax_rounding: TaxRounding::ByLine }
    }
}

/// Where a tax is rounded to whole coins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaxRounding {
    /// On each line; the bill adds up what the lines show.
    #[default]
    ByLine,
    /// On the bill: the exact taxes of all lines are added up, and the two sums are rounded.
    OnSum,
}
