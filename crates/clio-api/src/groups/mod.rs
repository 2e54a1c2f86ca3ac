//! The operations, by the groups of Clio's documentation.

mod activities;
mod activity_descriptions;
mod matters;
mod users;

pub use activities::Activities;
pub use activity_descriptions::ActivityDescriptions;
pub use matters::Matters;
pub use users::Users;

use crate::Clio;

impl Clio {
    /// Matters: the cases.
    pub fn matters(&self) -> Matters {
        Matters::new(self.clone())
    }

    /// Activities: time entries and expenses.
    pub fn activities(&self) -> Activities {
        Activities::new(self.clone())
    }

    /// Activity descriptions: the categories of activities, with their rates.
    pub fn activity_descriptions(&self) -> ActivityDescriptions {
        ActivityDescriptions::new(self.clone())
    }

    /// Users: the people of the account.
    pub fn users(&self) -> Users {
        Users::new(self.clone())
    }
}
