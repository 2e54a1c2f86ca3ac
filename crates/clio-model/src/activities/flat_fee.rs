//! The draft of a flat fee.

use chrono::NaiveDate;
use clio_core::{
    Amount, Body, Id, Seconds,
    schema::{objects, operations::CreateActivity},
};

use super::{Expense, TimeEntry, parts::refuse};

/// A flat fee to be created.
///
/// Clio has no such type of activity (its document has time entries and three expenses). Two ways are known:
///
/// - [`FlatFee::by_category`]: a time entry in an activity category of a flat rate. Clio answers `flat_rate: true`, which
///   cannot be written (Clio's document). On bills it is a service.
/// - [`FlatFee::of`]: an expense of one piece whose price is the fee, which users report as their way around. On bills it is an
///   expense, and may be taxed as one.
///
/// A third way is not an activity at all: a matter with a flat rate makes its own entry in Clio's pages; whether it does so
/// over the API is not known.
///
/// ```
/// use clio_core::{Body, Id, Seconds};
/// use clio_model::activities::FlatFee;
///
/// let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
/// let will = FlatFee::of(Id::new(7), date, "1500.00".parse()?).note("Will and codicil");
/// assert_eq!(
///     will.json()?,
///     "{\"type\":\"ExpenseEntry\",\"date\":\"2026-03-02\",\"quantity\":1,\"matter\":{\"id\":7},\
///      \"note\":\"Will and codicil\",\"price\":1500.00}",
/// );
/// let filing = FlatFee::by_category(Id::new(7), date, Id::new(9), Seconds(1_800));
/// assert!(filing.json()?.contains(r#""activity_description":{"id":9}"#));
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct FlatFee(Way);

#[derive(Clone, PartialEq, Eq)]
enum Way {
    Category { entry: TimeEntry, duration: Seconds },
    Expense(Expense),
}

impl FlatFee {
    /// The fee of this category, which has to be one with a flat rate: of another it becomes time by the hour.
    ///
    /// The duration is what the work took, and has to be more than none: an entry of no time totals nothing whatever its
    /// price, users report.
    pub const fn by_category(
        matter: Id<objects::Matter>,
        date: NaiveDate,
        category: Id<objects::ActivityDescription>,
        duration: Seconds,
    ) -> Self {
        let entry = TimeEntry::on(matter, date).category(category).duration(duration);
        Self(Way::Category { entry, duration })
    }

    /// A fee of this amount, in the matter's currency.
    pub const fn of(matter: Id<objects::Matter>, date: NaiveDate, amount: Amount) -> Self {
        Self(Way::Expense(Expense::on(matter, date).price(amount)))
    }

    /// Another amount: in place of the category's, or of the one that was given.
    pub fn amount(self, amount: Amount) -> Self {
        self.with(|entry| entry.price(amount), |expense| expense.price(amount))
    }

    /// What it is for, as the bill will show it.
    pub fn note(self, note: impl Into<String>) -> Self {
        let note = note.into();
        self.with(|entry| entry.note(note.as_str()), |expense| expense.note(note.as_str()))
    }

    /// Whose fee it is. Naming another user takes the right to do so.
    pub fn user(self, user: Id<objects::User>) -> Self {
        self.with(|entry| entry.user(user), |expense| expense.user(user))
    }

    fn with(self, time: impl FnOnce(TimeEntry) -> TimeEntry, cost: impl FnOnce(Expense) -> Expense) -> Self {
        Self(match self.0 {
            Way::Category { entry, duration } => Way::Category { entry: time(entry), duration },
            Way::Expense(expense) => Way::Expense(cost(expense)),
        })
    }
}

impl std::fmt::Debug for FlatFee {
    /// Shows what it refers to, and none of its words: they are client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Way::Category { entry, .. } => f.debug_tuple("FlatFee").field(entry).finish(),
            Way::Expense(expense) => f.debug_tuple("FlatFee").field(expense).finish(),
        }
    }
}

impl Body<CreateActivity> for FlatFee {
    fn json(&self) -> Result<String, clio_core::Error> {
        match &self.0 {
            Way::Category { entry, duration } => {
                refuse(duration.0 == 0, "flat fee", "an entry of no time totals nothing")?;
                entry.json()
            }
            Way::Expense(expense) => expense.json(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clio_core::ErrorKind;

    use super::*;

    #[test]
    fn a_fee_that_would_come_to_nothing_is_refused() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let by_category = |time| FlatFee::by_category(Id::new(7), date, Id::new(9), Seconds(time));
        for wrong in [
            by_category(0),
            by_category(-1),
            by_category(60).amount("-1".parse().unwrap()),
            FlatFee::of(Id::new(7), date, "-1".parse().unwrap()),
        ] {
            assert_eq!(wrong.json().unwrap_err().kind(), ErrorKind::Invalid);
        }
    }
}
