//! What an integration declares.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Pass, Result, Schedule};

/// The integration of one other system.
///
/// It declares flows, and reconciles them: each run brings the target to what the source says now, however often it
/// runs and whatever it was that made it run.
#[async_trait]
pub trait Adapter: fmt::Debug + Send + Sync {
    /// Its name: `wisetime`. Part of every key, so it never changes.
    fn name(&self) -> &str;

    /// Its flows. Asked for once, when it is attached.
    fn flows(&self) -> Vec<Flow>;

    /// Runs one flow once for one firm.
    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()>;
}

/// A flow: one kind of record that is kept in step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    name: String,
    schedule: Option<Schedule>,
}

impl Flow {
    /// A flow that runs when it is triggered.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), schedule: None }
    }

    /// Runs the flow at this interval, from end to start: a late run is not made up for.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Self {
        self.schedule = Some(Schedule::Every(interval));
        self
    }

    /// Runs the flow at the times of this cron expression in UTC: `15 21 * * *` is 21:15 each day. Ticks that are missed
    /// become one run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): this is no cron expression, or one that never ticks.
    pub fn cron(mut self, text: &str) -> Result<Self> {
        self.schedule = Some(Schedule::cron(text)?);
        Ok(self)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it runs by itself.
    pub fn schedule(&self) -> Option<&Schedule> {
        self.schedule.as_ref()
    }
}

/// One flow of one adapter for one firm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FlowKey {
    /// The firm: one Clio account.
    pub firm: String,
    /// The adapter's name.
    pub adapter: String,
    /// The flow's name.
    pub flow: String,
}

impl FlowKey {
    /// The adapter and the flow: `wisetime/posted-time`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.adapter, self.flow)
    }
}

impl fmt::Display for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.firm, self.adapter, self.flow)
    }
}
