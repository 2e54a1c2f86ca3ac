//! The JSON that Clio sends: `{"data":{..},"meta":{"event":"updated","webhook_id":7}}`.

use std::borrow::Cow;

use clio_core::{Error, Etag, Id, TextId, schema::objects::Webhook};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Refusal;

/// What a body says. Nothing of it is proved yet.
pub(super) struct Body {
    pub(super) webhook: Id<Webhook>,
    /// The event's word. A handshake has none.
    pub(super) event: Option<String>,
    /// `data`, if it is a record.
    pub(super) record: Option<Told>,
}

/// A record as an event tells of it.
pub(super) struct Told {
    pub(super) id: Box<str>,
    pub(super) etag: Option<Etag>,
    /// All of it.
    pub(super) json: Box<str>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Meta<'a>,
    webhook_id: Option<Id<Webhook>>,
}

#[derive(Deserialize, Default)]
struct Meta<'a> {
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
    webhook_id: Option<Id<Webhook>>,
}

#[derive(Deserialize)]
struct Head {
    id: TextId<()>,
    etag: Option<Etag>,
}

impl Body {
    /// Where a handshake names the webhook is not documented: beside `meta` will do as well as in it. Nobody is believed for it.
    pub(super) fn read(body: &[u8]) -> Result<Self, Error> {
        let not_json = |error: serde_json::Error| {
            // Its text may quote the body; its place does not.
            Error::from(Refusal::NoEvent).with_path(format!(
                "line {} column {}",
                error.line(),
                error.column()
            ))
        };
        let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(not_json)?;
        let webhook = envelope.meta.webhook_id.or(envelope.webhook_id);
        let webhook = webhook.ok_or_else(|| Error::from(Refusal::NoEvent).with_path("meta.webhook_id"))?;
        Ok(Self {
            webhook,
            event: envelope.meta.event.map(Cow::into_owned),
            record: envelope.data.and_then(|data| Told::read(data.get())),
        })
    }
}

impl Told {
    fn read(json: &str) -> Option<Self> {
        let head: Head = serde_json::from_str(json).ok()?;
        Some(Self { id: head.id.as_str().into(), etag: head.etag, json: json.into() })
    }
}
