use chrono::NaiveDate;
use clio_core::{
    Amount, Field, Id, Members,
    schema::{choices::TrustType, objects},
};
use rust_decimal::Decimal;

use crate::{
    Error, Result,
    body::{checked, given, shows},
};

/// The words of `trust_type`.
const TRUST_TYPES: &[&str] = &["client", "matter"];

/// A trust request to be made: a client is asked to pay money into trust. Clio makes a bill of it, and answers the id
/// of the request alone.
///
/// ```
/// use chrono::NaiveDate;
/// use clio_core::{Body, Id, schema::operations::CreateTrustRequest};
/// use clio_model::banking::NewTrustRequest;
///
/// let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
/// let draft = NewTrustRequest::for_client(Id::new(3), "1500.00".parse()?, day(2), day(31));
/// assert_eq!(
///     Body::<CreateTrustRequest>::json(&draft)?,
///     r#"{"trust_type":"client","client_id":3,"issue_date":"2026-03-02","due_date":"2026-03-31","approved":false,"trust_amount":1500.00}"#,
/// );
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewTrustRequest {
    client: Id<objects::Contact>,
    money: Asked,
    issued: NaiveDate,
    due: NaiveDate,
    approved: bool,
    note: Option<String>,
    currency: Option<Id<objects::Currency>>,
    coins_of_matters: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Asked {
    OfClient(Amount),
    OfMatters(Vec<MatterShare>),
}

/// What is asked for one matter.
#[derive(Clone, PartialEq, Eq)]
pub struct MatterShare {
    matter: Id<objects::Matter>,
    amount: Amount,
    note: Option<String>,
}

impl MatterShare {
    /// So much for this matter.
    pub const fn new(matter: Id<objects::Matter>, amount: Amount) -> Self {
        Self { matter, amount, note: None }
    }

    /// What it is for.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

impl NewTrustRequest {
    /// So much of a client, for whichever of its matters.
    pub const fn for_client(
        client: Id<objects::Contact>,
        amount: Amount,
        issued: NaiveDate,
        due: NaiveDate,
    ) -> Self {
        Self::new(client, Asked::OfClient(amount), issued, due)
    }

    /// So much for each of a client's matters. What is asked in all is their sum.
    pub fn for_matters(
        client: Id<objects::Contact>,
        shares: impl IntoIterator<Item = MatterShare>,
        issued: NaiveDate,
        due: NaiveDate,
    ) -> Self {
        Self::new(client, Asked::OfMatters(shares.into_iter().collect()), issued, due)
    }

    const fn new(client: Id<objects::Contact>, money: Asked, issued: NaiveDate, due: NaiveDate) -> Self {
        Self {
            client,
            money,
            issued,
            due,
            approved: false,
            note: None,
            currency: None,
            coins_of_matters: false,
        }
    }

    /// Approves it at once (Clio's document). Else it waits for somebody to approve it.
    pub const fn approved(mut self) -> Self {
        self.approved = true;
        self
    }

    /// What it is for.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The currency, by Clio's id of it; else the firm's.
    pub const fn currency(mut self, currency: Id<objects::Currency>) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Sends parts of a whole number for matters too. Clio's document has whole numbers there, and any amount for the
    /// request: it is refused here unless this says that the account takes it.
    pub const fn send_coins_of_matters(mut self, send: bool) -> Self {
        self.coins_of_matters = send;
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for amounts that are not more than nothing, no matter or one
    /// named twice, and a due date before the date of issue (nobody says: our choice), and for parts of a whole number
    /// of a matter (see [`NewTrustRequest::send_coins_of_matters`]);
    /// [`ErrorKind::Overflow`](crate::ErrorKind::Overflow).
    pub fn check(&self) -> Result<()> {
        if self.due < self.issued {
            return Err(Error::invalid("a trust request is due before it is issued"));
        }
        if let Asked::OfMatters(shares) = &self.money {
            let mut matters: Vec<_> = shares.iter().map(|share| share.matter).collect();
            matters.sort_unstable();
            matters.dedup();
            if matters.is_empty() || matters.len() < shares.len() {
                return Err(Error::invalid("a trust request names no matter, or one twice"));
            }
            shares.iter().try_for_each(|share| self.check_share(share.amount.get()))?;
        }
        if self.total()?.get() <= Decimal::ZERO {
            return Err(Error::invalid("a trust request asks for nothing"));
        }
        Ok(())
    }

    fn check_share(&self, amount: Decimal) -> Result<()> {
        if amount <= Decimal::ZERO {
            return Err(Error::invalid("a trust request asks for nothing"));
        }
        if !self.coins_of_matters && !amount.fract().is_zero() {
            return Err(Error::invalid(
                "Clio's document has whole numbers for the matters of a trust request",
            ));
        }
        Ok(())
    }

    /// What is asked in all.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Overflow`](crate::ErrorKind::Overflow).
    pub fn total(&self) -> Result<Amount> {
        match &self.money {
            Asked::OfClient(amount) => Ok(*amount),
            Asked::OfMatters(shares) => {
                let mut amounts = shares.iter().map(|share| share.amount.get());
                let sum = amounts.try_fold(Decimal::ZERO, Decimal::checked_add);
                sum.map(Amount::new).ok_or_else(|| Error::overflow("the sum of a trust request"))
            }
        }
    }

    fn members(&self) -> Members {
        let (kind, shares) = match &self.money {
            Asked::OfClient(_) => (TrustType::Client, None),
            Asked::OfMatters(shares) => {
                (TrustType::Matter, Some(shares.iter().map(MatterShare::members).collect()))
            }
        };
        let mut members = Members::default();
        members.set_word("trust_type", Field::Value(kind), TRUST_TYPES);
        members.set("client_id", Field::Value(self.client));
        members.set("issue_date", Field::Value(self.issued));
        members.set("due_date", Field::Value(self.due));
        members.set("approved", Field::Value(self.approved));
        members.set("trust_amount", given(self.total().ok()));
        members.set("matter", given::<Vec<Members>>(shares));
        members.set("note", given(self.note.clone()));
        members.set("currency_id", given(self.currency));
        members
    }
}

impl MatterShare {
    fn members(&self) -> Members {
        // `1500`, not `1500.00`: whole numbers, says the document.
        let amount = Amount::new(self.amount.get().normalize());
        let mut members = Members::default();
        members.set("id", Field::Value(self.matter));
        members.set("trust_amount", Field::Value(amount));
        members.set("note", given(self.note.clone()));
        members
    }
}

checked! { NewTrustRequest is the body of CreateTrustRequest; }
shows! {
    MatterShare: matter;
    NewTrustRequest: client, issued, due;
}

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    fn share(matter: i64, amount: &str) -> MatterShare {
        MatterShare::new(Id::new(matter), amount.parse().unwrap())
    }

    fn of_matters<const N: usize>(shares: [MatterShare; N]) -> NewTrustRequest {
        NewTrustRequest::for_matters(Id::new(3), shares, day(2), day(2))
    }

    #[test]
    fn the_matters_add_up() {
        let draft = of_matters([share(7, "100.00"), share(8, "50").note("Costs")]);
        let draft = draft.approved().note("Retainer").currency(Id::new(1));
        assert_eq!(
            draft.json().unwrap(),
            concat!(
                r#"{"trust_type":"matter","client_id":3,"issue_date":"2026-03-02","due_date":"2026-03-02","approved":true,"#,
                r#""trust_amount":150.00,"matter":[{"id":7,"trust_amount":100},"#,
                r#"{"id":8,"trust_amount":50,"note":"Costs"}],"note":"Retainer","currency_id":1}"#,
            ),
        );
    }

    /// Disputed within Clio's document: whole numbers of matters, any amount of the request.
    #[test]
    fn parts_of_a_whole_number_are_sent_for_matters_if_it_is_said() {
        let draft = of_matters([share(7, "100.50")]);
        assert!(draft.check().is_err());
        let json = draft.send_coins_of_matters(true).json().unwrap();
        assert!(json.contains(r#""trust_amount":100.50,"matter":[{"id":7,"trust_amount":100.5}]"#), "{json}");
    }

    #[test]
    fn what_asks_for_nothing_is_refused() {
        let client = |amount: &str, due| {
            NewTrustRequest::for_client(Id::new(3), amount.parse().unwrap(), day(2), day(due)).check()
        };
        assert!(client("0.01", 2).is_ok());
        assert!(client("0", 2).is_err());
        assert!(client("-5", 2).is_err());
        assert_eq!(client("5", 1).unwrap_err().to_string(), "a trust request is due before it is issued");
        assert!(of_matters([]).check().is_err());
        assert!(of_matters([share(7, "5"), share(7, "5")]).check().is_err());
        assert!(of_matters([share(7, "5"), share(8, "-1")]).check().is_err());
        let most = Decimal::MAX.to_string();
        let too_much = of_matters([share(7, &most), share(8, &most)]).check().unwrap_err();
        assert_eq!(too_much.kind(), crate::ErrorKind::Overflow);
    }
}
