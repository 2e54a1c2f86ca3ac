//! Cases as a target: found by the integration id, or created; then brought to the status that follows.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clio_core::Clock;
use clio_sync::{
    Action, Capabilities, Error, ErrorKind, Fingerprint, Found, Look, Outcome, Ready, Result, SendLimits,
    Sending, Target,
};
use serde_json::Value;

use crate::{Case, CaseFields, CaseId, CaseStatus, NewStatus, mapping::CaseState, patience::answered};

/// The kind of the target; part of every key.
pub(crate) const CASE: &str = "case-status/case";

/// How far back an update of a status is looked for. Nothing that was sent is unsettled for so long.
const UPDATES_BACK: TimeDelta = TimeDelta::days(7);

/// The cases of a firm.
#[derive(Debug, Clone)]
pub(crate) struct Cases {
    pub(crate) side: Arc<dyn CaseStatus>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Cases {
    async fn create(&self, sending: &Sending, state: &CaseState) -> Result<Outcome, Error> {
        match self.only_case(&state.fields.integration_id).await? {
            Err(refused) => Ok(Outcome::Refused(refused)),
            Ok(Some(case)) => self.bring(sending, &case, state).await,
            Ok(None) => {
                let case = self.side.create_case(&state.fields).await?;
                self.move_to(sending, &case.id, case.status.as_deref(), state).await?;
                Ok(applied(&case.id))
            }
        }
    }

    async fn update(&self, sending: &Sending, id: &str, state: &CaseState) -> Result<Outcome, Error> {
        match self.side.case(&CaseId::new(id)).await? {
            None => Ok(Outcome::Gone),
            Some(case) if case.deleted => Ok(Outcome::Gone),
            Some(case) => self.bring(sending, &case, state).await,
        }
    }

    /// Brings a case to what is written. Doing it again changes nothing, and tells nobody again.
    async fn bring(&self, sending: &Sending, case: &Case, state: &CaseState) -> Result<Outcome, Error> {
        if !agrees(&case.fields, &state.fields) {
            self.side.update_case(&case.id, &state.fields).await?;
        }
        self.move_to(sending, &case.id, case.status.as_deref(), state).await?;
        Ok(applied(&case.id))
    }

    /// Sets the status, unless the case is in it, or an earlier attempt has set it.
    async fn move_to(
        &self,
        sending: &Sending,
        case: &CaseId,
        now: Option<&str>,
        state: &CaseState,
    ) -> Result<(), Error> {
        let Some(status) = state.standing.status.as_deref().filter(|status| Some(*status) != now) else {
            return Ok(());
        };
        let reference = sending.marker();
        let since = self.clock.now() - UPDATES_BACK;
        let updates = self.side.status_updates(case, since).await?;
        if updates.iter().any(|update| update.reference.as_deref() == Some(&reference)) {
            return Ok(());
        }
        let (case, status, notify) = (case.clone(), status.to_owned(), state.standing.notify);
        self.side.set_status(&NewStatus { case, status, notify, reference }).await.map(drop)
    }

    /// The one case with this integration id, or why it cannot be told.
    async fn only_case(&self, integration_id: &str) -> Result<Result<Option<Case>, String>, Error> {
        let all = self.side.cases_of(integration_id).await?;
        let (deleted, mut live): (Vec<Case>, Vec<Case>) = all.into_iter().partition(|case| case.deleted);
        Ok(match (live.len(), deleted.is_empty()) {
            (0, true) => Ok(None),
            (0, false) => Err("the case was deleted at Case Status: it is not imported again".into()),
            (1, _) => Ok(live.pop()),
            (many, _) => Err(format!("{many} cases at Case Status have the integration id {integration_id}")),
        })
    }
}

/// The case has all that comes from Clio. What Clio does not know is left as it is.
fn agrees(there: &CaseFields, wanted: &CaseFields) -> bool {
    let same = |there: &Option<String>, wanted: &Option<String>| wanted.is_none() || there == wanted;
    there.title == wanted.title
        && there.client.name == wanted.client.name
        && same(&there.client.phone, &wanted.client.phone)
        && same(&there.client.email, &wanted.client.email)
        && same(&there.practice_area, &wanted.practice_area)
        && same(&there.description, &wanted.description)
        && same(&there.attorney_email, &wanted.attorney_email)
        && (wanted.opened_on.is_none() || there.opened_on == wanted.opened_on)
}

fn applied(id: &CaseId) -> Outcome {
    Outcome::Applied { remote_id: id.to_string(), etag: None, echo: None }
}

fn found(case: &Case, state: Option<&CaseState>, marker: Option<String>) -> Found {
    let content = match serde_json::to_value(&case.fields) {
        Ok(Value::Object(mut content)) => {
            content.insert("status".into(), case.status.clone().into());
            content.into_iter().collect()
        }
        _ => clio_sync::Content::new(),
    };
    let status = state.and_then(|state| state.standing.status.as_deref());
    let complete = status.is_none() || status == case.status.as_deref();
    Found { marker, complete, ..Found::new(case.id.as_str(), None, content) }
}

/// What an error of a step says of the whole: the steps before it may stand.
fn outcome(error: Error) -> Outcome {
    match error.kind() {
        ErrorKind::RateLimited => Outcome::RateLimited(error.retry_after()),
        ErrorKind::Protocol => Outcome::Refused(error.to_string()),
        ErrorKind::Configuration | ErrorKind::AuthorisationLost => Outcome::NotSent(error),
        _ => Outcome::Unknown(error.to_string()),
    }
}

fn state(sending: &Sending) -> Result<CaseState, Outcome> {
    let read = serde_json::from_str(&sending.write.payload);
    read.map_err(|_| Outcome::Refused("what was to be written cannot be read".into()))
}

#[async_trait]
impl Target for Cases {
    fn kind(&self) -> &'static str {
        CASE
    }

    /// A case says by its integration id which write it is of.
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::ExternalProperty).unconditional_updates()
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

    async fn send(&self, sendings: &[Sending], limits: SendLimits, _: Ready) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(sendings.len());
        for sending in sendings {
            let state = match state(sending) {
                Ok(state) => state,
                Err(refused) => {
                    outcomes.push(refused);
                    continue;
                }
            };
            let work = async {
                match &sending.action {
                    Action::Create => self.create(sending, &state).await,
                    Action::Update { remote_id, .. } => self.update(sending, remote_id, &state).await,
                    _ => Ok(Outcome::Refused("cases are not deleted from here".into())),
                }
            };
            outcomes.push(self.within(limits, work).await);
        }
        outcomes
    }

    async fn look(&self, look: &Look) -> Result<Vec<Found>> {
        let mut all = Vec::new();
        for sought in &look.sought {
            let Ok(state) = state(sought) else { continue };
            let cases = answered(&*self.clock, self.side.cases_of(&state.fields.integration_id)).await?;
            let live = cases.iter().filter(|case| !case.deleted);
            all.extend(live.map(|case| found(case, Some(&state), Some(sought.marker()))));
        }
        Ok(all)
    }

    async fn get(&self, remote_id: &str) -> Result<Option<Found>> {
        let case = answered(&*self.clock, self.side.case(&CaseId::new(remote_id))).await?;
        Ok(case.filter(|case| !case.deleted).map(|case| found(&case, None, None)))
    }

    async fn finish(&self, sending: &Sending, found: &Found, limits: SendLimits, _: Ready) -> Outcome {
        match state(sending) {
            Ok(state) => self.within(limits, self.update(sending, &found.remote_id, &state)).await,
            Err(refused) => refused,
        }
    }
}

impl Cases {
    /// An answer after this time counts as lost.
    async fn within(
        &self,
        limits: SendLimits,
        work: impl Future<Output = Result<Outcome, Error>>,
    ) -> Outcome {
        let late = self.clock.sleep(limits.answer_within);
        futures_util::pin_mut!(work);
        match futures_util::future::select(work, late).await {
            futures_util::future::Either::Left((Ok(outcome), _)) => outcome,
            futures_util::future::Either::Left((Err(error), _)) => outcome(error),
            futures_util::future::Either::Right(_) => Outcome::Unknown("Case Status did not answer".into()),
        }
    }
}
