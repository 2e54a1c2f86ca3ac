//! A webhook as Clio has it.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{
    Applied, Error, ErrorKind, Etag, Id, Secret, Selected, Selection,
    schema::{
        choices::{WebhookEvent, WebhookModel, WebhookStatus},
        objects::Webhook,
    },
};
use serde::Deserializer;

/// A webhook as Clio has it. It is a selection of [`Webhook`], so that any call of the group can answer one.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscription {
    /// The webhook.
    pub id: Id<Webhook>,
    /// Its version.
    pub etag: Etag,
    /// Where it tells.
    pub url: String,
    /// What it tells of.
    pub model: WebhookModel,
    /// The fields that it watches, and tells.
    pub fields: String,
    /// What it tells.
    pub events: Vec<WebhookEvent>,
    /// Clio's word for how it is. An ended webhook keeps the one it had: see [`state`](Self::state).
    pub status: WebhookStatus,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// What signs its requests; `None` where Clio keeps it from the token.
    pub shared_secret: Option<Secret>,
}

/// How a webhook is at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It waits for the answer to its handshake, and tells nothing.
    Pending,
    /// It tells.
    Enabled,
    /// Clio has stopped it: a request was answered with 410, or too many were not taken.
    Suspended,
    /// Its time was up. Clio tells nobody.
    Expired,
    /// A status that this version does not know.
    Other(WebhookStatus),
}

impl Subscription {
    /// How it is, now.
    pub fn state(&self, now: DateTime<Utc>) -> State {
        match &self.status {
            _ if self.expires_at <= now => State::Expired,
            WebhookStatus::Pending => State::Pending,
            WebhookStatus::Enabled => State::Enabled,
            WebhookStatus::Suspended => State::Suspended,
            other => State::Other(other.clone()),
        }
    }

    /// It ends within `margin` from now, or has ended: time to renew it.
    pub fn due(&self, now: DateTime<Utc>, margin: TimeDelta) -> bool {
        self.expires_at.signed_duration_since(now) <= margin
    }

    /// What signs its requests, which cannot be done without.
    pub(super) fn secret(&self) -> Result<&Secret, Error> {
        self.shared_secret.as_ref().ok_or_else(|| {
            let why = format!("Clio does not tell the secret of webhook {}", self.id);
            Error::new(ErrorKind::Decode, why).with_path("data.shared_secret").with_applied(Applied::Perhaps)
        })
    }

    /// Its address as it may be logged: without its path, part of which may be a secret.
    fn origin(&self) -> String {
        url::Url::parse(&self.url).map_or_else(|_| "..".into(), |url| url.origin().ascii_serialization())
    }
}

impl fmt::Debug for Subscription {
    /// Shows no secret, and of the address only the host.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .field("url", &self.origin())
            .field("model", &self.model)
            .field("fields", &self.fields)
            .field("events", &self.events)
            .field("status", &self.status)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What Clio is asked for.
#[derive(Selection)]
#[clio(object = "Webhook", crate = "clio_core")]
struct Asked {
    id: Id<Webhook>,
    etag: Etag,
    url: String,
    model: WebhookModel,
    fields: String,
    events: Vec<WebhookEvent>,
    status: WebhookStatus,
    expires_at: DateTime<Utc>,
    shared_secret: Option<String>,
}

impl Selection<Webhook> for Subscription {
    const FIELDS: &'static str = <Asked as Selection<Webhook>>::FIELDS;

    fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let asked = <Asked as Selection<Webhook>>::decode(from)?;
        Ok(Self {
            id: asked.id,
            etag: asked.etag,
            url: asked.url,
            model: asked.model,
            fields: asked.fields,
            events: asked.events,
            status: asked.status,
            expires_at: asked.expires_at,
            shared_secret: asked.shared_secret.map(Secret::new),
        })
    }
}

impl Selected for Subscription {
    type Object = Webhook;
}

/// That a subscription is enabled, or why it is not.
pub(super) fn not_enabled(subscription: &Subscription) -> Error {
    let why = format!("webhook {} is not enabled", subscription.id);
    Error::new(ErrorKind::Conflict, why).with_words(&subscription.status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(status: WebhookStatus) -> Subscription {
        let json = r#"{"id":1,"etag":"e","url":"https://app.example/path-of-mine","model":"matter","fields":"id","events":["created"],
            "status":"enabled","expires_at":"2026-03-05T09:00:00Z","shared_secret":"confidential"}"#;
        Subscription { status, ..clio_core::decode::<Webhook, _>(json).unwrap() }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_ended_webhook_says_enabled_and_is_not() {
        let end = at("2026-03-05T09:00:00Z");
        let second = TimeDelta::seconds(1);
        for status in [WebhookStatus::Enabled, WebhookStatus::Pending, WebhookStatus::Suspended] {
            assert_eq!(subscription(status).state(end), State::Expired);
        }
        assert_eq!(subscription(WebhookStatus::Enabled).state(end - second), State::Enabled);
        assert_eq!(subscription(WebhookStatus::Suspended).state(end - second), State::Suspended);
        let unknown = WebhookStatus::Unknown("resting".into());
        assert_eq!(subscription(unknown.clone()).state(end - second), State::Other(unknown));
    }

    #[test]
    fn it_is_due_when_its_end_is_within_the_margin() {
        let (hook, day) = (subscription(WebhookStatus::Enabled), TimeDelta::days(1));
        assert!(!hook.due(at("2026-03-04T08:59:59Z"), day));
        assert!(hook.due(at("2026-03-04T09:00:00Z"), day));
        assert!(hook.due(at("2027-01-01T00:00:00Z"), day));
    }

    #[test]
    fn a_webhook_whose_secret_is_kept_back_is_listed_and_not_trusted() {
        let hidden = Subscription { shared_secret: None, ..subscription(WebhookStatus::Enabled) };
        let error = hidden.secret().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Decode, Some("data.shared_secret")));
        assert!(subscription(WebhookStatus::Enabled).secret().is_ok());
    }

    #[test]
    fn neither_secret_nor_path_is_shown() {
        let shown = format!("{:?}", subscription(WebhookStatus::Enabled));
        assert!(!shown.contains("confidential") && !shown.contains("path-of-mine"), "{shown}");
    }
}
