//! People who make bills, send them and take payments.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::clio::{
    Person,
    behaviour::{
        bank::{self, BANK_TRANSACTION},
        bill_making::{self, Draft},
        bill_states,
        bill_totals::totals,
        bills::{self, BILL},
        interest,
        matters::MATTER,
        payments,
    },
    store::Value,
};

/// A bill that a person makes. Unsaid members are as [`Default`] has them: everything that is not billed yet, issued today,
/// due after the client's terms or else after 30 days.
///
/// ```
/// use clio_fixtures::{ClioWorld, NewBill};
///
/// let world = ClioWorld::firm(7).activities(40).start();
/// let matter = world.activities()[0].matter;
/// let bill = world.person("Ada").bill(NewBill { matter, ..NewBill::default() });
/// let bill = world.record("Bill", bill.ok_or("nothing to bill")?).ok_or("no bill")?;
/// assert_eq!((&bill["state"], &bill["number"]), (&"draft".into(), &"1".into()));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewBill {
    /// The id of the matter that is billed.
    pub matter: Option<i64>,
    /// The id of the client whose matters are billed together.
    pub client: Option<i64>,
    /// The ids of the activities; empty for all that are not on a bill. Non-billable ones are left out, those without charge
    /// are shown at zero.
    pub activities: Vec<i64>,
    /// Nothing after this day.
    pub up_to: Option<NaiveDate>,
    /// The day of the bill.
    pub issued_at: Option<NaiveDate>,
    /// The day by which it is to be paid.
    pub due_at: Option<NaiveDate>,
    /// What it is about; the matter's description without one.
    pub subject: Option<String>,
}

/// Bills. Clio's API cannot make one, send one or take a payment (Clio's document), so people do. What each act may do with
/// which bill is what the API may do too: a state that cannot follow is not entered.
impl Person {
    /// Makes a bill in the state draft, a line item for each activity, and answers its id. `None` when there is nothing to
    /// bill. With neither a matter nor a client, the activities say whose it is.
    pub fn bill(&self, new: NewBill) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let user = self.user(&firm);
        let NewBill { matter, client, activities, up_to, issued_at, due_at, subject } = new;
        let draft = Draft { matter, client, activities, up_to, issued_at, due_at, subject, user };
        bill_making::make(&mut firm, &draft, now, &by)
    }

    /// Hands a draft in for approval. `false` when it is not one.
    pub fn request_approval(&self, bill: i64) -> bool {
        self.move_bill(bill, "awaiting_approval")
    }

    /// Approves a bill, which then awaits payment. `false` when it cannot be approved.
    pub fn approve(&self, bill: i64) -> bool {
        self.move_bill(bill, "awaiting_payment")
    }

    /// Voids a bill for good; its activities are unbilled again. `false` when it does not await payment, or has payments.
    pub fn void(&self, bill: i64) -> bool {
        self.move_bill(bill, "void")
    }

    /// Deletes a bill that was not approved; its activities are unbilled again. `false` when it was.
    pub fn delete_bill(&self, bill: i64) -> bool {
        self.move_bill(bill, "deleted")
    }

    /// Shares a bill with its client, which counts as sending it. `false` when there is no such bill, or it does not stand.
    pub fn share(&self, bill: i64) -> bool {
        let now = self.now();
        if !self.world.settled().get(BILL.resource, bill).is_some_and(bills::is_active) {
            return false;
        }
        self.change(BILL.resource, bill, |bill| {
            bill.set(BILL.shared, true);
            bill.set(BILL.last_sent_at, now);
        })
    }

    /// Records a payment on the firm's default operating account, and answers the payment's id. Paid in full, the bill is
    /// paid. `None` when the bill does not await payment, when the amount (in the bill's currency, rounded to the cent) is
    /// not more than nothing or is more than the balance, or when the firm has no operating account.
    pub fn pay(&self, bill: i64, amount: Decimal) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let user = self.user(&firm);
        payments::record(&mut firm, bill, amount, user, now, &by)
    }

    /// Credits a bill with an amount, and answers the id of the credit memo; `None` as with [`Person::pay`], bank accounts
    /// aside.
    pub fn credit(&self, bill: i64, amount: Decimal, why: &str) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let user = self.user(&firm);
        payments::credit(&mut firm, bill, amount, why, user, now, &by)
    }

    /// Gives up what a bill is still owed: a credit of the whole balance, after which its activities are `written_off`.
    /// Answers the id of the credit memo; `None` when nothing is owed.
    pub fn write_off(&self, bill: i64) -> Option<i64> {
        let owed = {
            let firm = self.world.settled();
            totals(&firm, firm.get(BILL.resource, bill)?).balance()
        };
        self.credit(bill, owed, payments::WRITE_OFF)
    }

    /// Charges a bill with its interest for one period, and answers the id of the charge. `None` when it does not await
    /// payment or bears no interest.
    pub fn charge_interest(&self, bill: i64) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        interest::charge(&mut self.world.settled(), bill, now, &by)
    }

    /// Puts money of a client's on the firm's default trust account, for a matter. Answers the id of the bank transaction;
    /// `None` when there is no such matter or no trust account.
    pub fn deposit_in_trust(&self, matter: i64, amount: Decimal) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let client = firm.get(MATTER.resource, matter)?.get(MATTER.client).clone();
        let account = bank::default_account(&firm, "Trust")?;
        Some(firm.make(BANK_TRANSACTION.resource, now, &by, |money| {
            money.set(BANK_TRANSACTION.amount, amount);
            money.set(BANK_TRANSACTION.bank_account, Value::Link(bank::BANK_ACCOUNT.resource, account));
            money.set(BANK_TRANSACTION.client, client);
            money.set(BANK_TRANSACTION.date, now.date_naive());
            money.set(BANK_TRANSACTION.description, "Retainer");
            money.set(BANK_TRANSACTION.matter, Value::Link(MATTER.resource, matter));
        }))
    }

    fn move_bill(&self, bill: i64, state: &'static str) -> bool {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let user = self.user(&firm);
        let may =
            firm.get(BILL.resource, bill).is_some_and(|one| bill_states::next(&firm, one).contains(&state));
        if may {
            bill_states::enter(&mut firm, bill, state, user, now, &by);
        }
        may
    }
}
