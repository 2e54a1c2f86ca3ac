//! From a request to what it says, and whether Clio said it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use clio_core::{
    Error, Id, Secret,
    schema::{choices::WebhookModel, objects::Webhook},
};
use http::HeaderMap;

use super::{
    Delivery, Handshake, Refusal, Reply, Standing,
    body::Body,
    secrets::{Secrets, Verdict},
    seen::{Digest, Key, Seen},
    signature,
};

/// The header of a handshake.
pub(super) const HOOK_SECRET: &str = "x-hook-secret";

/// The header of an event.
const HOOK_SIGNATURE: &str = "x-hook-signature";

const MAX_BODY: usize = 1024 * 1024;
const REMEMBERED: usize = 10_000;

/// Reads what Clio sends to a webhook's address, in whatever web framework: it takes headers and body, and does no I/O.
///
/// It believes nothing that is not signed with a secret it was [told](Self::trust) of, and it is never told one by a request:
/// secrets come from Clio's API, by [`subscribe`](super::Webhooks::subscribe), [`keep`](super::Webhooks::keep) and
/// [`confirm`](super::Webhooks::confirm). All of it is in memory. Cloning shares it.
///
/// One receiver is for one firm: whether two firms may have webhooks of the same id is not known. Give each an address of its own.
#[derive(Clone)]
pub struct Receiver {
    secrets: Arc<Mutex<Secrets>>,
    seen: Arc<Mutex<Seen>>,
    max_body: usize,
}

/// What a request says.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "it has to be answered"]
pub enum Received {
    /// The first request to a new address: Clio asks whether it is ours.
    Handshake(Handshake),
    /// Something happened, and Clio says so.
    Event(Delivery),
    /// The same event was taken before: [`Delivery::taken`].
    Duplicate(Delivery),
}

impl Received {
    /// The answer when there is nothing to do: a handshake as [`Handshake::reply`] has it; an event is taken.
    pub fn reply(self) -> Reply {
        match self {
            Self::Handshake(handshake) => handshake.reply(),
            Self::Event(delivery) | Self::Duplicate(delivery) => delivery.taken(),
        }
    }
}

impl Receiver {
    /// A receiver that trusts nobody yet.
    pub fn new() -> Self {
        Self { secrets: Arc::default(), seen: memory(REMEMBERED), max_body: MAX_BODY }
    }

    /// Reads bodies of this many bytes at most. Default: 1 MiB.
    #[must_use]
    pub fn with_max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Remembers this many events, to recognise duplicates; beyond them the oldest are forgotten. Default: 10,000, which takes
    /// about two megabytes. A clone made before keeps its own memory.
    #[must_use]
    pub fn with_memory(mut self, events: usize) -> Self {
        self.seen = memory(events);
        self
    }

    /// Believes what is signed with this secret, of this webhook from now on. An older secret is believed no longer.
    ///
    /// The secret has to come from Clio's API, never from a request.
    pub fn trust(&self, webhook: Id<Webhook>, secret: Secret, model: WebhookModel) {
        lock(&self.secrets).trust(webhook, secret, model);
    }

    /// Believes nothing of this webhook any more.
    pub fn forget(&self, webhook: Id<Webhook>) {
        lock(&self.secrets).forget(webhook);
    }

    /// Reads one request: its headers and its raw body, as it came, not as a framework parsed it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signature`](crate::ErrorKind::Signature), [`TooLarge`](crate::ErrorKind::TooLarge) or
    /// [`Decode`](crate::ErrorKind::Decode), each with a [`Refusal`] that says what is wrong. Answer it with [`Reply::refused`].
    pub fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<Received, Error> {
        if body.len() > self.max_body {
            return Err(Refusal::TooLarge.into());
        }
        let said = Body::read(body)?;
        match (said.event, headers.get(HOOK_SECRET)) {
            (None, Some(secret)) => {
                let secret = secret.to_str().map_err(|_| Refusal::NoEvent)?;
                Ok(Received::Handshake(self.handshake(said.webhook, Secret::new(secret))))
            }
            (None, None) => Err(Refusal::NoEvent.into()),
            (Some(event), _) => {
                let signature = headers.get(HOOK_SIGNATURE).ok_or(Refusal::Unsigned)?;
                let signature = signature::parse(signature.as_bytes()).ok_or(Refusal::Undecodable)?;
                let model = match lock(&self.secrets).judge(said.webhook, &signature, body) {
                    Verdict::Good(model) => model,
                    Verdict::Unknown => return Err(Refusal::UnknownWebhook.into()),
                    Verdict::Stale => return Err(Refusal::Stale.into()),
                    Verdict::Forged => return Err(Refusal::Forged.into()),
                };
                let record = said.record.ok_or(Refusal::NoEvent)?;
                let key = Key::new(said.webhook, &event, &record.id, record.etag.as_ref());
                let digest = Digest::of(body);
                let known = lock(&self.seen).has(key, digest);
                let delivery = Delivery {
                    webhook: said.webhook,
                    model,
                    event: event.as_str().into(),
                    record,
                    key,
                    digest,
                    seen: self.seen.clone(),
                };
                Ok(if known { Received::Duplicate(delivery) } else { Received::Event(delivery) })
            }
        }
    }

    fn handshake(&self, webhook: Id<Webhook>, secret: Secret) -> Handshake {
        let standing = match lock(&self.secrets).secret(webhook) {
            None => Standing::Unknown,
            Some(known) if signature::same(known, &secret) => Standing::Trusted,
            Some(_) => Standing::Contradicted,
        };
        Handshake { webhook, secret, standing }
    }
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("max_body", &self.max_body).finish_non_exhaustive()
    }
}

fn memory(events: usize) -> Arc<Mutex<Seen>> {
    Arc::new(Mutex::new(Seen::new(events)))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
