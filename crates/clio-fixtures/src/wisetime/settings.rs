//! What a fake team can be told before it starts.

use std::{sync::Arc, time::Duration};

use clio_core::{Clock, SystemClock};

use super::WiseTimeWorld;

/// A fake team in the making. [`WiseTimeWorldBuilder::start`] ends it.
#[derive(Debug, Clone)]
#[must_use]
pub struct WiseTimeWorldBuilder {
    pub(crate) seed: u64,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hold: Duration,
    pub(crate) redelivery: Duration,
    pub(crate) latency: Duration,
}

impl WiseTimeWorldBuilder {
    pub(crate) fn new() -> Self {
        Self {
            seed: 0,
            clock: Arc::new(SystemClock),
            hold: Duration::from_secs(60),
            redelivery: Duration::from_secs(300),
            latency: Duration::ZERO,
        }
    }

    /// What faults by chance follow from. 0 unless said.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Where the world takes its time from: the operating system unless said.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How long a fetch is held while there is nothing. 60 seconds unless said, as WiseTime documents.
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// After how long an unacknowledged group, or one with a retriable failure, is handed out again. WiseTime says
    /// that it happens and not when; 5 minutes unless said.
    pub fn redelivery(mut self, redelivery: Duration) -> Self {
        self.redelivery = redelivery;
        self
    }

    /// How long a call takes, slept on the clock: half before the world acts, half after. Nothing unless said.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Founds the team.
    pub fn start(self) -> WiseTimeWorld {
        WiseTimeWorld::found(self)
    }
}
