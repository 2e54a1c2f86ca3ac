//! Contacts, and the people who work in the account.
//!
//! A contact is a person or a company, a user is somebody who works in the account; where Clio takes either, there is a
//! [`ParticipantId`]. [`NewContact`] and [`ContactChange`] are drafts, the rest are selections and values.

mod contact;
mod contact_change;
mod contact_part;
mod email;
mod name;
mod new_contact;
mod participant;
mod phone;
mod user;

pub use contact::{Contact, ContactBrief, ContactEmail, ContactPhone};
pub use contact_change::ContactChange;
pub use email::{EmailAddress, same_email};
pub use name::{CompanyName, ContactName, PersonName};
pub use new_contact::NewContact;
pub use participant::{Participant, ParticipantId};
pub use phone::{PhoneMatch, PhoneNumber, compare_phones};
pub use user::{Group, User, UserDetail};

/// The most e-mail addresses, and the most phone numbers, that a contact has: Clio's changelog, version 4.0.13.
pub const MOST_OF_EACH: usize = 20;
