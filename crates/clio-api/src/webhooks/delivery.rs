//! One event, as it was delivered.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use clio_core::{
    Error, ErrorKind, Etag, Id, Json, Selected,
    schema::{
        choices::{Choice as _, WebhookEvent, WebhookModel},
        objects::Webhook,
    },
};

use super::{
    Event, Reply, Watched,
    body::Told,
    event::read,
    receiver::lock,
    seen::{Digest, Key, Seen},
};

/// An event whose signature is good. It is not done with until it was [taken](Self::taken): whatever drops it instead, an error
/// or a crash, leaves it to come again.
///
/// What it tells is how the record was when Clio wrote it. Events come late, twice, in any order, or never: Clio promises
/// none of that. So take one as a sign that something changed, and where it matters read the record.
#[must_use = "an event that is not taken comes again"]
pub struct Delivery {
    pub(super) webhook: Id<Webhook>,
    pub(super) model: WebhookModel,
    pub(super) event: Box<str>,
    pub(super) record: Told,
    pub(super) key: Key,
    pub(super) digest: Digest,
    pub(super) seen: Arc<Mutex<Seen>>,
}

impl Delivery {
    /// The webhook that told it.
    pub fn webhook(&self) -> Id<Webhook> {
        self.webhook
    }

    /// What it is about.
    pub fn model(&self) -> &WebhookModel {
        &self.model
    }

    /// What happened.
    pub fn event(&self) -> WebhookEvent {
        WebhookEvent::from_wire(&self.event)
    }

    /// The id of the record, as text: a few objects have ids that are no numbers.
    pub fn record_id(&self) -> &str {
        &self.record.id
    }

    /// The version of the record. One's own writes come back as events too; they are told by their etag.
    pub fn etag(&self) -> Option<&Etag> {
        self.record.etag.as_ref()
    }

    /// The event with its record as an `S`. Its fields are those that the webhook watches.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] with the path to where the record breaks its promise; [`ErrorKind::Configuration`] when the
    /// webhook tells of another object.
    ///
    /// Such an event will not decode the next time either, and a webhook whose requests are refused is suspended with all it
    /// would have told. So put it aside, or read the record, and *take* it.
    pub fn decode<S: Selected<Object: Watched>>(&self) -> Result<Event<S>, Error> {
        let model = S::Object::MODEL;
        if self.model != model {
            let why = format!("a webhook of `{}` tells of no `{model}`", self.model);
            return Err(Error::new(ErrorKind::Configuration, why));
        }
        read(self.event(), &self.record.json)
    }

    /// The record as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.record.json).unwrap_or(Json::Null)
    }

    /// It was dealt with. From now on the same event is a [`Duplicate`](super::Received::Duplicate), and Clio is told that it need
    /// not come again.
    ///
    /// Until then it is new, however often it comes: also twice at a time, when Clio sends again what is still being worked on.
    pub fn taken(self) -> Reply {
        lock(&self.seen).take(self.key, self.digest);
        Reply::taken()
    }

    /// It could not be dealt with; Clio will send it again.
    pub fn later(self) -> Reply {
        Reply::later()
    }
}

impl fmt::Debug for Delivery {
    /// Shows which record, and nothing of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("webhook", &self.webhook)
            .field("model", &self.model)
            .field("event", &self.event())
            .field("record", &self.record.id)
            .finish_non_exhaustive()
    }
}
