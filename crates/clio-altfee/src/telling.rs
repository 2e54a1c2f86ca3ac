//! AltFee as a target: status and lock of a project.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use clio_sync::{
    Capabilities, Error, ErrorKind, Fingerprint, Found, Look, Outcome, Ready, Refusals, Result, SendLimits,
    Sending, Target,
};
use serde::{Deserialize, Serialize};

use crate::{Integration, Lock, MatterId, ProjectId, Status, adapter};

/// The kind of the target; part of every key.
pub(crate) const SHOWN: &str = "altfee/standing";

/// So many projects are told in a row before the engine writes down what became of them.
const AT_ONCE: usize = 50;

/// What AltFee is told of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) matter: MatterId,
    pub(crate) project: ProjectId,
    pub(crate) status: Status,
    pub(crate) lock: Option<Lock>,
    /// A sign of what was told before.
    pub(crate) after: String,
}

/// What AltFee shows of projects. Telling it twice does no harm, so that nothing is looked for when an answer is lost.
#[derive(Debug)]
pub(crate) struct Telling<'a> {
    integration: Integration,
    clock: Arc<dyn Clock>,
    refusals: Refusals<'a>,
}

impl<'a> Telling<'a> {
    pub(crate) fn new(integration: &Integration, clock: &Arc<dyn Clock>, refusals: Refusals<'a>) -> Self {
        Self { integration: integration.clone(), clock: clock.clone(), refusals }
    }

    async fn tell(&self, sending: &Sending, limits: SendLimits) -> Outcome {
        let told: Told = match serde_json::from_str(&sending.write.payload) {
            Ok(told) => told,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        // Nobody disconnects the matter in between: what is not connected must not be locked.
        let _told = self.integration.telling.lock().await;
        let altfee = &*self.integration.altfee;
        let applied =
            Outcome::Applied { remote_id: told.project.as_str().to_owned(), etag: None, echo: None };
        match altfee.connection(&told.matter).await {
            Ok(Some(_)) => {}
            // It was decided on before the matter was disconnected, and nothing is left to be told.
            Ok(None) => return applied,
            Err(error) => return Outcome::NotSent(error),
        }
        // Before AltFee is told, so that it is done again if this is broken off in between.
        if told.lock.is_none()
            && let Err(error) = self.send_again(&told.project).await
        {
            return Outcome::NotSent(error);
        }
        if self.clock.monotonic() >= limits.send_by {
            return Outcome::NotSent(Error::new(ErrorKind::Transient, "AltFee took too long to be asked"));
        }
        match altfee.set_status(&told.project, told.status, told.lock.as_ref()).await {
            Ok(()) => applied,
            Err(error) => refused(error),
        }
    }

    /// What Clio refused of a project because of the bill.
    async fn send_again(&self, project: &ProjectId) -> Result<()> {
        for flow in adapter::WRITES_FEES {
            self.refusals.send_again(flow, project.as_str()).await?;
        }
        Ok(())
    }
}

/// What AltFee says for this one project concerns no other.
fn refused(error: Error) -> Outcome {
    match error.kind() {
        ErrorKind::RateLimited => Outcome::RateLimited(error.retry_after()),
        ErrorKind::Configuration | ErrorKind::Protocol => Outcome::Refused(error.to_string()),
        _ if error.is_retryable() => Outcome::Unknown(error.to_string()),
        _ => Outcome::NotSent(error),
    }
}

#[async_trait]
impl Target for Telling<'_> {
    fn kind(&self) -> &'static str {
        SHOWN
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::NaturalKey).batch(AT_ONCE)
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    async fn prepare(&self, _within: Duration) -> Result<Ready> {
        Ok(Ready::nothing())
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        Ok(self.clock.now())
    }

    async fn send(&self, sendings: &[Sending], limits: SendLimits, _ready: Ready) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            outcomes.push(self.tell(sending, limits).await);
        }
        outcomes
    }

    async fn look(&self, _look: &Look) -> Result<Vec<Found>> {
        Err(Error::new(ErrorKind::Protocol, "a project has its id: there is nothing to look for"))
    }
}
