//! Fees as a target: Clio's activities, each read back after it was written.

use std::{mem::take, slice::from_ref, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, Limits, RetryPolicy, activities::UpdateActivityActivityDescription};
use clio_core::{Applied, ErrorKind, Etag, Id, schema::objects};
use clio_model::{Currency, activities::BillableActivity};
use clio_sync::{
    Action, Capabilities, Found, Look, Outcome, Ready, Result, SendLimits, Sending, Target, hub,
};

use crate::read_back::{Difference, compare, same_fee};

/// How the reason begins where Clio did not refuse a fee, but made something else of it.
pub(crate) const MADE_OTHERWISE: &str = "Clio made something else of it: ";

/// Activities as a target. What Clio made of a fee is read back; if it is not what was sent, a new one is taken away, and of
/// one that was changed what stood before is put back.
#[derive(Debug, Clone)]
pub(crate) struct Fees {
    clio: Clio,
    activities: hub::Activities,
    currency: Currency,
}

impl Fees {
    pub(crate) fn new(clio: &Clio, currency: Currency) -> Self {
        Self { clio: clio.clone(), activities: hub::activities(clio), currency }
    }

    /// Sends one, and reads it back.
    async fn send_one(&self, sending: &Sending, limits: SendLimits, ready: Ready) -> Outcome {
        let mut before = None;
        if let Action::Update { remote_id, .. } = &sending.action {
            before = match self.read(remote_id, limits).await {
                Ok(activity) => activity,
                Err(error) if error.kind() == ErrorKind::NotFound => return Outcome::Gone,
                // Nothing was sent yet.
                Err(error) => return Outcome::NotSent(error.into()),
            };
        }
        let sent = self.activities.send(from_ref(sending), limits, ready).await.pop();
        match sent {
            Some(Outcome::Applied { remote_id, etag, .. })
                if !matches!(sending.action, Action::Delete { .. }) =>
            {
                let before = before.map(|stood| Before { stood, etag });
                self.read_back(sending, &remote_id, before.as_ref(), limits).await
            }
            Some(other) => other,
            None => Outcome::Unknown("it was not reported on".into()),
        }
    }

    /// An activity; `None` for what cannot be its id.
    async fn read(
        &self,
        remote_id: &str,
        limits: SendLimits,
    ) -> Result<Option<BillableActivity>, clio_core::Error> {
        let Ok(id) = remote_id.parse().map(Id::new) else { return Ok(None) };
        let call = self.clio.activities().get(id).select::<BillableActivity>();
        call.with_limits(within(limits)).await.map(Some)
    }

    /// What is known of a fee after it was read back; `before` if it was changed.
    async fn read_back(
        &self,
        sending: &Sending,
        remote_id: &str,
        before: Option<&Before>,
        limits: SendLimits,
    ) -> Outcome {
        let made = match self.read(remote_id, limits).await {
            Ok(Some(made)) => made,
            Ok(None) => return Outcome::Unknown("Clio answered with no id".into()),
            Err(error) => return Outcome::Unknown(format!("it was not read back: {error}")),
        };
        match (compare(&sending.write.payload, &made, self.currency), before) {
            (Ok(()), _) => {
                Outcome::Applied { remote_id: remote_id.to_owned(), etag: Some(made.etag), echo: None }
            }
            (Err(difference), None) => self.take_away(&made, difference).await,
            (Err(difference), Some(before)) => {
                let touched = before.etag.as_ref().is_some_and(|ours| *ours != made.etag);
                let after =
                    if touched { left(made.id) } else { self.put_back(&before.stood, &made, limits).await };
                Outcome::Refused(format!("{MADE_OTHERWISE}{difference}; {after}"))
            }
        }
    }

    /// Nothing stands at Clio but what was meant.
    async fn take_away(&self, made: &BillableActivity, difference: Difference) -> Outcome {
        let id = made.id;
        match self.clio.activities().delete(id).await {
            Ok(()) => Outcome::Refused(format!("{MADE_OTHERWISE}{difference}; it was taken away again")),
            Err(error) => {
                Outcome::Unknown(format!("{difference}; activity {id} could not be taken away: {error}"))
            }
        }
    }

    /// Writes what stood before, once, upon the version that was just read: what a person has changed since is left alone.
    /// Answers in words what became of it.
    async fn put_back(
        &self,
        before: &BillableActivity,
        made: &BillableActivity,
        limits: SendLimits,
    ) -> String {
        let id = made.id;
        let mut call = self.clio.activities().update(id).if_match(&made.etag);
        // Only what differs: whatever is sent of the rest may have Clio work out the price anew.
        if let (true, Some(note)) = (made.note != before.note, &before.note) {
            call = call.note(note.clone());
        }
        if let (true, Some(date)) = (made.date != before.date, before.date) {
            call = call.date(date);
        }
        if let (true, Some(quantity)) = (made.quantity != before.quantity, before.quantity) {
            call = call.quantity(quantity);
        }
        if let (true, Some(matter)) = (made.matter != before.matter, &before.matter) {
            call = call.matter(matter.id);
        }
        if let (true, Some(user)) = (made.user != before.user, &before.user) {
            call = call.user(user.id);
        }
        let category = &before.activity_description;
        if let (true, Some(category)) = (made.activity_description != *category, category) {
            call = call.activity_description(UpdateActivityActivityDescription::new().id(category.id));
        }
        if let Some(price) = before.price {
            call = call.price(price);
        }
        let call = call.select::<BillableActivity>().with_limits(within(limits));
        match call.with_retry(RetryPolicy::never()).await {
            Ok(now) if same_fee(&now, before) => "what stood before was put back".to_owned(),
            Ok(_) => format!("what stood before was sent back, and activity {id} is otherwise all the same"),
            Err(error) if error.status() == Some(412) => left(id),
            Err(error) if error.applied() == Applied::No => {
                format!("what stood before could not be put back: {error}; activity {id} stands so")
            }
            Err(error) => {
                format!("whether what stood before was put back is not known: {error}; see activity {id}")
            }
        }
    }
}

/// What stood before a change, and the version that came of the change, as Clio answered.
struct Before {
    stood: BillableActivity,
    etag: Option<Etag>,
}

/// A person was quicker: what they wrote is theirs.
fn left(id: Id<objects::Activity>) -> String {
    format!("somebody has changed it since, so activity {id} was left as it is")
}

fn within(limits: SendLimits) -> Limits {
    Limits { total: limits.answer_within, ..Limits::default() }
}

#[async_trait]
impl Target for Fees {
    fn kind(&self) -> &str {
        self.activities.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.activities.capabilities()
    }

    fn monotonic(&self) -> Duration {
        self.activities.monotonic()
    }

    async fn prepare(&self, within: Duration) -> Result<Ready> {
        self.activities.prepare(within).await
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        self.activities.server_time().await
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, mut ready: Ready) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            outcomes.push(self.send_one(sending, limits, take(&mut ready)).await);
        }
        outcomes
    }

    /// One whose answer was lost was not read back yet: its creation is not complete.
    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        let mut found = self.activities.look(look).await?;
        for record in &mut found {
            record.complete = false;
        }
        Ok(found)
    }

    /// One whose answer was lost was not read back yet, so that the engine must not take time by the hour for a fee that
    /// stands: its price is none of ours.
    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        let Some(mut found) = self.activities.get(remote_id).await? else { return Ok(None) };
        if found.content.get("type").is_some_and(|kind| kind == "TimeEntry")
            && !self.is_flat(remote_id).await?
        {
            found.content.remove("price");
        }
        Ok(Some(found))
    }

    async fn finish(&self, sending: &Sending, found: &Found, limits: SendLimits, _ready: Ready) -> Outcome {
        self.read_back(sending, &found.remote_id, None, limits).await
    }
}

impl Fees {
    async fn is_flat(&self, remote_id: &str) -> Result<bool> {
        let Ok(id) = remote_id.parse().map(Id::new) else { return Ok(false) };
        match self.clio.activities().get(id).select::<BillableActivity>().await {
            Ok(activity) => Ok(activity.flat_rate == Some(true)),
            // It was deleted in between, and so is no fee either way.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}
