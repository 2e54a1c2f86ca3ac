//! Ready selections for what is billed, and how.

use chrono::NaiveDate;
use clio_core::{
    Amount, Etag, Hours, Id, Reference, Seconds, Selection,
    schema::{choices::BillState, objects},
    values::ActivityType,
};

use crate::body::shows;

/// An activity with what bills and reports need of it: [`Activity`](super::Activity) and what Clio works out.
///
/// Nearly all may be missing: Clio hides hours and rates from those who may not see them.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Activity")]
pub struct BillableActivity {
    /// The activity.
    pub id: Id<objects::Activity>,
    /// The version of the record.
    pub etag: Etag,
    /// What it is.
    #[clio(rename = "type")]
    pub kind: ActivityType,
    /// The day of the work.
    pub date: Option<NaiveDate>,
    /// Seconds for a time entry, a count for an expense: [`Work`](super::Work) tells which.
    pub quantity: Option<Amount>,
    /// Seconds as they are billed, for a time entry; of an expense its count, if anything.
    pub rounded_quantity: Option<Amount>,
    /// Hours as they are billed, as Clio shows them: to two decimal places.
    pub rounded_quantity_in_hours: Option<Hours>,
    /// Hours and totals are hidden from whoever authorised.
    pub quantity_redacted: Option<bool>,
    /// The rate of an hour, the flat fee, or the price of one; exact.
    pub price: Option<Amount>,
    /// What it comes to on a bill.
    pub total: Option<Amount>,
    /// What it would come to, for an activity that is not billable.
    pub non_billable_total: Option<Amount>,
    /// The currency of its amounts.
    pub currency: Option<ActivityCurrency>,
    /// Its price is for the whole, whatever the time. Cannot be written.
    pub flat_rate: Option<bool>,
    /// It does not go on a bill.
    pub non_billable: Option<bool>,
    /// It is shown on the bill for nothing.
    pub no_charge: Option<bool>,
    /// It is on a bill that was approved or, users report, on any: see [`BilledReading`](super::BilledReading).
    pub billed: Option<bool>,
    /// It is on a bill in any state but void and deleted.
    pub on_bill: Option<bool>,
    /// The bill that it is on.
    pub bill: Option<ActivityBill>,
    /// What was done.
    pub note: Option<String>,
    /// The matter it was done for.
    pub matter: Option<Reference<objects::Matter>>,
    /// Who did it.
    pub user: Option<Reference<objects::User>>,
    /// The category of a time entry.
    pub activity_description: Option<Reference<objects::ActivityDescription>>,
    /// The category of an expense.
    pub expense_category: Option<Reference<objects::ExpenseCategory>>,
    /// The number of the cheque that paid a hard cost.
    pub reference: Option<String>,
    /// Who was paid a hard cost.
    pub vendor: Option<Reference<objects::Contact>>,
}

shows! { BillableActivity: id, kind; }

/// The bill that an activity is on.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "BillBase")]
pub struct ActivityBill {
    /// The bill.
    pub id: Id<objects::Bill>,
    /// Its number, which need not be one.
    pub number: Option<String>,
    /// Where it stands.
    pub state: Option<BillState>,
    /// Its line items can be changed (Clio's document).
    pub can_update: Option<bool>,
}

/// The currency of an activity's amounts.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "CurrencyBase")]
pub struct ActivityCurrency {
    /// Its code of three letters, which [`Currency`](crate::Currency) reads.
    pub code: Option<String>,
}

/// The firm's settings for time, of `GET /settings/billing`: for [`TimeRounding::of`](super::TimeRounding::of).
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "BillingSetting")]
pub struct TimeSettings {
    /// The increment, in minutes.
    pub rounding: Option<i64>,
    /// Time is rounded to hundredths of an hour.
    pub use_decimal_rounding: Option<bool>,
    /// Time on matters with a flat rate or a contingency fee is not billable, unless said otherwise.
    pub time_on_flat_rate_contingency_matters_is_non_billable: Option<bool>,
}

impl BillableActivity {
    /// The time as Clio bills it; `None` for an expense, and where it is hidden.
    pub fn rounded_time(&self) -> Option<Seconds> {
        let time = matches!(self.kind, ActivityType::TimeEntry).then_some(self.rounded_quantity?)?;
        super::rounding::seconds(time).ok()
    }
}
