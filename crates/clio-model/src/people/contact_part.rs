//! What happens to one of the addresses or numbers of a contact.

use clio_core::{Field, Id, Members, schema::objects};

use super::{ContactEmail, ContactPhone, EmailAddress, PhoneMatch, PhoneNumber, compare_phones, same_email};
use crate::{Error, Result};

/// What happens to one address or number.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Part<O, T> {
    Add(T),
    Change(Id<O>, T),
    Remove(Id<O>),
}

/// An address or a number that a contact has.
pub(super) trait Standing<O, T> {
    fn id(&self) -> Id<O>;

    /// It is this one, however it is written.
    fn is(&self, wanted: &T) -> bool;

    /// It is written like this.
    fn reads(&self, wanted: &T) -> bool;

    /// It has the label and is the default, where that is wanted.
    fn stands_as(&self, wanted: &T) -> bool;
}

impl Standing<objects::EmailAddress, EmailAddress> for ContactEmail {
    fn id(&self) -> Id<objects::EmailAddress> {
        self.id
    }

    fn is(&self, wanted: &EmailAddress) -> bool {
        self.address.as_deref().is_some_and(|address| same_email(address, wanted.as_str()))
    }

    fn reads(&self, wanted: &EmailAddress) -> bool {
        self.address.as_deref() == Some(wanted.as_str())
    }

    fn stands_as(&self, wanted: &EmailAddress) -> bool {
        let label = wanted.label_text().is_none_or(|label| self.name.as_deref() == Some(label));
        label && (!wanted.is_primary() || self.primary == Some(true))
    }
}

impl Standing<objects::PhoneNumber, PhoneNumber> for ContactPhone {
    fn id(&self) -> Id<objects::PhoneNumber> {
        self.id
    }

    fn is(&self, wanted: &PhoneNumber) -> bool {
        let compared = self.number.as_deref().map(|number| compare_phones(number, wanted.as_str()));
        compared == Some(PhoneMatch::Same) || self.reads(wanted)
    }

    fn reads(&self, wanted: &PhoneNumber) -> bool {
        self.number.as_deref() == Some(wanted.as_str())
    }

    fn stands_as(&self, wanted: &PhoneNumber) -> bool {
        let label = wanted.label_word().is_none_or(|label| self.name.as_ref() == Some(label));
        label && (!wanted.is_primary() || self.primary == Some(true))
    }
}

impl<O, T> Part<O, T> {
    const fn id(&self) -> Option<Id<O>> {
        match self {
            Self::Add(_) => None,
            Self::Change(id, _) | Self::Remove(id) => Some(*id),
        }
    }

    pub(super) const fn value(&self) -> Option<&T> {
        match self {
            Self::Add(value) | Self::Change(_, value) => Some(value),
            Self::Remove(_) => None,
        }
    }

    pub(super) fn members(&self, of: impl Fn(&T) -> Members) -> Members {
        let mut members = self.value().map(of).unwrap_or_default();
        members.set("id", self.id().map_or(Field::Absent, Field::Value));
        if matches!(self, Self::Remove(_)) {
            members.set("_destroy", Field::Value(true));
        }
        members
    }

    /// What is still to be done where these stand: nothing, or a change in place of a second one of the same.
    fn still(self, standing: &[impl Standing<O, T>], named: &[Id<O>]) -> Option<Self> {
        match self {
            Self::Add(value) => {
                match standing.iter().find(|one| one.is(&value) && !named.contains(&one.id())) {
                    None => Some(Self::Add(value)),
                    Some(one) if one.stands_as(&value) => None,
                    Some(one) => Some(Self::Change(one.id(), value)),
                }
            }
            Self::Change(id, value) => {
                let mut of_it = standing.iter().filter(|one| one.id() == id);
                let stands = of_it.any(|one| one.reads(&value) && one.stands_as(&value));
                (!stands).then_some(Self::Change(id, value))
            }
            Self::Remove(id) => standing.iter().any(|one| one.id() == id).then_some(Self::Remove(id)),
        }
    }
}

/// What of these parts is still to be done where these stand.
pub(super) fn still<O, T>(parts: Vec<Part<O, T>>, standing: &[impl Standing<O, T>]) -> Vec<Part<O, T>> {
    let named: Vec<_> = parts.iter().filter_map(Part::id).collect();
    parts.into_iter().filter_map(|part| part.still(standing, &named)).collect()
}

/// How many there are after the change.
pub(super) fn after<O, T>(before: usize, parts: &[Part<O, T>]) -> usize {
    let count = |test: fn(&Part<O, T>) -> bool| parts.iter().filter(|part| test(part)).count();
    (before + count(|part| matches!(part, Part::Add(_))))
        .saturating_sub(count(|part| matches!(part, Part::Remove(_))))
}

pub(super) fn named_once<O, T>(parts: &[Part<O, T>]) -> Result<()> {
    let mut ids: Vec<_> = parts.iter().filter_map(Part::id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < count {
        return Err(Error::invalid("an address or a number is changed twice"));
    }
    Ok(())
}
