//! The bank accounts and the bills of a firm out of a seed.

use chrono::{DateTime, Days, TimeDelta, Utc};
use rust_decimal::Decimal;

use crate::clio::{
    behaviour::{
        activities::ACTIVITY,
        bank::{BANK_ACCOUNT, CURRENCY},
        bill_making::{self, Draft},
        bill_states,
        bill_totals::totals,
        bills::BILL,
        matters::MATTER,
        payments,
        taxes::TAX_RATE,
        users::{self, USER},
    },
    firm::Firm,
    records::Origin,
    store::Value,
};

/// What lawyers do all day.
const WORK: &[&str] =
    &["Letter to the other side", "Call with client", "Review of the file", "Draft of the contract"];

/// An operating and a trust account, both empty.
pub(super) fn bank_accounts(firm: &mut Firm) {
    let owner = users::owner(firm).map(|user| Value::Link(USER.resource, user.id));
    let currency = firm
        .table(CURRENCY.resource)
        .values()
        .next()
        .map(|one| (one.id, one.get(CURRENCY.code).clone(), one.get(CURRENCY.sign).clone()));
    for (name, kind) in [("Office account", "Operating"), ("Client trust account", "Trust")] {
        let (owner, currency) = (owner.clone(), currency.clone());
        firm.old(BANK_ACCOUNT.resource, |account| {
            account.set(BANK_ACCOUNT.name, name);
            account.set(BANK_ACCOUNT.r#type, Value::Word(kind));
            account.set(BANK_ACCOUNT.institution, "First Example Bank");
            account.set(BANK_ACCOUNT.balance, Decimal::ZERO);
            account.set(BANK_ACCOUNT.default_account, true);
            account.set(BANK_ACCOUNT.user, owner);
            if let Some((id, code, sign)) = currency {
                account.set(BANK_ACCOUNT.currency, code);
                account.set(BANK_ACCOUNT.currency_id, id);
                account.set(BANK_ACCOUNT.currency_symbol, sign);
            }
        });
    }
}

/// The tax rates that every firm has, which belong to the system (Clio's document names the two).
pub(super) fn tax_rates(firm: &mut Firm) {
    for name in ["Do not apply tax", "Tax exempt"] {
        firm.old(TAX_RATE.resource, |one| {
            one.set(TAX_RATE.name, name);
            one.set(TAX_RATE.rate, Decimal::ZERO);
            one.set(TAX_RATE.active, true);
            one.set(TAX_RATE.is_system, true);
        });
    }
}

/// Bills in every state, one after the other, each of a few entries of one matter. They are made as a person would make them,
/// and then count as having always been there.
pub(super) fn bills(firm: &mut Firm, count: usize, now: DateTime<Utc>) {
    let matters: Vec<i64> = firm.table(MATTER.resource).keys().copied().collect();
    if matters.is_empty() {
        return;
    }
    for at in 0..count {
        bill(firm, at, matters[at % matters.len()], now);
    }
    firm.tables.forget();
}

fn bill(firm: &mut Firm, at: usize, matter: i64, now: DateTime<Utc>) {
    // Overdue ones are old, the others are of this month.
    let overdue = at % 6 == 3;
    let days = if overdue { 50 + firm.random.below(20) } else { 2 + firm.random.below(20) };
    let made =
        i64::try_from(days).ok().and_then(TimeDelta::try_days).and_then(|age| now.checked_sub_signed(age));
    let made = made.unwrap_or(now);
    let user = firm.get(MATTER.resource, matter).and_then(|one| one.get(MATTER.responsible_attorney).link());
    let user = user.unwrap_or(0);
    let activities = (0..=firm.random.below(4)).map(|_| entry(firm, matter, user, made)).collect();
    let draft = Draft { activities, user, ..Draft::default() };
    let Some(id) = bill_making::make(firm, &draft, made, &Origin::Seed) else { return };
    let states: &[&'static str] = match at % 6 {
        0 => &[],
        1 => &["awaiting_approval"],
        5 => &["awaiting_payment", "void"],
        _ => &["awaiting_payment"],
    };
    for state in states {
        bill_states::enter(firm, id, state, user, made, &Origin::Seed);
    }
    if at % 6 == 4
        && let Some(owed) = firm.get(BILL.resource, id).map(|bill| totals(firm, bill).balance())
    {
        payments::record(firm, id, owed, user, made, &Origin::Seed);
    }
}

/// An entry of the days before the bill.
fn entry(firm: &mut Firm, matter: i64, user: i64, before: DateTime<Utc>) -> i64 {
    let day = before.date_naive();
    let date = day.checked_sub_days(Days::new(1 + firm.random.below(25))).unwrap_or(day);
    let note = firm.random.pick(WORK).copied().unwrap_or_default();
    let quantity = Decimal::from(360 * (1 + firm.random.below(30)));
    let price = firm.get(USER.resource, user).map(|one| one.get(USER.rate).clone());
    firm.old(ACTIVITY.resource, |one| {
        one.set(ACTIVITY.r#type, Value::Word("TimeEntry"));
        one.set(ACTIVITY.date, date);
        one.set(ACTIVITY.quantity, quantity);
        one.set(ACTIVITY.price, price);
        one.set(ACTIVITY.note, note);
        one.set(ACTIVITY.matter, Value::Link(MATTER.resource, matter));
        one.set(ACTIVITY.user, Value::Link(USER.resource, user));
        one.set(ACTIVITY.flat_rate, false);
        one.set(ACTIVITY.tax_setting, Value::Word("no_tax"));
    })
}
