//! The secrets of the webhooks that are trusted.

use std::collections::HashMap;

use clio_core::{Id, Secret, schema::choices::WebhookModel, schema::objects::Webhook};

use super::signature::{self, Signature};

/// How many replaced secrets of a webhook are remembered, to tell a stale signature from a forged one.
const REPLACED: usize = 4;

/// What is known of each webhook.
#[derive(Default)]
pub(super) struct Secrets(HashMap<Id<Webhook>, Known>);

struct Known {
    model: WebhookModel,
    secret: Secret,
    /// The newest last.
    replaced: Vec<Secret>,
}

/// What a signature proves.
pub(super) enum Verdict {
    Unknown,
    Forged,
    Stale,
    Good(WebhookModel),
}

impl Secrets {
    pub(super) fn trust(&mut self, webhook: Id<Webhook>, secret: Secret, model: WebhookModel) {
        let Some(known) = self.0.get_mut(&webhook) else {
            self.0.insert(webhook, Known { model, secret, replaced: Vec::new() });
            return;
        };
        known.model = model;
        if signature::same(&known.secret, &secret) {
            return;
        }
        known.replaced.push(std::mem::replace(&mut known.secret, secret));
        if known.replaced.len() > REPLACED {
            known.replaced.remove(0);
        }
    }

    pub(super) fn forget(&mut self, webhook: Id<Webhook>) {
        self.0.remove(&webhook);
    }

    pub(super) fn secret(&self, webhook: Id<Webhook>) -> Option<&Secret> {
        self.0.get(&webhook).map(|known| &known.secret)
    }

    pub(super) fn judge(&self, webhook: Id<Webhook>, signature: &Signature, body: &[u8]) -> Verdict {
        let Some(known) = self.0.get(&webhook) else { return Verdict::Unknown };
        if signature::fits(signature, &known.secret, body) {
            return Verdict::Good(known.model.clone());
        }
        let stale = known.replaced.iter().any(|old| signature::fits(signature, old, body));
        if stale { Verdict::Stale } else { Verdict::Forged }
    }
}
