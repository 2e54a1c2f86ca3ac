use clio_core::{
    Id, Selection, ToJson,
    schema::{
        choices::{Choice, ParticipantType},
        objects,
    },
};

use crate::body::{shows, typed};

/// A user or a contact, where Clio takes either: the sender of an e-mail, the assignee of a task.
///
/// ```
/// use clio_core::{Id, schema::objects::User};
/// use clio_model::people::ParticipantId;
///
/// let user: Id<User> = Id::new(7);
/// assert_eq!(ParticipantId::from(user), ParticipantId::User(user));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParticipantId {
    /// Somebody of the firm.
    User(Id<objects::User>),
    /// Somebody else.
    Contact(Id<objects::Contact>),
}

impl From<Id<objects::User>> for ParticipantId {
    fn from(user: Id<objects::User>) -> Self {
        Self::User(user)
    }
}

impl From<Id<objects::Contact>> for ParticipantId {
    fn from(contact: Id<objects::Contact>) -> Self {
        Self::Contact(contact)
    }
}

impl ToJson for ParticipantId {
    fn write(&self, json: &mut String) {
        match self {
            Self::User(id) => typed("User", id.get()).write(json),
            Self::Contact(id) => typed("Contact", id.get()).write(json),
        }
    }
}

/// A user or a contact as a task or a communication names them.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Participant")]
pub struct Participant {
    /// The user or the contact.
    pub id: Id<objects::Participant>,
    /// A user, or what kind of contact.
    #[clio(rename = "type")]
    pub kind: Option<ParticipantType>,
    /// The name.
    pub name: Option<String>,
}

impl Participant {
    /// Who it is. Nobody can tell where Clio hides the kind, or has a new one.
    pub fn participant_id(&self) -> Option<ParticipantId> {
        let id = self.id.get();
        match self.kind.as_ref()? {
            ParticipantType::User => Some(ParticipantId::User(Id::new(id))),
            ParticipantType::Person | ParticipantType::Company => Some(ParticipantId::Contact(Id::new(id))),
            // Clio's document lists the two kinds, and says of a field beside it what it is "if the type is Contact".
            other if other.read_name() == "Contact" => Some(ParticipantId::Contact(Id::new(id))),
            _ => None,
        }
    }
}

shows! { Participant: id, kind; }

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Participant {
        clio_core::decode::<objects::Participant, _>(json).unwrap()
    }

    #[test]
    fn people_and_companies_are_contacts() {
        let contact = Some(ParticipantId::Contact(Id::new(3)));
        assert_eq!(read(r#"{"id":3,"type":"Person","name":"Ida"}"#).participant_id(), contact);
        assert_eq!(read(r#"{"id":3,"type":"Company"}"#).participant_id(), contact);
        assert_eq!(read(r#"{"id":3,"type":"Contact"}"#).participant_id(), contact, "as it is written");
        assert_eq!(read(r#"{"id":3,"type":"User"}"#).participant_id(), Some(ParticipantId::User(Id::new(3))));
        assert_eq!(read(r#"{"id":3,"type":"Robot"}"#).participant_id(), None);
    }

    #[test]
    fn no_name_is_shown() {
        let shown = format!("{:?}", read(r#"{"id":3,"type":"Person","name":"Ida"}"#));
        assert_eq!(shown, "Participant { id: Id(3), kind: Some(Person), .. }");
    }
}
