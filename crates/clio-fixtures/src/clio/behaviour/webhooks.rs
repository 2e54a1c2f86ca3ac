//! Webhooks: what Clio takes for one, and its two ways into life. What they send is in `webhooks`.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{FieldTree, Random};
use http::{Response, StatusCode};
use serde_json::{Map, Value as Json, json};
use url::{Host, Url};

use super::{Behaviour, users::USER};
use crate::clio::{
    access::Access,
    ask::{Ask, Refusal, ok},
    firm::Firm,
    generic::Write,
    store::{Record, Resource, Value, handles},
    webhooks::{greet, model},
};

handles!(WEBHOOK: Webhook = webhook {
    events,
    expires_at,
    fields,
    model,
    shared_secret,
    status,
    url,
    user,
});

/// A webhook ends after 3 days unless it says otherwise, and lives 31 at most (Clio's documentation).
const LIFE: TimeDelta = TimeDelta::days(3);
const LONGEST_LIFE: TimeDelta = TimeDelta::days(31);

/// The most characters of a list of fields.
const MOST_FIELDS: usize = 1000;

pub(crate) struct Webhooks;

impl Behaviour for Webhooks {
    fn resource(&self) -> Option<Resource> {
        Some(WEBHOOK.resource)
    }

    /// A model may be named by its number (Clio's document).
    fn prepare(&self, data: &mut Map<String, Json>) {
        if let Some(word) = data.get("model").and_then(model::word) {
            data.insert("model".to_owned(), word.into());
        }
    }

    fn complete(&self, firm: &mut Firm, record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
        let word = record.get(WEBHOOK.model).as_str().unwrap_or_default().to_owned();
        let unknown = || Refusal::unprocessable(&format!("model cannot be {word:?}"));
        // Clio's documentation: the token needs the permission of what the webhook is about.
        let permission = model::permission(&word).ok_or_else(unknown)?;
        Access::new(firm, write.user, &firm.settings.permissions).allows(permission, false)?;
        let url = record.get(WEBHOOK.url).as_str().unwrap_or_default();
        if !is_address(url) {
            return Err(Refusal::unprocessable("url must be an https address"));
        }
        check_fields(record, model::object(&word).ok_or_else(unknown)?)?;
        check_events(record, &word, write)?;
        check_end(record, write)?;
        if write.creates() {
            record.set(WEBHOOK.status, Value::Word("pending"));
            record.set(WEBHOOK.shared_secret, firm.random.text(32));
            record.set(WEBHOOK.user, Value::Link(USER.resource, write.user));
        } else if moved(record, write) {
            record.set(WEBHOOK.status, Value::Word("pending"));
        }
        Ok(())
    }

    /// A new address has to answer a handshake first (Clio's documentation).
    fn written(&self, firm: &mut Firm, id: i64, write: &Write<'_>) {
        let Some(hook) = firm.get(WEBHOOK.resource, id) else { return };
        if write.creates() || moved(hook, write) {
            greet(firm, id, write.now);
        }
    }
}

fn moved(record: &Record, write: &Write<'_>) -> bool {
    write.old.is_some_and(|old| old.get(WEBHOOK.url) != record.get(WEBHOOK.url))
}

/// Clio takes `https` only (Clio's document). The fake also takes `http` to this machine, which Clio does not, so that a world
/// that is served can tell a receiver beside it.
fn is_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

/// With which status Clio refuses such a list is not known.
fn check_fields(record: &Record, of: Resource) -> Result<(), Refusal> {
    let fields = record.get(WEBHOOK.fields).as_str().unwrap_or_default();
    if fields.chars().count() > MOST_FIELDS {
        return Err(Refusal::unprocessable(&format!("fields has more than {MOST_FIELDS} characters")));
    }
    match FieldTree::parse(of.info(), fields) {
        Ok(_) => Ok(()),
        Err(error) => Err(Refusal::unprocessable(&format!("fields: {error}"))),
    }
}

fn check_events(record: &mut Record, word: &str, write: &Write<'_>) -> Result<(), Refusal> {
    let known = model::events(word);
    match record.get(WEBHOOK.events) {
        Value::List(words) if !words.is_empty() => {
            let other = words.iter().filter_map(Value::as_str).find(|event| !known.contains(event));
            match other.filter(|_| write.sends("events") || write.sends("model")) {
                Some(event) => Err(Refusal::unprocessable(&format!("a {word} has no event {event}"))),
                None => Ok(()),
            }
        }
        _ => {
            let all = model::unasked(word).iter().map(|event| Value::Word(event)).collect();
            record.set(WEBHOOK.events, Value::List(all));
            Ok(())
        }
    }
}

/// An end in the past is taken: nobody says that Clio refuses it.
fn check_end(record: &mut Record, write: &Write<'_>) -> Result<(), Refusal> {
    let latest = later(write.now, LONGEST_LIFE);
    match record.get(WEBHOOK.expires_at).as_moment() {
        None => record.set(WEBHOOK.expires_at, later(write.now, LIFE)),
        Some(end) if write.sends("expires_at") && end > latest => {
            return Err(Refusal::unprocessable("expires_at is more than 31 days away"));
        }
        Some(_) => {}
    }
    Ok(())
}

fn later(now: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(by).unwrap_or(now)
}

/// The id of the webhook that `PUT /webhooks/{id}/activate` is about. Clio's document does not have this route, its
/// documentation does.
pub(crate) fn activation(method: &str, path: &str) -> Option<i64> {
    let path = path.strip_suffix(".json").unwrap_or(path);
    let id = path.strip_prefix("webhooks/")?.strip_suffix("/activate")?;
    (method == "PUT").then(|| id.parse().unwrap_or(-1))
}

/// The later handshake: whoever has the secret enables the webhook. What Clio answers is not known: here the id and the etag, or
/// 403 for another secret. One that was suspended comes back too.
pub(crate) fn activate(
    firm: &mut Firm,
    access: &Access,
    ask: &Ask<'_>,
    id: i64,
) -> Result<Response<Bytes>, Refusal> {
    access.allows(WEBHOOK.resource, true)?;
    let hook = firm.get(WEBHOOK.resource, id);
    let hook = hook.ok_or_else(|| Refusal::not_found(&format!("Webhook {id}")))?;
    if ask.header("x-hook-secret") != hook.get(WEBHOOK.shared_secret).as_str() {
        return Err(Refusal::forbidden());
    }
    let by = ask.origin_of_writes();
    firm.tables.change(WEBHOOK.resource, id, ask.now, &by, |hook| {
        hook.set(WEBHOOK.status, Value::Word("enabled"));
    });
    let hook = firm.get(WEBHOOK.resource, id).ok_or_else(|| Refusal::not_found("Webhook"))?;
    let etag = hook.stamp.etag(WEBHOOK.resource.name(), id);
    Ok(ok(StatusCode::OK, &json!({"data": {"id": id, "etag": etag}})))
}
