//! Finding out what became of writes whose outcome is not known.

use std::{collections::BTreeSet, slice::from_ref};

use super::{
    Pass,
    effects::is_harmless_to_repeat,
    look::{Verdict, match_up},
    record::LEFT_DELETED,
};
use crate::{
    Action, Conflict, ConflictPolicy, Content, Effect, Found, Intent, Lease, LineOutcome, Look, Outcome,
    Rebase, Result, SendLimits, Sending, Target,
};

/// How many looks have to find nothing before a write is sent again.
const LOOKS: u32 = 2;

/// How often a change or a deletion is sent before it waits for a person. Each is conditional or does no harm, so that
/// there is no need to be sparing.
const CHANGES: u32 = 10;

impl Pass<'_> {
    /// Finds out about the flow's writes of unknown outcome whose time has come, if there are `any_open`; and audits.
    pub(super) async fn look(&mut self, target: &dyn Target, any_open: bool) -> Result<()> {
        if is_harmless_to_repeat(target) {
            return Ok(());
        }
        if !any_open {
            return self.audit(target).await;
        }
        let firm = self.flow.firm.clone();
        let now = self.store().now().await?;
        let open = self.store().open_intents(&firm, target.kind()).await?;
        let (due, waiting): (Vec<Intent>, Vec<Intent>) =
            open.into_iter().partition(|intent| intent.not_before.is_none_or(|due| due <= now));
        // Those of other flows wait for theirs: it knows by what their records are recognised, and what is to happen in a
        // conflict. But what is theirs is not ours.
        let (due, theirs): (Vec<Intent>, Vec<Intent>) =
            due.into_iter().partition(|intent| intent.flow == self.flow);
        let (creations, others): (Vec<Intent>, Vec<Intent>) = due.into_iter().partition(Intent::creates);
        let waiting: Vec<Intent> = waiting.into_iter().chain(theirs).filter(Intent::creates).collect();
        self.look_for(target, &creations, &waiting).await?;
        for intent in &others {
            let lease = self.lease().await?;
            self.compare(target, &lease, intent, None).await?;
        }
        self.audit(target).await
    }

    /// Looks for all creations at once.
    async fn look_for(&mut self, target: &dyn Target, due: &[Intent], waiting: &[Intent]) -> Result<()> {
        let Some(floor) = due.iter().filter_map(|intent| intent.floor).min() else { return Ok(()) };
        let found = self.unlinked(target, floor, due).await?;
        let fingerprint = target.capabilities().fingerprint;
        let lossy = self.store().lossy_fields(&self.flow.firm, target.kind()).await?;
        let verdicts = match_up(due, waiting, &found, &lossy, &fingerprint);
        let lease = self.lease().await?;
        for (intent, verdict) in due.iter().zip(verdicts) {
            match verdict {
                Verdict::Found(at) if found[at].complete => {
                    let Found { remote_id, etag, .. } = found[at].clone();
                    let lossy = BTreeSet::new();
                    self.confirm(target, &lease, intent, intent.attempt, remote_id, etag, lossy).await?;
                }
                Verdict::Found(at) => self.finish(target, &lease, intent, &found[at]).await?,
                Verdict::NearMiss(at) => {
                    let reason = format!(
                        "record {} may be this one, changed by a person since it was written",
                        found[at].remote_id
                    );
                    self.park(&lease, intent, reason, None).await?;
                }
                Verdict::Indistinct => {
                    let reason =
                        "the answer was lost, and the target keeps no field by which to find it again";
                    self.park(&lease, intent, reason.to_owned(), None).await?;
                }
                Verdict::Absent => self.absent(target, &lease, intent).await?,
            }
        }
        Ok(())
    }

    /// The records in the scope of a look that belong to nothing yet.
    async fn unlinked(
        &mut self,
        target: &dyn Target,
        since: chrono::DateTime<chrono::Utc>,
        sought: &[Intent],
    ) -> Result<Vec<Found>> {
        self.report.looks += 1;
        let sought = sought.iter().map(creation).collect();
        let found = target.look(&Look { since, sought }).await?;
        let ids: Vec<String> = found.iter().map(|record| record.remote_id.clone()).collect();
        let linked = self.store().linked(&self.flow.firm, target.kind(), &ids).await?;
        Ok(found.into_iter().filter(|record| !linked.contains(&record.remote_id)).collect())
    }

    /// A look did not find the write.
    async fn absent(&mut self, target: &dyn Target, lease: &Lease, intent: &Intent) -> Result<()> {
        let keys = from_ref(&intent.key);
        // What is inert may be created twice: only one of them is ever finished.
        if intent.looks + 1 < LOOKS && !target.capabilities().inert_create {
            let wait = self.config.timing.look_again_after(intent.attempt);
            self.store().look_again(lease, keys, wait).await
        } else if intent.attempt >= self.config.timing.attempts {
            let reason = format!("sent {} times, and never seen at the target", intent.attempt);
            self.park(lease, intent, reason, None).await
        } else {
            self.store().replan(lease, keys).await
        }
    }

    /// The first step of the creation was found: goes on with the others.
    async fn finish(
        &mut self,
        target: &dyn Target,
        lease: &Lease,
        intent: &Intent,
        found: &Found,
    ) -> Result<()> {
        let timing = &self.config.timing;
        let ready = target.prepare(timing.send_within + timing.answer_within).await?;
        let limits = SendLimits {
            send_by: target.monotonic() + timing.send_within,
            answer_within: timing.answer_within,
        };
        match target.finish(&creation(intent), found, limits, ready).await {
            Outcome::Applied { remote_id, etag, .. } => {
                self.confirm(target, lease, intent, intent.attempt, remote_id, etag, BTreeSet::new()).await
            }
            Outcome::Refused(reason) => {
                let reason =
                    format!("record {} was begun, and cannot be finished: {reason}", found.remote_id);
                self.park(lease, intent, reason, None).await
            }
            Outcome::NotSent(error) => Err(error),
            Outcome::RateLimited(wait) => {
                let error = crate::Error::new(crate::ErrorKind::RateLimited, "too many requests");
                Err(error.with_retry_after(wait))
            }
            // It is looked for again, as it stands then.
            Outcome::Unknown(_) | Outcome::Changed | Outcome::Gone => {
                let wait = self.config.timing.answer_within;
                self.store().mark_uncertain(lease, from_ref(&intent.key), wait, "not finished yet").await
            }
        }
    }

    /// Finds out about a change or a deletion by comparing the record with what was wanted. `refused` says why the target
    /// refused the newest attempt, which is still SENDING then: an earlier one was to write the same to the same record, so
    /// that what does not stand there by now never will.
    pub(super) async fn compare(
        &mut self,
        target: &dyn Target,
        lease: &Lease,
        intent: &Intent,
        refused: Option<String>,
    ) -> Result<()> {
        let Some(linked) = &intent.linked else { return Ok(()) };
        let deletes = intent.effect == Effect::Delete;
        let Some(found) = target.get(&linked.remote_id).await? else {
            if deletes {
                let id = linked.remote_id.clone();
                return self.confirm(target, lease, intent, intent.attempt, id, None, BTreeSet::new()).await;
            }
            return self.waive(lease, intent, LEFT_DELETED, true, None).await;
        };
        let lossy = self.store().lossy_fields(&self.flow.firm, target.kind()).await?;
        if !deletes && stands(&intent.write.content, &found.content, &lossy) {
            let Found { remote_id, etag, .. } = found;
            return self.confirm(target, lease, intent, intent.attempt, remote_id, etag, lossy).await;
        }
        if let Some(reason) = refused {
            return self.reject(lease, intent, reason).await;
        }
        if let Some(conflict) = conflict(intent, &found, &lossy)
            && self.policy != ConflictPolicy::Ours
        {
            return self.conflicted(lease, intent, found, conflict).await;
        }
        if intent.attempt >= CHANGES {
            let reason = format!("sent {} times, and the record never became as wanted", intent.attempt);
            return self.park(lease, intent, reason, None).await;
        }
        // Others changed what is theirs, or nothing at all: on with it, upon the record as it stands.
        let rebase = Rebase { key: intent.key.clone(), etag: found.etag.clone(), written: None };
        self.store().rebase(lease, &rebase).await
    }

    /// Before a deletion, and before a change of a record whose version is not known. `None` if nothing is to be sent.
    pub(super) async fn look_before(
        &mut self,
        target: &dyn Target,
        intent: &Intent,
    ) -> Result<Option<Action>> {
        let Some(linked) = &intent.linked else { return Ok(None) };
        let lease = self.lease().await?;
        let deletes = intent.effect == Effect::Delete;
        let Some(found) = target.get(&linked.remote_id).await? else {
            let reason = if deletes { "it was deleted at the target already" } else { LEFT_DELETED };
            self.waive(&lease, intent, reason, true, None).await?;
            return Ok(None);
        };
        let lossy = self.store().lossy_fields(&self.flow.firm, target.kind()).await?;
        if let Some(conflict) = conflict(intent, &found, &lossy)
            && self.policy != ConflictPolicy::Ours
        {
            self.conflicted(&lease, intent, found, conflict).await?;
            return Ok(None);
        }
        let Found { remote_id, etag, .. } = found;
        Ok(Some(if deletes { Action::Delete { remote_id } } else { Action::Update { remote_id, etag } }))
    }

    /// Others have changed fields of ours.
    async fn conflicted(
        &mut self,
        lease: &Lease,
        intent: &Intent,
        found: Found,
        conflict: Conflict,
    ) -> Result<()> {
        let base = intent.linked.as_ref().map(|linked| linked.written.clone()).unwrap_or_default();
        if self.policy == ConflictPolicy::Theirs {
            let theirs = (conflict.theirs(&base), found.etag);
            return self
                .waive(lease, intent, "others have changed it: theirs is kept", false, Some(theirs))
                .await;
        }
        let reason = format!("others have changed it at the target: {conflict}");
        self.park(lease, intent, reason, Some(&conflict)).await
    }

    /// A write that took more than one attempt may stand twice, if an earlier attempt landed later than any should. It is
    /// reported, and never deleted: nobody can tell which of two equal records a person wants.
    async fn audit(&mut self, target: &dyn Target) -> Result<()> {
        let due = self.store().due_audits(&self.flow, target.kind()).await?;
        let Some(floor) = due.iter().filter_map(|intent| intent.floor).min() else { return Ok(()) };
        let found = self.unlinked(target, floor, &due).await?;
        let exact = target.capabilities().fingerprint.is_exact();
        let lossy = self.store().lossy_fields(&self.flow.firm, target.kind()).await?;
        // What is purged cannot be compared, and is older than any double.
        for intent in due.iter().filter(|intent| !intent.write.is_purged()) {
            let same = |found: &&Found| {
                if exact {
                    found.marker.as_deref() == Some(&crate::marker(&intent.key))
                } else {
                    stands(&intent.write.content, &found.content, &lossy)
                }
            };
            for double in found.iter().filter(same) {
                let reason = format!(
                    "record {} says the same, and belongs to nothing: an earlier attempt may have landed late",
                    double.remote_id
                );
                let of = intent.remote_id.clone();
                self.intent_settled(intent, LineOutcome::PossibleDouble, of, Some(reason));
            }
        }
        let lease = self.lease().await?;
        let keys: Vec<String> = due.iter().map(|intent| intent.key.clone()).collect();
        self.store().audited(&lease, &keys).await
    }
}

/// What others have changed of that which the intent is to change or delete.
fn conflict(intent: &Intent, found: &Found, lossy: &BTreeSet<String>) -> Option<Conflict> {
    let base = &intent.linked.as_ref()?.written;
    let ours = (intent.effect != Effect::Delete).then_some(&intent.write.content);
    Conflict::between(base, ours, &found.content, found.etag.as_ref(), |name| lossy.contains(name))
}

/// The creation that an intent stands for.
fn creation(intent: &Intent) -> Sending {
    Sending { key: intent.key.clone(), action: Action::Create, write: intent.write.clone() }
}

/// Every field of ours is as it was to be, but for those that the target never keeps.
fn stands(wanted: &Content, found: &Content, lossy: &BTreeSet<String>) -> bool {
    wanted.iter().all(|(name, value)| lossy.contains(name) || found.get(name) == Some(value))
}
