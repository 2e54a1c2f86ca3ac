//! Who in Clio somebody at Case Status is.

use std::collections::BTreeSet;

use clio_api::Clio;
use clio_core::{Id, Selection, schema::objects};
use clio_model::people::{ParticipantId, PhoneMatch, compare_phones, same_email};
use clio_sync::Result;
use futures_util::TryStreamExt;

use super::source::Correspondence;
use crate::{Message, Party, Side};

/// Who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// By the e-mail address or the phone number.
    Known(ParticipantId),
    /// By neither, so the matter's client or its responsible attorney stands for them.
    StoodFor(ParticipantId),
    /// By neither, and nobody can stand for them.
    Unknown,
}

impl Resolved {
    pub(crate) const fn participant(self) -> Option<ParticipantId> {
        match self {
            Self::Known(who) | Self::StoodFor(who) => Some(who),
            Self::Unknown => None,
        }
    }
}

/// A user, as far as one can be recognised.
#[derive(Clone, Selection)]
#[clio(object = "User")]
struct Colleague {
    id: Id<objects::User>,
    email: Option<String>,
    phone_number: Option<String>,
}

/// A contact, as far as one can be recognised.
#[derive(Clone, Selection)]
#[clio(object = "Contact")]
struct Acquaintance {
    id: Id<objects::Contact>,
    primary_email_address: Option<String>,
    secondary_email_address: Option<String>,
    primary_phone_number: Option<String>,
    secondary_phone_number: Option<String>,
}

/// Clio's users and contacts, asked for as they are needed.
pub(super) struct People<'a> {
    clio: &'a Clio,
    users: Option<Vec<Colleague>>,
}

impl<'a> People<'a> {
    pub(super) const fn new(clio: &'a Clio) -> Self {
        Self { clio, users: None }
    }

    pub(super) async fn sender(&mut self, message: &Message, matter: &Correspondence) -> Result<Resolved> {
        let side = side_of(&message.sender, matter);
        self.resolve(&message.sender, side, matter).await
    }

    /// Where Case Status names none, it is whoever is on the other side than the sender.
    pub(super) async fn recipient(&mut self, message: &Message, matter: &Correspondence) -> Result<Resolved> {
        let opposite = match side_of(&message.sender, matter) {
            Side::Client => Side::Firm,
            Side::Firm => Side::Client,
        };
        match &message.recipient {
            Some(recipient) => {
                let side = recipient.side.unwrap_or(opposite);
                self.resolve(recipient, side, matter).await
            }
            None => Ok(stand_in(opposite, matter)),
        }
    }

    async fn resolve(&mut self, party: &Party, side: Side, matter: &Correspondence) -> Result<Resolved> {
        if let Some(known) = self.known(party, side, matter).await? {
            return Ok(Resolved::Known(known));
        }
        Ok(stand_in(side, matter))
    }

    /// The client of the matter is looked at first, then the firm's users, then all contacts. Two who fit are none.
    async fn known(
        &mut self,
        party: &Party,
        side: Side,
        matter: &Correspondence,
    ) -> Result<Option<ParticipantId>> {
        // Whom Case Status says to be of the firm is not the client, even at the same number.
        let client = matter.client.as_ref().filter(|_| party.side != Some(Side::Firm)).filter(|client| {
            is_reached(party, &[&client.primary_email_address], &[&client.primary_phone_number])
        });
        if let Some(client) = client {
            return Ok(Some(client.id.into()));
        }
        if party.email.is_none() && party.phone.is_none() {
            return Ok(None);
        }
        let users = self.users().await?;
        let fit = users.iter().filter(|user| is_reached(party, &[&user.email], &[&user.phone_number]));
        let users: BTreeSet<_> = fit.map(|user| user.id).collect();
        if !users.is_empty() {
            return Ok(only(users).map(ParticipantId::from));
        }
        if side == Side::Firm {
            return Ok(None);
        }
        Ok(self.contact(party).await?.map(ParticipantId::from))
    }

    async fn users(&mut self) -> Result<&[Colleague]> {
        if self.users.is_none() {
            let list = self.clio.users().list().select::<Colleague>();
            self.users = Some(list.items().try_collect().await?);
        }
        Ok(self.users.as_deref().unwrap_or_default())
    }

    /// Clio searches in a way that it does not tell: what it finds is compared. Of a phone number the end is searched for, since
    /// people write the rest of it in many ways.
    async fn contact(&self, party: &Party) -> Result<Option<Id<objects::Contact>>> {
        let mut fit = BTreeSet::new();
        let email = party.email.as_deref().map(|email| email.trim().to_owned());
        for words in [email, party.phone.as_deref().map(last_digits)].into_iter().flatten() {
            if words.is_empty() {
                continue;
            }
            let list = self.clio.contacts().list().query(words).select::<Acquaintance>();
            let found: Vec<Acquaintance> = list.items().try_collect().await?;
            let reached = found.iter().filter(|contact| {
                is_reached(
                    party,
                    &[&contact.primary_email_address, &contact.secondary_email_address],
                    &[&contact.primary_phone_number, &contact.secondary_phone_number],
                )
            });
            fit.extend(reached.map(|contact| contact.id));
        }
        Ok(only(fit))
    }
}

/// The last four digits before an extension, which most people write together.
fn last_digits(phone: &str) -> String {
    let number = phone.split(|c: char| c.is_alphabetic() || c == '#').next().unwrap_or_default();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].to_owned()
}

/// The one, if there is but one.
fn only<T: Ord>(mut fit: BTreeSet<T>) -> Option<T> {
    let first = fit.pop_first()?;
    fit.is_empty().then_some(first)
}

/// One of these addresses or numbers is the party's.
fn is_reached(party: &Party, emails: &[&Option<String>], phones: &[&Option<String>]) -> bool {
    let same = |email: &&Option<String>| match (email, &party.email) {
        (Some(one), Some(other)) => same_email(one, other),
        _ => false,
    };
    let calls = |phone: &&Option<String>| match (phone, &party.phone) {
        (Some(one), Some(other)) => compare_phones(one, other) != PhoneMatch::Different,
        _ => false,
    };
    emails.iter().any(same) || phones.iter().any(calls)
}

/// On which side somebody is, where Case Status does not tell: whoever has the name of the matter's client is the client.
fn side_of(party: &Party, matter: &Correspondence) -> Side {
    let plain = |name: &str| name.trim().to_lowercase();
    let client = matter.client.as_ref().and_then(|client| client.name.as_deref());
    let named = || party.name.as_deref().map(plain) == client.map(plain) && client.is_some();
    party.side.unwrap_or_else(|| if named() { Side::Client } else { Side::Firm })
}

fn stand_in(side: Side, matter: &Correspondence) -> Resolved {
    let who = match side {
        Side::Client => matter.client.as_ref().map(|client| client.id.into()),
        Side::Firm => matter.responsible_attorney.as_ref().map(|attorney| attorney.id.into()),
    };
    who.map_or(Resolved::Unknown, Resolved::StoodFor)
}
