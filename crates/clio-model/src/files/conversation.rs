//! Ready selections of conversations: the secure messages within the firm and with clients.

use chrono::{DateTime, Utc};
use clio_core::{Etag, Id, Json, Reference, Selection, schema::objects};

use crate::body::shows;

/// A conversation: messages under one subject.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "Conversation")]
pub struct Conversation {
    /// The conversation.
    pub id: Id<objects::Conversation>,
    /// The version of the record.
    pub etag: Etag,
    /// What it is about.
    pub subject: Option<String>,
    /// The matter that it belongs to.
    pub matter: Option<Reference<objects::Matter>>,
    /// So many messages.
    pub message_count: Option<u64>,
    /// The user has put it away.
    pub archived: Option<bool>,
    /// The user has seen it.
    pub read: Option<bool>,
    /// The user takes part in it.
    pub current_user_is_member: Option<bool>,
    /// The user may not write in it: no member of it, says Clio's document.
    pub read_only: Option<bool>,
    /// The newest message.
    pub last_message: Option<Reference<objects::ConversationMessage>>,
    /// It began then.
    pub created_at: Option<DateTime<Utc>>,
    /// It was last changed then. Lists of messages since a moment go by this, not by the message (Clio's document).
    pub updated_at: Option<DateTime<Utc>>,
}

/// A message of a conversation.
#[derive(Clone, PartialEq, Eq, Selection)]
#[clio(object = "ConversationMessage")]
pub struct ConversationMessage {
    /// The message.
    pub id: Id<objects::ConversationMessage>,
    /// The version of the record.
    pub etag: Etag,
    /// What was written.
    pub body: Option<String>,
    /// It was written then.
    pub created_at: Option<DateTime<Utc>>,
    /// The conversation.
    pub conversation: Option<Reference<objects::Conversation>>,
    /// Who wrote it, in the form that Clio answers unasked: its document names no field of the people here.
    pub sender: Option<Json>,
    /// To whom; alike.
    pub receivers: Option<Vec<Json>>,
    /// What came with it.
    pub document: Option<Reference<objects::Document>>,
}

shows! {
    Conversation: id, etag;
    ConversationMessage: id;
}
