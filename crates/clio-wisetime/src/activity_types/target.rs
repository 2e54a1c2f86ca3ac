//! Activity types as a target: the whole list at once, in a sync session.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Applied, ErrorKind as CoreErrorKind, Limits};
use clio_sync::{
    Action, Capabilities, Error, ErrorKind, Fingerprint, Found, Look, Outcome, Ready, Result, SendLimits,
    Sending, Target,
};

use crate::{
    Client, ITEMS_AT_ONCE,
    wire::{SyncActivityType, SyncSession},
};

/// So many sessions are begun for one list, if WiseTime forgets them midway.
const SESSIONS: u32 = 3;

/// A team's activity types.
#[derive(Debug)]
pub(crate) struct ActivityTypes {
    client: Client,
}

impl ActivityTypes {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends the whole list. Answers the types that WiseTime refused, each with the reason; all others stand.
    async fn send_all(
        &self,
        types: &[SyncActivityType],
        limits: Limits,
    ) -> Result<Vec<String>, clio_core::Error> {
        let mut forgotten = 1;
        loop {
            let session = self.client.start_activity_type_sync_within(limits).await?;
            match self.send_in(&session, types, limits).await {
                Ok(left_out) => return Ok(left_out),
                Err(Trouble::Forgotten) if forgotten >= SESSIONS => {
                    let message = "WiseTime forgets each sync session before it is completed";
                    return Err(
                        clio_core::Error::new(CoreErrorKind::Server, message).with_applied(Applied::Perhaps)
                    );
                }
                Err(Trouble::Forgotten) => forgotten += 1,
                Err(Trouble::Other(error)) => return Err(error),
            }
        }
    }

    /// One session. It ends whatever happens: completed, or cancelled as far as WiseTime can be reached.
    async fn send_in(
        &self,
        session: &SyncSession,
        types: &[SyncActivityType],
        limits: Limits,
    ) -> Result<Vec<String>, Trouble> {
        let error = match self.send_batches(session, types, limits).await {
            Ok((0, left_out)) => {
                // Nothing was taken: to complete it would take everything away.
                let _ = self.client.cancel_activity_type_sync(session).await;
                return Ok(left_out);
            }
            Ok((_, left_out)) => {
                match self.client.complete_activity_type_sync_within(session, limits).await {
                    Ok(()) => return Ok(left_out),
                    Err(error) => error,
                }
            }
            Err(error) => error,
        };
        // One that cannot be cancelled either is never completed, and does no harm.
        let cancelled = self.client.cancel_activity_type_sync(session).await;
        let about_session = matches!(error.kind(), CoreErrorKind::NotFound | CoreErrorKind::Invalid);
        Err(match cancelled {
            Ok(false) if about_session => Trouble::Forgotten,
            // Whether it was the session or the types is not known then.
            Err(unknown) if about_session => Trouble::Other(unknown),
            _ => Trouble::Other(error),
        })
    }

    /// Sends the types in batches. Answers how many were taken, and those that were refused.
    async fn send_batches(
        &self,
        session: &SyncSession,
        types: &[SyncActivityType],
        limits: Limits,
    ) -> Result<(usize, Vec<String>), clio_core::Error> {
        let (mut taken, mut left_out) = (0, Vec::new());
        for batch in types.chunks(ITEMS_AT_ONCE) {
            let mut batch: Vec<&SyncActivityType> = batch.iter().collect();
            while !batch.is_empty() {
                let sending = self.client.upsert_activity_types_within(&batch, Some(session), limits);
                let errors = sending.await?;
                if errors.is_empty() {
                    taken += batch.len();
                    break;
                }
                let mut good = Vec::with_capacity(batch.len());
                for (index, one) in batch.iter().enumerate() {
                    match errors.iter().find(|error| error.index == index) {
                        Some(error) => left_out.push(told(one, &error.error_description)),
                        None => good.push(*one),
                    }
                }
                if good.len() == batch.len() {
                    let message = "WiseTime refuses activity types, and does not say which";
                    return Err(clio_core::Error::new(CoreErrorKind::Invalid, message));
                }
                // Whether they were taken is not said: they are sent again without the bad ones.
                batch = good;
            }
        }
        Ok((taken, left_out))
    }
}

/// Why a session came to nothing.
enum Trouble {
    /// WiseTime does not know it any more. Another one may do better.
    Forgotten,
    Other(clio_core::Error),
}

fn told(one: &SyncActivityType, reason: &str) -> String {
    let name = if one.label.is_empty() { "without a name" } else { &one.label };
    let reason = if reason.trim().is_empty() { "no reason given" } else { reason.trim() };
    format!("{name} ({}): {reason}", one.code)
}

#[async_trait]
impl Target for ActivityTypes {
    fn kind(&self) -> &'static str {
        "wisetime/activity-types"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::NaturalKey)
    }

    fn monotonic(&self) -> Duration {
        self.client.clock().monotonic()
    }

    async fn prepare(&self, _within: Duration) -> Result<Ready> {
        Ok(Ready::nothing())
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        Ok(self.client.clock().now())
    }

    async fn send(&self, writes: &[Sending], limits: SendLimits, _: Ready) -> Vec<Outcome> {
        let limits =
            Limits { total: limits.answer_within, send_by: Some(limits.send_by), ..Limits::default() };
        let mut outcomes = Vec::with_capacity(writes.len());
        for sending in writes {
            outcomes.push(self.send_one(sending, limits).await);
        }
        outcomes
    }

    async fn look(&self, _look: &Look) -> Result<Vec<Found>> {
        Err(Error::new(
            ErrorKind::Protocol,
            "activity types have a natural key: there is nothing to look for",
        ))
    }
}

impl ActivityTypes {
    async fn send_one(&self, sending: &Sending, limits: Limits) -> Outcome {
        if matches!(sending.action, Action::Delete { .. }) {
            return Outcome::Refused("activity types are not deleted all at once".into());
        }
        let types: Vec<SyncActivityType> = match serde_json::from_str(&sending.write.payload) {
            Ok(types) => types,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        match self.send_all(&types, limits).await {
            Ok(left_out) if left_out.is_empty() => {
                Outcome::Applied { remote_id: "activity-types".into(), etag: None, echo: None }
            }
            // A dead letter, so that it is told, and once: the same list is not sent again.
            Ok(left_out) => Outcome::Refused(format!(
                "WiseTime left out {}; all other activity types are in step",
                left_out.join(", ")
            )),
            Err(error) if error.kind() == CoreErrorKind::Invalid => {
                Outcome::Refused(error.message().to_owned())
            }
            // What was sent may be sent again, so that nothing has to be known of it.
            Err(error) => crate::tags::outcome(&error),
        }
    }
}
