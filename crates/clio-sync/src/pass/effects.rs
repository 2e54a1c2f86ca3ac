//! Driving intents: the write algorithm.
//!
//! Clio has no idempotency key, so a write is recorded before it is sent, and one of unknown outcome is looked for
//! before it is sent again. Each function below is one step; each verb of the store is one durable transaction, and
//! the engine may die between any two of them.

use std::{collections::BTreeSet, slice::from_ref};

use super::{
    Pass, keys_in,
    look::{Verdict, match_up},
};
use crate::{
    BeginSend, Confirmation, Confirmed, Content, Error, ErrorKind, Event, Fingerprint, Intent, IntentState,
    Lease, LineOutcome, Outcome, Result, SendLimits, Target,
};

/// After so many unknown outcomes in a row the target is taken to be out of order, and the run ends.
const UNKNOWN_IN_A_ROW: u32 = 3;

/// How many looks have to find nothing before a write is sent again.
const LOOKS: u32 = 2;

impl Pass<'_> {
    /// Brings the intents of this flow as far as they can be brought now.
    ///
    /// Only one run of a firm is in here at a time, so that an intent found SENDING was abandoned, and no look runs while
    /// an equal write is on its way.
    pub(super) async fn drive(&mut self, target: &dyn Target) -> Result<()> {
        let firm = self.firm;
        let _alone = firm.writing.lock().await;
        self.recover(target).await?;
        let looked = self.look(target).await;
        if looked.as_ref().is_err_and(|error| !error.is_retryable() && error.kind() != ErrorKind::Protocol) {
            return looked;
        }
        // A look that failed keeps only those waiting that it was for.
        let sent = self.send_all(target).await;
        looked.and(sent)
    }

    /// Takes up what another run, or another engine, left on its way.
    async fn recover(&mut self, target: &dyn Target) -> Result<()> {
        let open = self.store().open_intents(&self.flow.firm, target.kind()).await?;
        if open.is_empty() {
            return Ok(());
        }
        let lease = self.lease().await?;
        // Open again under the lease: whoever had it before can write nothing any more.
        let open = self.store().open_intents(&self.flow.firm, target.kind()).await?;
        let abandoned = keys_in(IntentState::Sending, &open);
        match target.capabilities().fingerprint {
            Fingerprint::NaturalKey => {
                let all: Vec<String> = open.into_iter().map(|intent| intent.key).collect();
                self.store().replan(&lease, &all).await
            }
            Fingerprint::Content { .. } => {
                // Counted from now rather than from when it was sent: the clock may have been set meanwhile.
                let wait = self.config.timing.until_settled();
                if !abandoned.is_empty() {
                    let reason = "the engine stopped while this was being sent";
                    self.store().mark_uncertain(&lease, &abandoned, wait, reason).await?;
                    self.event(&Event::Uncertain);
                }
                self.cap_waits(&lease, &open).await
            }
        }
    }

    /// A clock that was set back would make a wait endless.
    async fn cap_waits(&self, lease: &Lease, open: &[Intent]) -> Result<()> {
        let timing = &self.config.timing;
        let longest = timing.send_within + timing.until_settled() + timing.look_again_after(timing.attempts);
        let now = self.store().now().await?;
        let too_far = |intent: &&Intent| {
            intent.state == IntentState::Uncertain
                && intent.not_before.is_some_and(|due| (due - now).to_std().is_ok_and(|wait| wait > longest))
        };
        let stuck: Vec<String> = open.iter().filter(too_far).map(|intent| intent.key.clone()).collect();
        if stuck.is_empty() {
            return Ok(());
        }
        self.store().mark_uncertain(lease, &stuck, timing.until_settled(), "the clock was set back").await
    }

    /// Looks for all writes of unknown outcome that have settled, at once.
    async fn look(&mut self, target: &dyn Target) -> Result<()> {
        let Fingerprint::Content { near_miss } = target.capabilities().fingerprint else { return Ok(()) };
        let firm = self.flow.firm.clone();
        let now = self.store().now().await?;
        let open = self.store().open_intents(&firm, target.kind()).await?;
        let (due, waiting): (Vec<Intent>, Vec<Intent>) =
            open.into_iter().partition(|intent| intent.not_before.is_none_or(|due| due <= now));
        let Some(floor) = due.iter().filter_map(|intent| intent.floor).min() else { return Ok(()) };
        self.report.looks += 1;
        let found = target.created_since(floor).await?;
        let ids: Vec<String> = found.iter().map(|record| record.remote_id.clone()).collect();
        let linked = self.store().linked(&firm, target.kind(), &ids).await?;
        let unlinked: Vec<_> =
            found.into_iter().filter(|record| !linked.contains(&record.remote_id)).collect();
        let lossy = self.store().lossy_fields(&firm, target.kind()).await?;
        let verdicts = match_up(&due, &waiting, &unlinked, &lossy, near_miss);
        let lease = self.lease().await?;
        for (intent, verdict) in due.iter().zip(verdicts) {
            match verdict {
                Verdict::Found(at) => {
                    let record = &unlinked[at];
                    let confirmation = Confirmation {
                        key: intent.key.clone(),
                        remote_id: record.remote_id.clone(),
                        etag: record.etag.clone(),
                        lossy: BTreeSet::new(),
                    };
                    self.confirm(&lease, intent, confirmation).await?;
                }
                Verdict::NearMiss(at) => {
                    let reason = format!(
                        "record {} may be this one, changed by a person since it was written",
                        unlinked[at].remote_id
                    );
                    self.park(&lease, intent, reason).await?;
                }
                Verdict::Indistinct => {
                    let reason =
                        "the answer was lost, and the target keeps no field by which to find it again";
                    self.park(&lease, intent, reason.to_owned()).await?;
                }
                Verdict::Absent => self.absent(&lease, intent).await?,
            }
        }
        Ok(())
    }

    /// A look did not find the write.
    async fn absent(&mut self, lease: &Lease, intent: &Intent) -> Result<()> {
        let keys = from_ref(&intent.key);
        if intent.looks + 1 < LOOKS {
            let wait = self.config.timing.look_again_after(intent.attempt);
            self.store().look_again(lease, keys, wait).await
        } else if intent.attempt >= self.config.timing.attempts {
            let reason = format!("sent {} times, and never seen at the target", intent.attempt);
            self.park(lease, intent, reason).await
        } else {
            self.store().replan(lease, keys).await
        }
    }

    /// Sends what is planned, until nothing is left or something says stop.
    async fn send_all(&mut self, target: &dyn Target) -> Result<()> {
        let mut unknown_in_a_row = 0;
        loop {
            let batch = target.capabilities().batch;
            let intents = self.store().due_intents(&self.flow, target.kind(), batch).await?;
            if intents.is_empty() {
                return Ok(());
            }
            let outcomes = self.send(target, &intents).await?;
            // Each is recorded, whatever the others came to: what a batch refused must not come again with it.
            let mut stop = None;
            for (intent, outcome) in intents.iter().zip(outcomes) {
                unknown_in_a_row =
                    if matches!(outcome, Outcome::Unknown(_)) { unknown_in_a_row + 1 } else { 0 };
                let told =
                    if let Outcome::Unknown(reason) = &outcome { reason.clone() } else { String::new() };
                let recorded = self.record(target, intent, outcome).await;
                stop = stop.or(recorded.err());
                if unknown_in_a_row >= UNKNOWN_IN_A_ROW && stop.is_none() {
                    let message = format!("{} is out of order: {told}", target.kind());
                    stop = Some(Error::new(ErrorKind::Transient, message));
                }
            }
            if let Some(error) = stop {
                return Err(error);
            }
        }
    }

    /// One send: everything that may take time comes before the write is recorded as being sent.
    async fn send(&mut self, target: &dyn Target, intents: &[Intent]) -> Result<Vec<Outcome>> {
        let timing = &self.config.timing;
        let floor = match target.capabilities().fingerprint {
            Fingerprint::NaturalKey => None,
            Fingerprint::Content { .. } => Some(target.server_time().await? - timing.floor_margin),
        };
        // After everything else that may ask the target: what is reserved is for the writes.
        let ready = target.prepare(timing.send_within + timing.answer_within).await?;
        let lease = self.lease().await?;
        let keys: Vec<String> = intents.iter().map(|intent| intent.key.clone()).collect();
        // Taken before the transaction, so that a pause anywhere after it is noticed.
        let start = target.monotonic();
        let begin = BeginSend { within: timing.send_within, floor, lease: timing.lease };
        self.store().begin_send(&lease, &keys, &begin).await?;
        self.event(&Event::Sending);
        let writes: Vec<_> = intents.iter().map(|intent| intent.write.clone()).collect();
        let limits = SendLimits { send_by: start + timing.send_within, answer_within: timing.answer_within };
        let mut outcomes = target.send(&writes, limits, ready).await;
        outcomes.truncate(intents.len());
        while outcomes.len() < intents.len() {
            outcomes.push(Outcome::Unknown("the target did not report on this one".into()));
        }
        Ok(outcomes)
    }

    /// Records the outcome of one write.
    async fn record(&mut self, target: &dyn Target, intent: &Intent, outcome: Outcome) -> Result<()> {
        let lease = self.lease().await?;
        let keys = [intent.key.clone()];
        // `due_intents` told the state before `begin_send` counted this attempt.
        let attempt = intent.attempt + 1;
        match outcome {
            Outcome::Applied { remote_id, etag, echo } => {
                let lossy = echo.map(|echo| changed(&intent.write.content, &echo)).unwrap_or_default();
                let confirmation = Confirmation { key: intent.key.clone(), remote_id, etag, lossy };
                self.confirm(&lease, intent, confirmation).await
            }
            Outcome::Refused(reason) if attempt > 1 && !is_harmless_to_repeat(target) => {
                // The refusal may be because of what an earlier attempt did.
                let reason =
                    format!("refused at attempt {attempt}, after attempts of unknown outcome: {reason}");
                self.park(&lease, intent, reason).await
            }
            Outcome::Refused(reason) => {
                self.store().reject(&lease, &intent.key, &reason).await?;
                self.intent_settled(intent, LineOutcome::Rejected, None, Some(reason));
                Ok(())
            }
            Outcome::NotSent(error) => {
                self.store().abort_send(&lease, &keys).await?;
                Err(error)
            }
            Outcome::RateLimited(wait) => {
                if self.config.timing.rate_limit_precedes_execution {
                    self.store().abort_send(&lease, &keys).await?;
                } else {
                    self.unknown(target, &lease, intent, "too many requests").await?;
                }
                Err(Error::new(ErrorKind::RateLimited, "too many requests").with_retry_after(wait))
            }
            Outcome::Unknown(reason) => self.unknown(target, &lease, intent, &reason).await,
        }
    }

    /// The write may stand at the target, now or soon.
    async fn unknown(
        &mut self,
        target: &dyn Target,
        lease: &Lease,
        intent: &Intent,
        reason: &str,
    ) -> Result<()> {
        let keys = [intent.key.clone()];
        if is_harmless_to_repeat(target) {
            self.store().replan(lease, &keys).await?;
            return Err(Error::new(ErrorKind::Transient, format!("{}: {reason}", target.kind())));
        }
        self.event(&Event::Uncertain);
        // The wait counts from now, a little longer than from the send: simpler, and on the safe side.
        self.store().mark_uncertain(lease, &keys, self.config.timing.until_settled(), reason).await
    }

    async fn confirm(&mut self, lease: &Lease, intent: &Intent, confirmation: Confirmation) -> Result<()> {
        let remote_id = confirmation.remote_id.clone();
        if self.store().confirm(lease, &[confirmation]).await?.first() == Some(&Confirmed::Linked) {
            let outcome = if intent.generation > 1 { LineOutcome::Updated } else { LineOutcome::Created };
            self.intent_settled(intent, outcome, Some(remote_id), None);
            return Ok(());
        }
        let reason = format!("the target answered with record {remote_id}, which belongs to another");
        let wait = self.config.timing.until_settled();
        self.store().mark_uncertain(lease, from_ref(&intent.key), wait, &reason).await
    }

    async fn park(&mut self, lease: &Lease, intent: &Intent, reason: String) -> Result<()> {
        self.store().park(lease, &intent.key, &reason).await?;
        self.intent_settled(intent, LineOutcome::Parked, None, Some(reason));
        Ok(())
    }
}

/// Writing the same again changes nothing at this target.
fn is_harmless_to_repeat(target: &dyn Target) -> bool {
    target.capabilities().fingerprint == Fingerprint::NaturalKey
}

/// The fields that did not come back as they were written.
fn changed(written: &Content, echo: &Content) -> BTreeSet<String> {
    written
        .iter()
        .filter(|(name, value)| echo.get(*name) != Some(*value))
        .map(|(name, _)| name.clone())
        .collect()
}
