//! What is to change of a bill.

use chrono::NaiveDate;
use clio_core::{
    Amount, Body, Field, Id, Members,
    schema::{
        choices::{BillState, InterestType},
        objects,
        operations::UpdateBill,
    },
};

use super::{
    BillRules, BillStanding, Discount, HeadEdits, Interest, Transition,
    problems::{Problems, UNKNOWN_WORD, negative, wrong_discount},
};
use crate::{Currency, Error, ErrorKind, Money, Percent, Result};

/// Clio's document has a period in 32 bits with a sign.
const MOST_DAYS: u32 = i32::MAX.unsigned_abs();

/// What is to change of a bill; what is not said is not sent, and what Clio only answers cannot be said. A state comes from
/// a [`Transition`], so that no illegal one is asked for.
///
/// ```
/// use clio_core::{Body, schema::{choices::BillState, operations::UpdateBill}};
/// use clio_model::bills::{BillChange, BillRules, BillStanding};
///
/// let draft = BillStanding::new(BillState::Draft, false);
/// let approve = draft.transition(BillState::AwaitingPayment, BillRules::default())?;
/// let change = BillChange::new().state(&approve).memo("Thank you");
/// assert_eq!(
///     Body::<UpdateBill>::json(&change)?,
///     r#"{"state":"awaiting_payment","memo":"Thank you"}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail
/// # use clio_core::schema::choices::BillState;
/// clio_model::bills::BillChange::new().state(BillState::Paid);
/// ```
#[derive(Clone, Default)]
#[must_use = "a draft does nothing before it is sent"]
pub struct BillChange {
    members: Members,
    amounts: bool,
    step: Option<BillState>,
    money: Option<Money>,
    problems: Problems,
}

impl BillChange {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the bill to another state. A step that [follows from a payment](BillStanding::pay_in_full) is none to be
    /// written, and refused.
    pub fn state(mut self, transition: &Transition) -> Self {
        self.step = Some(transition.to().clone());
        self.members.set_word("state", Field::Value(transition.to().clone()), &[]);
        let wrong = (!transition.is_written()).then_some("a payment makes a bill paid, no change does");
        self.problems.set("state", wrong);
        self
    }

    /// The day of the bill.
    pub fn issued_at(mut self, day: NaiveDate) -> Self {
        self.members.set("issued_at", Field::Value(day));
        self
    }

    /// The day by which it is to be paid. Takes [`BillChange::use_grace_period`] back, which would override it.
    pub fn due_at(mut self, day: NaiveDate) -> Self {
        self.members.set::<bool>("use_grace_period", Field::Absent);
        self.members.set("due_at", Field::Value(day));
        self
    }

    /// Lets the day follow from the client's terms. Takes [`BillChange::due_at`] back, which would be ignored.
    pub fn use_grace_period(mut self) -> Self {
        self.members.set::<NaiveDate>("due_at", Field::Absent);
        self.members.set("use_grace_period", Field::Value(true));
        self
    }

    /// The text below the lines. `None` is sent as null; that it empties the text nobody says, of this and of the two below:
    /// read it back.
    pub fn memo(mut self, memo: impl Into<Field<String>>) -> Self {
        self.members.set("memo", memo.into());
        self
    }

    /// What it is about.
    pub fn subject(mut self, subject: impl Into<Field<String>>) -> Self {
        self.members.set("subject", subject.into());
        self
    }

    /// The client's purchase order.
    pub fn purchase_order(mut self, order: impl Into<Field<String>>) -> Self {
        self.members.set("purchase_order", order.into());
        self
    }

    /// Its number, which need not be one.
    pub fn number(mut self, number: impl Into<String>) -> Self {
        self.members.set("number", Field::Value(number.into()));
        self.amounts = true;
        self
    }

    /// Its own discount. Clio takes an amount of money as a number, in the bill's currency: see
    /// [`BillChange::check_currency`].
    pub fn discount(self, discount: Discount) -> Self {
        self.set_discount(discount, None)
    }

    /// Its own discount, with a note that the bill shows.
    pub fn discount_with_note(self, discount: Discount, note: impl Into<String>) -> Self {
        self.set_discount(discount, Some(note.into()))
    }

    fn set_discount(mut self, discount: Discount, note: Option<String>) -> Self {
        let mut members = discount_members(discount);
        members.set("note", note.map_or(Field::Absent, Field::Value));
        self.members.set("discount", Field::Value(members));
        self.amounts = true;
        self.money = discount.money();
        self.problems.set("discount", wrong_discount(discount));
        self
    }

    /// The terms of interest. A period of no days is refused.
    pub fn interest(mut self, interest: &Interest) -> Self {
        let mut members = Members::default();
        members.set("rate", Field::Value(Amount::new(interest.rate().get())));
        members.set("period", Field::Value(i64::from(interest.days())));
        members.set_word("type", Field::Value(interest.kind().clone()), &[]);
        self.members.set("interest", Field::Value(members));
        self.amounts = true;
        let unknown = matches!(interest.kind(), InterestType::Unknown(_)).then_some(UNKNOWN_WORD);
        let period =
            (!(1..=MOST_DAYS).contains(&interest.days())).then_some("its period is no number of days");
        self.problems.set("interest", negative(interest.rate().get()).or(period).or(unknown));
        self
    }

    /// Its own tax.
    pub fn tax_rate(self, rate: Percent) -> Self {
        self.rate("tax_rate", rate)
    }

    /// Its own second tax.
    pub fn secondary_tax_rate(self, rate: Percent) -> Self {
        self.rate("secondary_tax_rate", rate)
    }

    fn rate(mut self, name: &'static str, rate: Percent) -> Self {
        self.members.set(name, Field::Value(Amount::new(rate.get())));
        self.amounts = true;
        self.problems.set(name, negative(rate.get()));
        self
    }

    /// Another currency for it. Whether Clio then turns its amounts into that, nobody says.
    pub fn currency(mut self, currency: Id<objects::Currency>) -> Self {
        self.members.set("currency_id", Field::Value(currency));
        self.amounts = true;
        self
    }

    /// How it looks.
    pub fn theme(mut self, theme: Id<objects::BillTheme>) -> Self {
        self.members.set_reference("bill_theme", Field::Value(theme));
        self
    }

    /// Nothing is to change.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The bill takes this change where it stands, as far as [`HeadEdits`] knows: a step that was legal when it was made may
    /// not be any more. With a return to draft everything may change at once: our choice.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IllegalTransition`] where Clio would answer 422: a step that is not legal from there, the amounts or the
    /// number of an approved bill, anything of one that was deleted or voided.
    pub fn check(&self, standing: &BillStanding, rules: BillRules) -> Result<()> {
        if let Some(to) = &self.step {
            standing.transition(to.clone(), rules)?;
        }
        let reopens = self.step == Some(BillState::Draft);
        let edits = standing.may_edit_head(rules);
        let locked = match edits {
            HeadEdits::All => false,
            HeadEdits::Limited => self.amounts && !reopens,
            HeadEdits::None => !self.is_empty(),
        };
        if !locked {
            return Ok(());
        }
        let message = format!("a bill in state {} does not take this change", standing.state());
        Err(Error::new(ErrorKind::IllegalTransition, message))
    }

    /// The change names no money of another currency than this, which is the bill's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CurrencyMismatch`].
    pub fn check_currency(&self, currency: Currency) -> Result<()> {
        self.money.map_or(Ok(()), |money| money.checked_add(Money::zero(currency)).map(drop))
    }
}

impl std::fmt::Debug for BillChange {
    /// Shows the names of what changes: the values are client data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BillChange").field(&self.members).finish()
    }
}

/// `rate` and `type` of a discount.
pub(super) fn discount_members(discount: Discount) -> Members {
    let (rate, word) = match discount {
        Discount::Percentage(rate) => (Amount::new(rate.get()), "percentage"),
        Discount::Money(amount) => (amount.amount(), "money"),
    };
    let mut members = Members::default();
    members.set("rate", Field::Value(rate));
    members.set("type", Field::Value(word.to_owned()));
    members
}

impl Body<UpdateBill> for BillChange {
    fn json(&self) -> std::result::Result<String, clio_core::Error> {
        self.problems.check()?;
        Ok(self.members.to_json())
    }
}
