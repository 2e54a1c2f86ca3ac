use chrono::NaiveDate;
use clio_core::{
    Amount, Known, Takes,
    schema::{choices::BillState, objects::bill},
};
use rust_decimal::Decimal;

use super::read::{needed, told};
use crate::Result;

/// A bill is overdue on a day: it awaits payment, the day it was due is before that one, and something is left to pay. Clio
/// has a filter (`overdue_only`) and no such state; that the day itself is not late is our reading.
///
/// Any selection will do that takes the three fields. One that lacks a field does not compile:
///
/// ```
/// use chrono::NaiveDate;
/// use clio_core::{Amount, Selection, schema::choices::BillState};
/// use clio_model::bills::is_overdue;
///
/// #[derive(Selection)]
/// #[clio(object = "Bill")]
/// struct Owed {
///     state: BillState,
///     due_at: Option<NaiveDate>,
///     balance: Option<Amount>,
/// }
///
/// let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
/// let bill = Owed { state: BillState::AwaitingPayment, due_at: Some(day(9)), balance: Some("10".parse()?) };
/// assert!(!is_overdue(&bill, day(9))? && is_overdue(&bill, day(10))?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail
/// use chrono::NaiveDate;
/// use clio_core::{Selection, schema::choices::BillState};
/// use clio_model::bills::is_overdue;
///
/// #[derive(Selection)]
/// #[clio(object = "Bill")]
/// struct Owed {
///     state: BillState,
///     due_at: Option<NaiveDate>,
/// }
///
/// fn late(bill: &Owed, day: NaiveDate) -> bool {
///     is_overdue(bill, day).unwrap()
/// }
/// ```
///
/// # Errors
///
/// [`Unknown`](crate::ErrorKind::Unknown) where Clio told no state, or no balance of a bill past its day.
pub fn is_overdue<S>(bill: &S, on: NaiveDate) -> Result<bool>
where
    S: Takes<bill::state, Value: Known<BillState>>
        + Takes<bill::due_at, Value: Known<NaiveDate>>
        + Takes<bill::balance, Value: Known<Amount>>,
{
    let state = needed::<bill::state, BillState>(bill)?;
    // Without a day there is nothing to be late for.
    let late = told::<bill::due_at, NaiveDate>(bill).is_some_and(|due| *due < on);
    if *state != BillState::AwaitingPayment || !late {
        return Ok(false);
    }
    Ok(needed::<bill::balance, Amount>(bill)?.get() > Decimal::ZERO)
}
