//! From a project to a flat fee. Pure.

use std::fmt;

use chrono::NaiveDate;
use clio_model::{Currency, FlatFee, Money};
use clio_sync::{Write, hub};

use crate::{Connection, FeeDate, FeeForm, Project, Settings};

/// What a project becomes at Clio.
#[derive(Clone, PartialEq, Eq)]
pub struct Fee {
    /// The amount, exact.
    pub amount: Money,
    /// The note: the project's name, and below it a line for each description that was chosen.
    pub note: String,
    /// The day of the activity.
    pub date: NaiveDate,
}

impl fmt::Debug for Fee {
    /// Shows the day: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fee").field("date", &self.date).finish_non_exhaustive()
    }
}

/// Why a project cannot become a fee. It is for people at AltFee to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// The project has no name that can be seen.
    NoName,
    /// The price is less than nothing.
    NegativePrice,
    /// The price is nothing: a fee of nothing would stand on the bill, and AltFee has not priced the project yet.
    NoPrice,
    /// The price has a part of the smallest coin, and an exact amount of it cannot be billed.
    PartOfACoin,
    /// The price is in another currency than the firm bills in.
    ForeignCurrency {
        /// That of the price.
        price: Currency,
        /// That of the firm.
        firm: Currency,
    },
    /// The note is longer than the firm's setting allows.
    NoteTooLong {
        /// How many letters it has.
        letters: usize,
        /// How many it may have.
        longest: usize,
    },
    /// Nothing that Clio takes can be made of it: the settings are wrong.
    NoFee(String),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("the project has no name"),
            Self::NegativePrice => f.write_str("the price is negative"),
            Self::NoPrice => f.write_str("the project has no price yet"),
            Self::PartOfACoin => f.write_str("the price has a part of the smallest coin"),
            Self::ForeignCurrency { price, firm } => {
                write!(f, "the price is in {price}, and the firm bills in {firm}")
            }
            Self::NoteTooLong { letters, longest } => {
                write!(f, "name and descriptions have {letters} letters, and {longest} are allowed")
            }
            Self::NoFee(why) => write!(f, "no fee can be made of it: {why}"),
        }
    }
}

impl std::error::Error for Unfit {}

/// The fee that a project becomes.
///
/// # Errors
///
/// Why it cannot become one.
pub fn fee(project: &Project, connection: &Connection, settings: &Settings) -> Result<Fee, Unfit> {
    Ok(Fee {
        amount: amount(project.price, settings.currency)?,
        note: note(project, settings)?,
        date: match settings.date {
            FeeDate::Connected => connection.since,
            FeeDate::Scoped => project.scoped_on.unwrap_or(connection.since),
        },
    })
}

/// The write that brings the fee to Clio.
pub(crate) fn write(project: &Project, connection: &Connection, settings: &Settings) -> Result<Write, Unfit> {
    let Fee { amount, note, date } = fee(project, connection, settings)?;
    let (matter, price) = (connection.clio_matter, amount.amount());
    let mut draft = match settings.form {
        FeeForm::Category(category) => {
            FlatFee::by_category(matter, date, category, settings.duration).amount(price)
        }
        FeeForm::Expense => FlatFee::of(matter, date, price),
    };
    if let Some(user) = settings.user {
        draft = draft.user(user);
    }
    let label = format!("{amount} {} ({} bullets)", line(&project.name), project.chosen().count());
    hub::activity(&draft.note(note), label).map_err(|error| Unfit::NoFee(error.to_string()))
}

fn amount(price: Money, firm: Currency) -> Result<Money, Unfit> {
    if price.currency() != firm {
        Err(Unfit::ForeignCurrency { price: price.currency(), firm })
    } else if price.is_negative() {
        Err(Unfit::NegativePrice)
    } else if price.is_zero() {
        Err(Unfit::NoPrice)
    } else if !price.is_whole_coins() {
        Err(Unfit::PartOfACoin)
    } else {
        Ok(price)
    }
}

fn note(project: &Project, settings: &Settings) -> Result<String, Unfit> {
    let mut note = line(&project.name);
    if note.is_empty() {
        return Err(Unfit::NoName);
    }
    for description in bullets(project) {
        note.push('\n');
        note.push_str(&settings.bullet);
        note.push_str(&description);
    }
    let letters = note.chars().count();
    match settings.longest_note {
        Some(longest) if letters > longest => Err(Unfit::NoteTooLong { letters, longest }),
        _ => Ok(note),
    }
}

/// The chosen descriptions, each in one line and without a bullet of its own. One without words is left out.
pub(crate) fn bullets(project: &Project) -> Vec<String> {
    project.chosen().map(bullet).filter(|text| !text.is_empty()).collect()
}

/// The text in one line, and without the bullets that somebody typed before it.
pub(crate) fn bullet(text: &str) -> String {
    let text = line(text);
    // A hyphen is one only before a blank: `-5 %` is a number.
    let typed = |text: &str| {
        ["• ", "- ", "* ", "– ", "•"].iter().find_map(|sign| text.strip_prefix(sign).map(str::len))
    };
    let mut rest = text.as_str();
    while let Some(length) = typed(rest) {
        rest = rest[rest.len() - length..].trim_start();
    }
    rest.to_owned()
}

/// The text in one line: a line break inside would look like the next description on the bill. Signs that cannot be seen and
/// move the cursor are left out; those that say which way text runs stay.
pub(crate) fn line(text: &str) -> String {
    let text: String = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
