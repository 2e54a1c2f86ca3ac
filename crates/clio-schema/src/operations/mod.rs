//! Every operation: a marker with its method, path, parameters, body and paging facts.

mod activities;
mod activity_descriptions;
mod matters;
mod users;

pub use activities::{CreateActivity, ListActivities};
pub use activity_descriptions::ListActivityDescriptions;
pub use matters::ListMatters;
pub use users::{ListUsers, WhoAmI};

/// Every operation, sorted by path and method.
pub static ALL: &[&crate::OperationInfo] = &[
    <ListActivities as crate::Operation>::INFO,
    <CreateActivity as crate::Operation>::INFO,
    <ListActivityDescriptions as crate::Operation>::INFO,
    <ListMatters as crate::Operation>::INFO,
    <ListUsers as crate::Operation>::INFO,
    <WhoAmI as crate::Operation>::INFO,
];
