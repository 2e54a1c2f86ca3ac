use clio_core::{
    Field, Known, Members, Takes,
    schema::{choices::ContactType, objects::contact},
};

use crate::{
    Error, ErrorKind, Result,
    body::{given, not_blank, shows},
};

/// The name of a contact. Users report that Clio refuses a person without a first and a last name, and a company
/// without a name: neither can be held here. Blanks at the ends are taken off, which is our choice.
///
/// ```
/// use clio_model::people::{CompanyName, PersonName};
///
/// assert_eq!(PersonName::new("Ada", "Lovelace")?.full(), "Ada Lovelace");
/// assert_eq!(PersonName::new("", "Lovelace")?.first(), None);
/// assert!(PersonName::new("", " ").is_err());
/// assert!(CompanyName::new("").is_err());
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContactName {
    /// Of a person.
    Person(PersonName),
    /// Of a company.
    Company(CompanyName),
}

/// The name of a person, with a first name or a last name at least.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName {
    prefix: Option<String>,
    first: Option<String>,
    middle: Option<String>,
    last: Option<String>,
}

/// The name of a company.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CompanyName(String);

impl PersonName {
    /// First and last name, of which one may be blank.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if both are.
    pub fn new(first: &str, last: &str) -> Result<Self> {
        let (first, last) = (trimmed(first), trimmed(last));
        if first.is_none() && last.is_none() {
            return Err(Error::invalid("a person needs a first or a last name"));
        }
        Ok(Self { prefix: None, first, middle: None, last })
    }

    /// `Dr.`, `Ms.`
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.prefix = trimmed(prefix);
        self
    }

    /// The names between the first and the last.
    #[must_use]
    pub fn with_middle(mut self, middle: &str) -> Self {
        self.middle = trimmed(middle);
        self
    }

    /// The first name.
    pub fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// The last name.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// First, middle and last name.
    pub fn full(&self) -> String {
        let parts = [&self.first, &self.middle, &self.last];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

impl CompanyName {
    /// This name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it is blank.
    pub fn new(name: &str) -> Result<Self> {
        not_blank("the name of a company", name)?;
        Ok(Self(name.trim().to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContactName {
    /// The name of a contact that was read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unknown`](crate::ErrorKind::Unknown) where Clio does not tell the kind of contact or hides the
    /// name.
    pub fn of<S>(contact: &S) -> Result<Self>
    where
        S: Takes<contact::r#type, Value: Known<ContactType>>
            + Takes<contact::name, Value: Known<String>>
            + Takes<contact::prefix, Value: Known<String>>
            + Takes<contact::first_name, Value: Known<String>>
            + Takes<contact::middle_name, Value: Known<String>>
            + Takes<contact::last_name, Value: Known<String>>,
    {
        let hidden = || Error::new(ErrorKind::Unknown, "Clio does not tell the name of the contact");
        match Takes::<contact::r#type>::taken(contact).known() {
            Some(ContactType::Person) => {
                let first = text(Takes::<contact::first_name>::taken(contact));
                let last = text(Takes::<contact::last_name>::taken(contact));
                let name = PersonName::new(first, last).map_err(|_| hidden())?;
                let prefix = text(Takes::<contact::prefix>::taken(contact));
                let middle = text(Takes::<contact::middle_name>::taken(contact));
                Ok(Self::Person(name.with_prefix(prefix).with_middle(middle)))
            }
            Some(ContactType::Company) => {
                let name = text(Takes::<contact::name>::taken(contact));
                Ok(Self::Company(CompanyName::new(name).map_err(|_| hidden())?))
            }
            _ => Err(hidden()),
        }
    }

    /// The whole name, as Clio has it in `name`.
    pub fn full(&self) -> String {
        match self {
            Self::Person(name) => name.full(),
            Self::Company(name) => name.0.clone(),
        }
    }

    /// A person or a company.
    pub const fn kind(&self) -> ContactType {
        match self {
            Self::Person(_) => ContactType::Person,
            Self::Company(_) => ContactType::Company,
        }
    }

    /// The parts that there are.
    pub(super) fn put(&self, members: &mut Members) {
        match self {
            Self::Person(name) => {
                members.set("prefix", given(name.prefix.clone()));
                members.set("first_name", given(name.first.clone()));
                members.set("middle_name", given(name.middle.clone()));
                members.set("last_name", given(name.last.clone()));
            }
            Self::Company(name) => members.set("name", Field::Value(name.0.clone())),
        }
    }

    /// Every part that differs from the `known` name; those that there are not are emptied.
    pub(super) fn put_changed(&self, known: Option<&Self>, members: &mut Members) {
        let Self::Person(name) = self else { return self.put(members) };
        let parts = |name: &PersonName| {
            [&name.prefix, &name.first, &name.middle, &name.last]
                .map(|part| Field::<String>::from(part.clone()))
        };
        let known = match known {
            Some(Self::Person(known)) => Some(parts(known)),
            _ => None,
        };
        let names = ["prefix", "first_name", "middle_name", "last_name"];
        for (at, (field, part)) in names.into_iter().zip(parts(name)).enumerate() {
            if known.as_ref().is_none_or(|known| known[at] != part) {
                members.set(field, part);
            }
        }
    }
}

impl From<PersonName> for ContactName {
    fn from(name: PersonName) -> Self {
        Self::Person(name)
    }
}

impl From<CompanyName> for ContactName {
    fn from(name: CompanyName) -> Self {
        Self::Company(name)
    }
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn text(value: &impl Known<String>) -> &str {
    value.known().map_or("", String::as_str)
}

shows! {
    PersonName:;
    CompanyName:;
}

impl std::fmt::Debug for ContactName {
    /// Shows the kind only: names are data of clients.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ContactName").field(&self.kind()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use clio_core::{decode, schema::objects};

    use super::*;
    use crate::people::Contact;

    fn read(json: &str) -> Result<ContactName> {
        ContactName::of(&decode::<objects::Contact, Contact>(json).unwrap())
    }

    #[test]
    fn a_name_is_read_from_a_contact() {
        let person = r#"{"id":1,"etag":"","type":"Person","prefix":"Ms.","first_name":"Ada","last_name":"King","name":"x"}"#;
        let name = PersonName::new(" Ada ", "King").unwrap().with_prefix("Ms.");
        assert_eq!(read(person), Ok(name.into()));
        let company = r#"{"id":1,"etag":"","type":"Company","name":"Quill"}"#;
        assert_eq!(read(company).unwrap().full(), "Quill");
    }

    #[test]
    fn a_hidden_name_is_no_name() {
        for json in [
            r#"{"id":1,"etag":"","type":"Person","name":null}"#,
            r#"{"id":1,"etag":"","name":"Ada"}"#,
            r#"{"id":1,"etag":"","type":"Company"}"#,
        ] {
            assert_eq!(read(json).unwrap_err().kind(), ErrorKind::Unknown, "{json}");
        }
    }
}
