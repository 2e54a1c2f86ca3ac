//! A webhook that is kept: created, renewed and brought back as it needs.

use std::{cmp::Reverse, collections::BTreeSet};

use chrono::{DateTime, Utc};
use clio_core::{
    Error, ErrorKind, Id,
    schema::{choices::WebhookEvent, objects::Webhook},
};
use url::Url;

use super::{Receiver, State, Subscription, Watch, Webhooks};

/// What [`Webhooks::keep`] found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// The webhook, enabled.
    pub subscription: Subscription,
    /// What had to be done.
    pub upkeep: Upkeep,
    /// What it may not have told.
    pub gap: Gap,
    /// More webhooks of the same address and model, trusted as well. One too many tells everything twice; delete them.
    pub others: Vec<Id<Webhook>>,
}

/// What had to be done to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Upkeep {
    /// Nothing.
    Nothing,
    /// There was none.
    Created,
    /// Its end was near and was put off, or it watched something else.
    Renewed,
    /// It did not tell yet, or no longer, and was enabled.
    Activated,
    /// It had ended, or could not be enabled any more. There is another in its place, with another id.
    Replaced,
}

/// From when on changes may not have been told. Read what has changed since, with `updated_since`; deletions are told by no
/// list, they show when all ids are read.
///
/// It is told once. A program that stops before it has caught up has to remember it, and after a call that failed the next one's
/// counts as [`Unknown`](Self::Unknown).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// None, as far as webhooks are concerned: what Clio itself loses nobody is told.
    None,
    /// Since this moment; begin a few minutes earlier.
    Since(DateTime<Utc>),
    /// Since your own last complete reading, or since ever.
    Unknown,
}

impl Webhooks {
    /// Sees to it that there is a webhook as `watch` says, which tells and which the receiver trusts. Call it at the start, and
    /// then every few hours: it creates the webhook, or finds it by its address and model, in whatever spelling; puts its end off once half of its
    /// life is over; activates it when it is pending or suspended; and replaces it when it has ended, which Clio does silently.
    ///
    /// [`Kept::gap`] says what to catch up with. When nothing has to be done it costs one read.
    ///
    /// Two programs that keep the same watch for the first time at the same time may both create one: [`Kept::others`].
    ///
    /// # Errors
    ///
    /// As of [`subscribe`](Webhooks::subscribe) and [`subscriptions`](Webhooks::subscriptions). What was done so far stays, and the
    /// next call goes on from there.
    pub async fn keep(&self, receiver: &Receiver, watch: &Watch) -> Result<Kept, Error> {
        watch.check()?;
        let mut all = self.trust_all(receiver).await?;
        all.retain(|known| same_address(&known.url, &watch.url) && known.model == watch.model);
        // One that tells; of several the one that lives longest; of two alike the older.
        let now = self.now();
        let tells = |known: &Subscription| known.state(now) == State::Enabled;
        all.sort_by_key(|known| (tells(known), known.expires_at, Reverse(known.id)));
        let Some(found) = all.pop() else {
            let subscription = self.subscribe(receiver, watch).await?;
            return Ok(Kept { subscription, upkeep: Upkeep::Created, gap: Gap::Unknown, others: Vec::new() });
        };
        found.secret()?;
        let others = all.iter().map(|other| other.id).collect();
        let (subscription, upkeep, gap) = self.mend(receiver, watch, found).await?;
        Ok(Kept { subscription, upkeep, gap, others })
    }

    async fn mend(
        &self,
        receiver: &Receiver,
        watch: &Watch,
        found: Subscription,
    ) -> Result<(Subscription, Upkeep, Gap), Error> {
        let state = found.state(self.now());
        if state == State::Expired {
            // Whether an ended webhook tells again when its end is put off is not known. That a new one does is.
            let gap = Gap::Since(found.expires_at);
            return Ok((self.replace(receiver, watch, &found).await?, Upkeep::Replaced, gap));
        }
        let renewed = self.renewed(watch, found).await?;
        match (state, renewed) {
            (State::Enabled, (subscription, upkeep)) => Ok((subscription, upkeep, Gap::None)),
            (State::Pending, (pending, _)) => {
                Ok((self.enabled(pending).await?, Upkeep::Activated, Gap::Unknown))
            }
            (_, (suspended, _)) => match self.enabled(suspended.clone()).await {
                Ok(subscription) => Ok((subscription, Upkeep::Activated, Gap::Unknown)),
                Err(error) if is_refusal(&error) => {
                    let replaced = self.replace(receiver, watch, &suspended).await?;
                    Ok((replaced, Upkeep::Replaced, Gap::Unknown))
                }
                Err(error) => Err(error),
            },
        }
    }

    async fn renewed(&self, watch: &Watch, found: Subscription) -> Result<(Subscription, Upkeep), Error> {
        let now = self.now();
        if watches(&found, watch) && !found.due(now, watch.lasting / 2) {
            return Ok((found, Upkeep::Nothing));
        }
        let update = self.update(found.id).with_body(watch.to_change(now));
        Ok((update.select::<Subscription>().await?, Upkeep::Renewed))
    }

    /// The new one first, so that there is never none.
    async fn replace(
        &self,
        receiver: &Receiver,
        watch: &Watch,
        old: &Subscription,
    ) -> Result<Subscription, Error> {
        let new = self.subscribe(receiver, watch).await?;
        match self.delete(old.id).await {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => receiver.forget(old.id),
        }
        Ok(new)
    }
}

/// The same address, in whatever spelling: Clio may answer another than it was given.
fn same_address(one: &str, other: &str) -> bool {
    one == other || Url::parse(one).is_ok_and(|one| Url::parse(other).is_ok_and(|other| one == other))
}

/// The webhook tells what it is to tell.
fn watches(found: &Subscription, watch: &Watch) -> bool {
    fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
        items.into_iter().collect()
    }
    let names = |events: &[WebhookEvent]| set(events.iter().map(ToString::to_string));
    set(top_level(&found.fields)) == set(top_level(watch.fields))
        && names(&found.events) == names(&watch.events)
}

/// The fields of a list, each with its own list in braces.
fn top_level(fields: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = fields.split(move |letter| {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    parts.map(str::trim)
}

/// Clio does not bring it back; asking again would not help.
fn is_refusal(error: &Error) -> bool {
    !error.is_retryable()
        && matches!(
            error.kind(),
            ErrorKind::Conflict | ErrorKind::Forbidden | ErrorKind::Invalid | ErrorKind::NotFound
        )
}

#[cfg(test)]
mod tests {
    use clio_core::{Stub, decode, schema::objects::Matter};

    use super::*;

    #[test]
    fn another_spelling_is_the_same_address() {
        let same = ["https://app.example/x", "https://App.example/x", "https://app.example:443/x"];
        for one in same {
            assert!(same.iter().all(|other| same_address(one, other)), "{one}");
            for other in [
                "https://app.example/X",
                "https://app.example/x/",
                "https://app.example:8443/x",
                "http://app.example/x",
            ] {
                assert!(!same_address(one, other), "{other}");
            }
        }
        assert!(same_address("", "") && !same_address("", "https://app.example/x"));
    }

    #[test]
    fn fields_and_events_are_sets() {
        let hook = |fields: &str, events: &str| -> Subscription {
            let json = format!(
                r#"{{"id":1,"etag":"e","url":"https://app.example/x","model":"matter","fields":"{fields}",
                "events":[{events}],"status":"enabled","expires_at":"2026-03-05T09:00:00Z","shared_secret":"s"}}"#
            );
            decode::<Webhook, _>(&json).unwrap()
        };
        let (created, both) = (r#""created""#, r#""updated","created""#);
        let watch = Watch {
            fields: "id,client{id,name},etag",
            ..Watch::new::<Stub<Matter>>("https://app.example/x")
        }
        .events([WebhookEvent::Created, WebhookEvent::Updated, WebhookEvent::Created]);
        for same in ["id,client{id,name},etag", "etag,client{id,name},id", "client{id,name}, id, etag"] {
            assert!(watches(&hook(same, both), &watch), "{same}");
            assert!(!watches(&hook(same, created), &watch), "{same}");
        }
        for other in
            ["id,client{id},etag", "id,etag", "id,client{id,name},etag,status", "id,client,name,etag", ""]
        {
            assert!(!watches(&hook(other, both), &watch), "{other}");
        }
    }
}
