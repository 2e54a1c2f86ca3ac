//! The draft of a time entry.

use chrono::NaiveDate;
use clio_core::{
    Amount, Body, Error, ErrorKind, Id, Seconds,
    schema::{objects, operations::CreateActivity},
};
use serde::Serialize;

/// A time entry to be created.
///
/// The duration is in seconds, which is what Clio's activities count; a line item of a bill counts hours, and is another
/// type. What is not said is left to Clio: the user is whoever authorised, the price follows the firm's rates.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct TimeEntry {
    matter: Id<objects::Matter>,
    date: NaiveDate,
    duration: Seconds,
    note: Option<String>,
    user: Option<Id<objects::User>>,
    category: Option<Id<objects::ActivityDescription>>,
    non_billable: bool,
    price: Option<Amount>,
}

impl TimeEntry {
    /// A draft for work on this matter, on this day.
    pub const fn on(matter: Id<objects::Matter>, date: NaiveDate) -> Self {
        Self {
            matter,
            date,
            duration: Seconds(0),
            note: None,
            user: None,
            category: None,
            non_billable: false,
            price: None,
        }
    }

    /// How long the work took.
    pub const fn duration(mut self, duration: Seconds) -> Self {
        self.duration = duration;
        self
    }

    /// What was done, as the bill will show it.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Who did it. Naming another user takes the right to do so.
    pub const fn user(mut self, user: Id<objects::User>) -> Self {
        self.user = Some(user);
        self
    }

    /// The activity category. One with a flat rate makes the entry a flat fee.
    pub const fn category(mut self, category: Id<objects::ActivityDescription>) -> Self {
        self.category = Some(category);
        self
    }

    /// Keeps the entry off bills.
    pub const fn non_billable(mut self, non_billable: bool) -> Self {
        self.non_billable = non_billable;
        self
    }

    /// The rate of an hour, in place of the one that Clio would find.
    pub const fn price(mut self, price: Amount) -> Self {
        self.price = Some(price);
        self
    }

    fn check(&self) -> Result<(), Error> {
        let refuse = |what: &str| Err(Error::new(ErrorKind::Invalid, format!("time entry: {what}")));
        if self.duration.0 < 0 {
            return refuse("its duration is negative");
        }
        if self.price.is_some_and(|price| price.get().is_sign_negative()) {
            return refuse("its price is negative");
        }
        Ok(())
    }
}

impl std::fmt::Debug for TimeEntry {
    /// Shows what it refers to, and none of its words: they are client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TimeEntry")
            .field("matter", &self.matter)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Wire<'a> {
    r#type: &'static str,
    date: NaiveDate,
    quantity: Seconds,
    matter: Ref,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_description: Option<Ref>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    non_billable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Amount>,
}

#[derive(Serialize)]
struct Ref {
    id: i64,
}

impl Body<CreateActivity> for TimeEntry {
    fn json(&self) -> Result<String, Error> {
        self.check()?;
        let wire = Wire {
            r#type: "TimeEntry",
            date: self.date,
            quantity: self.duration,
            matter: Ref { id: self.matter.get() },
            note: self.note.as_deref(),
            user: self.user.map(|user| Ref { id: user.get() }),
            activity_description: self.category.map(|category| Ref { id: category.get() }),
            non_billable: self.non_billable,
            price: self.price,
        };
        serde_json::to_string(&wire).map_err(|e| {
            Error::new(ErrorKind::Invalid, "time entry: it cannot be written as JSON").with_source(e)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> TimeEntry {
        TimeEntry::on(Id::new(7), NaiveDate::from_ymd_opt(2026, 3, 2).unwrap())
    }

    #[test]
    fn money_is_written_to_the_digit() {
        let json = entry().price(Amount::new("250.10".parse().unwrap())).json().unwrap();
        assert!(json.contains(r#""price":250.10"#), "{json}");
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        assert_eq!(entry().duration(Seconds(-1)).json().unwrap_err().kind(), ErrorKind::Invalid);
    }
}
