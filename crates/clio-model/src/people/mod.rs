//! Contacts, and the people who work in the account.

mod user;

pub use user::User;
