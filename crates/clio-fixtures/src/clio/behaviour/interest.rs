//! Interest charges on bills.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    Behaviour,
    bill_totals::{charges, totals},
    bills::BILL,
    money::percent,
};
use crate::clio::{
    firm::Firm,
    records::Origin,
    store::{Resource, Value, handles},
};

handles!(CHARGE: InterestCharge = interest_charge { bill, date, description, matters, total });

pub(crate) struct InterestCharges;

impl Behaviour for InterestCharges {
    fn resource(&self) -> Option<Resource> {
        Some(CHARGE.resource)
    }
}

/// Charges a bill with interest for one period: its rate in percent of what is owed, with the interest before where it is
/// compound. When Clio itself does so nobody says: in this world a person does.
pub(crate) fn charge(firm: &mut Firm, bill: i64, now: DateTime<Utc>, by: &Origin) -> Option<i64> {
    let found = firm.get(BILL.resource, bill)?;
    let terms = found.get(BILL.interest).parts().first()?;
    let rate = terms.get("rate").as_decimal().filter(|rate| *rate > Decimal::ZERO)?;
    if found.get(BILL.state).as_str() != Some("awaiting_payment") {
        return None;
    }
    let owed = totals(firm, found).balance();
    let before: Vec<_> = charges(firm, bill).filter_map(|one| one.get(CHARGE.total).as_decimal()).collect();
    let compound = terms.get("type").as_str() == Some("compound");
    let on = if compound { owed } else { owed.saturating_sub(super::money::sum(before)) };
    let total = percent(on.max(Decimal::ZERO), rate);
    let matters = found.get(BILL.matters).clone();
    Some(firm.make(CHARGE.resource, now, by, |record| {
        record.set(CHARGE.bill, Value::Link(BILL.resource, bill));
        record.set(CHARGE.matters, matters);
        record.set(CHARGE.date, now.date_naive());
        record.set(CHARGE.description, format!("Interest at {rate}%"));
        record.set(CHARGE.total, total);
    }))
}
