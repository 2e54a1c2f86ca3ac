//! Tags as a target.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Applied, ErrorKind as CoreErrorKind, Limits};
use clio_sync::{
    Action, Capabilities, Error, ErrorKind, Fingerprint, Found, Look, Outcome, Ready, Result, SendLimits,
    Sending, Target,
};
use futures_util::lock::Mutex;

use super::{mapping::PlannedTag, sending::Sender};
use crate::{Client, ITEMS_AT_ONCE, wire::DeleteTag};

/// A tag is deleted by a request of its own. So many of them fit into the time that a write has to leave in.
const DELETED_AT_ONCE: usize = 60;

/// A team's tags. The name of a tag decides whether it is created or updated, so sending one twice does no harm.
///
/// A tag's id at WiseTime cannot be asked for, so that the link of a matter has the matter's id and the name of its tag:
/// by the name it is deleted, and with the id two matters of one number differ.
#[derive(Debug)]
pub(crate) struct Tags {
    client: Client,
    known: Mutex<Known>,
}

/// What a run has learned.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Whose each tag is by now, by name: that of the matter which was sent last.
    pub(super) owners: HashMap<String, String>,
    /// A new tag was refused because of the plan, and none was deleted since.
    pub(super) full: bool,
}

impl Tags {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, known: Mutex::default() }
    }
}

#[async_trait]
impl Target for Tags {
    fn kind(&self) -> &'static str {
        "wisetime/tag"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::NaturalKey)
            .batch(ITEMS_AT_ONCE)
            .deletes()
            .delete_batch(DELETED_AT_ONCE)
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
        // One send at a time: what one learns, the next has to know.
        let mut known = self.known.lock().await;
        let mut outcomes: Vec<Option<Outcome>> = writes.iter().map(|_| None).collect();
        let mut sender = Sender::new(&self.client, &mut known, limits);
        let mut going = Vec::new();
        for (at, sending) in writes.iter().enumerate() {
            match &sending.action {
                Action::Delete { remote_id } => going.push((at, remote_id.clone())),
                action => match serde_json::from_str::<PlannedTag>(&sending.write.payload) {
                    Ok(planned) => sender.add(at, planned.tag, old_name(action)),
                    Err(error) => outcomes[at] = Some(Outcome::Refused(error.to_string())),
                },
            }
        }
        let mut ended = sender.delete(going).await;
        ended.extend(sender.upsert().await);
        for (at, outcome) in ended {
            outcomes[at] = Some(outcome);
        }
        let unsaid = || Outcome::Unknown("nothing was said of this tag".into());
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unsaid)).collect()
    }

    async fn look(&self, _look: &Look) -> Result<Vec<Found>> {
        Err(Error::new(ErrorKind::Protocol, "tags have a natural key: there is nothing to look for"))
    }
}

/// The id that a link has of a tag.
pub(super) fn remote_id(matter: &str, name: &str) -> String {
    format!("{matter} {name}")
}

/// The matter and the name of its tag.
pub(super) fn parts(remote_id: &str) -> Option<(&str, &str)> {
    remote_id.split_once(' ')
}

/// The name that the tag has so far.
fn old_name(action: &Action) -> Option<String> {
    let Action::Update { remote_id, .. } = action else { return None };
    parts(remote_id).map(|(_, name)| name.to_owned())
}

/// What an error says of a write. Each write gets an outcome of its own, and an error cannot be shared.
pub(crate) fn outcome(error: &clio_core::Error) -> Outcome {
    match (error.kind(), error.applied()) {
        (CoreErrorKind::RateLimited, _) => Outcome::RateLimited(error.retry_after()),
        (_, Applied::Perhaps) => Outcome::Unknown(error.to_string()),
        (_, Applied::No) => Outcome::NotSent(again(error)),
    }
}

fn again(error: &clio_core::Error) -> Error {
    let copy = clio_core::Error::new(error.kind(), error.to_string());
    Error::from(copy).with_retry_after(error.retry_after())
}

pub(super) fn delete(name: &str) -> DeleteTag {
    DeleteTag::Name(name.to_owned())
}
