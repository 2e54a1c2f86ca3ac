//! What a fake team can be told before it starts.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clio_core::{Clock, SystemClock};

use super::WiseTimeWorld;

/// How the fake behaves where WiseTime's document leaves it open, or names a number without giving it.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Settings {
    pub(crate) hold: Duration,
    pub(crate) redelivery: Duration,
    pub(crate) tag_limit: Option<usize>,
    pub(crate) rate_limit: Option<u32>,
    pub(crate) keeps_good_tags: bool,
    pub(crate) silent_refusals: bool,
    pub(crate) large_fetches: bool,
    pub(crate) records_always: bool,
    pub(crate) forbids_bad_keys: bool,
    pub(crate) hides_categories: bool,
    pub(crate) category_keywords_add_up: bool,
    pub(crate) requires_tags: bool,
    pub(crate) webhook_retry: Duration,
    pub(crate) webhook_attempts: u32,
    pub(crate) configuration: BTreeMap<String, String>,
    pub(crate) api_key: Option<String>,
}

/// A fake team in the making. [`WiseTimeWorldBuilder::start`] ends it.
#[derive(Debug, Clone)]
#[must_use]
pub struct WiseTimeWorldBuilder {
    pub(crate) seed: u64,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) latency: Duration,
    pub(crate) settings: Settings,
}

impl WiseTimeWorldBuilder {
    pub(crate) fn new() -> Self {
        Self {
            seed: 0,
            clock: Arc::new(SystemClock),
            latency: Duration::ZERO,
            settings: Settings {
                hold: Duration::from_secs(60),
                redelivery: Duration::from_secs(300),
                tag_limit: None,
                rate_limit: None,
                keeps_good_tags: false,
                silent_refusals: false,
                large_fetches: false,
                records_always: true,
                forbids_bad_keys: false,
                hides_categories: true,
                category_keywords_add_up: false,
                requires_tags: true,
                webhook_retry: Duration::from_secs(60),
                webhook_attempts: 10,
                configuration: BTreeMap::new(),
                api_key: None,
            },
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
        self.settings.hold = hold;
        self
    }

    /// After how long an unacknowledged group, or one with a retriable failure, is handed out again. WiseTime says
    /// that it happens and not when; 5 minutes unless said, which is our choice.
    pub fn redelivery(mut self, redelivery: Duration) -> Self {
        self.settings.redelivery = redelivery;
        self
    }

    /// How long a call takes, slept on the clock: half before the world acts, half after. Nothing unless said.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// How many tags the plan of the team has room for; a request that would make more is refused with 402. WiseTime
    /// documents that there is a limit and not which; none unless said.
    pub fn tag_limit(mut self, most: Option<usize>) -> Self {
        self.settings.tag_limit = most;
        self
    }

    /// How many calls the team has in 60 seconds, before they are refused with 429 and a `retry-after`. WiseTime
    /// documents no limit; none unless said, and how it looks is our choice.
    pub fn rate_limit(mut self, per_minute: Option<u32>) -> Self {
        self.settings.rate_limit = per_minute;
        self
    }

    /// Whether the good tags of a faulty batch are written although it is answered 400, which WiseTime does not say.
    /// No unless said.
    pub fn keeps_good_tags(mut self, keeps: bool) -> Self {
        self.settings.keeps_good_tags = keeps;
        self
    }

    /// Whether a faulty batch of tags is answered 400 without the list of what is wrong. WiseTime documents the list, and that
    /// each of its members may be missing. No unless said.
    pub fn silent_refusals(mut self, silent: bool) -> Self {
        self.settings.silent_refusals = silent;
        self
    }

    /// Whether a fetch with a limit above 25 gives more than 25 groups. WiseTime documents 25 as the most without a
    /// limit, and says nothing of larger ones. No unless said.
    pub fn large_fetches(mut self, large: bool) -> Self {
        self.settings.large_fetches = large;
        self
    }

    /// Whether time that is posted while neither a fetch client nor a webhook is registered is kept for the next one.
    /// WiseTime's document says that recording starts with the registration; yes unless said, because a test is
    /// shorter when it may post first.
    pub fn records_always(mut self, records: bool) -> Self {
        self.settings.records_always = records;
        self
    }

    /// Whether a missing or wrong API key is answered 403. WiseTime documents 401; 401 unless said.
    pub fn forbids_bad_keys(mut self, forbids: bool) -> Self {
        self.settings.forbids_bad_keys = forbids;
        self
    }

    /// Whether `POST /tagcategory/delete` answers 404 for a bad API key. That is what WiseTime's document says, of this
    /// operation alone, and perhaps by mistake. Yes unless said; with no, it answers as the others do.
    pub fn hides_categories(mut self, hides: bool) -> Self {
        self.settings.hides_categories = hides;
        self
    }

    /// Whether the keywords of a tag category grow with each upsert, as those of a tag do, or are replaced. WiseTime
    /// does not say; replaced unless said.
    pub fn category_keywords_add_up(mut self, add_up: bool) -> Self {
        self.settings.category_keywords_add_up = add_up;
        self
    }

    /// Whether a [`Member`](super::Member) can post time only with a tag, once a connector is registered. WiseTime's help names
    /// the setting and that it is on by default; yes unless said.
    pub fn requires_tags(mut self, requires: bool) -> Self {
        self.settings.requires_tags = requires;
        self
    }

    /// How long WiseTime waits before it calls a webhook again that failed the first time; each further wait is twice
    /// as long. WiseTime documents "a delay"; 60 seconds unless said, which is our choice, and so is the doubling.
    pub fn webhook_retry(mut self, first: Duration) -> Self {
        self.settings.webhook_retry = first;
        self
    }

    /// How often a webhook is called with one group before that counts as failed; at least once. WiseTime does not say;
    /// 10 times unless said, which is our choice.
    pub fn webhook_attempts(mut self, most: u32) -> Self {
        self.settings.webhook_attempts = most.max(1);
        self
    }

    /// One property of the connector, as an administrator of the team sets it: `POST /team/managed/config` answers it
    /// in `connectorConfiguration`. None unless said.
    pub fn configuration(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.configuration.insert(name.into(), value.into());
        self
    }

    /// The key that the team begins with, for a test that looks for it in logs and errors.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.settings.api_key = Some(key.into());
        self
    }

    /// Founds the team.
    pub fn start(self) -> WiseTimeWorld {
        WiseTimeWorld::found(self)
    }
}
