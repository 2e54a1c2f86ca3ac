//! A balance is needed as an exact number.

use chrono::NaiveDate;
use clio_core::{Json, Selection, schema::choices::BillState};
use clio_model::bills::is_overdue;

#[derive(Selection)]
#[clio(object = "Bill")]
struct Owed {
    state: BillState,
    due_at: Option<NaiveDate>,
    balance: Json,
}

fn late(bill: &Owed) {
    let _ = is_overdue(bill, NaiveDate::MIN);
}

fn main() {}
