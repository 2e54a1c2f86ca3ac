use clio_core::{Field, Id, Members, schema::objects};

use super::{
    Contact, ContactName, EmailAddress, PhoneNumber,
    contact_part::{Part, after, named_once, still},
    new_contact::{at_most, one_default},
};
use crate::{
    Error, Result,
    body::{checked, different, list, shows},
};

/// A change of a contact: what is not said stays as it is.
///
/// Addresses are changed by their own id, added without one, and removed; those that are not named stay (Clio's
/// document).
///
/// ```
/// use clio_core::{Body, Id, schema::operations::UpdateContact};
/// use clio_model::people::{ContactChange, EmailAddress};
///
/// let change = ContactChange::new().remove_email(Id::new(3)).add_email(EmailAddress::new("ada@x.example")?);
/// assert_eq!(
///     Body::<UpdateContact>::json(&change)?,
///     r#"{"email_addresses":[{"id":3,"_destroy":true},{"address":"ada@x.example"}]}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use = "a change does nothing before it is sent"]
pub struct ContactChange {
    name: Option<ContactName>,
    /// The name that stands, of which the parts that stay are not sent.
    known_name: Option<ContactName>,
    title: Field<String>,
    company: Option<Id<objects::Contact>>,
    clio_connect_email: Field<String>,
    emails: Vec<Part<objects::EmailAddress, EmailAddress>>,
    phones: Vec<Part<objects::PhoneNumber, PhoneNumber>>,
}

impl ContactChange {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name. All its parts are replaced; those that it lacks are emptied, with a null (nobody says that Clio takes
    /// it: our choice). The kind of contact stays.
    pub fn name(mut self, name: impl Into<ContactName>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Another title; `None` empties it, with a null (nobody says that Clio takes it: our choice).
    pub fn title(mut self, title: impl Into<Field<String>>) -> Self {
        self.title = title.into();
        self
    }

    /// Another company. It cannot be emptied: Clio's document takes no null here.
    pub const fn company(mut self, company: Id<objects::Contact>) -> Self {
        self.company = Some(company);
        self
    }

    /// Where Clio tells the contact of what is shared with it.
    pub fn clio_connect_email(mut self, address: &EmailAddress) -> Self {
        self.clio_connect_email = address.as_str().into();
        self
    }

    /// One more e-mail address. One that the contact has already is not added again by
    /// [`ContactChange::relative_to`].
    pub fn add_email(mut self, address: EmailAddress) -> Self {
        self.emails.push(Part::Add(address));
        self
    }

    /// Another address, label or default in place of this one's.
    pub fn change_email(mut self, id: Id<objects::EmailAddress>, address: EmailAddress) -> Self {
        self.emails.push(Part::Change(id, address));
        self
    }

    /// This address goes.
    pub fn remove_email(mut self, id: Id<objects::EmailAddress>) -> Self {
        self.emails.push(Part::Remove(id));
        self
    }

    /// One more phone number. One that the contact has already, whichever way it is written, is not added again by
    /// [`ContactChange::relative_to`].
    pub fn add_phone(mut self, number: PhoneNumber) -> Self {
        self.phones.push(Part::Add(number));
        self
    }

    /// Another number, label or default in place of this one's.
    pub fn change_phone(mut self, id: Id<objects::PhoneNumber>, number: PhoneNumber) -> Self {
        self.phones.push(Part::Change(id, number));
        self
    }

    /// This number goes.
    pub fn remove_phone(mut self, id: Id<objects::PhoneNumber>) -> Self {
        self.phones.push(Part::Remove(id));
        self
    }

    /// What of this change is still to be made to the contact, as it was read: what stands there already is left out. An
    /// address or a number to be added that stands there under another label, or is to become the default, is changed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the contact would have more addresses or numbers than Clio
    /// takes, or is a person that is given the name of a company, or the other way round.
    pub fn relative_to(mut self, contact: &Contact) -> Result<Self> {
        if let (Some(name), Some(kind)) = (&self.name, &contact.kind)
            && name.kind() != *kind
        {
            return Err(Error::invalid("the name of a person is given to a company, or the other way round"));
        }
        self.known_name = ContactName::of(contact).ok();
        self.name = self.name.filter(|name| self.known_name.as_ref() != Some(name));
        self.title = different(self.title, contact.title.as_ref());
        self.company =
            self.company.filter(|company| contact.company.as_ref().map(|it| it.id) != Some(*company));
        self.clio_connect_email = different(self.clio_connect_email, contact.clio_connect_email.as_ref());
        if let Some(emails) = &contact.email_addresses {
            self.emails = still(self.emails, emails);
            at_most(after(emails.len(), &self.emails), "e-mail addresses")?;
        }
        if let Some(phones) = &contact.phone_numbers {
            self.phones = still(self.phones, phones);
            at_most(after(phones.len(), &self.phones), "phone numbers")?;
        }
        Ok(self)
    }

    /// There is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.members().is_empty()
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with more new addresses or numbers than a contact can have,
    /// where one is named twice, and where two are to be the default (our choice). How many it will have is known to [`ContactChange::relative_to`] only.
    pub fn check(&self) -> Result<()> {
        at_most(after(0, &self.emails), "e-mail addresses")?;
        at_most(after(0, &self.phones), "phone numbers")?;
        named_once(&self.emails)?;
        named_once(&self.phones)?;
        let emails = self.emails.iter().filter_map(Part::value);
        one_default(emails.map(EmailAddress::is_primary), "e-mail addresses")?;
        let phones = self.phones.iter().filter_map(Part::value);
        one_default(phones.map(PhoneNumber::is_primary), "phone numbers")
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        if let Some(name) = &self.name {
            name.put_changed(self.known_name.as_ref(), &mut members);
        }
        members.set("title", self.title.clone());
        members.set_reference("company", self.company.map_or(Field::Absent, Field::Value));
        let emails = self.emails.iter().map(|part| part.members(EmailAddress::members));
        members.set("email_addresses", list(emails));
        let phones = self.phones.iter().map(|part| part.members(PhoneNumber::members));
        members.set("phone_numbers", list(phones));
        members.set("clio_connect_email", self.clio_connect_email.clone());
        members
    }
}

checked! { ContactChange is the body of UpdateContact; }
shows! { ContactChange: name, company; }

#[cfg(test)]
mod tests {
    use clio_core::Body;

    use super::*;
    use crate::people::{CompanyName, PersonName};

    fn contact() -> Contact {
        let json = r#"{"id":1,"etag":"\"e\"","type":"Person","first_name":"Ada","last_name":"Byron","title":"Ms",
            "company":{"id":5},"email_addresses":[{"id":3,"address":"a@x.example"}]}"#;
        clio_core::decode::<objects::Contact, _>(json).unwrap()
    }

    fn mail(at: usize) -> EmailAddress {
        EmailAddress::new(&format!("{at}@x.example")).unwrap()
    }

    fn phone() -> PhoneNumber {
        PhoneNumber::new("555").unwrap()
    }

    #[test]
    fn parts_are_changed_by_id_added_without_and_removed() {
        let change = ContactChange::new()
            .name(PersonName::new("Ada", "King").unwrap())
            .title(None)
            .company(Id::new(6))
            .clio_connect_email(&mail(9))
            .change_email(Id::new(3), mail(1).primary())
            .add_phone(phone())
            .change_phone(Id::new(4), phone())
            .remove_phone(Id::new(5));
        assert_eq!(
            change.json().unwrap(),
            concat!(
                r#"{"prefix":null,"first_name":"Ada","middle_name":null,"last_name":"King","title":null,"company":{"id":6},"#,
                r#""email_addresses":[{"address":"1@x.example","default_email":true,"id":3}],"#,
                r#""phone_numbers":[{"number":"555"},{"number":"555","id":4},{"id":5,"_destroy":true}],"#,
                r#""clio_connect_email":"9@x.example"}"#,
            ),
        );
    }

    #[test]
    fn what_stands_there_already_is_left_out() {
        let same = ContactChange::new()
            .name(PersonName::new("Ada", "Byron").unwrap())
            .title("Ms")
            .company(Id::new(5));
        let left = same.relative_to(&contact()).unwrap();
        assert!(left.is_empty());
        assert_eq!(left.json().unwrap(), "{}");
        let other = ContactChange::new().title("Dr").relative_to(&contact()).unwrap();
        assert_eq!(other.json().unwrap(), r#"{"title":"Dr"}"#);
    }

    #[test]
    fn an_address_that_stands_there_is_not_added_once_more() {
        let add = |address: &str| ContactChange::new().add_email(EmailAddress::new(address).unwrap());
        assert!(add("A@x.example").relative_to(&contact()).unwrap().is_empty());
        let replaced = add("a@x.example").remove_email(Id::new(3)).relative_to(&contact()).unwrap();
        assert_eq!(
            replaced.json().unwrap(),
            r#"{"email_addresses":[{"address":"a@x.example"},{"id":3,"_destroy":true}]}"#
        );
        let primary = ContactChange::new().add_email(EmailAddress::new("a@x.example").unwrap().primary());
        assert_eq!(
            primary.relative_to(&contact()).unwrap().json().unwrap(),
            r#"{"email_addresses":[{"address":"a@x.example","default_email":true,"id":3}]}"#
        );
        let same = ContactChange::new().change_email(Id::new(3), EmailAddress::new("a@x.example").unwrap());
        assert!(same.relative_to(&contact()).unwrap().is_empty());
        let gone = ContactChange::new().remove_email(Id::new(99)).relative_to(&contact()).unwrap();
        assert!(gone.is_empty(), "removed already");
        let json =
            r#"{"id":1,"etag":"","phone_numbers":[{"id":4,"number":"(555) 123-4567","name":"Mobile"}]}"#;
        let reachable: Contact = clio_core::decode::<objects::Contact, _>(json).unwrap();
        let number = PhoneNumber::new("555 123 4567").unwrap();
        let again = ContactChange::new().add_phone(number.clone()).relative_to(&reachable).unwrap();
        assert!(again.is_empty());
        let abroad = ContactChange::new().add_phone(PhoneNumber::new("+1 555 123 4567").unwrap());
        assert!(!abroad.relative_to(&reachable).unwrap().is_empty(), "likely is not the same");
        let fuller = ContactChange::new().change_phone(Id::new(4), number).relative_to(&reachable).unwrap();
        assert!(!fuller.is_empty(), "another way to write it");
    }

    #[test]
    fn of_a_name_only_the_parts_that_differ_are_sent() {
        let married = ContactChange::new().name(PersonName::new("Ada", "King").unwrap());
        let married = married.relative_to(&contact()).unwrap();
        assert_eq!(married.json().unwrap(), r#"{"last_name":"King"}"#);
    }

    #[test]
    fn one_address_and_one_number_can_be_the_default() {
        let change =
            ContactChange::new().add_email(mail(1).primary()).change_email(Id::new(3), mail(2).primary());
        assert_eq!(change.check().unwrap_err().to_string(), "two e-mail addresses are the default");
        let change = ContactChange::new().add_phone(phone().primary()).add_phone(phone().primary());
        assert!(change.check().is_err());
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        let with = |count| (0..count).fold(ContactChange::new(), |change, at| change.add_email(mail(at)));
        assert!(with(21).check().is_err());
        assert!(with(20).check().is_ok());
        assert!(with(20).relative_to(&contact()).is_err(), "it has one");
        assert!(with(20).remove_email(Id::new(3)).relative_to(&contact()).is_ok());
        let twice = ContactChange::new().remove_phone(Id::new(3)).change_phone(Id::new(3), phone());
        assert_eq!(twice.check().unwrap_err().to_string(), "an address or a number is changed twice");
        let company = ContactChange::new().name(CompanyName::new("Quill").unwrap());
        assert!(company.relative_to(&contact()).is_err());
    }
}
