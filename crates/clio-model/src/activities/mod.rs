//! Recorded work and expenses.
//!
//! - Drafts, to be created: [`TimeEntry`], [`FlatFee`], [`Expense`], [`HardCost`]; [`ActivityChange`] for one that is there.
//! - What is read: the selections [`Activity`], [`BillableActivity`] and [`TimeSettings`]; [`Work`], which tells time from
//!   counts.
//! - What follows from it: [`TimeRounding`], [`Pricing`] and [`rate_of`] for hours and money; [`BillingFacts`] for where an
//!   activity stands ([`BillingStatus`]) and whether it can be changed ([`Editable`]).

mod billable;
mod billing;
mod change;
mod editable;
mod expense;
mod flat_fee;
mod parts;
mod pricing;
mod rates;
mod rounding;
mod selection;
mod time_entry;
mod work;

pub use billable::{ActivityBill, ActivityCurrency, BillableActivity, TimeSettings};
pub use billing::{BilledReading, BillingFacts, BillingStatus};
pub use change::ActivityChange;
pub use editable::{Editable, Locked};
pub use expense::{Expense, HardCost};
pub use flat_fee::FlatFee;
pub use parts::UtbmsCodes;
pub use pricing::{Charge, Pricing, ZeroHours};
pub use rates::{CategoryCharge, CategoryPrice, CustomRates, KnownRates, Priced, RateRule, rate_of};
pub use rounding::TimeRounding;
pub use selection::{Activity, ActivityCategory, CategoryRate};
pub use time_entry::TimeEntry;
pub use work::{ExpenseKind, Work};

use clio_core::{Known, Takes, schema::Field};

/// The value of a field, if there is one.
fn known<F: Field, T: Clone, S: Takes<F, Value: Known<T>>>(selection: &S) -> Option<T> {
    selection.taken().known().cloned()
}
