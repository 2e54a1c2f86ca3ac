use clio_core::{Field, Id, Members, schema::objects};

use super::BankAccountKind;
use crate::{
    Currency, Error, ErrorKind, Money, Result,
    body::{checked, given, not_blank, shows},
};

/// A bank account to be made known to Clio.
///
/// Accounts under Compliant Trust Accounting need more, such as the number and the bank (Clio's document): what such a
/// firm needs is for its bookkeeper to say.
///
/// ```
/// use clio_core::{Body, schema::operations::CreateBankAccount};
/// use clio_model::{Currency, banking::{BankAccountKind, NewBankAccount}};
///
/// let draft = NewBankAccount::new(BankAccountKind::Trust, "Client trust", Currency::USD);
/// let json = Body::<CreateBankAccount>::json(&draft)?;
/// assert_eq!(json, r#"{"type":"Trust","name":"Client trust","currency":"USD"}"#);
/// # Ok::<(), clio_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewBankAccount {
    kind: BankAccountKind,
    name: String,
    currency: Currency,
    balance: Option<Money>,
    default_account: bool,
    institution: Option<String>,
    holder: Option<String>,
    account_number: Option<String>,
    transit_number: Option<String>,
    controlled: Option<(Id<objects::Contact>, Id<objects::Matter>)>,
}

impl NewBankAccount {
    /// A draft of an account of this kind, name and currency.
    pub fn new(kind: BankAccountKind, name: impl Into<String>, currency: Currency) -> Self {
        Self {
            kind,
            name: name.into(),
            currency,
            balance: None,
            default_account: false,
            institution: None,
            holder: None,
            account_number: None,
            transit_number: None,
            controlled: None,
        }
    }

    /// What is on it at first, in its currency.
    pub const fn balance(mut self, balance: Money) -> Self {
        self.balance = Some(balance);
        self
    }

    /// Takes it where none is named.
    pub const fn default_account(mut self) -> Self {
        self.default_account = true;
        self
    }

    /// The bank.
    pub fn institution(mut self, institution: impl Into<String>) -> Self {
        self.institution = Some(institution.into());
        self
    }

    /// In whose name it is.
    pub fn holder(mut self, holder: impl Into<String>) -> Self {
        self.holder = Some(holder.into());
        self
    }

    /// The number of the account.
    pub fn account_number(mut self, number: impl Into<String>) -> Self {
        self.account_number = Some(number.into());
        self
    }

    /// The transit number of the bank's branch.
    pub fn transit_number(mut self, number: impl Into<String>) -> Self {
        self.transit_number = Some(number.into());
        self
    }

    /// Holds the money of this client in this matter alone (a controlled account). Only a trust account can.
    pub const fn controlled_for(mut self, client: Id<objects::Contact>, matter: Id<objects::Matter>) -> Self {
        self.controlled = Some((client, matter));
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] for a blank name (our choice), and for a controlled account that is no trust account or
    /// names no bank (Clio's document says so under Compliant Trust Accounting; always: our choice); [`ErrorKind::CurrencyMismatch`] for a balance in another currency.
    pub fn check(&self) -> Result<()> {
        not_blank("the name of a bank account", &self.name)?;
        if let Some(balance) = self.balance
            && balance.currency() != self.currency
        {
            let message = format!("an account in {} has a balance in {}", self.currency, balance.currency());
            return Err(Error::new(ErrorKind::CurrencyMismatch, message));
        }
        let of_trust = self.kind == BankAccountKind::Trust && self.institution.is_some();
        if self.controlled.is_some() && !of_trust {
            return Err(Error::invalid("a controlled account is a trust account and names its bank"));
        }
        Ok(())
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set_word("type", Field::Value(self.kind.as_type()), &[]);
        members.set("name", Field::Value(self.name.clone()));
        members.set("currency", Field::Value(self.currency.code().to_owned()));
        members.set("balance", given(self.balance.map(Money::amount)));
        members.set("default_account", given(self.default_account.then_some(true)));
        members.set("institution", given(self.institution.clone()));
        members.set("holder", given(self.holder.clone()));
        members.set("account_number", given(self.account_number.clone()));
        members.set("transit_number", given(self.transit_number.clone()));
        if let Some((client, matter)) = self.controlled {
            members.set("controlled_account", Field::Value(true));
            members.set_reference("client", Field::Value(client));
            members.set_reference("matter", Field::Value(matter));
        }
        members
    }
}

checked! { NewBankAccount is the body of CreateBankAccount; }
shows! { NewBankAccount: kind, currency; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;

    fn trust() -> NewBankAccount {
        NewBankAccount::new(BankAccountKind::Trust, "Trust", Currency::CAD)
    }

    #[test]
    fn all_that_is_said_is_sent() {
        let draft = trust()
            .balance("1200.50 CAD".parse().unwrap())
            .default_account()
            .institution("Bank")
            .holder("Firm")
            .account_number("1")
            .transit_number("2")
            .controlled_for(Id::new(3), Id::new(4));
        assert_eq!(
            draft.json().unwrap(),
            concat!(
                r#"{"type":"Trust","name":"Trust","currency":"CAD","balance":1200.50,"default_account":true,"#,
                r#""institution":"Bank","holder":"Firm","account_number":"1","transit_number":"2","#,
                r#""controlled_account":true,"client":{"id":3},"matter":{"id":4}}"#,
            ),
        );
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        let kind = |draft: NewBankAccount| draft.check().unwrap_err().kind();
        assert_eq!(kind(NewBankAccount::new(BankAccountKind::Trust, "", Currency::CAD)), ErrorKind::Invalid);
        assert_eq!(kind(trust().balance("1 USD".parse().unwrap())), ErrorKind::CurrencyMismatch);
        assert_eq!(kind(trust().controlled_for(Id::new(3), Id::new(4))), ErrorKind::Invalid, "no bank");
        let operating = NewBankAccount::new(BankAccountKind::Operating, "Office", Currency::CAD);
        let operating = operating.institution("Bank").controlled_for(Id::new(3), Id::new(4));
        assert_eq!(operating.json().unwrap_err().kind(), clio_core::ErrorKind::Invalid);
    }
}
