//! Every object: a type for each form, a table for each type, a marker for each field.

pub mod account;
pub mod activity;
pub mod activity_description;
pub mod activity_description_rate;
pub mod contact;
pub mod matter;
pub mod user;

pub use account::{ACCOUNT_BASE, AccountBase};
pub use activity::{ACTIVITY, ACTIVITY_BASE, Activity, ActivityBase};
pub use activity_description::{
    ACTIVITY_DESCRIPTION, ACTIVITY_DESCRIPTION_BASE, ActivityDescription, ActivityDescriptionBase,
};
pub use activity_description_rate::{ACTIVITY_DESCRIPTION_RATE_BASE, ActivityDescriptionRateBase};
pub use contact::{CONTACT_BASE, ContactBase};
pub use matter::{MATTER, MATTER_BASE, Matter, MatterBase};
pub use user::{USER, USER_BASE, User, UserBase};

/// Every table, sorted by name.
pub static ALL: &[&crate::ObjectInfo] = &[
    &ACCOUNT_BASE,
    &ACTIVITY,
    &ACTIVITY_BASE,
    &ACTIVITY_DESCRIPTION,
    &ACTIVITY_DESCRIPTION_BASE,
    &ACTIVITY_DESCRIPTION_RATE_BASE,
    &CONTACT_BASE,
    &MATTER,
    &MATTER_BASE,
    &USER,
    &USER_BASE,
];
