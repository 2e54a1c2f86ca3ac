use clio_core::{Field, Id, Members, schema::objects};

use super::{Contact, ContactName, EmailAddress, PhoneNumber, new_contact::at_most};
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
    title: Field<String>,
    company: Option<Id<objects::Contact>>,
    clio_connect_email: Field<String>,
    emails: Vec<Part<objects::EmailAddress, EmailAddress>>,
    phones: Vec<Part<objects::PhoneNumber, PhoneNumber>>,
}

/// What happens to one address or number.
#[derive(Clone, PartialEq, Eq)]
enum Part<O, T> {
    Add(T),
    Change(Id<O>, T),
    Remove(Id<O>),
}

impl ContactChange {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name. All its parts are replaced; those that it lacks are emptied. The kind of contact stays.
    pub fn name(mut self, name: impl Into<ContactName>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Another title; `None` empties it.
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

    /// One more e-mail address.
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

    /// One more phone number.
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

    /// What of this change is still to be made to the contact, as it was read: what stands there already is left out.
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
        if self.name.is_some() && self.name == ContactName::of(contact).ok() {
            self.name = None;
        }
        self.title = different(self.title, contact.title.as_ref());
        self.company =
            self.company.filter(|company| contact.company.as_ref().map(|it| it.id) != Some(*company));
        self.clio_connect_email = different(self.clio_connect_email, contact.clio_connect_email.as_ref());
        let emails = contact.email_addresses.as_ref().map_or(0, Vec::len);
        at_most(after(emails, &self.emails), "e-mail addresses")?;
        let phones = contact.phone_numbers.as_ref().map_or(0, Vec::len);
        at_most(after(phones, &self.phones), "phone numbers")?;
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
    /// and where one is named twice. How many it will have is known to [`ContactChange::relative_to`] only.
    pub fn check(&self) -> Result<()> {
        at_most(after(0, &self.emails), "e-mail addresses")?;
        at_most(after(0, &self.phones), "phone numbers")?;
        named_once(&self.emails)?;
        named_once(&self.phones)
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        if let Some(name) = &self.name {
            name.put_all(&mut members);
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

impl<O, T> Part<O, T> {
    const fn id(&self) -> Option<Id<O>> {
        match self {
            Self::Add(_) => None,
            Self::Change(id, _) | Self::Remove(id) => Some(*id),
        }
    }

    fn members(&self, of: impl Fn(&T) -> Members) -> Members {
        let mut members = match self {
            Self::Add(value) | Self::Change(_, value) => of(value),
            Self::Remove(_) => Members::default(),
        };
        members.set("id", self.id().map_or(Field::Absent, Field::Value));
        if matches!(self, Self::Remove(_)) {
            members.set("_destroy", Field::Value(true));
        }
        members
    }
}

/// How many there are after the change.
fn after<O, T>(before: usize, parts: &[Part<O, T>]) -> usize {
    let count = |test: fn(&Part<O, T>) -> bool| parts.iter().filter(|part| test(part)).count();
    (before + count(|part| matches!(part, Part::Add(_))))
        .saturating_sub(count(|part| matches!(part, Part::Remove(_))))
}

fn named_once<O, T>(parts: &[Part<O, T>]) -> Result<()> {
    let mut ids: Vec<_> = parts.iter().filter_map(Part::id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < count {
        return Err(Error::invalid("an address or a number is changed twice"));
    }
    Ok(())
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
