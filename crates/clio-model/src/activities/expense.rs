//! The drafts of expenses.

use chrono::NaiveDate;
use clio_core::{
    Amount, Body, Field, Id, Known, Members, Reference, Takes,
    schema::{
        choices::ActivityTaxSetting,
        objects::{self, activity},
        operations::CreateActivity,
    },
    values::ActivityType,
};
use rust_decimal::Decimal;

use super::{
    ExpenseKind, known,
    parts::{needed, refuse, refuse_negative, refuse_unlisted},
};
use crate::{Result, body::given};

/// An expense to be created: so many pieces at a price each. Its total is the count times the price (Clio's document).
///
/// One piece unless said, and the price of its category unless said. The currency is the matter's.
///
/// ```
/// use clio_core::{Body, Id};
/// use clio_model::activities::Expense;
///
/// let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
/// let copies = Expense::on(Id::new(7), date).quantity("120".parse()?).price("0.10".parse()?).note("Copies");
/// assert_eq!(
///     copies.json()?,
///     r#"{"type":"ExpenseEntry","date":"2026-03-02","quantity":120,"matter":{"id":7},"note":"Copies","price":0.10}"#,
/// );
/// # Ok::<(), clio_core::Error>(())
/// ```
///
/// `reference` and `vendor` are for hard costs only (Clio's document), so they are methods of [`HardCost`]:
///
/// ```compile_fail
/// # use clio_core::Id;
/// # use clio_model::activities::Expense;
/// # let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
/// Expense::on(Id::new(7), date).reference("cheque 7");
/// ```
///
/// Nor is there a setter that keeps it off bills: `non_billable` is for time entries (Clio's document).
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct Expense {
    kind: ExpenseKind,
    cost: Cost,
}

/// A hard cost to be created: what the firm paid to somebody else, by a cheque with a number perhaps.
///
/// Clio's document calls the price of a hard cost its amount and names a quantity for the other expenses only. So one piece is
/// sent, which is right whether or not Clio counts it; with another quantity, read back what came of it.
///
/// ```
/// use clio_core::{Body, Id};
/// use clio_model::activities::HardCost;
///
/// let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
/// let fee = HardCost::on(Id::new(7), date).price("350.00".parse()?).reference("cheque 1207").vendor(Id::new(8));
/// assert_eq!(
///     fee.json()?,
///     "{\"type\":\"HardCostEntry\",\"date\":\"2026-03-02\",\"quantity\":1,\"matter\":{\"id\":7},\"price\":350.00,\
///      \"reference\":\"cheque 1207\",\"vendor\":{\"id\":8}}",
/// );
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct HardCost {
    cost: Cost,
    reference: Option<String>,
    vendor: Option<Id<objects::Contact>>,
}

/// What every expense has.
#[derive(Clone, PartialEq, Eq)]
struct Cost {
    matter: Id<objects::Matter>,
    date: NaiveDate,
    quantity: Amount,
    price: Option<Amount>,
    note: Option<String>,
    user: Option<Id<objects::User>>,
    category: Option<Id<objects::ExpenseCategory>>,
    utbms: Option<Id<objects::UtbmsCode>>,
    tax: Option<ActivityTaxSetting>,
}

impl Expense {
    /// A draft of an expense on this matter, on this day: `ExpenseEntry`.
    pub const fn on(matter: Id<objects::Matter>, date: NaiveDate) -> Self {
        Self { kind: ExpenseKind::Expense, cost: Cost::on(matter, date) }
    }

    /// A draft of a soft cost, which the firm bears itself: `SoftCostEntry`. For firms that tell hard and soft costs apart.
    pub const fn soft_cost(matter: Id<objects::Matter>, date: NaiveDate) -> Self {
        Self { kind: ExpenseKind::SoftCost, cost: Cost::on(matter, date) }
    }

    /// A draft of the same content as this activity: [`BillableActivity`](super::BillableActivity), or a selection of your
    /// own with these fields. A price that is hidden is left to Clio. Its tax and its code are not read: say them where they
    /// are to stay.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) where it is no expense or a hard cost, [`Unknown`](crate::ErrorKind::Unknown) where
    /// the date, the quantity or the matter is not told.
    pub fn like<S>(read: &S) -> Result<Self>
    where
        S: Takes<activity::r#type, Value: Known<ActivityType>>
            + Takes<activity::date, Value: Known<NaiveDate>>
            + Takes<activity::quantity, Value: Known<Amount>>
            + Takes<activity::price, Value: Known<Amount>>
            + Takes<activity::note, Value: Known<String>>
            + Takes<activity::matter, Value: Known<Reference<objects::Matter>>>
            + Takes<activity::user, Value: Known<Reference<objects::User>>>
            + Takes<activity::expense_category, Value: Known<Reference<objects::ExpenseCategory>>>,
    {
        let kind = match needed(known::<activity::r#type, _, _>(read), "type")? {
            ActivityType::ExpenseEntry => ExpenseKind::Expense,
            ActivityType::SoftCostEntry => ExpenseKind::SoftCost,
            _ => return Err(crate::Error::invalid("expense: the activity is none, or a hard cost")),
        };
        Ok(Self { kind, cost: Cost::like(read)? })
    }
}

impl HardCost {
    /// A draft of a hard cost on this matter, on this day: `HardCostEntry`.
    pub const fn on(matter: Id<objects::Matter>, date: NaiveDate) -> Self {
        Self { cost: Cost::on(matter, date), reference: None, vendor: None }
    }

    /// A draft of the same content as this activity, as [`Expense::like`].
    ///
    /// # Errors
    ///
    /// As [`Expense::like`], where it is no hard cost. A quantity that is not told counts as one.
    pub fn like<S>(read: &S) -> Result<Self>
    where
        S: Takes<activity::r#type, Value: Known<ActivityType>>
            + Takes<activity::date, Value: Known<NaiveDate>>
            + Takes<activity::quantity, Value: Known<Amount>>
            + Takes<activity::price, Value: Known<Amount>>
            + Takes<activity::note, Value: Known<String>>
            + Takes<activity::matter, Value: Known<Reference<objects::Matter>>>
            + Takes<activity::user, Value: Known<Reference<objects::User>>>
            + Takes<activity::expense_category, Value: Known<Reference<objects::ExpenseCategory>>>
            + Takes<activity::reference, Value: Known<String>>
            + Takes<activity::vendor, Value: Known<Reference<objects::Contact>>>,
    {
        let kind: ActivityType = needed(known::<activity::r#type, _, _>(read), "type")?;
        refuse(!matches!(kind, ActivityType::HardCostEntry), "hard cost", "the activity is none")?;
        let vendor: Option<Reference<objects::Contact>> = known::<activity::vendor, _, _>(read);
        Ok(Self {
            cost: Cost::like(read)?,
            reference: known::<activity::reference, _, _>(read),
            vendor: vendor.map(|vendor| vendor.id),
        })
    }

    /// The number of the cheque that paid it.
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Who was paid.
    pub const fn vendor(mut self, vendor: Id<objects::Contact>) -> Self {
        self.vendor = Some(vendor);
        self
    }
}

macro_rules! setters_of_a_cost {
    ($($draft:ident)*) => {$(
        impl $draft {
            /// How many pieces. A count, never a time.
            pub const fn quantity(mut self, count: Amount) -> Self {
                self.cost.quantity = count;
                self
            }

            /// The price of one piece.
            pub const fn price(mut self, price: Amount) -> Self {
                self.cost.price = Some(price);
                self
            }

            /// What it was for, as the bill will show it.
            pub fn note(mut self, note: impl Into<String>) -> Self {
                self.cost.note = Some(note.into());
                self
            }

            /// Whose expense it is. Naming another user takes the right to do so.
            pub const fn user(mut self, user: Id<objects::User>) -> Self {
                self.cost.user = Some(user);
                self
            }

            /// The expense category. An activity category is for time: Clio ignores it here (Clio's document).
            pub const fn category(mut self, category: Id<objects::ExpenseCategory>) -> Self {
                self.cost.category = Some(category);
                self
            }

            /// The code that a matter with `require_utbms_codes` wants of every billable expense (Clio's document).
            pub const fn utbms(mut self, code: Id<objects::UtbmsCode>) -> Self {
                self.cost.utbms = Some(code);
                self
            }

            /// Which of the firm's two taxes are on it. Since April 2026 this is the older way (Clio's changelog); the newer,
            /// `tax_settings`, is not here.
            pub fn tax(mut self, tax: ActivityTaxSetting) -> Self {
                self.cost.tax = Some(tax);
                self
            }
        }

        impl std::fmt::Debug for $draft {
            /// Shows what it refers to, and none of its words: they are client data.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($draft))
                    .field("matter", &self.cost.matter)
                    .field("user", &self.cost.user)
                    .finish_non_exhaustive()
            }
        }
    )*};
}

setters_of_a_cost! { Expense HardCost }

impl Cost {
    const fn on(matter: Id<objects::Matter>, date: NaiveDate) -> Self {
        Self {
            matter,
            date,
            quantity: Amount::new(Decimal::ONE),
            price: None,
            note: None,
            user: None,
            category: None,
            utbms: None,
            tax: None,
        }
    }

    fn like<S>(read: &S) -> Result<Self>
    where
        S: Takes<activity::r#type, Value: Known<ActivityType>>
            + Takes<activity::date, Value: Known<NaiveDate>>
            + Takes<activity::quantity, Value: Known<Amount>>
            + Takes<activity::price, Value: Known<Amount>>
            + Takes<activity::note, Value: Known<String>>
            + Takes<activity::matter, Value: Known<Reference<objects::Matter>>>
            + Takes<activity::user, Value: Known<Reference<objects::User>>>
            + Takes<activity::expense_category, Value: Known<Reference<objects::ExpenseCategory>>>,
    {
        let matter: Reference<objects::Matter> = needed(known::<activity::matter, _, _>(read), "matter")?;
        let user: Option<Reference<objects::User>> = known::<activity::user, _, _>(read);
        let category: Option<Reference<_>> = known::<activity::expense_category, _, _>(read);
        let kind: Option<ActivityType> = known::<activity::r#type, _, _>(read);
        let one = matches!(kind, Some(ActivityType::HardCostEntry)).then_some(Amount::new(Decimal::ONE));
        let quantity = known::<activity::quantity, _, _>(read).or(one);
        Ok(Self {
            quantity: needed(quantity, "quantity")?,
            price: known::<activity::price, _, _>(read),
            note: known::<activity::note, _, _>(read),
            user: user.map(|user| user.id),
            category: category.map(|category| category.id),
            ..Self::on(matter.id, needed(known::<activity::date, _, _>(read), "date")?)
        })
    }

    fn members(&self, kind: ExpenseKind) -> Result<Members> {
        refuse_negative("expense", "quantity", Some(self.quantity))?;
        refuse_negative("expense", "price", self.price)?;
        refuse_unlisted("expense", self.tax.as_ref())?;
        let mut members = Members::default();
        members.set_word("type", Field::Value(kind.activity_type()), &[]);
        members.set("date", Field::Value(self.date));
        members.set("quantity", Field::Value(self.quantity));
        members.set_reference("matter", Field::Value(self.matter));
        members.set("note", given(self.note.clone()));
        members.set_reference("user", given(self.user));
        members.set_reference("expense_category", given(self.category));
        members.set("price", given(self.price));
        members.set_reference("utbms_expense", given(self.utbms));
        members.set_word("tax_setting", given(self.tax.clone()), &[]);
        Ok(members)
    }
}

impl Body<CreateActivity> for Expense {
    fn json(&self) -> std::result::Result<String, clio_core::Error> {
        Ok(self.cost.members(self.kind)?.to_json())
    }
}

impl Body<CreateActivity> for HardCost {
    fn json(&self) -> std::result::Result<String, clio_core::Error> {
        let mut members = self.cost.members(ExpenseKind::HardCost)?;
        members.set("reference", given(self.reference.clone()));
        members.set_reference("vendor", given(self.vendor));
        Ok(members.to_json())
    }
}

#[cfg(test)]
mod tests {
    use clio_core::ErrorKind;

    use super::*;

    #[test]
    fn less_than_nothing_and_words_that_are_not_listed_are_refused() {
        let (matter, date) = (Id::new(7), NaiveDate::from_ymd_opt(2026, 3, 2).unwrap());
        let minus: Amount = "-1".parse().unwrap();
        for wrong in [
            Expense::on(matter, date).quantity(minus).json(),
            Expense::soft_cost(matter, date).price(minus).json(),
            HardCost::on(matter, date).price(minus).json(),
            Expense::on(matter, date).tax(ActivityTaxSetting::Unknown("tax_3".into())).json(),
        ] {
            assert_eq!(wrong.unwrap_err().kind(), ErrorKind::Invalid);
        }
    }

    #[test]
    fn all_of_it_is_written() {
        let json = Expense::soft_cost(Id::new(7), NaiveDate::from_ymd_opt(2026, 3, 2).unwrap())
            .user(Id::new(3))
            .category(Id::new(4))
            .utbms(Id::new(5))
            .tax(ActivityTaxSetting::Tax1Only)
            .json()
            .unwrap();
        assert_eq!(
            json,
            "{\"type\":\"SoftCostEntry\",\"date\":\"2026-03-02\",\"quantity\":1,\"matter\":{\"id\":7},\
             \"user\":{\"id\":3},\"expense_category\":{\"id\":4},\"utbms_expense\":{\"id\":5},\
             \"tax_setting\":\"tax_1_only\"}"
        );
    }
}
