//! What a fake firm can be told before it starts.

use std::{sync::Arc, time::Duration};

use clio_core::{Clock, SystemClock};

use super::ClioWorld;

/// How the fake behaves where Clio's behaviour differs from firm to firm, or is not known.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Settings {
    pub(crate) rate_limit: Option<u32>,
    pub(crate) token_life: Duration,
    pub(crate) rotate: bool,
    pub(crate) since_inclusive: bool,
    pub(crate) trims_notes: bool,
    pub(crate) declines: bool,
}

/// A fake firm in the making. [`ClioWorldBuilder::start`] ends it.
#[derive(Debug, Clone)]
#[must_use]
pub struct ClioWorldBuilder {
    pub(crate) seed: u64,
    pub(crate) users: usize,
    pub(crate) matters: usize,
    pub(crate) activities: usize,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) latency: Duration,
    pub(crate) settings: Settings,
}

impl ClioWorldBuilder {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            users: 3,
            matters: 8,
            activities: 0,
            clock: Arc::new(SystemClock),
            latency: Duration::ZERO,
            settings: Settings {
                rate_limit: Some(50),
                token_life: Duration::from_secs(30 * 24 * 3600),
                rotate: false,
                since_inclusive: true,
                trims_notes: false,
                declines: false,
            },
        }
    }

    /// How many users the firm has; at least one, who is the administrator. 3 unless said.
    pub fn users(mut self, count: usize) -> Self {
        self.users = count.max(1);
        self
    }

    /// How many matters the firm has, all of them open. 8 unless said.
    pub fn matters(mut self, count: usize) -> Self {
        self.matters = count;
        self
    }

    /// How many time entries are there from before ([`Origin::Seed`](crate::Origin::Seed)). None unless said.
    pub fn activities(mut self, count: usize) -> Self {
        self.activities = count;
        self
    }

    /// Where the world takes its time from: the operating system unless said.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How many calls each access token has in 60 seconds; `None` for no limit, and then no headers about it. 50 unless
    /// said, which is what Clio's documentation gives for busy hours.
    pub fn rate_limit(mut self, per_minute: Option<u32>) -> Self {
        self.settings.rate_limit = per_minute;
        self
    }

    /// How long an access token lives. 30 days unless said, as in Clio's documentation.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// Whether each refresh gives a new refresh token and kills the old one. Clio's documentation says no, some of its
    /// users saw it; so no unless said.
    pub fn rotate_refresh_tokens(mut self, rotate: bool) -> Self {
        self.settings.rotate = rotate;
        self
    }

    /// Whether `updated_since` and `created_since` include the moment itself, which Clio does not say. Yes unless said.
    pub fn since_inclusive(mut self, inclusive: bool) -> Self {
        self.settings.since_inclusive = inclusive;
        self
    }

    /// Whether a note loses the white space at its ends when it is stored: a firm that does not echo what was written.
    /// No unless said.
    pub fn trims_notes(mut self, trims: bool) -> Self {
        self.settings.trims_notes = trims;
        self
    }

    /// Whether the person at the consent page declines. No unless said.
    pub fn declines(mut self, declines: bool) -> Self {
        self.settings.declines = declines;
        self
    }

    /// How long a call takes, slept on the clock: half before the world acts, half after. Nothing unless said.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Founds the firm. The same seed and settings give the same firm.
    pub fn start(self) -> ClioWorld {
        ClioWorld::found(self)
    }
}
