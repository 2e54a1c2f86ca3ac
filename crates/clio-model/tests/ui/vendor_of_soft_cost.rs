//! Clio keeps a vendor of hard costs only.

use chrono::NaiveDate;
use clio_core::Id;
use clio_model::Expense;

fn main() {
    let _ = Expense::soft_cost(Id::new(7), NaiveDate::MIN).vendor(Id::new(8));
}
