//! Categories of expenses.

use super::Behaviour;
use crate::clio::store::{Resource, handles};

handles!(EXPENSE: ExpenseCategory = expense_category { name, rate });

pub(crate) struct ExpenseCategories;

impl Behaviour for ExpenseCategories {
    fn resource(&self) -> Option<Resource> {
        Some(EXPENSE.resource)
    }
}
