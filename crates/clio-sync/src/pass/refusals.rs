//! What a target refused is sent again, by a flow that found out that the reason is gone.

use std::sync::{Arc, OnceLock};

use super::Pass;
use crate::{
    DeadLetter, Error, ErrorKind, FlowKey, Intent, IntentState, Lease, Result,
    engine::{Config, FirmState},
};

/// The right to write for a firm, as one run has it. A clone is the same.
#[derive(Debug, Clone)]
pub(super) struct Tenure<'a> {
    config: &'a Config,
    firm: &'a FirmState,
    /// The epoch of the lease that the run began under.
    epoch: Arc<OnceLock<i64>>,
}

impl<'a> Tenure<'a> {
    pub(super) fn new(config: &'a Config, firm: &'a FirmState) -> Self {
        Self { config, firm, epoch: Arc::default() }
    }

    /// The lease, renewed well before it ends.
    ///
    /// Once another engine had it in between, what this run believes of the store may be wrong: then it ends, even if the
    /// right could be had again.
    pub(super) async fn lease(&self) -> Result<Lease> {
        let lease = self.firm.leases.hold(self.config, self.firm.name()).await?;
        if *self.epoch.get_or_init(|| lease.epoch) == lease.epoch {
            return Ok(lease);
        }
        let message = format!("another engine has worked for {} meanwhile", self.firm.name());
        Err(Error::new(ErrorKind::Fenced, message))
    }
}

/// Has writes sent again that a target refused. Made by [`Pass::refusals`]; a clone is the same.
#[derive(Debug, Clone)]
pub struct Refusals<'a> {
    tenure: Tenure<'a>,
    flow: FlowKey,
    only_plans: bool,
}

impl<'a> Pass<'a> {
    /// To have writes sent again that a target refused: for a flow that finds out that the reason is gone. It does not keep
    /// the pass from being used, so that a [`Target`](crate::Target) can have it.
    pub fn refusals(&self) -> Refusals<'a> {
        let only_plans = self.only_plans();
        Refusals { tenure: self.tenure.clone(), flow: self.flow.clone(), only_plans }
    }
}

impl Refusals<'_> {
    /// Has the newest write of a record sent again as it is, if a target refused it: its dead letter goes, the next run of
    /// that flow sends it, and whoever serves is told that the flow is due. Answers whether there was one. `flow` is one of
    /// the same adapter, and by its name alone: `projects`.
    ///
    /// A record that could not be read or mapped is not meant: [`Firm::retry`](crate::Firm::retry) is for those. In a run that
    /// only plans, nothing happens.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Fenced`] once another engine has worked for the firm since the run began, and what the store reports.
    pub async fn send_again(&self, flow: &str, source_id: &str) -> Result<bool> {
        let flow = FlowKey { flow: flow.to_owned(), ..self.flow.clone() };
        if self.only_plans || !self.was_refused(&flow, source_id).await? {
            return Ok(false);
        }
        let config = self.tenure.config;
        let lease = self.tenure.lease().await?;
        let planned = config.store.retry_dead_letter(&lease, &flow, source_id).await?;
        if planned {
            config.hints.add(flow);
        }
        Ok(planned)
    }

    /// The letter is of a write that was refused, and not of the record that could not be mapped since.
    async fn was_refused(&self, flow: &FlowKey, source_id: &str) -> Result<bool> {
        let store = &self.tenure.config.store;
        let of = |letter: &DeadLetter| letter.flow == *flow && letter.source_id == source_id;
        let Some(letter) = store.dead_letters(&flow.firm).await?.into_iter().find(of) else {
            return Ok(false);
        };
        let refused = store.intents(&flow.firm, IntentState::Rejected).await?;
        let same = |intent: &Intent| {
            intent.flow == *flow
                && intent.source_id == source_id
                && intent.reason.as_ref() == Some(&letter.reason)
        };
        Ok(refused.iter().any(same))
    }
}
