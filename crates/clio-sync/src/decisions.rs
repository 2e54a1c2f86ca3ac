//! What a person sees to: writes that wait for them, dead letters, a store that was lost or restored.

use chrono::{DateTime, Utc};

use crate::{
    Attempt, DeadLetter, Error, ErrorKind, Firm, Intent, IntentState, Lease, Report, Result, Verdict,
};

/// A dead letter with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The letter.
    pub letter: DeadLetter,
    /// The write that the target refused; `None` if the record could not even be read or mapped.
    pub intent: Option<Intent>,
    /// The attempts to send it.
    pub attempts: Vec<Attempt>,
    /// What can be done about it, for people.
    pub advice: &'static str,
}

impl Firm {
    /// The writes that wait for a person, oldest first. Each says why; [`attempts`](Self::attempts) says what was tried.
    ///
    /// # Errors
    ///
    /// What kept the store from being read.
    pub async fn parked(&self) -> Result<Vec<Intent>> {
        self.config.store.intents(self.name(), IntentState::Parked).await
    }

    /// The attempts to send a write, oldest first.
    ///
    /// # Errors
    ///
    /// What kept the store from being read.
    pub async fn attempts(&self, intent: &Intent) -> Result<Vec<Attempt>> {
        self.config.store.attempts(self.name(), &intent.key).await
    }

    /// A person has looked, and decides about a write that waits for them. The next run of its flow does the rest, and the
    /// source is told what became of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] while another engine works for the firm; [`ErrorKind::Store`] when the write does not wait (any
    /// more), or another source record is linked to the record that is named.
    pub async fn settle(&self, intent: &Intent, verdict: &Verdict) -> Result<()> {
        let _alone = self.state.writing.lock().await;
        let lease = self.lease().await?;
        let settled = self.config.store.settle(&lease, &intent.key, verdict).await;
        self.rest().await;
        settled
    }

    /// The records that could not be read, mapped or written, oldest first.
    ///
    /// # Errors
    ///
    /// What kept the store from being read.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>> {
        self.config.store.dead_letters(self.name()).await
    }

    /// Everything that is known of a dead letter.
    ///
    /// # Errors
    ///
    /// What kept the store from being read.
    pub async fn explain(&self, letter: &DeadLetter) -> Result<Explained> {
        let rejected = self.config.store.intents(self.name(), IntentState::Rejected).await?;
        let of_letter = |intent: &Intent| intent.flow == letter.flow && intent.source_id == letter.source_id;
        let intent = rejected.into_iter().rev().find(of_letter);
        let attempts = match &intent {
            Some(intent) => self.attempts(intent).await?,
            None => Vec::new(),
        };
        let advice = if intent.is_some() {
            "the target refused it: mend the record at its source, or what the target objects to, and retry"
        } else {
            "it cannot be read or mapped: mend the record at its source, or the settings, and retry"
        };
        Ok(Explained { letter: letter.clone(), intent, attempts, advice })
    }

    /// Has the record of a dead letter processed again: what the target refused is sent again as it is, by the run that
    /// this starts; what could not be read or mapped is read again, if its source can read one record by id, and else
    /// counts as new when the source hands it out next.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub async fn retry(&self, letter: &DeadLetter) -> Result<Report> {
        let flow = letter.flow.path();
        // Before the letter goes: a flow that is not attached could not process its record.
        self.find(&flow)?;
        let lease = self.lease().await?;
        let planned = self.config.store.retry_dead_letter(&lease, &letter.flow, &letter.source_id).await;
        self.rest().await;
        if planned? {
            return self.run(&flow).await;
        }
        match self.run_one(&flow, &letter.source_id).await {
            Err(error) if error.kind() == ErrorKind::Configuration => self.run(&flow).await,
            other => other,
        }
    }

    /// Puts a dead letter away: the record is left out, and the letter does not come back unless the record changes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] while another engine works for the firm, and what the store reports.
    pub async fn discard(&self, letter: &DeadLetter) -> Result<()> {
        let lease = self.lease().await?;
        let discarded = self.config.store.discard_dead_letter(&lease, &letter.flow, &letter.source_id).await;
        self.rest().await;
        discarded
    }

    /// To be called before anything runs, when the store was restored from a backup that was made at `since`, or may have
    /// lost what it learned after that moment. What it did not know to be written is then looked for before it is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] while another engine works for the firm, [`ErrorKind::Configuration`] for a moment in the
    /// future, and what the store reports.
    pub async fn recover(&self, since: DateTime<Utc>) -> Result<()> {
        if since > self.config.store.now().await? {
            return Err(Error::new(ErrorKind::Configuration, "a backup cannot be made in the future"));
        }
        let lease = self.lease().await?;
        let recovering = self.config.store.recover(&lease, since, self.config.timing.until_settled()).await;
        self.rest().await;
        recovering
    }

    async fn lease(&self) -> Result<Lease> {
        self.state.leases.hold(&self.config, self.name()).await
    }
}
