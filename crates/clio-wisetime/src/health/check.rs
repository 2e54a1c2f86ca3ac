//! Looking how Clio is, as a source of one record.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, ErrorKind as CoreErrorKind, Limits, RetryPolicy};
use clio_sync::{Content, CursorPage, CursorSource, Error, ErrorKind, Incoming, Mapped, Result, Write};

use super::Standing;
use crate::wire::{HealthFailure, HealthFailureType};

/// After so many checks in a row without an answer Clio counts as unreachable.
const SILENT_CHECKS: u32 = 3;

/// A check that takes longer has failed.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Until the next check, when this one had no answer.
const CHECK_AGAIN: Duration = Duration::from_secs(60);

/// The only record.
const ID: &str = "health";

const LOST: &str = "Clio does not accept the connection any more: an administrator has to authorise it again in the settings \
                    of the connection. What was posted before is kept, and goes on by itself";
const UNREACHABLE: &str = "Clio cannot be reached. What was posted before is kept, and goes on by itself";
const NO_RIGHT: &str = "Clio does not let the connection record time for others: whoever authorised it needs that right, and \
                        the app that to write activities. What was posted before is kept, and goes on by itself";
const SUBSCRIPTION: &str = "The firm's subscription of Clio does not allow the connection. What was posted before is kept, and \
                            goes on once it does";
const RETIRED: &str = "Clio has changed, and the connection has to be updated by whoever runs it. What was posted before is \
                       kept";

/// How Clio is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    Well,
    Failing(HealthFailureType, &'static str),
}

/// How the run ends, besides what WiseTime is told: the flow that checks must not say that all is well when it is not.
pub(crate) type Finding = Arc<Mutex<Option<Error>>>;

/// A look at Clio.
#[derive(Debug)]
pub(crate) struct CheckUp {
    pub(crate) clio: Clio,
    pub(crate) standing: Arc<Standing>,
    pub(crate) finding: Finding,
}

impl CheckUp {
    /// How Clio is. `None` while that is not clear.
    async fn check(&self) -> Option<Health> {
        let error = if self.standing.took_one() {
            None
        } else {
            let limits = Limits { total: ANSWER_WITHIN, ..Limits::default() };
            self.clio.users().who_am_i().with_limits(limits).with_retry(RetryPolicy::never()).await.err()
        };
        let Some(error) = error else {
            self.standing.answers();
            return Some(if self.standing.lacks_right() {
                Health::Failing(HealthFailureType::TargetPermissionsFailure, NO_RIGHT)
            } else {
                Health::Well
            });
        };
        let failing = |kind, words| {
            self.standing.answers();
            Some(Health::Failing(kind, words))
        };
        match (error.kind(), error.status()) {
            (_, Some(402)) => failing(HealthFailureType::TargetSubscriptionFailure, SUBSCRIPTION),
            (CoreErrorKind::AuthorisationLost | CoreErrorKind::Authorisation, _) => {
                self.found(Error::new(ErrorKind::AuthorisationLost, LOST).with_source(error));
                failing(HealthFailureType::TargetAuthFailure, LOST)
            }
            (CoreErrorKind::Forbidden, _) => failing(HealthFailureType::TargetPermissionsFailure, NO_RIGHT),
            (CoreErrorKind::VersionRetired, _) => failing(HealthFailureType::Unknown, RETIRED),
            // We are busy, and Clio says so.
            (CoreErrorKind::RateLimited, _) => None,
            // That is ours to mend.
            (CoreErrorKind::Configuration | CoreErrorKind::TokenStore, _) => {
                self.found(error.into());
                None
            }
            _ => {
                let error = Error::new(ErrorKind::Transient, UNREACHABLE).with_source(error);
                self.found(error.with_retry_after(Some(CHECK_AGAIN)));
                let silent = self.standing.is_silent() >= SILENT_CHECKS;
                silent.then_some(Health::Failing(HealthFailureType::TargetUnreachable, UNREACHABLE))
            }
        }
    }

    fn found(&self, error: Error) {
        *self.finding.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

#[async_trait]
impl CursorSource for CheckUp {
    type Record = Health;

    fn kind(&self) -> &'static str {
        "clio/health"
    }

    fn reads_changes(&self) -> bool {
        false
    }

    async fn page(
        &self,
        _since: Option<DateTime<Utc>>,
        _position: Option<&str>,
    ) -> Result<CursorPage<Health>> {
        let record = |health: Health| {
            let version = match &health {
                Health::Well => "well".to_owned(),
                Health::Failing(kind, _) => kind.as_str().to_owned(),
            };
            Incoming::new(ID, version, health)
        };
        let records = self.check().await.map(record).into_iter().collect();
        let server_time = Some(self.clio.clock().now());
        Ok(CursorPage { records, server_time, ..CursorPage::default() })
    }
}

/// What is to stand at WiseTime: a notice, or none. Pure.
pub(crate) fn notice(health: &Health) -> Mapped {
    let failure = match health {
        Health::Well => None,
        Health::Failing(kind, words) => {
            Some(HealthFailure { error_type: kind.clone(), user_error_message: Some((*words).to_owned()) })
        }
    };
    let label = failure.as_ref().map_or("WELL", |failure| failure.error_type.as_str()).to_owned();
    match serde_json::to_string(&failure) {
        Ok(payload) => {
            let content = Content::from([("health".to_owned(), label.clone().into())]);
            Mapped::Upsert(Write { payload, content, label })
        }
        Err(error) => Mapped::Reject(error.to_string()),
    }
}
