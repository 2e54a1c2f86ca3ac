use std::fmt;

use clio_core::{
    Amount, Etag, Id, Known, Selection, Takes,
    schema::{
        choices::{BankAccountType, BankAccountTypeFilter},
        objects::{self, bank_account},
    },
};

use crate::{Currency, Error, ErrorKind, Money, Result, body::shows};

/// Whose money is on an account. Clio has two spellings: a record says `Trust`, and a list is asked for `TrustAccount`
/// (its document).
///
/// ```
/// use clio_core::schema::choices::BankAccountType;
/// use clio_model::banking::BankAccountKind;
///
/// let kind = BankAccountKind::Trust;
/// assert_eq!((kind.as_type().to_string(), kind.as_filter().to_string()), ("Trust".into(), "TrustAccount".into()));
/// assert_eq!(BankAccountKind::of(&BankAccountType::Trust), Some(kind));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BankAccountKind {
    /// The firm's own.
    Operating,
    /// What the firm holds for its clients, who own it.
    Trust,
}

impl BankAccountKind {
    /// As a record says it; none for a word that is not known.
    pub const fn of(word: &BankAccountType) -> Option<Self> {
        match word {
            BankAccountType::Operating => Some(Self::Operating),
            BankAccountType::Trust => Some(Self::Trust),
            _ => None,
        }
    }

    /// The word of a record.
    pub const fn as_type(self) -> BankAccountType {
        match self {
            Self::Operating => BankAccountType::Operating,
            Self::Trust => BankAccountType::Trust,
        }
    }

    /// The word of a filter.
    pub const fn as_filter(self) -> BankAccountTypeFilter {
        match self {
            Self::Operating => BankAccountTypeFilter::OperatingAccount,
            Self::Trust => BankAccountTypeFilter::TrustAccount,
        }
    }
}

impl fmt::Display for BankAccountKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_type().fmt(f)
    }
}

/// A bank account of the firm. The account's number is not taken.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "BankAccount")]
pub struct BankAccount {
    /// The account.
    pub id: Id<objects::BankAccount>,
    /// The version of the record.
    pub etag: Etag,
    /// Whose money is on it: see [`BankAccountKind::of`].
    #[clio(rename = "type")]
    pub kind: Option<BankAccountType>,
    /// Its name.
    pub name: Option<String>,
    /// The code of its currency.
    pub currency: Option<String>,
    /// What is on it: see [`balance`].
    pub balance: Option<Amount>,
    /// It is the one that is taken where none is named.
    pub default_account: Option<bool>,
    /// It holds the money of one client alone.
    pub controlled_account: Option<bool>,
    /// The bank.
    pub institution: Option<String>,
    /// In whose name it is.
    pub holder: Option<String>,
    /// So many transactions.
    pub bank_transactions_count: Option<u64>,
}

/// What is on an account, in its currency.
///
/// ```
/// use clio_core::schema::objects;
/// use clio_model::banking::{BankAccount, balance};
///
/// let json = r#"{"id":1,"etag":"","balance":1200.5,"currency":"CAD"}"#;
/// let account: BankAccount = clio_core::decode::<objects::BankAccount, _>(json)?;
/// assert_eq!(balance(&account)?.to_string(), "1200.50 CAD");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A selection that lacks the currency does not compile:
///
/// ```compile_fail
/// use clio_core::{Amount, Selection};
///
/// #[derive(Selection)]
/// #[clio(object = "BankAccount")]
/// struct Mine {
///     balance: Option<Amount>,
/// }
///
/// fn shown(account: &Mine) -> clio_model::Result<clio_model::Money> {
///     clio_model::banking::balance(account)
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unknown`] where Clio hides it, [`ErrorKind::Invalid`] for a currency without a code of ISO 4217.
pub fn balance<S>(account: &S) -> Result<Money>
where
    S: Takes<bank_account::balance, Value: Known<Amount>>
        + Takes<bank_account::currency, Value: Known<String>>,
{
    let amount: Option<&Amount> = Takes::<bank_account::balance>::taken(account).known();
    let currency: Option<&String> = Takes::<bank_account::currency>::taken(account).known();
    in_currency(amount.copied(), currency, "the balance of the account")
}

/// An amount with the currency that Clio tells by its code.
pub(super) fn in_currency(amount: Option<Amount>, currency: Option<&String>, what: &str) -> Result<Money> {
    let (Some(amount), Some(currency)) = (amount, currency) else {
        return Err(Error::new(ErrorKind::Unknown, format!("Clio does not tell {what}")));
    };
    Ok(Money::new(amount, currency.parse::<Currency>()?))
}

shows! { BankAccount: id, kind; }

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> BankAccount {
        clio_core::decode::<objects::BankAccount, _>(json).unwrap()
    }

    #[test]
    fn a_balance_that_is_not_told_is_not_nothing() {
        for json in [r#"{"id":1,"etag":"","currency":"USD"}"#, r#"{"id":1,"etag":"","balance":0}"#] {
            assert_eq!(balance(&read(json)).unwrap_err().kind(), ErrorKind::Unknown);
        }
        let strange = read(r#"{"id":1,"etag":"","balance":0,"currency":"dollars"}"#);
        assert_eq!(balance(&strange).unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[test]
    fn a_new_word_is_of_no_known_kind() {
        let account = read(r#"{"id":1,"etag":"","type":"Savings"}"#);
        assert_eq!(BankAccountKind::of(&account.kind.unwrap()), None);
        assert_eq!(
            BankAccountKind::of(&BankAccountKind::Operating.as_type()),
            Some(BankAccountKind::Operating)
        );
        assert_eq!(BankAccountKind::Operating.as_filter().to_string(), "OperatingAccount");
    }
}
