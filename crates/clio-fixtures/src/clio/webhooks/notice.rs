//! From the history of the firm to what webhooks tell.

use chrono::{DateTime, TimeDelta, Utc};
use clio_core::FieldTree;

use super::{Delivery, DeliveryOutcome, Event, Hooks, Waiting, model};
use crate::clio::{
    access::Access,
    answer::{Plan, View},
    behaviour::{matters::MATTER, webhooks::WEBHOOK},
    firm::Firm,
    store::{Happened, Record, Resource, Value, What, fnv},
};

/// Turns whatever happened since the last look into requests that wait to be sent. Called after each thing that happens, so
/// that a request shows the record as it was then.
pub(crate) fn notice(firm: &mut Firm) {
    let new = firm.hooks.read..firm.tables.history().len();
    if new.is_empty() {
        return;
    }
    firm.hooks.read = new.end;
    if firm.table(WEBHOOK.resource).is_empty() {
        return;
    }
    let mut all = Vec::new();
    for happened in &firm.tables.history()[new] {
        for hook in firm.table(WEBHOOK.resource).values() {
            if let Some(news) = news(firm, hook, happened) {
                all.push((hook.id, happened.at, news));
            }
        }
    }
    for (hook, at, news) in all {
        firm.hooks.take_in(hook, at, news);
    }
}

/// The first request to a new address: it carries the secret, and the id of the webhook (Clio's documentation).
pub(crate) fn greet(firm: &mut Firm, webhook: i64, now: DateTime<Utc>) {
    let body = serde_json::json!({"data": {}, "meta": {"webhook_id": webhook}}).to_string().into();
    let number = firm.hooks.number();
    // An older handshake went to an older address.
    firm.hooks.queue.retain(|waiting| waiting.webhook != webhook || waiting.event != Event::Handshake);
    firm.hooks.queue.push(Waiting { number, webhook, event: Event::Handshake, body, due: now, tries: 0 });
}

/// What a webhook has to say about a change.
struct News {
    record: i64,
    /// A hash of the watched fields; `None` of a record that is gone.
    hash: Option<u64>,
    /// The record's JSON.
    data: Vec<u8>,
    /// `updated`, which is told only when a watched field changed, apart from the others.
    updated: bool,
    events: Vec<&'static str>,
}

/// Until the handshake, and after the end, a webhook says nothing. What its user does not see it does not tell.
fn news(firm: &Firm, hook: &Record, happened: &Happened) -> Option<News> {
    let word = hook.get(WEBHOOK.model).as_str()?;
    let resource = model::object(word).filter(|resource| *resource == happened.resource)?;
    let ends = hook.get(WEBHOOK.expires_at).as_moment();
    if hook.get(WEBHOOK.status).as_str() != Some("enabled") || ends.is_some_and(|ends| ends <= happened.at) {
        return None;
    }
    let user = hook.get(WEBHOOK.user).link().unwrap_or(0);
    let access = Access::new(firm, user, &firm.settings.permissions);
    let record = firm.get(resource, happened.id).or(happened.last.as_deref());
    let record = record.filter(|record| access.sees(firm, resource, record))?;
    let wanted = |event: &str| events(hook).any(|known| known == event);
    let (updated, events): (bool, Vec<_>) = match happened.what {
        What::Created => (false, vec!["created"]),
        What::Deleted => (false, vec!["deleted"]),
        What::Updated => (true, status_event(record, happened).into_iter().collect()),
    };
    let events: Vec<_> = events.into_iter().filter(|event| wanted(event)).collect();
    let updated = updated && wanted("updated");
    let view = View { firm, access: &access, now: happened.at };
    let (hash, data) = if happened.what == What::Deleted {
        // Clio's documentation: what is deleted comes with its id and etag.
        (None, text(view, resource, record, &told(resource, "id")?))
    } else {
        let fields = hook.get(WEBHOOK.fields).as_str()?;
        let watched = FieldTree::parse(resource.info(), fields).ok()?;
        let hash = fnv(&text(view, resource, record, &watched));
        (Some(hash), text(view, resource, record, &told(resource, fields)?))
    };
    Some(News { record: record.id, hash, data, updated, events })
}

fn events(hook: &Record) -> impl Iterator<Item = &str> {
    let list = match hook.get(WEBHOOK.events) {
        Value::List(words) => words.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(Value::as_str)
}

/// The event of a matter that got another status. Whether a new matter is also `matter_opened` is not known: here it is not.
fn status_event(matter: &Record, happened: &Happened) -> Option<&'static str> {
    if happened.resource != MATTER.resource || !happened.fields.contains(&MATTER.status) {
        return None;
    }
    match matter.get(MATTER.status).as_str()? {
        "Open" => Some("matter_opened"),
        "Pending" => Some("matter_pended"),
        "Closed" => Some("matter_closed"),
        _ => None,
    }
}

/// The id and the etag always come with the fields.
fn told(resource: Resource, fields: &str) -> Option<FieldTree> {
    FieldTree::parse(resource.info(), fields).ok()?.with("id").ok()?.with("etag").ok()
}

fn text(view: View<'_>, resource: Resource, record: &Record, tree: &FieldTree) -> Vec<u8> {
    let mut text = Vec::new();
    view.record(&mut text, &Plan::record(Some(tree), resource.info(), resource), resource, record);
    text
}

impl Hooks {
    /// `updated` is told when a watched field changed, and of a record that the webhook has not told of yet on any change
    /// (Clio's documentation).
    fn take_in(&mut self, webhook: i64, at: DateTime<Utc>, news: News) {
        let known = match news.hash {
            Some(hash) => self.told.insert((webhook, news.record), hash),
            None => self.told.remove(&(webhook, news.record)),
        };
        let changed = known.is_none() || known != news.hash;
        let updated = (news.updated && changed).then_some("updated");
        for event in updated.into_iter().chain(news.events) {
            let data = String::from_utf8_lossy(&news.data);
            let meta = serde_json::json!({"event": event, "webhook_id": webhook});
            let body = format!("{{\"data\":{data},\"meta\":{meta}}}").into();
            self.wait(
                Waiting { number: 0, webhook, event: Event::Of(event), body, due: at, tries: 0 },
                event,
            );
        }
    }

    fn wait(&mut self, mut waiting: Waiting, event: &'static str) {
        waiting.number = self.number();
        if self.chance(self.faults.lost) {
            self.log.push(Delivery {
                number: waiting.number,
                webhook: waiting.webhook,
                event: Some(event),
                url: String::new(),
                headers: Vec::new(),
                body: waiting.body,
                attempt: 1,
                at: waiting.due,
                outcome: DeliveryOutcome::Lost,
            });
            return;
        }
        if self.chance(self.faults.reordered) {
            let seconds = 1 + i64::try_from(self.random.below(120)).unwrap_or(0);
            waiting.due += TimeDelta::seconds(seconds);
        }
        if self.chance(self.faults.doubled) {
            self.queue.push(waiting.clone());
        }
        self.queue.push(waiting);
    }
}
