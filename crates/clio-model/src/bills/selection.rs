//! Ready selections of bills and their lines.

use std::fmt;

use chrono::NaiveDate;
use clio_core::{
    Amount, Etag, Id, Reference, Selection,
    schema::{
        choices::{BillState, DiscountType, InterestType, LineItemKind, LineItemType},
        objects,
    },
};

use crate::body::shows;

/// A bill, with what it comes to.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Bill")]
pub struct Bill {
    /// The bill.
    pub id: Id<objects::Bill>,
    /// The version of the record.
    pub etag: Etag,
    /// Its number, which need not be one.
    pub number: Option<String>,
    /// Where it stands.
    pub state: BillState,
    /// The states that Clio says it may become. Never `draft`, in Clio's document.
    pub available_state_transitions: Option<Vec<BillState>>,
    /// Its lines and what it says can be changed.
    pub can_update: Option<bool>,
    /// What it is about.
    pub subject: Option<String>,
    /// The day of the bill.
    pub issued_at: Option<NaiveDate>,
    /// The day by which it is to be paid.
    pub due_at: Option<NaiveDate>,
    /// It was shared with the client.
    pub shared: Option<bool>,
    /// Its currency.
    pub currency: Option<BillCurrency>,
    /// Whose bill it is.
    pub client: Option<Reference<objects::Contact>>,
    /// What was worked on.
    pub matters: Option<Vec<Reference<objects::Matter>>>,
    /// Its own tax, in percent.
    pub tax_rate: Option<Amount>,
    /// Its own second tax, in percent.
    pub secondary_tax_rate: Option<Amount>,
    /// Its own discount.
    pub discount: Option<BillDiscount>,
    /// The discount is on services only.
    pub discount_services_only: Option<bool>,
    /// The terms of interest, and what was charged.
    pub interest: Option<BillInterest>,
    /// The lines, before tax.
    pub sub_total: Option<Amount>,
    /// The lines that are services, before tax.
    pub services_sub_total: Option<Amount>,
    /// What the first tax is on.
    pub taxable_sub_total: Option<Amount>,
    /// What the second tax is on.
    pub secondary_taxable_sub_total: Option<Amount>,
    /// The first tax.
    pub tax_sum: Option<Amount>,
    /// The second tax.
    pub secondary_tax_sum: Option<Amount>,
    /// Both taxes.
    pub total_tax: Option<Amount>,
    /// With taxes and interest.
    pub total: Option<Amount>,
    /// With interest, less discounts.
    pub due: Option<Amount>,
    /// What was paid.
    pub paid: Option<Amount>,
    /// What was credited.
    pub credits_issued: Option<Amount>,
    /// What is left to pay.
    pub balance: Option<Amount>,
}

shows! { Bill: id, state; }

/// The currency of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "Currency")]
pub struct BillCurrency {
    /// The currency, as Clio numbers it.
    pub id: Id<objects::Currency>,
    /// Its code of ISO 4217.
    pub code: Option<String>,
}

/// The discount of a bill or of a line.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "DiscountBase")]
pub struct BillDiscount {
    /// Percent, or an amount in the bill's currency.
    pub rate: Option<Amount>,
    /// Which of the two.
    pub r#type: Option<DiscountType>,
}

impl fmt::Debug for BillDiscount {
    /// Shows what kind it is, not how much.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BillDiscount").field("type", &self.r#type).finish_non_exhaustive()
    }
}

/// The interest of a bill: its terms, and what was charged.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Interest")]
pub struct BillInterest {
    /// Percent for each period.
    pub rate: Option<Amount>,
    /// The days of a period.
    pub period: Option<u32>,
    /// Simple or compound.
    pub r#type: Option<InterestType>,
    /// What was charged.
    pub total: Option<Amount>,
}

impl fmt::Debug for BillInterest {
    /// Shows what kind it is, not how much.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BillInterest").field("type", &self.r#type).finish_non_exhaustive()
    }
}

/// A line of a bill.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "LineItem")]
pub struct BillLine {
    /// The line.
    pub id: Id<objects::LineItem>,
    /// The version of the record.
    pub etag: Etag,
    /// Where it comes from.
    pub r#type: LineItemType,
    /// A service or an expense.
    pub kind: LineItemKind,
    /// The day of the work.
    pub date: Option<NaiveDate>,
    /// What was done.
    pub note: Option<String>,
    /// Hours of a service (an activity has seconds), a count of an expense.
    pub quantity: Option<Amount>,
    /// What an hour or one costs.
    pub price: Option<Amount>,
    /// Before discount and tax.
    pub sub_total: Option<Amount>,
    /// The first tax.
    pub tax: Option<Amount>,
    /// The second tax.
    pub secondary_tax: Option<Amount>,
    /// With discount and taxes.
    pub total: Option<Amount>,
    /// Its own discount.
    pub discount: Option<BillDiscount>,
    /// The bill's tax is on it.
    pub taxable: Option<bool>,
    /// The bill's second tax is on it.
    pub secondary_taxable: Option<bool>,
    /// Its own taxes.
    pub tax_settings: Option<Vec<BillLineTax>>,
    /// The activity that it is on the bill for.
    pub activity: Option<Reference<objects::Activity>>,
    /// The matter.
    pub matter: Option<Reference<objects::Matter>>,
    /// Who did it.
    pub user: Option<Reference<objects::User>>,
}

impl fmt::Debug for BillLine {
    /// Shows which record it is, and nothing of what was done: that is client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BillLine").field("id", &self.id).field("type", &self.r#type).finish_non_exhaustive()
    }
}

/// One of a line's own taxes.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "LineItemTaxBase")]
pub struct BillLineTax {
    /// The first or the second.
    pub order: Option<i32>,
    /// A part of one: `0.05` is 5 %. Clio's document says so, with "between -1 and 1", of the tax rate configuration that
    /// this is from; that it is so here is our reading.
    pub rate: Option<Amount>,
    /// `Pre` or `Post`: separately, or on top of the first.
    pub rule: Option<String>,
}
