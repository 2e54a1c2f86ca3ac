//! Ready selections of contacts.

use chrono::{DateTime, Utc};
use clio_core::{
    Etag, Id, Selection,
    schema::{
        choices::{ContactType, PhoneNumberName},
        objects,
    },
};

use super::{compare_phones, phone::PhoneMatch, same_email};
use crate::body::shows;

/// A contact, a person or a company, with what other systems know it by.
///
/// Almost all may be missing: Clio hides contacts from those who may not see them (its changelog, version 4.0.9).
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Contact")]
pub struct Contact {
    /// The contact.
    pub id: Id<objects::Contact>,
    /// The version of the record.
    pub etag: Etag,
    /// A person or a company.
    #[clio(rename = "type")]
    pub kind: Option<ContactType>,
    /// The whole name.
    pub name: Option<String>,
    /// `Dr.`, `Ms.`
    pub prefix: Option<String>,
    /// The first name of a person.
    pub first_name: Option<String>,
    /// The names of a person between the first and the last.
    pub middle_name: Option<String>,
    /// The last name of a person.
    pub last_name: Option<String>,
    /// What a person is in a company.
    pub title: Option<String>,
    /// The company that a person is of.
    pub company: Option<ContactBrief>,
    /// The default e-mail address.
    pub primary_email_address: Option<String>,
    /// The default phone number.
    pub primary_phone_number: Option<String>,
    /// All e-mail addresses.
    pub email_addresses: Option<Vec<ContactEmail>>,
    /// All phone numbers.
    pub phone_numbers: Option<Vec<ContactPhone>>,
    /// A matter has it as its client.
    pub is_client: Option<bool>,
    /// It has matters that are shared with it as co-counsel.
    pub is_co_counsel: Option<bool>,
    /// Where Clio tells it of what is shared with it.
    pub clio_connect_email: Option<String>,
    /// Something is shared with it in Clio for Clients.
    pub has_clio_for_clients_permission: Option<bool>,
    /// It has a login of Clio for Clients, the client portal.
    pub is_clio_for_client_user: Option<bool>,
    /// It was created then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Contact {
    /// One of its e-mail addresses is this one: see [`same_email`].
    pub fn has_email(&self, address: &str) -> bool {
        let all = self.email_addresses.iter().flatten().filter_map(|one| one.address.as_deref());
        all.chain(self.primary_email_address.as_deref()).any(|one| same_email(one, address))
    }

    /// What the nearest of its phone numbers says of this one: see [`compare_phones`].
    pub fn compare_phone(&self, number: &str) -> PhoneMatch {
        let all = self.phone_numbers.iter().flatten().filter_map(|one| one.number.as_deref());
        let all = all.chain(self.primary_phone_number.as_deref()).map(|one| compare_phones(one, number));
        all.fold(PhoneMatch::Different, |best, one| match (best, one) {
            (PhoneMatch::Same, _) | (_, PhoneMatch::Same) => PhoneMatch::Same,
            (PhoneMatch::Likely, _) | (_, PhoneMatch::Likely) => PhoneMatch::Likely,
            _ => PhoneMatch::Different,
        })
    }
}

/// A contact as another record refers to it, with what a message to it takes.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Contact")]
pub struct ContactBrief {
    /// The contact.
    pub id: Id<objects::Contact>,
    /// A person or a company.
    #[clio(rename = "type")]
    pub kind: Option<ContactType>,
    /// The whole name.
    pub name: Option<String>,
    /// The default e-mail address.
    pub primary_email_address: Option<String>,
    /// The default phone number.
    pub primary_phone_number: Option<String>,
}

/// An e-mail address that a contact has.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "EmailAddressBase")]
pub struct ContactEmail {
    /// The address as a record: what a change refers to.
    pub id: Id<objects::EmailAddress>,
    /// The address.
    pub address: Option<String>,
    /// Its label. Any text: people write their own.
    pub name: Option<String>,
    /// It is the default one.
    pub primary: Option<bool>,
}

/// A phone number that a contact has.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "PhoneNumberBase")]
pub struct ContactPhone {
    /// The number as a record: what a change refers to.
    pub id: Id<objects::PhoneNumber>,
    /// The number, as it was written.
    pub number: Option<String>,
    /// Its label.
    pub name: Option<PhoneNumberName>,
    /// It is the default one.
    pub primary: Option<bool>,
}

shows! {
    Contact: id, etag, kind;
    ContactBrief: id, kind;
    ContactEmail: id;
    ContactPhone: id;
}
