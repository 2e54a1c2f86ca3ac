//! How a person makes a bill out of activities.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{
    activities::{self, ACTIVITY},
    bank::CURRENCY,
    bills::{self, BILL},
    categories::CATEGORY,
    contacts::CONTACT,
    expense_categories::EXPENSE,
    line_items::LINE,
    matters::MATTER,
    money::hours,
    settings::SETTINGS,
    users::USER,
};
use crate::clio::{
    firm::Firm,
    records::Origin,
    store::{Record, Value},
};

/// What a bill is to be made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) matter: Option<i64>,
    pub(crate) client: Option<i64>,
    /// Empty for all that is not billed yet.
    pub(crate) activities: Vec<i64>,
    pub(crate) up_to: Option<NaiveDate>,
    pub(crate) issued_at: Option<NaiveDate>,
    pub(crate) due_at: Option<NaiveDate>,
    pub(crate) subject: Option<String>,
    pub(crate) user: i64,
}

/// Makes a bill in the state draft, with a line item for each activity; answers its id. `None` when nothing is to be billed.
pub(crate) fn make(firm: &mut Firm, draft: &Draft, now: DateTime<Utc>, by: &Origin) -> Option<i64> {
    let chosen = chosen(firm, draft);
    let dates = chosen.iter().filter_map(|one| one.get(ACTIVITY.date).as_date());
    let (start, end) = (dates.clone().min(), dates.max());
    let mut matters: Vec<i64> = Vec::new();
    for matter in chosen.iter().filter_map(|one| one.get(ACTIVITY.matter).link()) {
        if !matters.contains(&matter) {
            matters.push(matter);
        }
    }
    let first = firm.get(MATTER.resource, *matters.first()?)?;
    let client = first.get(MATTER.client).link();
    let of_matter = draft.client.is_none() && matters.len() == 1;
    let issued = draft.issued_at.unwrap_or_else(|| now.date_naive());
    let due = draft.due_at.unwrap_or_else(|| bills::due(firm, client, issued));
    let subject = draft.subject.clone().or_else(|| first.get(MATTER.description).as_str().map(str::to_owned));
    let number = number(firm);
    let bill = firm.make(BILL.resource, now, by, |bill| {
        bill.set(BILL.state, Value::Word("draft"));
        bill.set(BILL.kind, Value::Word("revenue_kind"));
        bill.set(BILL.r#type, Value::Word(if of_matter { "MatterBill" } else { "ClientBill" }));
        bill.set(BILL.number, number);
        bill.set(BILL.client, client.map(|id| Value::Link(CONTACT.resource, id)));
        bill.set(BILL.matters, Value::Links(MATTER.resource, matters.into()));
        bill.set(BILL.issued_at, issued);
        bill.set(BILL.due_at, due);
        bill.set(BILL.start_at, start);
        bill.set(BILL.end_at, end);
        bill.set(BILL.subject, subject);
        bill.set(BILL.shared, false);
        bill.set(BILL.user, Value::Link(USER.resource, draft.user));
    });
    in_the_firms_currency(firm, bill, now, by);
    terms(firm, bill, now, by);
    for (at, activity) in chosen.iter().enumerate() {
        add_line(firm, bill, activity, i64::try_from(at).unwrap_or(i64::MAX), now, by);
    }
    Some(bill)
}

/// What is asked for and not on a bill, by date. What is non-billable is left out, unless it is to be shown without charge
/// (Clio's document: `no_charge` is shown on the bill).
fn chosen(firm: &Firm, draft: &Draft) -> Vec<Record> {
    let of_client = |activity: &Record| {
        let matter = activity.get(ACTIVITY.matter).link().and_then(|id| firm.get(MATTER.resource, id));
        matter.and_then(|matter| matter.get(MATTER.client).link())
    };
    let wanted: BTreeSet<i64> = draft.activities.iter().copied().collect();
    let named = !wanted.is_empty();
    if !named && draft.matter.is_none() && draft.client.is_none() {
        return Vec::new();
    }
    let fits = |one: &&Record| {
        let shown = !one.get(ACTIVITY.non_billable).is_true() || one.get(ACTIVITY.no_charge).is_true();
        shown
            && one.get(ACTIVITY.matter).link().is_some()
            && (!named || wanted.contains(&one.id))
            && draft.matter.is_none_or(|id| one.get(ACTIVITY.matter).link() == Some(id))
            && draft.client.is_none_or(|id| of_client(one) == Some(id))
            && draft.up_to.is_none_or(|last| one.get(ACTIVITY.date).as_date().is_some_and(|day| day <= last))
            && activities::bill_of(firm, one).is_none()
    };
    let mut chosen: Vec<Record> = firm.table(ACTIVITY.resource).values().filter(fits).cloned().collect();
    // One bill has one client: that of the first activity, where none was named.
    let client = chosen.first().and_then(of_client);
    chosen.retain(|one| of_client(one) == client);
    chosen.sort_by_key(|one| (one.get(ACTIVITY.date).as_date(), one.id));
    chosen
}

/// The number behind the largest one so far.
pub(crate) fn number(firm: &Firm) -> String {
    let numbers = firm.table(BILL.resource).values();
    let numbers = numbers.filter_map(|bill| bill.get(BILL.number).as_str()?.parse::<u32>().ok());
    numbers.max().unwrap_or(0).saturating_add(1).to_string()
}

pub(crate) fn in_the_firms_currency(firm: &mut Firm, bill: i64, now: DateTime<Utc>, by: &Origin) {
    let code = firm.table(SETTINGS.resource).values().next().map(|one| one.get(SETTINGS.currency).clone());
    let mut currencies = firm.table(CURRENCY.resource).values();
    let known = currencies.find(|one| Some(one.get(CURRENCY.code)) == code.as_ref()).map(|one| one.id);
    if let Some(id) = known {
        firm.tables.change(BILL.resource, bill, now, by, |bill| {
            bill.set(BILL.currency, Value::Link(CURRENCY.resource, id));
        });
    }
}

/// Taxes of the billing settings, interest of the client's payment profile (Clio's document has both; that a new bill takes
/// them is our reading).
fn terms(firm: &mut Firm, bill: i64, now: DateTime<Utc>, by: &Origin) {
    let setting = firm.table(SETTINGS.resource).values().next();
    let rate = |flag, rate| setting.filter(|one| one.get(flag).is_true()).map(|one| one.get(rate).clone());
    let tax = rate(SETTINGS.apply_tax_by_default, SETTINGS.tax_rate);
    let secondary = rate(SETTINGS.apply_secondary_tax_by_default, SETTINGS.secondary_tax_rate);
    let client = firm.get(BILL.resource, bill).and_then(|bill| bills::client(firm, bill));
    let profile = client.and_then(|client| client.get(CONTACT.payment_profile).parts().first());
    let interest = profile.filter(|profile| !profile.get("interest_rate").is_null()).map(|profile| {
        let part = crate::clio::store::Part::new();
        let part = part.with("period", profile.get("interest_period").clone());
        let part = part.with("rate", profile.get("interest_rate").clone());
        Value::Part(Box::new(part.with("type", profile.get("interest_type").clone())))
    });
    firm.tables.change(BILL.resource, bill, now, by, |bill| {
        bill.set(BILL.tax_rate, tax);
        bill.set(BILL.secondary_tax_rate, secondary);
        bill.set(BILL.interest, interest);
    });
}

/// Time stands on a bill in hours, as the firm rounds them (Clio's document); an expense by its count; what has a flat rate
/// as one piece, or none where time is asked for and there was none, so that the line comes to what the activity does.
fn add_line(firm: &mut Firm, bill: i64, activity: &Record, at: i64, now: DateTime<Utc>, by: &Origin) {
    let time = activities::is_time(activity);
    let flat = activity.get(ACTIVITY.flat_rate).is_true();
    let quantity = if flat {
        let free = activities::worth(firm, activity).is_zero();
        if free { Decimal::ZERO } else { Decimal::ONE }
    } else if time {
        hours(activities::rounded(firm, activity))
    } else {
        activities::quantity(activity)
    };
    let category = activity.get(ACTIVITY.activity_description).link();
    let category = category.and_then(|id| firm.get(CATEGORY.resource, id)).map(|one| one.get(CATEGORY.name));
    let expense = activity.get(ACTIVITY.expense_category).link();
    let expense = expense.and_then(|id| firm.get(EXPENSE.resource, id)).map(|one| one.get(EXPENSE.name));
    let description = category.or(expense).cloned();
    let (first, second) = taxable(firm, activity);
    firm.make(LINE.resource, now, by, |line| {
        let free = activity.get(ACTIVITY.no_charge).is_true();
        line.set(LINE.activity, Value::Link(ACTIVITY.resource, activity.id));
        line.set(LINE.bill, Value::Link(BILL.resource, bill));
        line.set(LINE.matter, activity.get(ACTIVITY.matter).clone());
        line.set(LINE.user, activity.get(ACTIVITY.user).clone());
        line.set(LINE.date, activity.get(ACTIVITY.date).clone());
        line.set(LINE.description, description);
        line.set(LINE.note, activity.get(ACTIVITY.note).clone());
        line.set(LINE.price, activity.get(ACTIVITY.price).clone());
        line.set(LINE.quantity, quantity);
        line.set(LINE.kind, Value::Word(if time { "Service" } else { "Expense" }));
        line.set(LINE.r#type, Value::Word(if free { "NoChargeLineItem" } else { "ActivityLineItem" }));
        line.set(LINE.taxable, first);
        line.set(LINE.secondary_taxable, second);
        line.set(LINE.group_ordering, at + 1);
    });
    firm.tables.change(ACTIVITY.resource, activity.id, now, by, |one| {
        one.set(ACTIVITY.bill, Value::Link(BILL.resource, bill));
    });
}

/// Whether the two taxes apply: time by the billing settings, an expense by its own word (Clio's document).
fn taxable(firm: &Firm, activity: &Record) -> (bool, bool) {
    if activities::is_time(activity) {
        let setting = firm.table(SETTINGS.resource).values().next();
        let flag = |slot| setting.is_some_and(|one| one.get(slot).is_true());
        return (flag(SETTINGS.apply_tax_by_default), flag(SETTINGS.apply_secondary_tax_by_default));
    }
    match activity.get(ACTIVITY.tax_setting).as_str() {
        Some("tax_1_only") => (true, false),
        Some("tax_2_only") => (false, true),
        Some("tax_1_and_tax_2") => (true, true),
        _ => (false, false),
    }
}
