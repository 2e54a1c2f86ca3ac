use std::{fmt, str::FromStr};

use clio_core::{Id, schema::objects};
use url::{Host, Url};

use crate::{Error, Result};

/// A host of Clio's that people work on, one for each region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClioHost {
    /// United States: app.clio.com.
    Us,
    /// Canada: ca.app.clio.com.
    Ca,
    /// Europe: eu.app.clio.com.
    Eu,
    /// Australia: au.app.clio.com.
    Au,
}

impl ClioHost {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Us, Self::Ca, Self::Eu, Self::Au];

    /// The name of the host: `eu.app.clio.com`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Us => "app.clio.com",
            Self::Ca => "ca.app.clio.com",
            Self::Eu => "eu.app.clio.com",
            Self::Au => "au.app.clio.com",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for ClioHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What names one matter to another system: its id in Clio, which people take from the address of the matter's page.
///
/// The help of Case Status calls it the integration id: "the number after matters/" in the address. So the whole address
/// is read too, with whatever page of the matter it shows. Any of Clio's four hosts is taken, and told, since the same
/// number is another matter in another region.
///
/// ```
/// use clio_core::Id;
/// use clio_model::matters::{ClioHost, IntegrationId};
///
/// let typed: IntegrationId = " 1600001 ".parse()?;
/// assert_eq!((typed.matter(), typed.host()), (Id::new(1_600_001), None));
///
/// let pasted: IntegrationId = "https://eu.app.clio.com/nc/#/matters/1600001/activities?page=2".parse()?;
/// assert_eq!((pasted.matter(), pasted.host()), (Id::new(1_600_001), Some(ClioHost::Eu)));
/// assert_eq!(pasted.to_string(), "https://eu.app.clio.com/nc/#/matters/1600001");
/// # Ok::<(), clio_model::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IntegrationId {
    matter: Id<objects::Matter>,
    host: Option<ClioHost>,
}

impl IntegrationId {
    /// The id of a matter, on whatever host the account lives.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) for an id below 1: Clio gives none.
    pub fn new(matter: Id<objects::Matter>) -> Result<Self> {
        if matter.get() < 1 {
            return Err(Error::invalid("the id of a matter is 1 or more"));
        }
        Ok(Self { matter, host: None })
    }

    /// The same matter, said to be on that host.
    #[must_use]
    pub const fn on(self, host: ClioHost) -> Self {
        Self { host: Some(host), ..self }
    }

    /// The matter.
    pub const fn matter(self) -> Id<objects::Matter> {
        self.matter
    }

    /// The host of the address, if it was one. Who knows the region of the account compares it.
    pub const fn host(self) -> Option<ClioHost> {
        self.host
    }

    fn of_address(text: &str) -> Result<Self> {
        let url = Url::parse(text).map_err(|_| not_one())?;
        let host = match url.host() {
            Some(Host::Domain(name)) => ClioHost::named(name),
            _ => None,
        };
        let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        let Some(host) = host.filter(|_| plain && matches!(url.scheme(), "https" | "http")) else {
            return Err(Error::invalid("the address is not one of Clio's"));
        };
        let fragment = url.fragment().unwrap_or_default();
        let page = fragment.split(['?', '#']).next().unwrap_or_default();
        let mut numbers = numbers_in(url.path()).chain(numbers_in(page));
        let number = numbers.next().ok_or_else(|| Error::invalid("the address is not that of a matter"))?;
        let matter = id_of(number)?;
        for other in numbers {
            if id_of(other)? != matter {
                return Err(Error::invalid("the address names two matters"));
            }
        }
        Ok(Self { matter, host: Some(host) })
    }
}

/// What stands after `matters/`.
fn numbers_in(path: &str) -> impl Iterator<Item = &str> {
    let after = path.split('/').skip(1).zip(path.split('/')).filter(|(_, before)| *before == "matters");
    // Clio's API has `matters/7.json`.
    after
        .map(|(number, _)| number.strip_suffix(".json").unwrap_or(number))
        .filter(|number| !number.is_empty())
}

fn id_of(number: &str) -> Result<Id<objects::Matter>> {
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_one());
    }
    if number.len() > 1 && number.starts_with('0') {
        return Err(Error::invalid(
            "an id has no leading zeros: this may be the number of a matter, not its id",
        ));
    }
    let id = number.parse().map_err(|_| Error::overflow("the id of a matter"))?;
    Ok(IntegrationId::new(Id::new(id))?.matter)
}

fn not_one() -> Error {
    Error::invalid("neither the id of a matter, such as `1600001`, nor the Clio address of one")
}

impl FromStr for IntegrationId {
    type Err = Error;

    /// Reads an id or an address, with blanks around it or not. An address may lack its `https://`, which browsers hide.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) for any other text, and the message says which: blanks within, an address of another host or
    /// another kind of record, one that names two matters, an id of 0. A number with leading zeros is refused too: it is
    /// what people see as a matter's number, and it would name some other matter (our choice).
    /// [`Overflow`](crate::ErrorKind::Overflow) for a number that no id can be.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        // Browsers drop line ends out of an address, and would read another id.
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(not_one());
        }
        let first = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::new(id_of(text)?)
        } else if ClioHost::named(first).is_some() {
            Self::of_address(&format!("https://{text}"))
        } else {
            Self::of_address(text)
        }
    }
}

impl fmt::Display for IntegrationId {
    /// The id, or the address of the matter's page where the host is known. [`str::parse`] reads both back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host {
            None => self.matter.fmt(f),
            Some(host) => write!(f, "https://{host}/nc/#/matters/{}", self.matter),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;

    #[test]
    fn is_read_from_what_people_copy() {
        for (text, host) in [
            ("1600001", None),
            ("\t1600001\r\n", None),
            ("https://app.clio.com/nc/#/matters/1600001", Some(ClioHost::Us)),
            ("https://app.clio.com/nc/#/matters/1600001/", Some(ClioHost::Us)),
            ("https://ca.app.clio.com/nc/#/matters/1600001/documents?order=name", Some(ClioHost::Ca)),
            ("https://EU.app.clio.com/matters/1600001", Some(ClioHost::Eu)),
            ("https://au.app.clio.com/matters/1600001?tab=bills#top", Some(ClioHost::Au)),
            ("http://app.clio.com/nc#matters/1600001", Some(ClioHost::Us)),
            ("app.clio.com/nc/#/matters/1600001", Some(ClioHost::Us)),
            (" eu.app.clio.com/matters/1600001/ ", Some(ClioHost::Eu)),
            ("https://app.clio.com:443/matters/1600001", Some(ClioHost::Us)),
            ("app.clio.com:443/matters/1600001", Some(ClioHost::Us)),
            ("https://app.clio.com/nc/#/matters/1600001#bills", Some(ClioHost::Us)),
            ("https://app.clio.com/api/v4/matters/1600001.json?fields=id", Some(ClioHost::Us)),
            ("https://app.clio.com/matters/1600001#/matters/1600001", Some(ClioHost::Us)),
        ] {
            let id: IntegrationId = text.parse().unwrap();
            assert_eq!((id.matter().get(), id.host()), (1_600_001, host), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_and_told_apart() {
        let nothing = not_one().to_string();
        let elsewhere = "the address is not one of Clio's";
        let other = "the address is not that of a matter";
        let zeros = "an id has no leading zeros: this may be the number of a matter, not its id";
        for (text, message) in [
            ("", nothing.as_str()),
            ("00001-Byron", &nothing),
            ("-5", &nothing),
            ("+5", &nothing),
            ("1 600 001", &nothing),
            ("１６", &nothing),
            // Two lines, of which a browser would make one address: that of matter 1600.
            ("https://app.clio.com/nc/#/matters/16\n00", &nothing),
            ("https://app.clio.com/matters/16\t00", &nothing),
            ("https://app.clio.com/nc/#/matters/16 Byron", &nothing),
            ("00016", zeros),
            ("0", "the id of a matter is 1 or more"),
            ("https://app.clio.com/nc/#/matters/0", "the id of a matter is 1 or more"),
            ("https://app.clio.com/nc/#/matters/new", &nothing),
            ("https://app.clio.com/nc/#/matters/-7", &nothing),
            ("https://app.clio.com/nc/#/matters/", other),
            ("https://app.clio.com/nc/#/matters", other),
            ("https://app.clio.com/nc/#/contacts/1", other),
            ("https://app.clio.com/nc/#/contacts/1?back=/matters/2", other),
            ("https://app.clio.com/?matters/1", other),
            ("https://app.clio.com", other),
            ("https://app.clio.com/matters/1#/matters/2", "the address names two matters"),
            ("https://example.com/nc/#/matters/1", elsewhere),
            ("https://app.clio.com.example.com/matters/1", elsewhere),
            ("https://us.app.clio.com/matters/1", elsewhere),
            ("https://app.clio.com@example.com/matters/1", elsewhere),
            ("https://ada@app.clio.com/matters/1", elsewhere),
            ("https://app.clio.com:8443/matters/1", elsewhere),
            ("ftp://app.clio.com/matters/1", elsewhere),
            ("javascript:matters/1", elsewhere),
        ] {
            let error = text.parse::<IntegrationId>().unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Invalid, message), "{text}");
        }
        for text in ["9223372036854775808", "https://app.clio.com/matters/99999999999999999999"] {
            assert_eq!(text.parse::<IntegrationId>().unwrap_err().kind(), ErrorKind::Overflow, "{text}");
        }
    }

    proptest! {
        #[test]
        fn is_printed_and_read_back(
            id in 1_i64..,
            host in prop::option::of(prop::sample::select(ClioHost::ALL.to_vec())),
        ) {
            let id = IntegrationId::new(Id::new(id)).unwrap();
            let id = host.map_or(id, |host| id.on(host));
            prop_assert_eq!(id.to_string().parse::<IntegrationId>().unwrap(), id);
        }

        #[test]
        fn never_panics_on_what_people_paste(text in "\\PC{0,40}", tail in "[/#?a-z0-9.%:]{0,20}") {
            let _ = text.parse::<IntegrationId>();
            let _ = format!("https://app.clio.com/{tail}matters/{text}").parse::<IntegrationId>();
        }
    }
}
