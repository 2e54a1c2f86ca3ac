//! Bank accounts and the money that moves on them.

use rust_decimal::Decimal;

use super::{Behaviour, Compute, matters::MATTER, money::sum, users::USER};
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write},
    store::{Part, Record, Resource, Value, handles},
};

handles!(BANK_ACCOUNT: BankAccount = bank_account {
    balance,
    currency,
    currency_id,
    currency_symbol,
    default_account,
    institution,
    name,
    r#type,
    user,
});
handles!(BANK_TRANSACTION: BankTransaction = bank_transaction {
    allocation,
    amount,
    bank_account,
    bill,
    client,
    currency,
    currency_id,
    date,
    description,
    matter,
});
handles!(CURRENCY: Currency = currency { code, sign });

pub(crate) struct BankAccounts;

impl Behaviour for BankAccounts {
    fn resource(&self) -> Option<Resource> {
        Some(BANK_ACCOUNT.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            // What is kept is what it was opened with.
            "balance" => |view, _, account| Value::Decimal(balance(view.firm, account)),
            "bank_transactions_count" => |view, _, account| {
                Value::Whole(i64::try_from(transactions(view.firm, account.id).count()).unwrap_or(i64::MAX))
            },
            _ => return None,
        })
    }

    /// One account of a type is the default one: our choice.
    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        if write.creates() {
            record.set(BANK_ACCOUNT.user, Value::Link(USER.resource, write.user));
            if default_account(firm, record.get(BANK_ACCOUNT.r#type).as_str().unwrap_or_default()).is_none() {
                record.set(BANK_ACCOUNT.default_account, true);
            }
        }
        let code = record.get(BANK_ACCOUNT.currency).as_str();
        let known =
            firm.table(CURRENCY.resource).values().find(|one| one.get(CURRENCY.code).as_str() == code);
        if let Some(currency) = known {
            record.set(BANK_ACCOUNT.currency_id, currency.id);
            record.set(BANK_ACCOUNT.currency_symbol, currency.get(CURRENCY.sign).clone());
        }
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let Some(mine) = firm.get(BANK_ACCOUNT.resource, id).cloned() else { return };
        if !mine.get(BANK_ACCOUNT.default_account).is_true() {
            return;
        }
        let kind = mine.get(BANK_ACCOUNT.r#type);
        let others = firm.table(BANK_ACCOUNT.resource).values();
        let others: Vec<i64> = others
            .filter(|one| one.id != id && one.get(BANK_ACCOUNT.r#type) == kind)
            .map(|one| one.id)
            .collect();
        for other in others {
            firm.tables.change(BANK_ACCOUNT.resource, other, write.now, write.by, |one| {
                one.set(BANK_ACCOUNT.default_account, false);
            });
        }
    }

    fn filters(&self) -> &'static [&'static str] {
        &["show_empty_accounts", "status", "type"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        Some(match parameter {
            "show_empty_accounts" => {
                let empty: bool = value.parse().ok()?;
                Box::new(move |view, account| empty || !balance(view.firm, account).is_zero())
            }
            // No account of this world is ever closed.
            "status" => {
                let opened = matches!(value, "opened" | "closed").then_some(value == "opened")?;
                Box::new(move |_, _| opened)
            }
            // A list is asked for `TrustAccount` where the field says `Trust` (Clio's document).
            _ => {
                let kind = value.strip_suffix("Account").unwrap_or(value);
                let kind = ["Operating", "Trust"].into_iter().find(|word| *word == kind)?;
                Box::new(move |_, account| account.get(BANK_ACCOUNT.r#type).as_str() == Some(kind))
            }
        })
    }
}

pub(crate) struct BankTransactions;

impl Behaviour for BankTransactions {
    fn resource(&self) -> Option<Resource> {
        Some(BANK_TRANSACTION.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "bank_account_id" => |_, _, one| Value::from(one.get(BANK_TRANSACTION.bank_account).link()),
            // Money out has a minus: our reading of the document, which has one amount and two directions.
            "funds_in" => |_, _, one| Value::Decimal(amount(one).max(Decimal::ZERO)),
            "funds_out" => |_, _, one| Value::Decimal((-amount(one)).max(Decimal::ZERO)),
            "current_account_balance" => |view, _, one| {
                let account = account_of(view.firm, one);
                Value::from(account.map(|account| balance(view.firm, account)))
            },
            "currency" => {
                |view, _, one| of_account(view, one, BANK_TRANSACTION.currency, BANK_ACCOUNT.currency)
            }
            "currency_id" => {
                |view, _, one| of_account(view, one, BANK_TRANSACTION.currency_id, BANK_ACCOUNT.currency_id)
            }
            // What the firm has is an asset; what it holds for clients it owes them. The document has the two words only.
            "type" => |view, _, one| {
                let account =
                    account_of(view.firm, one).and_then(|one| one.get(BANK_ACCOUNT.r#type).as_str());
                Value::Word(if account == Some("Trust") { "liability" } else { "asset" })
            },
            _ => return None,
        })
    }

    fn filters(&self) -> &'static [&'static str] {
        &["unreconciled_only"]
    }

    /// Nobody reconciles anything in this world.
    fn filter(&self, _view: View<'_>, _parameter: &str, value: &str) -> Option<Test> {
        let _: bool = value.parse().ok()?;
        Some(Box::new(|_, _| true))
    }
}

fn amount(transaction: &Record) -> Decimal {
    transaction.get(BANK_TRANSACTION.amount).as_decimal().unwrap_or_default()
}

fn account_of<'a>(firm: &'a Firm, transaction: &Record) -> Option<&'a Record> {
    firm.get(BANK_ACCOUNT.resource, transaction.get(BANK_TRANSACTION.bank_account).link()?)
}

/// A field of the transaction, or else the one of its account.
fn of_account(view: View<'_>, transaction: &Record, own: u16, of_account: u16) -> Value {
    let kept = transaction.get(own);
    let account = account_of(view.firm, transaction).filter(|_| kept.is_null());
    account.map_or_else(|| kept.clone(), |account| account.get(of_account).clone())
}

fn transactions(firm: &Firm, account: i64) -> impl Iterator<Item = &Record> {
    let all = firm.table(BANK_TRANSACTION.resource).values();
    all.filter(move |one| one.get(BANK_TRANSACTION.bank_account).link() == Some(account))
}

pub(crate) fn balance(firm: &Firm, account: &Record) -> Decimal {
    let opening = account.get(BANK_ACCOUNT.balance).as_decimal().unwrap_or_default();
    opening.saturating_add(sum(transactions(firm, account.id).map(amount)))
}

/// The firm's default account of a type, else its first.
pub(crate) fn default_account(firm: &Firm, kind: &str) -> Option<i64> {
    let mut accounts: Vec<_> = firm
        .table(BANK_ACCOUNT.resource)
        .values()
        .filter(|one| one.get(BANK_ACCOUNT.r#type).as_str() == Some(kind))
        .collect();
    accounts.sort_by_key(|one| !one.get(BANK_ACCOUNT.default_account).is_true());
    accounts.first().map(|one| one.id)
}

/// What a matter or a contact has on each account.
pub(crate) fn balances_of(view: View<'_>, resource: Resource, record: &Record) -> Value {
    let slot = if resource == MATTER.resource { BANK_TRANSACTION.matter } else { BANK_TRANSACTION.client };
    let parts = view.firm.table(BANK_ACCOUNT.resource).values().filter_map(|account| {
        let mine = transactions(view.firm, account.id).filter(|one| one.get(slot).link() == Some(record.id));
        let mine: Vec<Decimal> = mine.map(amount).collect();
        (!mine.is_empty()).then(|| {
            Part::new()
                .with("id", account.id)
                .with("balance", sum(mine))
                .with("currency_id", account.get(BANK_ACCOUNT.currency_id).clone())
                .with("name", account.get(BANK_ACCOUNT.name).clone())
                .with("type", account.get(BANK_ACCOUNT.r#type).clone())
        })
    });
    Value::Parts(parts.collect())
}

/// What the firm holds in trust for a matter.
pub(crate) fn in_trust(firm: &Firm, matter: i64) -> Decimal {
    let mine = firm.table(BANK_TRANSACTION.resource).values().filter(|one| {
        let account = account_of(firm, one).and_then(|one| one.get(BANK_ACCOUNT.r#type).as_str());
        one.get(BANK_TRANSACTION.matter).link() == Some(matter) && account == Some("Trust")
    });
    sum(mine.map(amount))
}
