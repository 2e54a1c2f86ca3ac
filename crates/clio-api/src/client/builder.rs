//! How a client is put together.

use std::{sync::Arc, time::Duration};

use clio_core::{
    Clock, Deadline, Error, ErrorKind, Limits, MemoryTokenStore, Random, Retry, RetryPolicy, SystemClock,
    SystemRandom, Token, TokenStore, Traced, Transport, request::API_VERSION,
};
use http::HeaderValue;

use super::{Authoriser, Clio, Inner, Observer};
use crate::{
    App, Region, ReqwestTransport,
    budget::{Budget, Budgeted, Lane},
    oauth::Exchange,
};

/// Puts a [`Clio`] together. A token is needed, everything else has a default.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClioBuilder {
    region: Region,
    store: Option<Arc<dyn TokenStore>>,
    app: Option<App>,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    limits: Limits,
    retry: RetryPolicy,
    longest_wait: Duration,
    version: String,
}

impl ClioBuilder {
    pub(super) fn new(region: Region) -> Self {
        Self {
            region,
            store: None,
            app: None,
            transport: None,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            longest_wait: Duration::from_secs(120),
            version: API_VERSION.to_owned(),
        }
    }

    /// Uses this token, and keeps it in memory only: a renewed one is forgotten at the end of the process. In place of a
    /// [`token_store`](Self::token_store).
    pub fn token(self, token: Token) -> Self {
        self.token_store(Arc::new(MemoryTokenStore::new(token)))
    }

    /// Takes the token from this store, and saves each renewed one there. In place of a [`token`](Self::token).
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// The app that the token was given to. Without it a token cannot be renewed.
    pub fn app(mut self, app: App) -> Self {
        self.app = Some(app);
        self
    }

    /// Sends over this transport. Default: a [`ReqwestTransport`] of its own.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Takes time from this clock. Default: the system's, which needs a tokio runtime with timers.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes the spread of waits between attempts from this source. Default: the operating system's.
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// How often a request is sent that failed for a while, and how long lies between, unless a call says otherwise.
    /// Default: reads three times. A write is repeated only when it surely was not applied, whatever stands here.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The longest that a request waits for its turn where the rate limit is scarce, unless a call says otherwise.
    /// Default: two minutes, which is two windows of Clio's.
    pub fn longest_wait(mut self, longest_wait: Duration) -> Self {
        self.longest_wait = longest_wait;
        self
    }

    /// The version of Clio's API that the client is pinned to, such as `4.0.13`, which is the default and the one that the
    /// types of this library are made for. By another one a field may mean something else.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// How long each exchange may take and how much it may bring, unless a call says otherwise. Default: 30 seconds, 64 MiB.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The client. Sends nothing yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] without a token or a store, when the version is none of version 4, and when the default
    /// transport cannot be set up.
    pub fn build(self) -> Result<Clio, Error> {
        let store = self.store.ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "a client needs a token: give it one, or a token store")
        })?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::new()?.with_clock(self.clock.clone())),
        };
        let version = version(&self.version)?;
        let base = self.region.api();
        let bare = Arc::new(Deadline::new(transport.clone(), self.clock.clone()));
        let bare = Arc::new(Traced::new(bare));
        let observer = Arc::new(Observer::new(transport, self.clock.clone(), base.clone()));
        // From inside out; each wrapper says why it stands where it stands.
        let deadline = Arc::new(Deadline::new(observer.clone(), self.clock.clone()));
        let one_attempt: Arc<dyn Transport> = Arc::new(Traced::new(deadline));
        let retried =
            |inner| Arc::new(Retry::new(inner, self.clock.clone(), self.random.clone(), self.retry));
        let budget = Budget::new(self.clock.clone());
        let api = retried(Arc::new(Budgeted::new(one_attempt.clone(), budget.clone(), self.clock.clone())));
        let exchange = self
            .app
            .map(|app| Exchange::new(self.region.clone(), app, retried(one_attempt), self.clock.clone()));
        let inner = Inner {
            region: self.region,
            base,
            limits: self.limits,
            longest_wait: self.longest_wait,
            version,
            authoriser: Authoriser::new(store, exchange, self.clock.clone()),
            clock: self.clock,
            api,
            budget,
            bare,
            observer,
        };
        Ok(Clio { inner: Arc::new(inner), lane: Lane::default() })
    }
}

fn version(text: &str) -> Result<HeaderValue, Error> {
    let numbers: Vec<_> = text.split('.').map(str::parse::<u16>).collect();
    match (&numbers[..], HeaderValue::from_str(text)) {
        ([Ok(4), Ok(_), Ok(_)], Ok(value)) => Ok(value),
        _ => Err(Error::new(
            ErrorKind::Configuration,
            "the version of the API is written as 4.0.13, and this library speaks version 4",
        )),
    }
}
