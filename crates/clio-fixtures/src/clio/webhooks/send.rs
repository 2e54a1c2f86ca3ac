//! Sending, and what the receivers' answers mean.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{Limits, Payload, Transport};
use futures_util::future::{Either, select};
use http::{Request, Response, StatusCode};

use super::{Delivery, DeliveryOutcome, Event, Waiting, sign::signature};
use crate::{
    clio::{ClioWorld, behaviour::webhooks::WEBHOOK, firm::Firm, store::Value},
    run::Machine,
};

/// How long a receiver has to answer. Short, says Clio's documentation, and no more: the number is ours.
const PATIENCE: Duration = Duration::from_secs(5);

/// After the first failure 2 minutes, then twice as long each time; the fifth is the last (Clio's help pages).
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(2);
const TRIES: u32 = 5;

/// Sends what is due now and takes the answers in. What becomes due meanwhile waits for the next time.
pub(crate) async fn deliver(world: &ClioWorld, transport: &dyn Transport) -> usize {
    let due = world.settled().hooks.take_due(world.clock().now());
    let mut sent = 0;
    for waiting in due {
        let now = world.clock().now();
        let Some(delivery) = prepare(&world.settled(), &waiting, now) else { continue };
        let outcome = ask(world, transport, &delivery).await;
        let now = world.clock().now();
        let mut firm = world.settled();
        firm.hooks.log.push(Delivery { outcome: outcome.0, ..delivery });
        heard(&mut firm, waiting, &outcome, now);
        sent += 1;
    }
    sent
}

impl super::Hooks {
    fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Waiting> {
        let (mut due, later): (Vec<_>, Vec<_>) = self.queue.drain(..).partition(|one| one.due <= now);
        self.queue = later;
        due.sort_by_key(|one| one.due);
        due
    }
}

/// The request; `None` when the webhook is gone, suspended or over, which nobody is told.
fn prepare(firm: &Firm, waiting: &Waiting, now: DateTime<Utc>) -> Option<Delivery> {
    let hook = firm.get(WEBHOOK.resource, waiting.webhook)?;
    let over = hook.get(WEBHOOK.expires_at).as_moment().is_some_and(|ends| ends <= now);
    let enabled = hook.get(WEBHOOK.status).as_str() == Some("enabled");
    if over || (!enabled && waiting.event != Event::Handshake) {
        return None;
    }
    let secret = hook.get(WEBHOOK.shared_secret).as_str().unwrap_or_default();
    let header = match waiting.event {
        Event::Handshake => ("x-hook-secret", secret.to_owned()),
        Event::Of(_) => {
            let base64 = firm.settings.base64_signatures;
            ("x-hook-signature", signature(secret, &waiting.body, base64))
        }
    };
    Some(Delivery {
        number: waiting.number,
        webhook: hook.id,
        event: if let Event::Of(event) = waiting.event { Some(event) } else { None },
        url: hook.get(WEBHOOK.url).as_str()?.to_owned(),
        headers: vec![("content-type", "application/json".to_owned()), header],
        body: waiting.body.clone(),
        attempt: waiting.tries + 1,
        at: now,
        outcome: DeliveryOutcome::Unanswered,
    })
}

/// The outcome, and the secret that the receiver echoed.
async fn ask(
    world: &ClioWorld,
    transport: &dyn Transport,
    delivery: &Delivery,
) -> (DeliveryOutcome, Option<String>) {
    let mut request = Request::post(&delivery.url);
    for (name, value) in &delivery.headers {
        request = request.header(*name, value);
    }
    let Ok(request) = request.body(Payload::Bytes(delivery.body.clone())) else {
        return (DeliveryOutcome::Unanswered, None);
    };
    let limits = Limits { total: PATIENCE, ..Limits::default() };
    let sending = transport.send(request, limits);
    match select(sending, world.clock().sleep(PATIENCE)).await {
        Either::Left((Ok(answer), _)) => (outcome(&answer), echoed(&answer)),
        _ => (DeliveryOutcome::Unanswered, None),
    }
}

fn outcome(answer: &Response<Payload>) -> DeliveryOutcome {
    let status = answer.status();
    if status.is_success() || status.is_redirection() {
        DeliveryOutcome::Taken(status.as_u16())
    } else {
        DeliveryOutcome::Refused(status.as_u16())
    }
}

fn echoed(answer: &Response<Payload>) -> Option<String> {
    answer.headers().get("x-hook-secret")?.to_str().ok().map(str::to_owned)
}

/// Clio's documentation: 200 with the secret enables; 410 disables; what is not taken is tried again, and a webhook that fails
/// for good is suspended. A handshake that failed is not tried again here: the receiver can still activate.
fn heard(
    firm: &mut Firm,
    mut waiting: Waiting,
    outcome: &(DeliveryOutcome, Option<String>),
    now: DateTime<Utc>,
) {
    let Some(hook) = firm.get(WEBHOOK.resource, waiting.webhook) else { return };
    let gone = DeliveryOutcome::Refused(StatusCode::GONE.as_u16());
    if waiting.event == Event::Handshake {
        let secret = hook.get(WEBHOOK.shared_secret).as_str();
        if outcome.0 == DeliveryOutcome::Taken(200) && outcome.1.as_deref() == secret {
            set_status(firm, waiting.webhook, "enabled", now);
        }
        return;
    }
    waiting.tries += 1;
    match outcome.0 {
        DeliveryOutcome::Taken(_) => {}
        refused if refused == gone || waiting.tries >= TRIES => {
            set_status(firm, waiting.webhook, "suspended", now);
        }
        _ => {
            waiting.due = now + FIRST_WAIT * 2_i32.pow(waiting.tries - 1);
            firm.hooks.queue.push(waiting);
        }
    }
}

fn set_status(firm: &mut Firm, webhook: i64, status: &'static str, now: DateTime<Utc>) {
    let Some(by) = firm.get(WEBHOOK.resource, webhook).map(|hook| hook.origin.clone()) else { return };
    firm.tables.change(WEBHOOK.resource, webhook, now, &by, |hook| {
        hook.set(WEBHOOK.status, Value::Word(status));
    });
}
