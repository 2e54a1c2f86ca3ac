//! Which contact at Clio a client of AltFee's is, and which matters it has.

use std::fmt;

use clio_core::{ErrorKind, Id, schema::objects};
use clio_model::Contact;
use futures_util::TryStreamExt;

use crate::{Client, ClientId, Error, Result, Session};

/// Which contact at Clio a client is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientMatch {
    /// This one.
    Found(Id<objects::Contact>, FoundBy),
    /// Several may be it, or one that agrees only in part. A person says which, with [`Session::link_client`]: it is never
    /// guessed.
    Ambiguous(Vec<Candidate>),
    /// Clio has none of this name or address.
    Unknown,
    /// The contact that somebody named is not there any more, or hidden from whoever authorised.
    LinkBroken(Id<objects::Contact>),
}

impl fmt::Debug for ClientMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(id, by) => f.debug_tuple("Found").field(id).field(by).finish(),
            Self::Ambiguous(all) => f.debug_tuple("Ambiguous").field(all).finish(),
            Self::Unknown => f.write_str("Unknown"),
            Self::LinkBroken(id) => f.debug_tuple("LinkBroken").field(id).finish(),
        }
    }
}

/// How a contact was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FoundBy {
    /// Somebody had named it before.
    Link,
    /// It alone has the name and the e-mail address.
    NameAndEmail,
    /// It alone has the name, and AltFee knows no address.
    Name,
}

/// A contact that may be the client.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The contact.
    pub id: Id<objects::Contact>,
    /// Its name at Clio.
    pub name: String,
    /// Its default e-mail address at Clio.
    pub email: Option<String>,
    /// It has the client's name.
    pub same_name: bool,
    /// It has the client's e-mail address.
    pub same_email: bool,
}

impl fmt::Debug for Candidate {
    /// Shows which record it is and what agrees: the rest is data of the client.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("id", &self.id)
            .field("same_name", &self.same_name)
            .field("same_email", &self.same_email)
            .finish_non_exhaustive()
    }
}

impl Session<'_> {
    /// Which contact at Clio a client is: the one that was named before, else the only one of the client's name and e-mail
    /// address. Writes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchClient`], and what kept AltFee or Clio from being read.
    pub async fn find_client(&self, id: &ClientId) -> Result<ClientMatch> {
        let client = self.altfee().client(id).await?.ok_or_else(|| Error::NoSuchClient(id.clone()))?;
        if let Some(contact) = client.clio_contact {
            return match self.clio.contacts().get(contact).select::<Contact>().await {
                Ok(_) => Ok(ClientMatch::Found(contact, FoundBy::Link)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(ClientMatch::LinkBroken(contact)),
                Err(error) => Err(error.into()),
            };
        }
        let mut contacts = self.contacts(&client.name).await?;
        if let Some(email) = &client.email {
            contacts.extend(self.contacts(email).await?);
        }
        Ok(choose(&client, &contacts))
    }

    /// Says which contact at Clio a client is. AltFee remembers it.
    ///
    /// # Errors
    ///
    /// What kept AltFee from remembering it.
    pub async fn link_client(&self, client: &ClientId, contact: Id<objects::Contact>) -> Result<()> {
        Ok(self.altfee().link_client(client, contact).await?)
    }

    /// The matters that a contact has at Clio, in Clio's order, whatever their status.
    ///
    /// # Errors
    ///
    /// What kept Clio from being read.
    pub async fn matters_of(&self, contact: Id<objects::Contact>) -> Result<Vec<clio_model::Matter>> {
        let matters = self.clio.matters().list().client_id(contact).select::<clio_model::Matter>();
        Ok(matters.items().try_collect().await?)
    }

    async fn contacts(&self, words: &str) -> Result<Vec<Contact>> {
        Ok(self.clio.contacts().list().query(words).select::<Contact>().items().try_collect().await?)
    }
}

/// A search finds more than it was asked for, so that everything is compared here.
fn choose(client: &Client, contacts: &[Contact]) -> ClientMatch {
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let candidate = |contact: &Contact| Candidate {
        id: contact.id,
        name: contact.name.clone().unwrap_or_default(),
        email: contact.primary_email_address.clone(),
        same_name: contact.name.as_deref().is_some_and(|name| plain(name) == plain(&client.name)),
        same_email: client.email.as_deref().is_some_and(|email| contact.has_email(email)),
    };
    let mut all: Vec<Candidate> = contacts.iter().map(candidate).collect();
    all.retain(|candidate| candidate.same_name || candidate.same_email);
    all.sort_by_key(|candidate| candidate.id);
    all.dedup_by_key(|candidate| candidate.id);
    let with_email: Vec<&Candidate> = all.iter().filter(|candidate| candidate.same_email).collect();
    match (with_email.as_slice(), all.as_slice()) {
        (_, []) => ClientMatch::Unknown,
        // Somebody of the same name with another address is somebody else.
        ([one], _) if one.same_name => ClientMatch::Found(one.id, FoundBy::NameAndEmail),
        (_, [one]) if client.email.is_none() => ClientMatch::Found(one.id, FoundBy::Name),
        _ => ClientMatch::Ambiguous(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: i64, name: &str, email: &str) -> Contact {
        let json = format!(r#"{{"id":{id},"etag":"e","name":"{name}","primary_email_address":"{email}"}}"#);
        clio_core::decode::<objects::Contact, Contact>(&json).unwrap()
    }

    fn found(email: Option<&str>, contacts: &[Contact]) -> ClientMatch {
        let client = Client {
            id: ClientId::new("c"),
            name: "Bernie Byron".into(),
            email: email.map(str::to_owned),
            clio_contact: None,
        };
        choose(&client, contacts)
    }

    #[test]
    fn name_and_address_find_one() {
        let all =
            [contact(1, " bernie  BYRON", "B@x.example"), contact(2, "Bernie Byron", "other@x.example")];
        let one = ClientMatch::Found(Id::new(1), FoundBy::NameAndEmail);
        assert_eq!(found(Some("b@X.example"), &all), one);
        assert_eq!(found(None, &all[1..]), ClientMatch::Found(Id::new(2), FoundBy::Name));
    }

    #[test]
    fn whatever_else_is_a_question() {
        let namesake = contact(1, "Bernie Byron", "other@x.example");
        let address = contact(2, "Byron Ltd", "b@x.example");
        let twins = [contact(3, "Bernie Byron", "b@x.example"), contact(4, "Bernie Byron", "b@x.example")];
        for (email, contacts) in [
            (Some("b@x.example"), vec![namesake.clone()]),
            (Some("b@x.example"), vec![address.clone()]),
            (Some("b@x.example"), vec![namesake.clone(), address]),
            (Some("b@x.example"), twins.to_vec()),
            (None, vec![namesake.clone(), twins[0].clone()]),
        ] {
            let ClientMatch::Ambiguous(candidates) = found(email, &contacts) else { panic!("a question") };
            assert_eq!(candidates.len(), contacts.len());
            assert!(!format!("{candidates:?}").contains("Byron"));
        }
        assert_eq!(found(None, &[contact(9, "Bernie Byron-Lovelace", "")]), ClientMatch::Unknown);
        assert_eq!(found(None, &[namesake.clone(), namesake]), ClientMatch::Found(Id::new(1), FoundBy::Name));
    }
}
