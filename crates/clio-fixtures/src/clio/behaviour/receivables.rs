//! What clients owe and what is not billed yet: lists that Clio works out when they are asked for.
//!
//! Each answers what the firm's bills and activities say at that moment. Records of these kinds that a firm was begun with
//! (one of each thing) are listed after them.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use chrono::NaiveDate;
use clio_core::schema::OperationInfo;
use http::Response;
use rust_decimal::Decimal;

use super::{
    Behaviour,
    activities::{self, ACTIVITY},
    bank::{self, CURRENCY},
    bill_totals::totals,
    bills::{self, BILL},
    contacts::{self, CONTACT},
    matters::MATTER,
    money::{hours, sum},
    payments::{self, ALLOCATION},
};
use crate::clio::{
    access::Access,
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Rows, Test, fields, list, one},
    store::{Part, Record, Resource, Value, handles},
};

handles!(OUTSTANDING: OutstandingClientBalance = outstanding_client_balance {
    associated_matter_ids,
    contact,
    currency,
    last_payment_date,
    last_shared_date,
    newest_issued_bill_due_date,
    outstanding_bills,
    pending_payments_total,
    reminders_enabled,
    total_outstanding_balance,
});
handles!(BILLABLE_MATTER: BillableMatter = billable_matter {
    amount_in_trust,
    client,
    currency_code,
    currency_id,
    display_number,
    unbilled_amount,
    unbilled_hours,
});
handles!(BILLABLE_CLIENT: BillableClient = billable_client {
    amount_in_trust,
    billable_matters,
    billable_matters_count,
    name,
    unbilled_amount,
    unbilled_hours,
});

/// Nobody says what the id of such a record is. Here it is the contact's, or the matter's.
fn made(view: View<'_>, id: i64) -> Record {
    let founded = &view.firm.founded;
    Record::new(id, founded.created, crate::clio::records::Origin::Seed)
}

fn with_the_old(view: View<'_>, resource: Resource, mut fresh: Vec<Record>) -> Rows<'static> {
    let known: Vec<i64> = fresh.iter().map(|one| one.id).collect();
    let old = view.firm.table(resource).values().filter(|one| !known.contains(&one.id));
    fresh.extend(old.cloned());
    fresh.sort_by_key(|one| one.id);
    Rows::Made(fresh)
}

pub(crate) struct Outstanding;

impl Behaviour for Outstanding {
    fn resource(&self) -> Option<Resource> {
        Some(OUTSTANDING.resource)
    }

    fn filters(&self) -> &'static [&'static str] {
        &[
            "last_paid_end_date",
            "last_paid_start_date",
            "newest_bill_due_end_date",
            "newest_bill_due_start_date",
            "originating_attorney_id",
            "responsible_attorney_id",
        ]
    }

    /// "Before" and "after" leave the date itself out, as in the list of bills.
    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        if parameter.ends_with("attorney_id") {
            let user = value.parse().ok()?;
            let slot = attorney(parameter);
            return Some(Box::new(move |view, one| {
                let Value::List(ids) = one.get(OUTSTANDING.associated_matter_ids) else { return false };
                let matters =
                    ids.iter().filter_map(|id| view.firm.get(MATTER.resource, id.as_whole().unwrap_or(0)));
                matters.into_iter().any(|matter| matter.get(slot).link() == Some(user))
            }));
        }
        let bound: NaiveDate = value.get(..10)?.parse().ok()?;
        let slot = if parameter.starts_with("last_paid") {
            OUTSTANDING.last_payment_date
        } else {
            OUTSTANDING.newest_issued_bill_due_date
        };
        let after = parameter.ends_with("start_date");
        Some(Box::new(move |_, one| {
            one.get(slot).as_date().is_some_and(|day| if after { day > bound } else { day < bound })
        }))
    }
}

fn attorney(parameter: &str) -> u16 {
    if parameter == "originating_attorney_id" {
        MATTER.originating_attorney
    } else {
        MATTER.responsible_attorney
    }
}

/// `GET /outstanding_client_balances`: a record for each client with bills that await payment and are not paid in full.
pub(crate) fn outstanding(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let view = View { firm, access, now: ask.now };
    let mut by_client: BTreeMap<i64, Vec<&Record>> = BTreeMap::new();
    for bill in view.firm.table(BILL.resource).values() {
        let open = bill.get(BILL.state).as_str() == Some("awaiting_payment");
        if open
            && totals(view.firm, bill).balance() > Decimal::ZERO
            && let Some(client) = bill.get(BILL.client).link()
        {
            by_client.entry(client).or_default().push(bill);
        }
    }
    let fresh = by_client.into_iter().map(|(client, bills)| owed(view, client, &bills)).collect();
    let rows = with_the_old(view, OUTSTANDING.resource, fresh);
    list(view, ask, operation, OUTSTANDING.resource, &rows)
}

fn owed(view: View<'_>, client: i64, owed: &[&Record]) -> Record {
    let mut one = made(view, client);
    let newest = owed.iter().max_by_key(|bill| (bill.get(BILL.issued_at).as_date(), bill.id));
    let matters = owed.iter().flat_map(|bill| bill.get(BILL.matters).links());
    let matters: BTreeSet<i64> = matters.copied().collect();
    let bills: Box<[i64]> = owed.iter().map(|bill| bill.id).collect();
    let paid = view.firm.table(ALLOCATION.resource).values();
    let paid = paid
        .filter(|one| one.get(ALLOCATION.contact).link() == Some(client) && !payments::is_credit(one))
        .filter(|one| one.get(ALLOCATION.voided_at).is_null());
    let paid = paid.filter_map(|one| one.get(ALLOCATION.date).as_date()).max();
    let sent = owed.iter().filter_map(|bill| bill.get(BILL.last_sent_at).as_date()).max();
    one.set(OUTSTANDING.contact, Value::Link(CONTACT.resource, client));
    one.set(OUTSTANDING.associated_matter_ids, Value::List(matters.into_iter().map(Value::Whole).collect()));
    let own = newest.map(|bill| bill.get(BILL.currency).clone()).filter(|currency| !currency.is_null());
    let firms = view.firm.table(CURRENCY.resource).keys().next();
    one.set(OUTSTANDING.currency, own.or(firms.map(|id| Value::Link(CURRENCY.resource, *id))));
    one.set(OUTSTANDING.last_payment_date, paid);
    one.set(OUTSTANDING.last_shared_date, sent);
    one.set(OUTSTANDING.newest_issued_bill_due_date, newest.map(|bill| bill.get(BILL.due_at).clone()));
    one.set(OUTSTANDING.outstanding_bills, Value::Links(BILL.resource, bills));
    one.set(OUTSTANDING.pending_payments_total, sum(owed.iter().map(|bill| bills::pending(view.firm, bill))));
    one.set(OUTSTANDING.reminders_enabled, false);
    one.set(
        OUTSTANDING.total_outstanding_balance,
        sum(owed.iter().map(|bill| totals(view.firm, bill).balance())),
    );
    one
}

/// The filters of billable matters and of billable clients are the same; a client passes with any matter that does.
pub(crate) struct Billable(pub(crate) &'static str);

impl Behaviour for Billable {
    fn resource(&self) -> Option<Resource> {
        Resource::named(self.0)
    }

    fn filters(&self) -> &'static [&'static str] {
        &[
            "client_id",
            "end_date",
            "matter_id",
            "originating_attorney_id",
            "query",
            "responsible_attorney_id",
            "start_date",
            "status",
        ]
    }

    fn filter(&self, view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let of_matter = of_matter(view, parameter, value)?;
        Some(Box::new(move |view, one| {
            let mut matters = matters_of(one).into_iter().filter_map(|id| view.firm.get(MATTER.resource, id));
            matters.any(|matter| of_matter(view, matter))
        }))
    }
}

/// The matters that a record speaks of: the client's own, or the one of its id.
fn matters_of(record: &Record) -> Vec<i64> {
    match record.get(BILLABLE_CLIENT.billable_matters) {
        Value::Parts(parts) if parts.iter().any(|part| part.id().is_some()) => {
            parts.iter().filter_map(Part::id).collect()
        }
        _ => vec![record.id],
    }
}

fn of_matter(view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
    let day = || value.get(..10)?.parse::<NaiveDate>().ok();
    let worked = |fits: fn(NaiveDate, NaiveDate) -> bool, bound: NaiveDate| -> Test {
        let fits = |one: &&Record| {
            activities::is_unbilled(view.firm, one)
                && one.get(ACTIVITY.date).as_date().is_some_and(|day| fits(day, bound))
        };
        let found = view.firm.table(ACTIVITY.resource).values().filter(fits);
        let matters: BTreeSet<i64> = found.filter_map(|one| one.get(ACTIVITY.matter).link()).collect();
        Box::new(move |_, matter| matters.contains(&matter.id))
    };
    Some(match parameter {
        "start_date" => worked(|day, bound| day >= bound, day()?),
        "end_date" => worked(|day, bound| day <= bound, day()?),
        "client_id" => {
            let id: i64 = value.parse().ok()?;
            Box::new(move |_, matter| matter.get(MATTER.client).link() == Some(id))
        }
        "matter_id" => {
            let id: i64 = value.parse().ok()?;
            Box::new(move |_, matter| matter.id == id)
        }
        "status" => {
            let status = value.to_lowercase();
            Box::new(move |_, matter| {
                matter.get(MATTER.status).as_str().is_some_and(|word| word.to_lowercase() == status)
            })
        }
        "query" => {
            let text = value.to_lowercase();
            Box::new(move |view, matter| {
                let own = super::searched(view, MATTER.resource, matter);
                own.to_lowercase().contains(&text)
            })
        }
        _ => {
            let (user, slot) = (value.parse().ok()?, attorney(parameter));
            Box::new(move |_, matter| matter.get(slot).link() == Some(user))
        }
    })
}

/// A record for each matter with something that is not billed yet.
fn billable(view: View<'_>) -> Vec<Record> {
    let mut work: BTreeMap<i64, (Decimal, Decimal)> = BTreeMap::new();
    for activity in view.firm.table(ACTIVITY.resource).values() {
        let Some(matter) = activity.get(ACTIVITY.matter).link() else { continue };
        if !activities::is_unbilled(view.firm, activity) {
            continue;
        }
        let (amount, time) = work.entry(matter).or_default();
        *amount = amount.saturating_add(activities::worth(view.firm, activity));
        if activities::is_time(activity) {
            *time = time.saturating_add(hours(activities::rounded(view.firm, activity)));
        }
    }
    let currency = view.firm.table(CURRENCY.resource).values().next();
    let seen = work.into_iter().filter_map(|(id, sums)| {
        let matter = view.firm.get(MATTER.resource, id)?;
        view.access.sees(view.firm, MATTER.resource, matter).then_some((matter, sums))
    });
    seen.map(|(matter, (amount, time))| {
        let mut one = made(view, matter.id);
        one.set(BILLABLE_MATTER.amount_in_trust, bank::in_trust(view.firm, matter.id));
        one.set(BILLABLE_MATTER.client, matter.get(MATTER.client).clone());
        one.set(BILLABLE_MATTER.currency_code, currency.map(|one| one.get(CURRENCY.code).clone()));
        one.set(BILLABLE_MATTER.currency_id, currency.map(|one| one.id));
        one.set(BILLABLE_MATTER.display_number, matter.get(MATTER.display_number).clone());
        one.set(BILLABLE_MATTER.unbilled_amount, amount);
        one.set(BILLABLE_MATTER.unbilled_hours, time.round_dp(2));
        one
    })
    .collect()
}

/// `GET /billable_matters`.
pub(crate) fn billable_matters(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let view = View { firm, access, now: ask.now };
    let rows = with_the_old(view, BILLABLE_MATTER.resource, billable(view));
    list(view, ask, operation, BILLABLE_MATTER.resource, &rows)
}

/// `GET /billable_matters/ids`. Clio's document has it answer one billable matter; here that is the first one that the
/// parameters let through, else one that the firm was begun with, and 404 when there is neither.
pub(crate) fn billable_ids(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let view = View { firm, access, now: ask.now };
    let tree = fields(ask, operation)?;
    let behaviour = Billable(BILLABLE_MATTER.resource.name());
    let mut tests = Vec::new();
    for name in behaviour.filters() {
        if let Some(value) = ask.param(name) {
            let test = behaviour.filter(view, name, value);
            tests.push(test.ok_or_else(|| Refusal::argument(&format!("{name} cannot be {value:?}")))?);
        }
    }
    let Rows::Made(rows) = with_the_old(view, BILLABLE_MATTER.resource, billable(view)) else {
        return Err(Refusal::not_found("BillableMatter"));
    };
    let found = rows.iter().find(|row| tests.iter().all(|test| test(view, row)));
    let found = found.or_else(|| view.firm.table(BILLABLE_MATTER.resource).values().next());
    let found = found.ok_or_else(|| Refusal::not_found("BillableMatter"))?;
    Ok(one(view, tree.as_ref(), operation, BILLABLE_MATTER.resource, found))
}

/// `GET /billable_clients`: the billable matters, by their clients.
pub(crate) fn billable_clients(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    operation: &'static OperationInfo,
    _ids: &[i64],
) -> Result<Response<Bytes>, Refusal> {
    let view = View { firm, access, now: ask.now };
    let mut by_client: BTreeMap<i64, Vec<Record>> = BTreeMap::new();
    for matter in billable(view) {
        if let Some(client) = matter.get(BILLABLE_MATTER.client).link() {
            by_client.entry(client).or_default().push(matter);
        }
    }
    let fresh = by_client.into_iter().map(|(client, matters)| {
        let total = |slot| sum(matters.iter().filter_map(|one| one.get(slot).as_decimal()));
        let name = view.firm.get(CONTACT.resource, client).map(contacts::name);
        let count = i64::try_from(matters.len()).unwrap_or(i64::MAX);
        let mut one = made(view, client);
        one.set(BILLABLE_CLIENT.amount_in_trust, total(BILLABLE_MATTER.amount_in_trust));
        one.set(BILLABLE_CLIENT.billable_matters, Value::Parts(matters.iter().map(as_part).collect()));
        one.set(BILLABLE_CLIENT.billable_matters_count, count);
        one.set(BILLABLE_CLIENT.name, name);
        one.set(BILLABLE_CLIENT.unbilled_amount, total(BILLABLE_MATTER.unbilled_amount));
        one.set(BILLABLE_CLIENT.unbilled_hours, total(BILLABLE_MATTER.unbilled_hours));
        one
    });
    let rows = with_the_old(view, BILLABLE_CLIENT.resource, fresh.collect());
    list(view, ask, operation, BILLABLE_CLIENT.resource, &rows)
}

fn as_part(matter: &Record) -> Part {
    let fields = BILLABLE_MATTER.resource.info().fields;
    let stored =
        matter.stored().filter_map(|(slot, value)| Some((fields.get(usize::from(slot))?.name, value)));
    stored.fold(Part::new().with("id", matter.id), |part, (name, value)| part.with(name, value.clone()))
}
