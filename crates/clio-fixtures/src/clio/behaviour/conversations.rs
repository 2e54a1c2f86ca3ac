//! Conversations and their messages: what users and portal clients write to each other inside Clio.

use chrono::{DateTime, Utc};

use super::{
    Behaviour, Compute,
    attached::{each, flag, many, people},
    contacts::CONTACT,
    matters::MATTER,
    users::USER,
};
use crate::clio::{
    answer::View,
    ask::Refusal,
    firm::Firm,
    generic::{Test, Write, is_since, moment},
    records::Origin,
    store::{Part, Record, Resource, Value, handles},
};

handles!(CONVERSATION: Conversation = conversation {
    archived,
    last_message,
    matter,
    memberships,
    read,
    subject,
});
handles!(MESSAGE: ConversationMessage = conversation_message {
    body,
    conversation,
    document,
    receivers,
    sender,
});

pub(crate) struct Conversations;

impl Behaviour for Conversations {
    fn resource(&self) -> Option<Resource> {
        Some(CONVERSATION.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        Some(match field {
            "current_user_is_member" => |view, _, one| Value::Bool(membership(view, one).is_some()),
            // Clio's document: who is no member reads only.
            "read_only" => |view, _, one| Value::Bool(membership(view, one).is_none()),
            "archived" => |view, _, one| of_member(view, one, "archived", CONVERSATION.archived),
            "read" => |view, _, one| of_member(view, one, "read", CONVERSATION.read),
            "message_count" => |view, _, one| many(messages(view.firm, one.id).count()),
            "messages" => |view, _, one| {
                Value::Links(MESSAGE.resource, messages(view.firm, one.id).map(|one| one.id).collect())
            },
            "first_message" => |view, _, one| of_message(messages(view.firm, one.id).next()),
            "last_message" => |view, _, one| of_message(messages(view.firm, one.id).last()),
            "last_message_id" => {
                |view, _, one| Value::from(messages(view.firm, one.id).last().map(|one| one.id))
            }
            "matter_id" => |_, _, one| Value::from(one.get(CONVERSATION.matter).link()),
            _ => return None,
        })
    }

    /// Whether a member has read or put away a conversation is the member's own affair.
    fn complete(&self, _firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let mut members = record.get(CONVERSATION.memberships).parts().to_vec();
        let me = Value::Link(USER.resource, write.user);
        for member in members.iter_mut().filter(|member| *member.get("member") == me) {
            for name in ["archived", "read"] {
                if write.sends(name) {
                    member.set(name, Value::Bool(write.flag(name)));
                }
            }
        }
        record.set(CONVERSATION.memberships, Value::Parts(members));
        Ok(())
    }

    fn filters(&self) -> &'static [&'static str] {
        &["contact_id", "date", "for_user", "read_status"]
    }

    fn filter(&self, _view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        Some(match parameter {
            "contact_id" => {
                let contact = Value::Link(CONTACT.resource, value.parse().ok()?);
                Box::new(move |_, one| members(one).any(|member| *member.get("member") == contact))
            }
            "date" => {
                let day = moment(value)?.date_naive();
                Box::new(move |_, one| one.stamp.created.date_naive() == day)
            }
            "read_status" => {
                return flag(value, |view, one| of_member(view, one, "read", CONVERSATION.read).is_true());
            }
            // Those of the user's groups are all of the firm's here; else those of the user's own.
            _ => {
                let all: bool = value.parse().ok()?;
                Box::new(move |view, one| all || membership(view, one).is_some())
            }
        })
    }
}

fn members(conversation: &Record) -> impl Iterator<Item = &Part> {
    conversation.get(CONVERSATION.memberships).parts().iter()
}

fn membership<'a>(view: View<'_>, conversation: &'a Record) -> Option<&'a Part> {
    let me = Value::Link(USER.resource, view.access.user);
    members(conversation).find(|member| *member.get("member") == me)
}

fn of_member(view: View<'_>, conversation: &Record, name: &str, slot: u16) -> Value {
    let mine = membership(view, conversation).map(|member| member.get(name).clone());
    mine.unwrap_or_else(|| conversation.get(slot).clone())
}

/// By id, which is by time.
fn messages(firm: &Firm, conversation: i64) -> impl Iterator<Item = &Record> {
    let all = firm.table(MESSAGE.resource).values();
    all.filter(move |one| one.get(MESSAGE.conversation).link() == Some(conversation))
}

fn of_message(message: Option<&Record>) -> Value {
    message.map_or(Value::Null, |one| Value::Link(MESSAGE.resource, one.id))
}

/// How many messages of others wait for a user: those of the conversations that they have not read.
pub(super) fn unread(firm: &Firm, user: i64) -> usize {
    let me = Value::Link(USER.resource, user);
    let waits = |one: &&Record| {
        members(one).any(|member| *member.get("member") == me && !member.get("read").is_true())
    };
    let waiting = firm.table(CONVERSATION.resource).values().filter(waits);
    let of_others = |one: &&Record| *one.get(MESSAGE.sender) != me;
    waiting.map(|one| messages(firm, one.id).filter(of_others).count()).sum()
}

pub(crate) struct Messages;

impl Behaviour for Messages {
    fn resource(&self) -> Option<Resource> {
        Some(MESSAGE.resource)
    }

    fn computed(&self, field: &str) -> Option<Compute> {
        match field {
            // In the time zone of the user, says Clio's document; the fake knows of none but UTC.
            "date" => Some(|_, _, one| Value::from(one.stamp.created.date_naive().to_string())),
            _ => None,
        }
    }

    fn by_hand(&self) -> &'static [&'static str] {
        &["receivers"]
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        record.set(MESSAGE.receivers, people(firm, Value::null(), write.data.get("receivers"))?);
        record.set(MESSAGE.sender, Value::Link(USER.resource, write.user));
        let document = write.data.get("attachment").and_then(|one| one.get("document_id")?.as_i64());
        if let Some(id) = document {
            let documents = Resource::named("Document").unwrap_or(Resource::NONE);
            if firm.get(documents, id).is_none() {
                return Err(Refusal::unknown_reference(firm, &format!("Document {id}")));
            }
            record.set(MESSAGE.document, Value::Link(documents, id));
        }
        if let Some(matter) = write.id_of("matter").filter(|id| firm.get(MATTER.resource, *id).is_none()) {
            return Err(Refusal::unknown_reference(firm, &format!("Matter {matter}")));
        }
        Ok(())
    }

    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let subject = write.text("subject").unwrap_or_default().to_owned();
        let thread = Thread { subject, matter: write.id_of("matter") };
        sort_in(firm, id, thread, write.now, write.by);
    }

    fn filters(&self) -> &'static [&'static str] {
        &["created_since", "updated_since"]
    }

    /// Clio's document: these look at the times of the conversation.
    fn filter(&self, view: View<'_>, parameter: &str, value: &str) -> Option<Test> {
        let floor = moment(value)?;
        let inclusive = view.firm.settings.since_inclusive;
        let created = parameter == "created_since";
        Some(Box::new(move |view, one| {
            let parent = one.get(MESSAGE.conversation).link();
            let parent = parent.and_then(|id| view.firm.get(CONVERSATION.resource, id));
            parent.is_some_and(|parent| {
                let stamp = parent.stamp;
                is_since(if created { stamp.created } else { stamp.updated }, floor, inclusive)
            })
        }))
    }

    fn searched(&self, _view: View<'_>, one: &Record) -> Option<String> {
        Some(one.get(MESSAGE.body).as_str().unwrap_or_default().to_owned())
    }
}

/// What a new conversation is about.
pub(crate) struct Thread {
    pub(crate) subject: String,
    pub(crate) matter: Option<i64>,
}

/// Continues the conversation of a message, or begins one. Everybody in it becomes a member; for all but the sender it is
/// unread again.
pub(crate) fn sort_in(firm: &mut Firm, message: i64, thread: Thread, now: DateTime<Utc>, by: &Origin) {
    let Some(record) = firm.get(MESSAGE.resource, message) else { return };
    let sender = record.get(MESSAGE.sender).clone();
    let mut people: Vec<_> = each(record.get(MESSAGE.receivers)).cloned().collect();
    people.insert(0, sender.clone());
    let known = record.get(MESSAGE.conversation).link();
    let conversation = known.unwrap_or_else(|| {
        let id = firm.make(CONVERSATION.resource, now, by, |one| {
            one.set(CONVERSATION.subject, thread.subject);
            one.set(CONVERSATION.matter, thread.matter.map(|id| Value::Link(MATTER.resource, id)));
            one.set(CONVERSATION.archived, false);
            one.set(CONVERSATION.read, false);
        });
        firm.tables.change(MESSAGE.resource, message, now, by, |one| {
            one.set(MESSAGE.conversation, Value::Link(CONVERSATION.resource, id));
        });
        id
    });
    let old = firm.get(CONVERSATION.resource, conversation);
    let mut members = old.map(|one| one.get(CONVERSATION.memberships).parts().to_vec()).unwrap_or_default();
    for person in people {
        if !members.iter().any(|member| *member.get("member") == person) {
            let part = Part::new().with("id", firm.next_id()).with("archived", false);
            members.push(part.with("member", person));
        }
    }
    for member in &mut members {
        let own = *member.get("member") == sender;
        member.set("read", Value::Bool(own));
    }
    firm.tables.change(CONVERSATION.resource, conversation, now, by, |one| {
        one.set(CONVERSATION.memberships, Value::Parts(members));
        // Computed; kept so that a new message changes the conversation.
        one.set(CONVERSATION.last_message, Value::Link(MESSAGE.resource, message));
    });
}
