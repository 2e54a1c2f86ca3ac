use chrono::NaiveDate;
use clio_core::{
    Amount, Etag, Id, Known, Reference, Selection, Takes,
    schema::objects::{self, bank_transaction},
};

use super::account::in_currency;
use crate::{Money, Result, body::shows};

/// Money that came onto a bank account, or left it.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "BankTransaction")]
pub struct BankTransaction {
    /// The transaction.
    pub id: Id<objects::BankTransaction>,
    /// The version of the record.
    pub etag: Etag,
    /// The day of it.
    pub date: Option<NaiveDate>,
    /// How much. Clio's document does not say whether money that left has a minus: see [`movement`].
    pub amount: Option<Amount>,
    /// What came in.
    pub funds_in: Option<Amount>,
    /// What went out.
    pub funds_out: Option<Amount>,
    /// The code of the currency.
    pub currency: Option<String>,
    /// What it was for.
    pub description: Option<String>,
    /// Who paid, or was paid.
    pub payer_payee: Option<String>,
    /// What kind of transaction, in words that Clio's document does not list.
    pub transaction_type: Option<String>,
    /// The account.
    pub bank_account: Option<Reference<objects::BankAccount>>,
    /// The matter that it was for.
    pub matter: Option<Reference<objects::Matter>>,
    /// The client that it was for.
    pub client: Option<Reference<objects::Contact>>,
    /// The bill that it paid.
    pub bill: Option<Reference<objects::Bill>>,
}

/// What a transaction adds to its account: money in less money out, so that the sign is ours and not read out of
/// `amount`.
///
/// One of the two that is not told is none, as there is mostly one.
///
/// # Errors
///
/// [`ErrorKind::Unknown`](crate::ErrorKind::Unknown) where Clio tells neither, or no currency.
pub fn movement<S>(transaction: &S) -> Result<Money>
where
    S: Takes<bank_transaction::funds_in, Value: Known<Amount>>
        + Takes<bank_transaction::funds_out, Value: Known<Amount>>
        + Takes<bank_transaction::currency, Value: Known<String>>,
{
    let funds_in: Option<&Amount> = Takes::<bank_transaction::funds_in>::taken(transaction).known();
    let funds_out: Option<&Amount> = Takes::<bank_transaction::funds_out>::taken(transaction).known();
    let currency: Option<&String> = Takes::<bank_transaction::currency>::taken(transaction).known();
    let money = |amount: Option<&Amount>| in_currency(amount.copied(), currency, "what was moved");
    match (funds_in, funds_out) {
        (Some(_), Some(_)) => money(funds_in)?.checked_sub(money(funds_out)?),
        (None, Some(_)) => {
            let out = money(funds_out)?;
            Money::zero(out.currency()).checked_sub(out)
        }
        _ => money(funds_in),
    }
}

shows! { BankTransaction: id; }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn moved(funds: &str) -> Result<String> {
        let json = format!(r#"{{"id":1,"etag":"","currency":"USD"{funds}}}"#);
        let transaction: BankTransaction = clio_core::decode::<objects::BankTransaction, _>(&json).unwrap();
        movement(&transaction).map(|money| money.to_string())
    }

    #[test]
    fn what_came_in_less_what_went_out() {
        assert_eq!(moved(r#","funds_in":250.00,"funds_out":0"#).unwrap(), "250.00 USD");
        assert_eq!(moved(r#","funds_in":0.0,"funds_out":99.9,"amount":99.9"#).unwrap(), "-99.90 USD");
        assert_eq!(moved(r#","funds_in":null,"funds_out":5"#).unwrap(), "-5.00 USD");
        assert_eq!(moved(r#","amount":5"#).unwrap_err().kind(), ErrorKind::Unknown);
    }
}
