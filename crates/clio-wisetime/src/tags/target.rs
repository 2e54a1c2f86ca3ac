//! Tags as a target.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Applied, ErrorKind as CoreErrorKind, Limits};
use clio_sync::{
    Capabilities, Error, ErrorKind, Fingerprint, Found, Look, Outcome, Ready, Result, SendLimits, Sending,
    Target,
};

use crate::{Client, wire::UpsertTag};

/// The most tags that one request carries.
const TAGS_AT_ONCE: usize = 2000;

/// A team's tags. The name of a tag decides whether it is created or updated, so sending one twice does no harm.
#[derive(Debug)]
pub(crate) struct Tags {
    pub(crate) client: Client,
}

#[async_trait]
impl Target for Tags {
    fn kind(&self) -> &'static str {
        "wisetime/tag"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::NaturalKey).batch(TAGS_AT_ONCE)
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
        let tags: std::result::Result<Vec<UpsertTag>, _> =
            writes.iter().map(|sending| serde_json::from_str(&sending.write.payload)).collect();
        let tags = match tags {
            Ok(tags) => tags,
            Err(error) => return all(writes, || Outcome::Refused(error.to_string())),
        };
        let limits =
            Limits { total: limits.answer_within, send_by: Some(limits.send_by), ..Limits::default() };
        match self.client.upsert_tags(&tags, limits).await {
            Ok(errors) if errors.is_empty() => applied(tags),
            Ok(errors) => {
                // Which of the others were taken is not said: they are sent again without the bad ones.
                let outcome = |at| match errors.iter().find(|error| error.index == at) {
                    Some(error) => Outcome::Refused(error.error_description.clone()),
                    None => Outcome::Unknown("another tag of the same request was refused".into()),
                };
                (0..writes.len()).map(outcome).collect()
            }
            Err(error) => match (error.kind(), error.applied()) {
                (CoreErrorKind::RateLimited, _) => all(writes, || Outcome::RateLimited(error.retry_after())),
                (_, Applied::Perhaps) => all(writes, || Outcome::Unknown(error.to_string())),
                (_, Applied::No) => {
                    let mut outcomes = all(writes, || Outcome::Unknown("not sent".into()));
                    if let Some(first) = outcomes.first_mut() {
                        *first = Outcome::NotSent(not_sent(error));
                    }
                    outcomes
                }
            },
        }
    }

    async fn look(&self, _look: &Look) -> Result<Vec<Found>> {
        Err(Error::new(ErrorKind::Protocol, "tags have a natural key: there is nothing to look for"))
    }
}

/// The name decides, so of two matters with one number only the last has the tag. The others are told as refused: time
/// that a user tags with that number goes to the last.
fn applied(tags: Vec<UpsertTag>) -> Vec<Outcome> {
    let last: HashMap<String, String> =
        tags.iter().map(|tag| (tag.name.clone(), tag.external_id.clone())).collect();
    let outcome = |tag: UpsertTag| match last.get(&tag.name) {
        Some(owner) if *owner != tag.external_id => {
            Outcome::Refused(format!("matter {owner} has the number {} too, and so the tag", tag.name))
        }
        _ => Outcome::Applied { remote_id: tag.external_id, etag: None, echo: None },
    };
    tags.into_iter().map(outcome).collect()
}

fn all(writes: &[Sending], outcome: impl Fn() -> Outcome) -> Vec<Outcome> {
    writes.iter().map(|_| outcome()).collect()
}

fn not_sent(error: clio_core::Error) -> Error {
    match error.kind() {
        // A batch is refused as a whole only for what it is, not for what is in it.
        CoreErrorKind::Invalid => Error::new(ErrorKind::Configuration, error.to_string()).with_source(error),
        _ => error.into(),
    }
}
