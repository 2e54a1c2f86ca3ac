//! Whether a bill is overdue depends on its balance.

use chrono::NaiveDate;
use clio_core::{Selection, schema::choices::BillState};
use clio_model::bills::is_overdue;

#[derive(Selection)]
#[clio(object = "Bill")]
struct Owed {
    state: BillState,
    due_at: Option<NaiveDate>,
}

fn late(bill: &Owed) {
    let _ = is_overdue(bill, NaiveDate::MIN);
}

fn main() {}
