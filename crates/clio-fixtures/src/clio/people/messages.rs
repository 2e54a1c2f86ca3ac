//! People who write and call.

use chrono::{DateTime, Utc};

use crate::clio::{
    behaviour::{
        communications::COMMUNICATION,
        contacts::CONTACT,
        conversations::{CONVERSATION, MESSAGE, Thread, sort_in},
        matters::MATTER,
        users::USER,
    },
    person::Person,
    store::{Record, Value},
};

/// Somebody who writes, calls, or is written to or called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// A user of the firm, by id.
    User(i64),
    /// A contact, such as a client, by id.
    Contact(i64),
}

impl Party {
    fn link(self) -> Value {
        match self {
            Self::User(id) => Value::Link(USER.resource, id),
            Self::Contact(id) => Value::Link(CONTACT.resource, id),
        }
    }
}

fn links(parties: &[Party]) -> Value {
    Value::List(parties.iter().map(|party| party.link()).collect())
}

/// An e-mail or a call that a person files. Unsaid members are as [`Default`] has them: from the person, now, no matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCommunication {
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// Who sent it or called; the person without any.
    pub from: Vec<Party>,
    /// Who got it or was called.
    pub to: Vec<Party>,
    /// The id of the matter.
    pub matter: Option<i64>,
    /// When; now without a time.
    pub received_at: Option<DateTime<Utc>>,
}

/// A message that is written inside Clio, by a user or, in the client portal, by a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// The subject of a new conversation.
    pub subject: String,
    /// The text.
    pub body: String,
    /// Who writes; the person without one.
    pub from: Option<Party>,
    /// Who gets it.
    pub to: Vec<Party>,
    /// The id of the matter of a new conversation.
    pub matter: Option<i64>,
    /// The id of the conversation that it continues; a new one without.
    pub conversation: Option<i64>,
}

impl Person {
    /// Files a phone call and answers the id of the communication.
    pub fn record_call(&self, call: NewCommunication) -> i64 {
        self.file("PhoneCommunication", call)
    }

    /// Files an e-mail and answers the id of the communication.
    pub fn file_email(&self, email: NewCommunication) -> i64 {
        self.file("EmailCommunication", email)
    }

    fn file(&self, kind: &'static str, new: NewCommunication) -> i64 {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        let me = self.user(&firm);
        let received = new.received_at.unwrap_or(now);
        let from = if new.from.is_empty() { vec![Party::User(me)] } else { new.from };
        firm.make(COMMUNICATION.resource, now, &by, |one| {
            one.set(COMMUNICATION.r#type, Value::Word(kind));
            one.set(COMMUNICATION.subject, new.subject);
            one.set(COMMUNICATION.body, new.body);
            one.set(COMMUNICATION.senders, links(&from));
            one.set(COMMUNICATION.receivers, links(&new.to));
            one.set(COMMUNICATION.matter, new.matter.map(|id| Value::Link(MATTER.resource, id)));
            one.set(COMMUNICATION.received_at, received);
            one.set(COMMUNICATION.date, received.date_naive());
            one.set(COMMUNICATION.user, Value::Link(USER.resource, me));
        })
    }

    /// Writes a message inside Clio and answers its id. It continues a conversation, or begins one. `None` when there is no
    /// conversation of that id.
    pub fn send_message(&self, new: NewMessage) -> Option<i64> {
        let (now, by) = (self.now(), self.origin());
        let mut firm = self.world.settled();
        if new.conversation.is_some_and(|id| firm.get(CONVERSATION.resource, id).is_none()) {
            return None;
        }
        let from = new.from.unwrap_or(Party::User(self.user(&firm)));
        let id = firm.make(MESSAGE.resource, now, &by, |one: &mut Record| {
            one.set(MESSAGE.body, new.body);
            one.set(MESSAGE.sender, from.link());
            one.set(MESSAGE.receivers, links(&new.to));
            one.set(MESSAGE.conversation, new.conversation.map(|id| Value::Link(CONVERSATION.resource, id)));
        });
        sort_in(&mut firm, id, Thread { subject: new.subject, matter: new.matter }, now, &by);
        Some(id)
    }
}
