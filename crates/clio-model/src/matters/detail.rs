//! A ready selection of all that most software needs of a matter.

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{
    Etag, Id, Reference, Selection, Stub,
    schema::{
        choices::{MatterCustomRateType, PracticeAreaCategory},
        objects,
    },
    values::MatterStatus,
};

use super::{BillingMethod, MatterClient};
use crate::{body::shows, stages::MatterStage};

/// A matter with its numbers, dates, people, stage and way of billing. [`Matter`](super::Matter) is the short form.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Matter")]
pub struct MatterDetail {
    /// The matter.
    pub id: Id<objects::Matter>,
    /// The version of the record.
    pub etag: Etag,
    /// The count of matters that it got in its account. Only read.
    pub number: Option<i64>,
    /// Its number as people see it: [`MatterNumber`](super::MatterNumber). Written where the firm numbers by hand.
    pub display_number: String,
    /// A number that the firm defines. Only read.
    pub custom_number: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Where it stands.
    pub status: MatterStatus,
    /// The day it was opened.
    pub open_date: Option<NaiveDate>,
    /// The day it became pending.
    pub pending_date: Option<NaiveDate>,
    /// The day it was closed.
    pub close_date: Option<NaiveDate>,
    /// Whose it is.
    pub client: Option<MatterClient>,
    /// What other systems call it. Clio has no filter for it.
    pub client_reference: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// Work on it can be billed.
    pub billable: Option<bool>,
    /// How it is billed. Only read: it follows the custom rate.
    pub billing_method: Option<BillingMethod>,
    /// Its own rates.
    pub custom_rate: Option<MatterRates>,
    /// The currency of its amounts.
    pub currency: Option<MatterCurrency>,
    /// The field of law.
    pub practice_area: Option<PracticeArea>,
    /// Where it is in its practice area.
    pub matter_stage: Option<MatterStage>,
    /// When it got there. Clio tells no other change.
    pub matter_stage_updated_at: Option<DateTime<Utc>>,
    /// The attorney who is responsible for it.
    pub responsible_attorney: Option<MatterUser>,
    /// The attorney who brought it.
    pub originating_attorney: Option<MatterUser>,
    /// The member of the staff who is responsible for it.
    pub responsible_staff: Option<MatterUser>,
    /// The group that may see it; none: everyone may.
    pub group: Option<Reference<objects::Group>>,
    /// It is shared in the client portal. Only read.
    pub shared: Option<bool>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// The rates of a matter. Their amounts are not among it: Clio answers one level of nesting, and they are on the second.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "MatterCustomRate")]
pub struct MatterRates {
    /// What they are: [`billing_method`](super::billing_method) tells how the matter is billed then.
    #[clio(rename = "type")]
    pub kind: Option<MatterCustomRateType>,
    /// Work charged by them is posted or on a bill.
    pub on_invoice: Option<bool>,
    /// Which there are, to be [changed](super::HourlyRate::existing) or [removed](super::HourlyRate::removed).
    pub rates: Option<Vec<Stub<objects::PolymorphicCustomRate>>>,
}

/// The currency of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Selection)]
#[clio(object = "Currency")]
pub struct MatterCurrency {
    /// The currency.
    pub id: Id<objects::Currency>,
    /// Its code of ISO 4217, for [`Currency`](crate::Currency).
    pub code: Option<String>,
}

/// A user on a matter.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "User")]
pub struct MatterUser {
    /// The user.
    pub id: Id<objects::User>,
    /// The full name.
    pub name: Option<String>,
}

/// A field of law in which the firm works. Stages belong to one.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "PracticeArea")]
pub struct PracticeArea {
    /// The practice area.
    pub id: Id<objects::PracticeArea>,
    /// The version of the record.
    pub etag: Etag,
    /// Its name.
    pub name: String,
    /// Its code, if the firm gave it one.
    pub code: Option<String>,
    /// Where it belongs in Clio's own list.
    pub category: Option<PracticeAreaCategory>,
}

shows! {
    MatterDetail: id, etag;
    MatterUser: id;
    PracticeArea: id;
}
