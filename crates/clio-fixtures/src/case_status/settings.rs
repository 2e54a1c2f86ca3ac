//! What a fake firm at Case Status can be told before it starts.

use std::{sync::Arc, time::Duration};

use clio_core::{Clock, SystemClock};

use super::CaseStatusWorld;

/// How the fake behaves where nothing is known of Case Status.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) page: usize,
    pub(crate) largest_page: usize,
    pub(crate) newest_first: bool,
}

/// A fake firm at Case Status in the making. [`CaseStatusWorldBuilder::start`] ends it.
#[derive(Debug, Clone)]
#[must_use]
pub struct CaseStatusWorldBuilder {
    pub(crate) seed: u64,
    pub(crate) cases: usize,
    pub(crate) messages: usize,
    pub(crate) files: usize,
    pub(crate) integration_ids: Vec<String>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) latency: Duration,
    pub(crate) settings: Settings,
}

impl CaseStatusWorldBuilder {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            cases: 8,
            messages: 0,
            files: 0,
            integration_ids: Vec::new(),
            clock: Arc::new(SystemClock),
            latency: Duration::ZERO,
            settings: Settings { page: 10, largest_page: 100, newest_first: false },
        }
    }

    /// How many cases there are. 8 unless said.
    pub fn cases(mut self, count: usize) -> Self {
        self.cases = count;
        self
    }

    /// How many messages are there from before, spread over the cases. None unless said.
    pub fn messages(mut self, count: usize) -> Self {
        self.messages = count;
        self
    }

    /// How many files are there from before, spread over the cases. None unless said.
    pub fn files(mut self, count: usize) -> Self {
        self.files = count;
        self
    }

    /// The ids of the cases in the connected system, in order: for Clio those of the matters. A case without one is
    /// not linked, and so are all unless said.
    pub fn integration_ids(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.integration_ids = ids.into_iter().map(|id| id.to_string()).collect();
        self
    }

    /// Where the world takes its time from: the operating system unless said.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How long a call takes, slept on the clock: half before the world acts, half after. Nothing unless said.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// How many messages or files a page has; at least one. 10 unless said, which is what Airbyte's connector expects.
    pub fn page(mut self, rows: usize) -> Self {
        self.settings.page = rows.max(1);
        self
    }

    /// The most cases that a page has, whatever `size` says, and how many without `size`; at least one. Airbyte's
    /// connector asks for 100, and more is not known to be had; 100 unless said.
    pub fn largest_page(mut self, rows: usize) -> Self {
        self.settings.largest_page = rows.max(1);
        self
    }

    /// Whether lists begin with what is newest, so that pages move while they are read. Not known; no unless said.
    pub fn newest_first(mut self, newest_first: bool) -> Self {
        self.settings.newest_first = newest_first;
        self
    }

    /// Founds the firm. The same seed, settings and start of the clock give the same firm.
    pub fn start(self) -> CaseStatusWorld {
        CaseStatusWorld::found(self)
    }
}
