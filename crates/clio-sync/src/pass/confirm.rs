//! Recording what stands at the target.

use std::{collections::BTreeSet, slice::from_ref};

use super::{
    Pass,
    effects::{changed, is_harmless_to_repeat},
};
use crate::{Confirmation, Confirmed, Effect, Intent, Lease, LineOutcome, Outcome, Result, Sending, Target};

impl Pass<'_> {
    /// Each outcome is recorded, whatever the others came to: what a batch refused must not come again with it.
    ///
    /// All that was applied is recorded at once: a record that another took the place of in the same request must not come
    /// again without the other.
    pub(super) async fn record_all(
        &mut self,
        target: &dyn Target,
        intents: &[(Intent, Sending)],
        outcomes: Vec<Outcome>,
    ) -> Result<()> {
        let (mut applied, mut others) = (Vec::new(), Vec::new());
        for ((intent, sending), outcome) in intents.iter().zip(outcomes) {
            if let Outcome::Applied { remote_id, etag, echo } = outcome {
                let lossy = echo.map(|echo| changed(&intent.write.content, &echo)).unwrap_or_default();
                // `due_intents` told the state before `begin_send` counted this attempt.
                let attempt = intent.attempt + 1;
                applied.push((intent, self.confirmation(target, intent, attempt, remote_id, etag, lossy)));
            } else {
                others.push((intent, sending, outcome));
            }
        }
        let mut stop = None;
        if !applied.is_empty() {
            let lease = self.lease().await?;
            stop = self.confirm_all(target, &lease, applied).await.err();
        }
        for (intent, sending, outcome) in others {
            let recorded = self.record(target, intent, sending, outcome).await;
            stop = stop.or(recorded.err());
        }
        stop.map_or(Ok(()), Err)
    }

    pub(super) fn confirmation(
        &self,
        target: &dyn Target,
        intent: &Intent,
        attempt: u32,
        remote_id: String,
        etag: Option<clio_core::Etag>,
        lossy: BTreeSet<String>,
    ) -> Confirmation {
        let doubtful = attempt > 1 && intent.creates() && !is_harmless_to_repeat(target);
        let audit_after = doubtful.then_some(self.config.timing.audit_after);
        Confirmation { key: intent.key.clone(), remote_id, etag, lossy, audit_after }
    }

    /// These writes stand at the target: recorded in one transaction.
    pub(super) async fn confirm_all(
        &mut self,
        target: &dyn Target,
        lease: &Lease,
        applied: Vec<(&Intent, Confirmation)>,
    ) -> Result<()> {
        let (intents, confirmations): (Vec<&Intent>, Vec<Confirmation>) = applied.into_iter().unzip();
        let confirmed = self.store().confirm(lease, &confirmations).await?;
        let told = confirmed.into_iter().map(Some).chain(std::iter::repeat(None));
        for ((intent, confirmation), confirmed) in intents.into_iter().zip(confirmations).zip(told) {
            let remote_id = confirmation.remote_id;
            if confirmed == Some(Confirmed::Linked) {
                let outcome = match intent.effect {
                    Effect::Delete => LineOutcome::Deleted,
                    _ if intent.linked.is_some() => LineOutcome::Updated,
                    _ => LineOutcome::Created,
                };
                self.intent_settled(intent, outcome, Some(remote_id), None);
                continue;
            }
            let reason = format!("the target answered with record {remote_id}, which belongs to another");
            let wait = self.settles_in(target);
            self.store().mark_uncertain(lease, from_ref(&intent.key), wait, &reason).await?;
        }
        Ok(())
    }
}
