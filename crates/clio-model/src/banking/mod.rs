//! Bank accounts, and the money of clients on them.

mod account;
mod new_account;
mod transaction;
mod trust_request;

pub use account::{BankAccount, BankAccountKind, balance};
pub use new_account::NewBankAccount;
pub use transaction::{BankTransaction, movement};
pub use trust_request::{MatterShare, NewTrustRequest};
