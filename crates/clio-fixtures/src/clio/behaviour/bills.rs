//! Bills: people make them in Clio's own pages, the API reads and changes them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::{
    Behaviour, Compute,
    bill_states::{self, LOCKED},
    bill_totals::{self, Totals, totals},
    contacts::{self, CONTACT},
    matters::MATTER,
    settings::SETTINGS,
};
use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write},
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(BILL: Bill = bill {
    billing_setting,
    client,
    client_addresses,
    currency,
    discount,
    discount_services_only,
    due_at,
    end_at,
    group,
    interest,
    issued_at,
    kind,
    last_sent_at,
    matters,
    number,
    paid_at,
    secondary_tax_rate,
    shared,
    start_at,
    state,
    subject,
    tax_rate,
    r#type,
    user,
});
handles!(CLIO_PAYMENT: ClioPaymentsPayment = clio_payments_payment { amount, bills, state });

/// Days until a bill is due, of a client without terms of their own. Nobody says what Clio takes: this is our choice.
const GRACE: i64 = 30;

pub(crate) struct Bills;

impl Behaviour for Bills {
    fn resource(&self) -> Option<Resource> {
        Some(BILL.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        if let Some(amount) = amount(field) {
            return Some(amount);
        }
        Some(match field {
            "available_state_transitions" => |view, _, bill| {
                // The word `draft` is not one of this field's in Clio's document, even where a bill may return to it.
                let next = bill_states::next(view.firm, bill).into_iter().filter(|state| *state != "draft");
                Value::List(next.map(Value::Word).collect())
            },
            "can_update" => |view, _, bill| Value::Bool(bill_states::is_open(view.firm, bill)),
            "pending" => |view, _, bill| Value::from(pending(view.firm, bill)),
            "balances" => |view, _, bill| bill_totals::balances(view.firm, bill),
            "matter_totals" => |view, _, bill| bill_totals::matter_totals(view.firm, bill),
            "interest" => |view, _, bill| bill_totals::interest(view.firm, bill),
            "billing_setting" => |view, _, bill| {
                let setting = view.firm.table(SETTINGS.resource).keys().next();
                let kept = bill.get(BILL.billing_setting).clone();
                setting.map_or(kept, |id| Value::Link(SETTINGS.resource, *id))
            },
            "client_addresses" => |view, _, bill| {
                let client = client(view.firm, bill).map(|client| client.get(CONTACT.addresses).clone());
                client.unwrap_or_else(|| bill.get(BILL.client_addresses).clone())
            },
            "group" => |view, _, bill| {
                let groups = matters(view.firm, bill).map(|matter| matter.get(MATTER.group).clone());
                let group = groups.into_iter().find(|group| !group.is_null());
                group.unwrap_or_else(|| bill.get(BILL.group).clone())
            },
            // Not fields: what the list can be ordered by.
            "client_name" => |view, _, bill| Value::from(client(view.firm, bill).map(contacts::name)),
            "matter_display_number" => |view, _, bill| {
                let first = matters(view.firm, bill).next();
                first.map_or(Value::Null, |matter| matter.get(MATTER.display_number).clone())
            },
            _ => return None,
        })
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let Some(old) = write.old else { return Ok(()) };
        bill_states::may_become(firm, old, record)?;
        may_change(firm, old, record)?;
        for (name, slot) in [("discount", BILL.discount), ("interest", BILL.interest)] {
            let rate = record.get(slot).parts().first().and_then(|part| part.get("rate").as_decimal());
            if rate.is_some_and(|rate| rate < Decimal::ZERO) {
                return Err(Refusal::unprocessable(&format!("{name}.rate cannot be negative")));
            }
            word_of_type(record, slot, if name == "discount" { "percentage" } else { "simple" });
        }
        if write.flag("use_grace_period") {
            let issued = record.get(BILL.issued_at).as_date().unwrap_or_else(|| write.now.date_naive());
            record.set(BILL.due_at, due(firm, record.get(BILL.client).link(), issued));
        }
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let before = write.old.map_or(Value::null(), |old| old.get(BILL.state));
        let after = firm.get(BILL.resource, id).map(|bill| bill.get(BILL.state).clone()).unwrap_or_default();
        if *before != after {
            bill_states::entered(firm, id, write.user, write.now, write.by);
        }
    }

    /// A bill is not taken away: a draft or one that awaits approval becomes deleted, one that awaits payment void, and any
    /// other, or one with a payment, is refused (Clio's document, `Bill#destroy`). With which status is not said; 422 is our
    /// choice. The activities are unbilled again (Clio's help pages).
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        let next = bill_states::next(firm, record);
        let gone = next.into_iter().find(|state| matches!(*state, "deleted" | "void"));
        let gone = gone.ok_or_else(|| {
            let state = record.get(BILL.state).as_str().unwrap_or_default();
            let paid = if bill_totals::has_payments(firm, record.id) { " with payments" } else { "" };
            Refusal::unprocessable(&format!("a bill in state {state}{paid} cannot be deleted or voided"))
        })?;
        bill_states::enter(firm, record.id, gone, 0, now, by);
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &[
            "bill_number",
            "due_after",
            "due_before",
            "issued_after",
            "issued_before",
            "last_sent_end_date",
            "last_sent_start_date",
            "originating_attorney_id",
            "overdue_only",
            "responsible_attorney_id",
            "status",
            "type",
        ]
    }

    /// Clio's document says "before" and "after" a date. That the date itself is neither is our reading.
    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let day = || value.get(..10)?.parse::<NaiveDate>().ok();
        let after = |slot: u16| {
            let floor = day()?;
            Some(test(move |_, bill| bill.get(slot).as_date().is_some_and(|day| day > floor)))
        };
        let before = |slot: u16| {
            let ceiling = day()?;
            Some(test(move |_, bill| bill.get(slot).as_date().is_some_and(|day| day < ceiling)))
        };
        let of_attorney = |slot: u16| {
            let user = value.parse::<i64>().ok()?;
            Some(test(move |view, bill| {
                matters(view.firm, bill).any(|matter| matter.get(slot).link() == Some(user))
            }))
        };
        match parameter {
            "due_after" => after(BILL.due_at),
            "due_before" => before(BILL.due_at),
            "issued_after" => after(BILL.issued_at),
            "issued_before" => before(BILL.issued_at),
            "last_sent_start_date" => after(BILL.last_sent_at),
            "last_sent_end_date" => before(BILL.last_sent_at),
            "originating_attorney_id" => of_attorney(MATTER.originating_attorney),
            "responsible_attorney_id" => of_attorney(MATTER.responsible_attorney),
            "bill_number" => {
                let number = value.to_owned();
                Some(test(move |_, bill| bill.get(BILL.number).as_str() == Some(&number)))
            }
            "overdue_only" => Some(overdue_only(value.parse().ok()?)),
            "status" => match value {
                "all" => Some(overdue_only(false)),
                "overdue" => Some(overdue_only(true)),
                _ => None,
            },
            // What a list can be asked for is not what the field says, which is `MatterBill` or `ClientBill`.
            _ => {
                let trust = matches!(value, "trust" | "revenue").then_some(value == "trust")?;
                Some(test(move |_, bill| is_trust(bill) == trust))
            }
        }
    }

    /// Whether bills that were deleted or voided are listed unasked is a knob; who asks for a state or an id gets them.
    fn listed(&self, view: View<'_>, ask: &Ask<'_>) -> Option<Test> {
        let asked = ask.param("state").is_some() || ask.param("ids[]").is_some();
        let hides_gone = !view.firm.settings.lists_gone_bills && !asked;
        let hides_matters = view.access.restricts(MATTER.resource);
        (hides_gone || hides_matters).then(|| {
            test(move |view, bill| {
                let seen = |matter: &Record| view.access.sees(view.firm, MATTER.resource, matter);
                (!hides_gone || is_active(bill)) && (!hides_matters || matters(view.firm, bill).all(seen))
            })
        })
    }

    /// Clio's document: `query` searches the number.
    fn searched(&self, _view: View<'_>, bill: &Record) -> Option<String> {
        Some(bill.get(BILL.number).as_str().unwrap_or_default().to_owned())
    }
}

fn test(test: impl Fn(View<'_>, &Record) -> bool + 'static) -> Test {
    Box::new(test)
}

fn overdue_only(only: bool) -> Test {
    test(move |view, bill| !only || is_overdue(view.firm, bill, view.now.date_naive()))
}

/// The amounts of a bill, which follow from its line items, charges and payments.
fn amount(field: &str) -> Option<Compute> {
    macro_rules! amount {
        ($($name:literal: $what:expr;)*) => {
            match field {
                $($name => Some(|view, _, bill| Value::Decimal(bill_totals::amount(view.firm, bill, $what))),)*
                _ => None,
            }
        };
    }
    amount! {
        "balance": Totals::balance;
        "credits_issued": |it| it.credits;
        "due": Totals::due;
        "paid": |it| it.paid;
        "secondary_tax_sum": |it| it.all.secondary_tax;
        "secondary_taxable_sub_total": |it| it.all.secondary_taxable;
        "services_secondary_tax": |it| it.services.secondary_tax;
        "services_secondary_taxable_sub_total": |it| it.services.secondary_taxable;
        "services_sub_total": |it| it.services.sub_total;
        "services_tax": |it| it.services.tax;
        "services_taxable_sub_total": |it| it.services.taxable;
        "sub_total": |it| it.all.sub_total;
        "tax_sum": |it| it.all.tax;
        "taxable_sub_total": |it| it.all.taxable;
        "total": Totals::total;
        "total_tax": Totals::total_tax;
    }
}

/// Payments by card that are on their way (Clio's document).
pub(crate) fn pending(firm: &Firm, bill: &Record) -> Decimal {
    let of_bill = |one: &&Record| {
        one.get(CLIO_PAYMENT.state).as_str() == Some("pending")
            && one.get(CLIO_PAYMENT.bills).links().contains(&bill.id)
    };
    let payments = firm.table(CLIO_PAYMENT.resource).values().filter(of_bill);
    super::money::sum(payments.filter_map(|one| one.get(CLIO_PAYMENT.amount).as_decimal()))
}

/// It stands: a bill that was deleted or voided has given its activities up.
pub(crate) fn is_active(bill: &Record) -> bool {
    !matches!(bill.get(BILL.state).as_str(), Some("deleted" | "void"))
}

pub(crate) fn is_trust(bill: &Record) -> bool {
    bill.get(BILL.kind).as_str() == Some("trust_kind")
}

/// There is no such state: it awaits payment, its day has passed and something is still owed.
pub(crate) fn is_overdue(firm: &Firm, bill: &Record, today: NaiveDate) -> bool {
    bill.get(BILL.state).as_str() == Some("awaiting_payment")
        && bill.get(BILL.due_at).as_date().is_some_and(|due| due < today)
        && totals(firm, bill).balance() > Decimal::ZERO
}

pub(crate) fn client<'a>(firm: &'a Firm, bill: &Record) -> Option<&'a Record> {
    firm.get(CONTACT.resource, bill.get(BILL.client).link()?)
}

pub(crate) fn matters<'a>(firm: &'a Firm, bill: &'a Record) -> impl Iterator<Item = &'a Record> {
    bill.get(BILL.matters).links().iter().filter_map(|id| firm.get(MATTER.resource, *id))
}

/// The day by which the client has to pay: the terms are those of the client's payment profile.
pub(crate) fn due(firm: &Firm, client: Option<i64>, issued: NaiveDate) -> NaiveDate {
    let profile =
        client.and_then(|id| firm.get(CONTACT.resource, id)).map(|one| one.get(CONTACT.payment_profile));
    let terms = profile.and_then(|profile| profile.parts().first()?.get("terms").as_whole());
    let days = TimeDelta::try_days(terms.unwrap_or(GRACE)).unwrap_or_default();
    issued.checked_add_signed(days).unwrap_or(issued)
}

/// A bill that was approved can be changed in a limited way only (Clio's help pages). Which fields that leaves is not said:
/// here nothing that its amounts follow from, and nothing at all on one that was deleted or voided.
fn may_change(firm: &Firm, old: &Record, new: &Record) -> Result<(), Refusal> {
    if bill_states::is_open(firm, old) {
        return Ok(());
    }
    let changed = new.changes(old);
    let amounts =
        [BILL.currency, BILL.discount, BILL.interest, BILL.secondary_tax_rate, BILL.tax_rate, BILL.number];
    let locked = !is_active(old) || changed.iter().any(|slot| amounts.contains(slot));
    // Back to a draft, everything may be changed at once.
    let reopened = new.get(BILL.state).as_str() == Some("draft");
    if locked && !reopened && !changed.is_empty() {
        return Err(Refusal::unprocessable(LOCKED));
    }
    Ok(())
}

fn word_of_type(record: &mut Record, slot: u16, word: &'static str) {
    let Some(mut part) = record.get(slot).parts().first().cloned() else { return };
    if part.get("type").as_str().is_none() {
        part.set("type", Value::Word(word));
        record.set(slot, Value::Part(Box::new(part)));
    }
}
