//! Activities: time and expenses.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::{
    Behaviour, Compute,
    bills::{self, BILL},
    categories::{self, CATEGORY},
    contacts::CONTACT,
    expense_categories::EXPENSE,
    matters::{self, MATTER},
    money::{cents, for_time, hours},
    payments,
    settings::{self, SETTINGS},
    users::USER,
};
use crate::clio::{
    answer::View,
    ask::{Ask, Refusal},
    firm::Firm,
    generic::{Test, Write},
    records::Origin,
    store::{Record, Resource, Value, handles},
};

handles!(ACTIVITY: Activity = activity {
    activity_description,
    bill,
    date,
    expense_category,
    flat_rate,
    matter,
    no_charge,
    non_billable,
    note,
    price,
    quantity,
    reference,
    tax_setting,
    r#type,
    user,
    vendor,
});

pub(crate) struct Activities;

impl Behaviour for Activities {
    fn resource(&self) -> Option<Resource> {
        Some(ACTIVITY.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "display_number" => |view, _, one| {
                let matter =
                    one.get(ACTIVITY.matter).link().and_then(|id| view.firm.get(MATTER.resource, id));
                matter.map_or(Value::Null, |matter| matter.get(MATTER.display_number).clone())
            },
            "quantity" => |view, _, one| shown_hours(view, one, quantity(one)),
            "rounded_quantity" => |view, _, one| shown_hours(view, one, rounded(view.firm, one)),
            "quantity_in_hours" => |view, _, one| shown_hours(view, one, hours(quantity(one)).round_dp(2)),
            "rounded_quantity_in_hours" => {
                |view, _, one| shown_hours(view, one, hours(rounded(view.firm, one)).round_dp(2))
            }
            "quantity_redacted" => |view, _, one| Value::Bool(is_redacted(view, one)),
            "price" => |view, _, one| {
                if view.access.sees_rates(view.firm) { one.get(ACTIVITY.price).clone() } else { Value::Null }
            },
            "total" => |view, _, one| {
                shown_money(view, one, if is_billable(one) { worth(view.firm, one) } else { Decimal::ZERO })
            },
            "non_billable_total" => |view, _, one| {
                let non_billable = one.get(ACTIVITY.non_billable).is_true();
                shown_money(view, one, if non_billable { worth(view.firm, one) } else { Decimal::ZERO })
            },
            "billed" => |view, _, one| Value::Bool(is_billed(view.firm, one)),
            "on_bill" => |view, _, one| Value::Bool(bill_of(view.firm, one).is_some()),
            "bill" => |view, _, one| {
                bill_of(view.firm, one).map_or(Value::Null, |bill| Value::Link(BILL.resource, bill.id))
            },
            _ => return None,
        })
    }

    fn requires(&self, _member: &str, _data: &Map<String, Json>) -> bool {
        true
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let negative = |slot| record.get(slot).as_decimal().is_some_and(|number| number.is_sign_negative());
        for (name, slot) in [("quantity", ACTIVITY.quantity), ("price", ACTIVITY.price)] {
            if negative(slot) {
                return Err(Refusal::unprocessable(&format!("{name} cannot be negative")));
            }
        }
        if let Some(old) = write.old {
            may_change(firm, record, old, write)?;
        }
        let matter = record.get(ACTIVITY.matter).link().and_then(|id| firm.get(MATTER.resource, id));
        let closed = matter.is_some_and(|matter| matter.get(MATTER.status).as_str() == Some("Closed"));
        if write.creates() && closed && !firm.settings.closed_matters_take_entries {
            return Err(Refusal::unprocessable("the matter is closed"));
        }
        if firm.settings.trims_notes
            && let Some(note) = record.get(ACTIVITY.note).as_str()
        {
            let note = note.trim().to_owned();
            record.set(ACTIVITY.note, note);
        }
        if let (Some(longest), Some(note)) = (firm.settings.longest_note, record.get(ACTIVITY.note).as_str())
        {
            let note: String = note.chars().take(longest).collect();
            record.set(ACTIVITY.note, note);
        }
        let kind = record.get(ACTIVITY.r#type).as_str().unwrap_or_default().to_owned();
        if kind != "HardCostEntry" {
            record.set(ACTIVITY.reference, Value::Null);
            record.set(ACTIVITY.vendor, Value::Null);
        }
        if record.get(ACTIVITY.user).link().is_none() {
            record.set(ACTIVITY.user, Value::Link(USER.resource, write.user));
        }
        if record.get(ACTIVITY.quantity).is_null() {
            record.set(ACTIVITY.quantity, Decimal::ZERO);
        }
        if record.get(ACTIVITY.tax_setting).is_null() {
            record.set(ACTIVITY.tax_setting, Value::Word("no_tax"));
        }
        if kind == "TimeEntry" {
            price_of_time(firm, record, write);
        } else {
            record.set(ACTIVITY.flat_rate, false);
            let category = record.get(ACTIVITY.expense_category).link();
            let rate = category
                .and_then(|id| firm.get(EXPENSE.resource, id))
                .map(|one| one.get(EXPENSE.rate).clone());
            if record.get(ACTIVITY.price).is_null() {
                record.set(
                    ACTIVITY.price,
                    rate.filter(|rate| !rate.is_null()).unwrap_or(Value::Decimal(Decimal::ZERO)),
                );
            }
        }
        Ok(())
    }

    /// On a bill it stays: the bill has to give it up first.
    fn delete(
        &self,
        firm: &mut Firm,
        record: &Record,
        now: DateTime<Utc>,
        by: &Origin,
    ) -> Result<(), Refusal> {
        if bill_of(firm, record).is_some() {
            return Err(Refusal::unprocessable("the activity is on a bill"));
        }
        firm.tables.remove(ACTIVITY.resource, record.id, now, by);
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["start_date", "end_date", "status", "only_unaccounted_for"]
    }

    fn filter(&self, view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let day = || value.get(..10)?.parse::<chrono::NaiveDate>().ok();
        let date = |one: &Record| one.get(ACTIVITY.date).as_date();
        let _ = view;
        Some(match parameter {
            "start_date" => {
                let first = day()?;
                Box::new(move |_, one| date(one).is_some_and(|day| day >= first))
            }
            "end_date" => {
                let last = day()?;
                Box::new(move |_, one| date(one).is_some_and(|day| day <= last))
            }
            // Neither the document nor anybody says what counts as accounted for: everything passes.
            "only_unaccounted_for" => {
                let _: bool = value.parse().ok()?;
                Box::new(|_, _| true)
            }
            _ => {
                let status = value.to_owned();
                Box::new(move |view, one| has_status(view.firm, one, &status))
            }
        })
    }

    fn searched(&self, _view: View<'_>, one: &Record) -> Option<String> {
        one.get(ACTIVITY.note).as_str().map(str::to_owned).or(Some(String::new()))
    }

    fn listed(&self, view: View<'_>, _ask: &Ask<'_>) -> Option<Test> {
        if !view.access.restricts(MATTER.resource) {
            return None;
        }
        // Activities of a matter that the user does not see are not listed either.
        Some(Box::new(|view, one| {
            let matter = one.get(ACTIVITY.matter).link().and_then(|id| view.firm.get(MATTER.resource, id));
            matter.is_none_or(|matter| view.access.sees(view.firm, MATTER.resource, matter))
        }))
    }
}

pub(crate) fn is_time(one: &Record) -> bool {
    one.get(ACTIVITY.r#type).as_str() == Some("TimeEntry")
}

/// Seconds of time, a count of an expense.
pub(crate) fn quantity(one: &Record) -> Decimal {
    one.get(ACTIVITY.quantity).as_decimal().unwrap_or_default()
}

/// Time as the firm bills it; of an expense its count.
pub(crate) fn rounded(firm: &Firm, one: &Record) -> Decimal {
    if is_time(one) { settings::rounded(firm, quantity(one)) } else { quantity(one) }
}

fn is_billable(one: &Record) -> bool {
    !one.get(ACTIVITY.non_billable).is_true() && !one.get(ACTIVITY.no_charge).is_true()
}

/// What it costs, whether or not it is billed, to the cent: the rounded time counts (Clio's document). A time entry without
/// time costs nothing, as a user reports; whether that holds at a flat rate is a setting.
pub(crate) fn worth(firm: &Firm, one: &Record) -> Decimal {
    let price = one.get(ACTIVITY.price).as_decimal().unwrap_or_default();
    let quantity = rounded(firm, one);
    if one.get(ACTIVITY.flat_rate).is_true() {
        let earns = !quantity.is_zero() || firm.settings.zero_hours_earn_flat_rates;
        if earns { cents(price) } else { Decimal::ZERO }
    } else if is_time(one) {
        for_time(quantity, price)
    } else {
        cents(quantity.saturating_mul(price))
    }
}

fn is_redacted(view: View<'_>, one: &Record) -> bool {
    !view.access.sees_hours_of(view.firm, one.get(ACTIVITY.user))
}

fn shown_hours(view: View<'_>, one: &Record, value: Decimal) -> Value {
    if is_redacted(view, one) { Value::Null } else { Value::Decimal(value) }
}

fn shown_money(view: View<'_>, one: &Record, value: Decimal) -> Value {
    if is_redacted(view, one) || !view.access.sees_rates(view.firm) {
        Value::Null
    } else {
        Value::Decimal(value)
    }
}

/// The bill that it is on, if that bill counts: one that was deleted or voided does not.
pub(crate) fn bill_of<'a>(firm: &'a Firm, one: &Record) -> Option<&'a Record> {
    let bill = firm.get(BILL.resource, one.get(ACTIVITY.bill).link()?)?;
    bills::is_active(bill).then_some(bill)
}

/// Clio's document: on a bill that awaits payment or is paid. A user saw it on drafts too, so that is a setting.
pub(crate) fn is_billed(firm: &Firm, one: &Record) -> bool {
    let Some(bill) = bill_of(firm, one) else { return false };
    let state = bill.get(BILL.state).as_str();
    matches!(state, Some("awaiting_payment" | "paid")) || firm.settings.drafts_are_billed
}

fn has_status(firm: &Firm, one: &Record, status: &str) -> bool {
    let state = bill_of(firm, one).map(|bill| bill.get(BILL.state).as_str().unwrap_or_default().to_owned());
    match status {
        "billed" => is_billed(firm, one),
        "draft" => matches!(state.as_deref(), Some("draft" | "awaiting_approval")),
        // Without those on a draft, and without what is not billable.
        "unbilled" => is_unbilled(firm, one),
        "non_billable" => one.get(ACTIVITY.non_billable).is_true(),
        "billable" => is_billable(one),
        // Clio's document has the word only. Here: what is on a bill that was written off.
        "written_off" => bill_of(firm, one).is_some_and(|bill| payments::is_written_off(firm, bill.id)),
        _ => false,
    }
}

/// It can be billed and is on no bill.
pub(crate) fn is_unbilled(firm: &Firm, one: &Record) -> bool {
    bill_of(firm, one).is_none() && is_billable(one)
}

/// Whether bills of this contact are open.
pub(crate) fn owes_bills(firm: &Firm, contact: i64) -> bool {
    let client = Value::Link(CONTACT.resource, contact);
    firm.table(BILL.resource).values().any(|bill| {
        *bill.get(BILL.client) == client
            && matches!(
                bill.get(BILL.state).as_str(),
                Some("draft" | "awaiting_approval" | "awaiting_payment")
            )
    })
}

/// The type never changes (users report). On a bill nothing does: 422, drafts included. Who does not see the hours may not
/// change the entry: 403 since version 4.0.8.
fn may_change(firm: &Firm, record: &mut Record, old: &Record, write: &Write<'_>) -> Result<(), Refusal> {
    if bill_of(firm, old).is_some() {
        return Err(Refusal::unprocessable("the activity has been billed"));
    }
    let hidden = firm.settings.hides_hours
        && old.get(ACTIVITY.user).link() != Some(write.user)
        && !firm.get(USER.resource, write.user).is_some_and(|user| user.get(USER.account_owner).is_true());
    if hidden {
        return Err(Refusal::forbidden());
    }
    record.set(ACTIVITY.r#type, old.get(ACTIVITY.r#type).clone());
    record.set(ACTIVITY.bill, old.get(ACTIVITY.bill).clone());
    Ok(())
}

/// A price that was sent stays. Without one, a change of category, matter or user works it out again.
fn price_of_time(firm: &Firm, record: &mut Record, write: &Write<'_>) {
    let (price, flat_rate) = rate_of(firm, record);
    let moved = write.old.is_none_or(|old| {
        [ACTIVITY.activity_description, ACTIVITY.matter, ACTIVITY.user]
            .iter()
            .any(|slot| old.get(*slot) != record.get(*slot))
    });
    if moved || record.get(ACTIVITY.flat_rate).is_null() {
        record.set(ACTIVITY.flat_rate, flat_rate);
    }
    let sent = write.data.get("price").is_some_and(|price| !price.is_null());
    if (moved && !sent) || record.get(ACTIVITY.price).is_null() {
        record.set(ACTIVITY.price, price);
    }
    if write.creates() && !write.sends("non_billable") {
        let flat_matter = record.get(ACTIVITY.matter).link().and_then(|id| firm.get(MATTER.resource, id));
        let by_the_whole = flat_matter.is_some_and(|matter| matters::billing_method(matter) != "hourly");
        let setting = firm.table(SETTINGS.resource).values().next();
        let setting = setting.is_some_and(|one| {
            one.get(SETTINGS.time_on_flat_rate_contingency_matters_is_non_billable).is_true()
        });
        if by_the_whole && setting && !flat_rate {
            record.set(ACTIVITY.non_billable, true);
        }
    }
}

/// What an hour, or the whole, costs. Clio's help pages, from high to low: the entry's own price, a flat fee through the
/// category, the matter's custom rate, the client's rate, the category's hourly rate, the user's own.
fn rate_of(firm: &Firm, record: &Record) -> (Decimal, bool) {
    let user = record.get(ACTIVITY.user).link();
    let category = record.get(ACTIVITY.activity_description).link();
    let category = category.and_then(|id| firm.get(CATEGORY.resource, id));
    if let Some(category) = category.filter(|category| categories::kind(category) == "FlatRate") {
        return (categories::amount(category).unwrap_or_default(), true);
    }
    let matter = record.get(ACTIVITY.matter).link().and_then(|id| firm.get(MATTER.resource, id));
    if let Some(rate) = matter.and_then(|matter| rate_of_matter(firm, matter, user)) {
        return (rate, false);
    }
    let client = matter.and_then(|matter| matter.get(MATTER.client).link());
    if let Some(rate) = client.and_then(|client| rate_of_client(firm, client, user)) {
        return (rate, false);
    }
    if let Some(rate) =
        category.filter(|category| categories::kind(category) == "Custom").and_then(categories::amount)
    {
        return (rate, false);
    }
    let user = user.and_then(|id| firm.get(USER.resource, id));
    (user.and_then(|user| user.get(USER.rate).as_decimal()).unwrap_or_default(), false)
}

/// The hourly rate of a matter for a user: their own, else the highest of the groups that they are in (Clio's help pages).
fn rate_of_matter(firm: &Firm, matter: &Record, user: Option<i64>) -> Option<Decimal> {
    let rate = matter.get(MATTER.custom_rate).parts().first()?;
    if rate.get("type").as_str() != Some("HourlyRate") {
        return None;
    }
    let rates = rate.get("rates").parts();
    let own = rates.iter().find(|one| user.is_some() && one.get("user").link() == user);
    if let Some(own) = own {
        return own.get("rate").as_decimal();
    }
    let of_group = |group: i64| {
        let users =
            firm.get(super::groups::GROUP.resource, group).map(|group| group.get(super::groups::GROUP.users));
        users.is_some_and(|users| user.is_some_and(|user| users.links().contains(&user)))
    };
    let mine = rates.iter().filter(|one| one.get("group").link().is_some_and(of_group));
    mine.filter_map(|one| one.get("rate").as_decimal()).max()
}

/// A client's rate: an `ActivityRate` record that names the contact.
fn rate_of_client(firm: &Firm, client: i64, user: Option<i64>) -> Option<Decimal> {
    let rates = Resource::named("ActivityRate")?;
    let (contact, owner, rate) = (rates.slot("contact_id")?, rates.slot("user")?, rates.slot("rate")?);
    let mine = firm.table(rates).values().filter(|one| one.get(contact).as_whole() == Some(client));
    let mine = mine.filter(|one| one.get(owner).link().is_none_or(|id| Some(id) == user));
    mine.filter_map(|one| one.get(rate).as_decimal()).max()
}
