//! From a message to a communication. Pure.

use clio_model::files::NewCommunication;
use clio_sync::{Mapped, hub};

use super::{
    people::Resolved,
    source::{Envelope, Place},
};

/// The subject of every communication that was a message (Case Status's help).
const SUBJECT: &str = "Case Status Message";

/// The name of the external property by which people and programs see where it comes from.
const PROPERTY: &str = "case-status-message";

/// The communication that a message becomes.
pub(crate) fn communication(envelope: &Envelope) -> Mapped {
    let message = &envelope.message;
    let filed = match &envelope.place {
        Place::Filed(filed) => filed,
        Place::Nowhere => return Mapped::Skip("the case is of no matter in Clio".into()),
        Place::NoId => return Mapped::Skip("the integration id of the case is none of Clio's".into()),
        Place::Gone(id) => {
            return Mapped::Reject(format!("Clio has no matter {id}, which the case names, or hides it"));
        }
    };
    // That Case Status's messages are e-mails in Clio is our choice: a communication is that or a phone call.
    let draft = NewCommunication::email(SUBJECT, &message.content, message.sent_at)
        .matter(filed.matter)
        .external_property(PROPERTY, message.id.as_str());
    let draft = filed.sender.participant().into_iter().fold(draft, NewCommunication::from);
    let draft = filed.recipient.participant().into_iter().fold(draft, NewCommunication::to);
    let label = label(filed.sender, filed.recipient);
    hub::communication(&draft, label).map_or_else(|error| Mapped::Reject(error.to_string()), Mapped::Create)
}

/// What a person should know of who stands on it.
fn label(sender: Resolved, recipient: Resolved) -> String {
    let said = |who: Resolved, what: &str| match who {
        Resolved::Known(_) => None,
        Resolved::StoodFor(_) => Some(format!("the {what} is not known in Clio, another stands for them")),
        Resolved::Unknown => Some(format!("the {what} is not known in Clio, and nobody stands for them")),
    };
    let notes: Vec<String> =
        [said(sender, "sender"), said(recipient, "recipient")].into_iter().flatten().collect();
    if notes.is_empty() { SUBJECT.to_owned() } else { format!("{SUBJECT}: {}", notes.join("; ")) }
}
