//! What Clio made of a fee, compared with what was sent.

use std::fmt;

use chrono::NaiveDate;
use clio_core::{Amount, Id, schema::objects, values::ActivityType};
use clio_model::{Currency, activities::BillableActivity};
use serde::Deserialize;

/// What was sent.
#[derive(Deserialize)]
struct Sent {
    r#type: String,
    price: Amount,
    note: String,
    date: NaiveDate,
    matter: SentMatter,
}

#[derive(Deserialize)]
struct SentMatter {
    id: Id<objects::Matter>,
}

/// What Clio made otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    Unreadable,
    Kind,
    NotFlat,
    Hidden,
    NonBillable,
    Amount,
    Currency,
    Note,
    Date,
    Matter,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "what was sent cannot be read",
            Self::Kind => "it is another kind of activity",
            Self::NotFlat => "it is no flat fee",
            Self::Hidden => "the amount is hidden from whoever authorised, so nobody can tell",
            Self::NonBillable => "it is not billable",
            Self::Amount => "the amount is another",
            Self::Currency => "the currency is another",
            Self::Note => "the note is another",
            Self::Date => "the day is another",
            Self::Matter => "the matter is another",
        })
    }
}

/// The first thing that Clio made otherwise than this payload has it.
pub(crate) fn compare(payload: &str, made: &BillableActivity, firm: Currency) -> Result<(), Difference> {
    let Ok(sent) = serde_json::from_str::<Sent>(payload) else { return Err(Difference::Unreadable) };
    let expense = sent.r#type == "ExpenseEntry";
    let currency = made.currency.as_ref().and_then(|currency| currency.code.as_deref());
    let rules = [
        (expense || made.kind == ActivityType::TimeEntry, Difference::Kind),
        (!expense || made.quantity == Some(Amount::new(1.into())), Difference::Kind),
        (expense || made.flat_rate == Some(true), Difference::NotFlat),
        (made.price.is_some() && made.total.is_some(), Difference::Hidden),
        (made.non_billable != Some(true), Difference::NonBillable),
        (made.price == Some(sent.price) && made.total == Some(sent.price), Difference::Amount),
        (currency.is_none_or(|code| code == firm.code()), Difference::Currency),
        (same_text(made.note.as_deref().unwrap_or_default(), &sent.note), Difference::Note),
        (made.date == Some(sent.date), Difference::Date),
        (made.matter.as_ref().is_some_and(|matter| matter.id == sent.matter.id), Difference::Matter),
    ];
    rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, difference)| Err(difference))
}

/// Both say the same on a bill.
pub(crate) fn same_fee(one: &BillableActivity, other: &BillableActivity) -> bool {
    let money = |of: &BillableActivity| (of.price, of.total, of.flat_rate, of.non_billable);
    let place = |of: &BillableActivity| {
        let category = of.activity_description.as_ref().map(|category| category.id);
        (
            of.date,
            of.quantity,
            of.matter.as_ref().map(|one| one.id),
            of.user.as_ref().map(|one| one.id),
            category,
        )
    };
    let note = |of: &BillableActivity| of.note.clone().unwrap_or_default();
    money(one) == money(other) && place(one) == place(other) && same_text(&note(one), &note(other))
}

/// Nothing is lost but white space at the ends, and line breaks may be of another system.
fn same_text(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim().replace("\r\n", "\n");
    plain(one) == plain(other)
}
