//! The notice at WiseTime, as a target of one record.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Applied, ErrorKind as CoreErrorKind};
use clio_sync::{
    Capabilities, Error, ErrorKind, Fingerprint, Found, Look, Outcome, Ready, Result, SendLimits, Sending,
    Target,
};
use serde::Deserialize;

use crate::{
    Client,
    wire::{HealthFailure, HealthFailureType},
};

/// The notice that members of the team see. To say the same again does no harm.
#[derive(Debug)]
pub(crate) struct Notices {
    pub(crate) client: Client,
}

/// A notice as it was planned.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Planned {
    error_type: HealthFailureType,
    user_error_message: Option<String>,
}

impl Notices {
    async fn tell(&self, sending: &Sending) -> Outcome {
        let planned: Option<Planned> = match serde_json::from_str(&sending.write.payload) {
            Ok(planned) => planned,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let told = match planned {
            None => self.client.rescind_failure().await,
            Some(Planned { error_type, user_error_message }) => {
                self.client.notify_failure(&HealthFailure { error_type, user_error_message }).await
            }
        };
        match told {
            Ok(()) => Outcome::Applied { remote_id: "health".to_owned(), etag: None, echo: None },
            Err(error) => match (error.kind(), error.applied()) {
                (CoreErrorKind::RateLimited, _) => Outcome::RateLimited(error.retry_after()),
                (_, Applied::Perhaps) => Outcome::Unknown(error.to_string()),
                (_, Applied::No) => Outcome::NotSent(error.into()),
            },
        }
    }
}

#[async_trait]
impl Target for Notices {
    fn kind(&self) -> &'static str {
        "wisetime/health"
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

    async fn send(&self, sendings: &[Sending], _limits: SendLimits, _ready: Ready) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            outcomes.push(self.tell(sending).await);
        }
        outcomes
    }

    async fn look(&self, _look: &Look) -> Result<Vec<Found>> {
        Err(Error::new(ErrorKind::Protocol, "a notice has a natural key: there is nothing to look for"))
    }
}
