//! Driving intents: the write algorithm.
//!
//! Clio has no idempotency key, so a write is recorded before it is sent, and one of unknown outcome is looked for
//! before it is sent again. Each function below is one step; each verb of the store is one durable transaction, and
//! the engine may die between any two of them.

use std::{collections::BTreeSet, time::Duration};

use super::{
    Pass,
    batches::{Extent, batches},
    record::keys_in,
};
use crate::{
    Action, BeginSend, Content, Effect, Error, ErrorKind, Event, Fingerprint, Intent, IntentState, Lease,
    LineOutcome, Outcome, Result, SendLimits, Sending, Target, Waiver,
};

/// After so many unknown outcomes in a row the target is taken to be out of order, and the run ends.
const UNKNOWN_IN_A_ROW: u32 = 3;

/// How many planned writes are fetched at once.
const AHEAD: usize = 50;

impl Pass<'_> {
    /// Brings the intents of this flow as far as they can be brought now.
    ///
    /// Only one run of a firm is in here at a time, so that an intent found SENDING was abandoned, and no look runs while
    /// an equal write is on its way.
    pub(super) async fn drive(&mut self, target: &dyn Target) -> Result<()> {
        self.drive_to(target, Extent::All).await
    }

    /// The same, but for what would not fill a batch: more is on its way.
    pub(super) async fn drive_full_batches(&mut self, target: &dyn Target) -> Result<()> {
        self.drive_to(target, Extent::FullBatches).await
    }

    async fn drive_to(&mut self, target: &dyn Target, extent: Extent) -> Result<()> {
        let firm = self.firm;
        let _alone = firm.writing.lock().await;
        let any_open = self.take_up(target).await?;
        let looked = self.look(target, any_open).await;
        if looked.as_ref().is_err_and(|error| !error.is_retryable() && error.kind() != ErrorKind::Protocol) {
            return looked;
        }
        // A look that failed keeps only those waiting that it was for.
        let sent = self.send_all(target, extent).await;
        looked.and(sent)
    }

    /// Takes up what another run, or another engine, left on its way. Answers whether anything is.
    async fn take_up(&mut self, target: &dyn Target) -> Result<bool> {
        let open = self.store().open_intents(&self.flow.firm, target.kind()).await?;
        if open.is_empty() {
            return Ok(false);
        }
        let lease = self.lease().await?;
        // Open again under the lease: whoever had it before can write nothing any more.
        let open = self.store().open_intents(&self.flow.firm, target.kind()).await?;
        if is_harmless_to_repeat(target) {
            let all: Vec<String> = open.into_iter().map(|intent| intent.key).collect();
            self.store().replan(&lease, &all).await?;
            return Ok(true);
        }
        let (creations, others): (Vec<&Intent>, Vec<&Intent>) =
            open.iter().partition(|intent| intent.creates());
        let (ours, theirs): (Vec<&Intent>, Vec<&Intent>) =
            creations.into_iter().partition(|intent| intent.flow == self.flow);
        // Counted from now rather than from when it was sent: the clock may have been set meanwhile. What another flow
        // creates may not be inert. What was to change or delete a record is found out by looking at that record.
        let waits = [
            (ours, self.settles_in(target)),
            (theirs, self.config.timing.until_settled()),
            (others, self.changes_settle_in(target)),
        ];
        for (kind, wait) in waits {
            let abandoned = keys_in(IntentState::Sending, &kind);
            if !abandoned.is_empty() {
                let reason = "the engine stopped while this was being sent";
                self.store().mark_uncertain(&lease, &abandoned, wait, reason).await?;
                self.event(&Event::Uncertain);
            }
        }
        self.cap_waits(&lease, &open).await?;
        Ok(true)
    }

    /// How long a creation may still take effect. What is inert may: it changes nothing.
    pub(super) fn settles_in(&self, target: &dyn Target) -> Duration {
        let timing = &self.config.timing;
        if target.capabilities().inert_create { timing.answer_within } else { timing.until_settled() }
    }

    /// How long a change may still take effect. One under a condition takes none once another has been made.
    fn changes_settle_in(&self, target: &dyn Target) -> Duration {
        let late = target.capabilities().unconditional_updates;
        if late { self.config.timing.until_settled() } else { Duration::ZERO }
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

    /// Sends what is planned, until nothing is left or something says stop.
    async fn send_all(&mut self, target: &dyn Target, extent: Extent) -> Result<()> {
        let capabilities = target.capabilities();
        let batch = capabilities.batch.max(1);
        let mut unknown_in_a_row = 0;
        loop {
            // What is planned for this flow is changed by nobody else meanwhile.
            let mut planned = self.store().due_intents(&self.flow, target.kind(), batch.max(AHEAD)).await?;
            if extent == Extent::FullBatches {
                planned.truncate(planned.len() / batch * batch);
            }
            if planned.is_empty() {
                return Ok(());
            }
            for next in batches(planned, &capabilities) {
                self.send_batch(target, next, &mut unknown_in_a_row).await?;
            }
        }
    }

    async fn send_batch(
        &mut self,
        target: &dyn Target,
        planned: Vec<Intent>,
        unknown_in_a_row: &mut u32,
    ) -> Result<()> {
        let intents = self.sendable(target, planned).await?;
        if intents.is_empty() {
            return Ok(());
        }
        let outcomes = self.send(target, &intents).await?;
        let mut out_of_order = None;
        for outcome in &outcomes {
            if let Outcome::Unknown(reason) = outcome {
                *unknown_in_a_row += 1;
                if *unknown_in_a_row >= UNKNOWN_IN_A_ROW {
                    out_of_order = Some(format!("{} is out of order: {reason}", target.kind()));
                }
            } else {
                *unknown_in_a_row = 0;
            }
        }
        self.record_all(target, &intents, outcomes).await?;
        out_of_order.map_or(Ok(()), |message| Err(Error::new(ErrorKind::Transient, message)))
    }

    /// Those that can be sent as they are, each with what is to be done. The others are settled here: a deletion of what
    /// was never written, a change of what others have changed or deleted.
    async fn sendable(
        &mut self,
        target: &dyn Target,
        planned: Vec<Intent>,
    ) -> Result<Vec<(Intent, Sending)>> {
        let mut sendable = Vec::with_capacity(planned.len());
        for intent in planned {
            let capabilities = target.capabilities();
            let action = match (intent.effect, intent.linked.clone()) {
                (Effect::Delete, None) => {
                    let lease = self.lease().await?;
                    self.waive(&lease, &intent, "it never stood at the target", false, None).await?;
                    continue;
                }
                (Effect::Delete, Some(_)) if !capabilities.deletes => return Err(cannot(target, "delete")),
                (Effect::Delete, Some(linked)) => Action::Delete { remote_id: linked.remote_id },
                (_, None) if !capabilities.creates => return Err(cannot(target, "create")),
                (_, None) => Action::Create,
                (_, Some(linked)) => Action::Update { remote_id: linked.remote_id, etag: linked.etag },
            };
            if !is_harmless_to_repeat(target) {
                if matches!(action, Action::Update { .. }) && !capabilities.updates {
                    return Err(cannot(target, "change"));
                }
                // A deletion has no condition, and a change needs a version to be conditional upon.
                let blind = matches!(&action, Action::Delete { .. } | Action::Update { etag: None, .. });
                if blind && let Some(action) = self.look_before(target, &intent).await? {
                    sendable.push((intent.clone(), sending(intent, action)));
                    continue;
                } else if blind {
                    continue;
                }
            }
            sendable.push((intent.clone(), sending(intent, action)));
        }
        Ok(sendable)
    }

    /// One send: everything that may take time comes before the write is recorded as being sent.
    async fn send(&mut self, target: &dyn Target, intents: &[(Intent, Sending)]) -> Result<Vec<Outcome>> {
        let timing = &self.config.timing;
        let floor = if is_harmless_to_repeat(target) || !intents.iter().any(|(intent, _)| intent.creates()) {
            None
        } else {
            Some(target.server_time().await? - timing.floor_margin)
        };
        // After everything else that may ask the target: what is reserved is for the writes.
        let ready = target.prepare(timing.send_within + timing.answer_within).await?;
        let lease = self.lease().await?;
        let keys: Vec<String> = intents.iter().map(|(intent, _)| intent.key.clone()).collect();
        // Taken before the transaction, so that a pause anywhere after it is noticed.
        let start = target.monotonic();
        let begin = BeginSend { within: timing.send_within, floor, lease: timing.lease };
        self.store().begin_send(&lease, &keys, &begin).await?;
        self.event(&Event::Sending);
        let sendings: Vec<Sending> = intents.iter().map(|(_, sending)| sending.clone()).collect();
        let limits = SendLimits { send_by: start + timing.send_within, answer_within: timing.answer_within };
        let mut outcomes = target.send(&sendings, limits, ready).await;
        outcomes.truncate(intents.len());
        while outcomes.len() < intents.len() {
            outcomes.push(Outcome::Unknown("the target did not report on this one".into()));
        }
        Ok(outcomes)
    }

    /// Records the outcome of one write that was not simply applied.
    pub(super) async fn record(
        &mut self,
        target: &dyn Target,
        intent: &Intent,
        sending: &Sending,
        outcome: Outcome,
    ) -> Result<()> {
        let lease = self.lease().await?;
        let keys = [intent.key.clone()];
        // `due_intents` told the state before `begin_send` counted this attempt.
        let attempt = intent.attempt + 1;
        match outcome {
            Outcome::Applied { remote_id, etag, .. } => {
                self.confirm(target, &lease, intent, attempt, remote_id, etag, BTreeSet::new()).await
            }
            Outcome::Refused(reason)
                if attempt > 1 && sending.action != Action::Create && !is_harmless_to_repeat(target) =>
            {
                // An earlier attempt may be why: what stands there tells.
                self.compare(target, &lease, &Intent { attempt, ..intent.clone() }, Some(reason)).await
            }
            Outcome::Refused(reason) if attempt > 1 && !is_harmless_to_repeat(target) => {
                // The refusal may be because of what an earlier attempt did.
                let reason =
                    format!("refused at attempt {attempt}, after attempts of unknown outcome: {reason}");
                self.park(&lease, intent, reason, None).await
            }
            Outcome::Refused(reason) => self.reject(&lease, intent, reason).await,
            Outcome::Changed => {
                self.store().mark_uncertain(&lease, &keys, Duration::ZERO, "changed by others").await?;
                self.compare(target, &lease, &Intent { attempt, ..intent.clone() }, None).await
            }
            Outcome::Gone => match &sending.action {
                Action::Delete { remote_id } => {
                    let remote_id = remote_id.clone();
                    self.confirm(target, &lease, intent, attempt, remote_id, None, BTreeSet::new()).await
                }
                Action::Update { .. } => {
                    self.waive(&lease, intent, super::record::LEFT_DELETED, true, None).await
                }
                Action::Create => self.unknown(target, &lease, intent, "not found").await,
            },
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
        let wait = if intent.creates() { self.settles_in(target) } else { self.changes_settle_in(target) };
        self.store().mark_uncertain(lease, &keys, wait, reason).await
    }

    /// The write stands at the target, as this record.
    #[expect(clippy::too_many_arguments, reason = "what is known of one write")]
    pub(super) async fn confirm(
        &mut self,
        target: &dyn Target,
        lease: &Lease,
        intent: &Intent,
        attempt: u32,
        remote_id: String,
        etag: Option<clio_core::Etag>,
        lossy: BTreeSet<String>,
    ) -> Result<()> {
        let confirmation = self.confirmation(target, intent, attempt, remote_id, etag, lossy);
        self.confirm_all(target, lease, vec![(intent, confirmation)]).await
    }

    /// The target refused it, and it does not stand there.
    pub(super) async fn reject(&mut self, lease: &Lease, intent: &Intent, reason: String) -> Result<()> {
        self.store().reject(lease, &intent.key, &reason).await?;
        self.intent_settled(intent, LineOutcome::Rejected, None, Some(reason));
        Ok(())
    }

    pub(super) async fn park(
        &mut self,
        lease: &Lease,
        intent: &Intent,
        reason: String,
        conflict: Option<&crate::Conflict>,
    ) -> Result<()> {
        self.store().park(lease, &intent.key, &reason, conflict).await?;
        self.intent_settled(intent, LineOutcome::Parked, None, Some(reason));
        Ok(())
    }

    /// The write is not to be made any more.
    pub(super) async fn waive(
        &mut self,
        lease: &Lease,
        intent: &Intent,
        reason: &str,
        gone: bool,
        theirs: Option<(Content, Option<clio_core::Etag>)>,
    ) -> Result<()> {
        let waiver = Waiver { key: intent.key.clone(), reason: reason.to_owned(), gone, theirs };
        self.store().waive(lease, &waiver).await?;
        let remote_id = intent.linked.as_ref().map(|linked| linked.remote_id.clone());
        self.intent_settled(intent, LineOutcome::Skipped, remote_id, Some(reason.to_owned()));
        Ok(())
    }
}

/// Writing the same again changes nothing at this target.
pub(super) fn is_harmless_to_repeat(target: &dyn Target) -> bool {
    target.capabilities().fingerprint == Fingerprint::NaturalKey
}

fn sending(intent: Intent, action: Action) -> Sending {
    Sending { key: intent.key, action, write: intent.write }
}

fn cannot(target: &dyn Target, what: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!("{} cannot {what} records: map them otherwise", target.kind()),
    )
}

/// The fields that did not come back as they were written.
pub(super) fn changed(written: &Content, echo: &Content) -> BTreeSet<String> {
    written
        .iter()
        .filter(|(name, value)| echo.get(*name) != Some(*value))
        .map(|(name, _)| name.clone())
        .collect()
}
