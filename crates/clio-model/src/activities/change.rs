//! What is to change in an activity.

use chrono::NaiveDate;
use clio_core::{
    Amount, Field, Id, Members, Seconds,
    schema::{choices::ActivityTaxSetting, objects},
};

use super::parts::{Category, UtbmsCodes, refuse, refuse_negative, refuse_negative_time, refuse_unlisted};
use crate::{
    Result,
    body::{checked, given},
};

/// What is to change in an activity. Only what was said is sent; the type cannot be changed (users report), so there is no
/// setter for it.
///
/// Another matter, user or category without a price lets Clio work the price out again (Clio's document): say the price as
/// well where it is to stay. An activity on a bill takes no change: see [`Editable`](super::Editable).
///
/// ```
/// use clio_core::{Body, Seconds};
/// use clio_model::activities::ActivityChange;
///
/// let change = ActivityChange::new().duration(Seconds(5_400)).note("Call, and a second one");
/// assert_eq!(change.json()?, r#"{"quantity":5400,"note":"Call, and a second one"}"#);
/// # Ok::<(), clio_core::Error>(())
/// ```
///
/// Time and pieces are both a quantity to Clio. A change that says what only time has and what only an expense has is refused
/// before it is sent; which of them the activity is, this cannot know.
///
/// What may be [taken away](Option::None) is what Clio's document says so of: the user, the expense category, the code of an
/// expense, the vendor. They are sent as null. Of matters users report that such a null is answered with 200 and does
/// nothing; of activities nobody says: read back what came of it.
#[derive(Clone, Default, PartialEq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct ActivityChange {
    date: Option<NaiveDate>,
    duration: Option<Seconds>,
    count: Option<Amount>,
    note: Option<String>,
    price: Option<Amount>,
    matter: Option<Id<objects::Matter>>,
    user: Field<Id<objects::User>>,
    category: Category,
    non_billable: Option<bool>,
    no_charge: Option<bool>,
    expense_category: Field<Id<objects::ExpenseCategory>>,
    utbms_expense: Field<Id<objects::UtbmsCode>>,
    tax: Option<ActivityTaxSetting>,
    reference: Option<String>,
    vendor: Field<Id<objects::Contact>>,
}

impl ActivityChange {
    /// Nothing so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing was said: such a change sends no member.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Another day.
    pub const fn date(mut self, date: NaiveDate) -> Self {
        self.date = Some(date);
        self
    }

    /// How long the work took. Of a time entry.
    pub const fn duration(mut self, duration: Seconds) -> Self {
        self.duration = Some(duration);
        self
    }

    /// How many pieces. Of an expense.
    pub const fn quantity(mut self, count: Amount) -> Self {
        self.count = Some(count);
        self
    }

    /// What was done. An empty note is sent as one: Clio's document has no null for it.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The rate of an hour, the flat fee, or the price of one piece.
    pub const fn price(mut self, price: Amount) -> Self {
        self.price = Some(price);
        self
    }

    /// Another matter. An activity cannot be taken off its matter: null is not valid (Clio's document).
    pub const fn matter(mut self, matter: Id<objects::Matter>) -> Self {
        self.matter = Some(matter);
        self
    }

    /// Another user, or none.
    pub fn user(mut self, user: impl Into<Field<Id<objects::User>>>) -> Self {
        self.user = user.into();
        self
    }

    /// Another activity category. Of a time entry. It cannot be taken away: Clio's document has no null for it.
    pub const fn category(mut self, category: Id<objects::ActivityDescription>) -> Self {
        self.category = Category::Own(category);
        self
    }

    /// Other codes, in place of a category. Of a time entry.
    pub const fn utbms(mut self, codes: UtbmsCodes) -> Self {
        self.category = Category::Utbms(codes);
        self
    }

    /// Keeps a time entry off bills, or lets it on them again.
    pub const fn non_billable(mut self, non_billable: bool) -> Self {
        self.non_billable = Some(non_billable);
        self
    }

    /// Shows it on the bill for nothing, or no longer: see [`TimeEntry::no_charge`](super::TimeEntry::no_charge).
    pub const fn no_charge(mut self, no_charge: bool) -> Self {
        self.no_charge = Some(no_charge);
        self
    }

    /// Another expense category, or none. Of an expense.
    pub fn expense_category(mut self, category: impl Into<Field<Id<objects::ExpenseCategory>>>) -> Self {
        self.expense_category = category.into();
        self
    }

    /// Another code, or none. Of an expense.
    pub fn utbms_expense(mut self, code: impl Into<Field<Id<objects::UtbmsCode>>>) -> Self {
        self.utbms_expense = code.into();
        self
    }

    /// Which of the firm's two taxes are on it, in the older way: see [`Expense::tax`](super::Expense::tax). Of an expense.
    pub fn tax(mut self, tax: ActivityTaxSetting) -> Self {
        self.tax = Some(tax);
        self
    }

    /// The number of the cheque. Of a hard cost.
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Who was paid, or nobody. Of a hard cost.
    pub fn vendor(mut self, vendor: impl Into<Field<Id<objects::Contact>>>) -> Self {
        self.vendor = vendor.into();
        self
    }

    fn check(&self) -> Result<()> {
        refuse_negative_time("change", self.duration)?;
        refuse_negative("change", "quantity", self.count)?;
        refuse_negative("change", "price", self.price)?;
        refuse_unlisted("change", self.tax.as_ref())?;
        let of_time =
            self.duration.is_some() || self.category != Category::Unsaid || self.non_billable.is_some();
        let of_an_expense = self.count.is_some()
            || self.expense_category != Field::Absent
            || self.utbms_expense != Field::Absent
            || self.tax.is_some()
            || self.reference.is_some()
            || self.vendor != Field::Absent;
        refuse(of_time && of_an_expense, "change", "it is of time and of an expense at once")
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set("date", given(self.date));
        members.set("quantity", given(self.duration.map(|time| time.0)));
        if let Some(count) = self.count {
            members.set("quantity", Field::Value(count));
        }
        members.set("note", given(self.note.clone()));
        members.set("price", given(self.price));
        members.set_reference("matter", given(self.matter));
        members.set_reference("user", self.user);
        self.category.write(&mut members);
        members.set("non_billable", given(self.non_billable));
        members.set("no_charge", given(self.no_charge));
        members.set_reference("expense_category", self.expense_category);
        members.set_reference("utbms_expense", self.utbms_expense);
        members.set_word("tax_setting", given(self.tax.clone()), &[]);
        members.set("reference", given(self.reference.clone()));
        members.set_reference("vendor", self.vendor);
        members
    }
}

impl std::fmt::Debug for ActivityChange {
    /// Shows the names of what changes: the values are client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ActivityChange").field(&self.members()).finish()
    }
}

checked! { ActivityChange is the body of UpdateActivity; }

#[cfg(test)]
mod tests {
    use clio_core::{Body, ErrorKind};

    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_was_said_is_sent() {
        assert_eq!(ActivityChange::new().json().unwrap(), "{}");
        assert!(ActivityChange::new().is_empty());
        let change = ActivityChange::new().user(None).vendor(Id::new(3)).expense_category(None).note("");
        assert_eq!(
            change.json().unwrap(),
            r#"{"note":"","user":null,"expense_category":null,"vendor":{"id":3}}"#
        );
        assert!(!change.is_empty());
    }

    #[test]
    fn every_member_is_written() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let codes = UtbmsCodes { activity: Id::new(5), task: Id::new(6) };
        let time = ActivityChange::new()
            .date(date)
            .duration(Seconds(60))
            .price(amount("1.50"))
            .matter(Id::new(7))
            .user(Id::new(3))
            .category(Id::new(4))
            .utbms(codes)
            .non_billable(false)
            .no_charge(true);
        assert_eq!(
            time.json().unwrap(),
            "{\"date\":\"2026-03-02\",\"quantity\":60,\"price\":1.50,\"matter\":{\"id\":7},\"user\":{\"id\":3},\
             \"activity_description\":{\"utbms_activity_id\":5,\"utbms_task_id\":6},\"non_billable\":false,\
             \"no_charge\":true}"
        );
        let expense = ActivityChange::new()
            .quantity(amount("2.5"))
            .expense_category(Id::new(4))
            .utbms_expense(Id::new(5))
            .tax(ActivityTaxSetting::NoTax)
            .reference("cheque 7")
            .vendor(Id::new(8));
        assert_eq!(
            expense.json().unwrap(),
            "{\"quantity\":2.5,\"expense_category\":{\"id\":4},\"utbms_expense\":{\"id\":5},\
             \"tax_setting\":\"no_tax\",\"reference\":\"cheque 7\",\"vendor\":{\"id\":8}}"
        );
    }

    #[test]
    fn time_and_pieces_cannot_be_mixed() {
        let both = [
            ActivityChange::new().duration(Seconds(60)).quantity(amount("1")),
            ActivityChange::new().category(Id::new(1)).vendor(None),
            ActivityChange::new().non_billable(true).reference("cheque 7"),
        ];
        let negative = [
            ActivityChange::new().duration(Seconds(-1)),
            ActivityChange::new().quantity(amount("-1")),
            ActivityChange::new().price(amount("-1")),
            ActivityChange::new().tax(ActivityTaxSetting::Unknown("tax_3".into())),
        ];
        for wrong in both.into_iter().chain(negative) {
            assert_eq!(wrong.json().unwrap_err().kind(), ErrorKind::Invalid, "{wrong:?}");
        }
    }

    #[test]
    fn its_words_are_not_shown() {
        let shown = format!("{:?}", ActivityChange::new().note("Byron").price(amount("250")));
        assert_eq!(shown, r#"ActivityChange({"note", "price"})"#);
    }
}
