use chrono::NaiveDate;
use clio_core::{Field, Id, Members, schema::objects};

use super::{ContactName, EmailAddress, MOST_OF_EACH, PhoneNumber};
use crate::{
    Error, Result,
    body::{checked, given, list, shows},
};

/// A contact to be created.
///
/// ```
/// use clio_core::{Body, schema::operations::CreateContact};
/// use clio_model::people::{EmailAddress, NewContact, PersonName};
///
/// let draft = NewContact::new(PersonName::new("Ada", "Lovelace")?)
///     .email(EmailAddress::new("ada@lovelace.example")?.primary());
/// assert_eq!(
///     Body::<CreateContact>::json(&draft)?,
///     r#"{"type":"Person","first_name":"Ada","last_name":"Lovelace","email_addresses":[{"address":"ada@lovelace.example","default_email":true}]}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a draft does nothing before it is sent"]
pub struct NewContact {
    name: ContactName,
    full_name: bool,
    title: Option<String>,
    company: Option<Id<objects::Contact>>,
    date_of_birth: Option<NaiveDate>,
    emails: Vec<EmailAddress>,
    phones: Vec<PhoneNumber>,
    clio_connect_email: Option<EmailAddress>,
}

impl NewContact {
    /// A draft of a person or of a company: who has a [`PersonName`](super::PersonName) has a person.
    pub fn new(name: impl Into<ContactName>) -> Self {
        Self {
            name: name.into(),
            full_name: false,
            title: None,
            company: None,
            date_of_birth: None,
            emails: Vec::new(),
            phones: Vec::new(),
            clio_connect_email: None,
        }
    }

    /// Sends the whole name of a person too. Clio's document requires `name` of everybody, while its examples and users
    /// send the first and the last name only, which is the default here.
    pub const fn send_full_name(mut self, send: bool) -> Self {
        self.full_name = send;
        self
    }

    /// What the person is in a company.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The company that the person is of.
    pub const fn company(mut self, company: Id<objects::Contact>) -> Self {
        self.company = Some(company);
        self
    }

    /// The day on which the person was born.
    pub const fn date_of_birth(mut self, day: NaiveDate) -> Self {
        self.date_of_birth = Some(day);
        self
    }

    /// One more e-mail address.
    pub fn email(mut self, address: EmailAddress) -> Self {
        self.emails.push(address);
        self
    }

    /// One more phone number.
    pub fn phone(mut self, number: PhoneNumber) -> Self {
        self.phones.push(number);
        self
    }

    /// Where Clio tells the contact of what is shared with it. The label is not sent.
    pub fn clio_connect_email(mut self, address: EmailAddress) -> Self {
        self.clio_connect_email = Some(address);
        self
    }

    /// Whether Clio would take it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with more than [`MOST_OF_EACH`] addresses or numbers, with two
    /// that are the default (our choice), and for a company that is said to be of a company or born (our choice: Clio's document has them of people).
    pub fn check(&self) -> Result<()> {
        at_most(self.emails.len(), "e-mail addresses")?;
        at_most(self.phones.len(), "phone numbers")?;
        one_default(self.emails.iter().map(EmailAddress::is_primary), "e-mail addresses")?;
        one_default(self.phones.iter().map(PhoneNumber::is_primary), "phone numbers")?;
        let of_people = self.company.is_some() || self.date_of_birth.is_some() || self.title.is_some();
        if of_people && matches!(self.name, ContactName::Company(_)) {
            return Err(Error::invalid("a company is of no company, and has no title and no birthday"));
        }
        Ok(())
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.set_word("type", Field::Value(self.name.kind()), &[]);
        if self.full_name {
            members.set("name", Field::Value(self.name.full()));
        }
        self.name.put(&mut members);
        members.set("title", given(self.title.clone()));
        members.set_reference("company", given(self.company));
        members.set("date_of_birth", given(self.date_of_birth));
        members.set("email_addresses", list(self.emails.iter().map(EmailAddress::members)));
        members.set("phone_numbers", list(self.phones.iter().map(PhoneNumber::members)));
        let connect = self.clio_connect_email.as_ref().map(|one| one.as_str().to_owned());
        members.set("clio_connect_email", given(connect));
        members
    }
}

pub(super) fn at_most(count: usize, what: &str) -> Result<()> {
    if count > MOST_OF_EACH {
        return Err(Error::invalid(format!("a contact has at most {MOST_OF_EACH} {what}")));
    }
    Ok(())
}

/// Of two defaults Clio could keep one, and nobody says which.
pub(super) fn one_default(primary: impl Iterator<Item = bool>, what: &str) -> Result<()> {
    if primary.filter(|primary| *primary).count() > 1 {
        return Err(Error::invalid(format!("two {what} are the default")));
    }
    Ok(())
}

checked! { NewContact is the body of CreateContact; }
shows! { NewContact: name, company; }

#[cfg(test)]
mod tests {
    use clio_core::{Body, schema::choices::PhoneNumberName};

    use super::*;
    use crate::{
        ErrorKind,
        people::{CompanyName, PersonName},
    };

    fn ada() -> NewContact {
        NewContact::new(PersonName::new("Ada", "Lovelace").unwrap().with_prefix("Ms."))
    }

    fn mail(at: usize) -> EmailAddress {
        EmailAddress::new(&format!("{at}@x.example")).unwrap()
    }

    #[test]
    fn all_that_is_said_is_sent() {
        let draft = ada()
            .send_full_name(true)
            .title("Countess")
            .company(Id::new(5))
            .date_of_birth(NaiveDate::from_ymd_opt(1815, 12, 10).unwrap())
            .phone(PhoneNumber::new("555 1").unwrap().label(PhoneNumberName::Mobile).unwrap())
            .clio_connect_email(mail(1));
        assert_eq!(
            draft.json().unwrap(),
            concat!(
                r#"{"type":"Person","name":"Ada Lovelace","prefix":"Ms.","first_name":"Ada","last_name":"Lovelace","#,
                r#""title":"Countess","company":{"id":5},"date_of_birth":"1815-12-10","#,
                r#""phone_numbers":[{"number":"555 1","name":"Mobile"}],"clio_connect_email":"1@x.example"}"#,
            ),
        );
        let company = NewContact::new(CompanyName::new("Quill Ltd").unwrap());
        assert_eq!(company.json().unwrap(), r#"{"type":"Company","name":"Quill Ltd"}"#);
    }

    #[test]
    fn what_clio_would_refuse_is_refused_here() {
        let many = |count| (0..count).fold(ada(), |draft, at| draft.email(mail(at)));
        assert!(many(20).check().is_ok());
        assert_eq!(many(21).json().unwrap_err().kind(), clio_core::ErrorKind::Invalid);
        let phones = (0..21).fold(ada(), |draft, at| draft.phone(PhoneNumber::new(&at.to_string()).unwrap()));
        assert_eq!(phones.check().unwrap_err().to_string(), "a contact has at most 20 phone numbers");
        let two = ada().email(mail(1).primary()).email(mail(2).primary());
        assert_eq!(two.check().unwrap_err().to_string(), "two e-mail addresses are the default");
        let company = NewContact::new(CompanyName::new("Quill Ltd").unwrap()).company(Id::new(5));
        assert_eq!(company.check().unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[test]
    fn no_name_and_no_address_is_shown() {
        let shown = format!("{:?}", ada().email(mail(1)));
        assert_eq!(shown, "NewContact { name: ContactName(Person, ..), company: None, .. }");
    }
}
