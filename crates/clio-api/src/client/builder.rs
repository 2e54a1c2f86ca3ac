//! How a client is put together.

use std::sync::Arc;

use clio_core::{
    Clock, Deadline, Error, ErrorKind, Limits, MemoryTokenStore, SystemClock, Token, TokenStore, Transport,
};

use super::{Authoriser, Clio, Inner, Observer};
use crate::{App, Region, ReqwestTransport, oauth::Exchange};

/// Puts a [`Clio`] together. A token is needed, everything else has a default.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClioBuilder {
    region: Region,
    store: Option<Arc<dyn TokenStore>>,
    app: Option<App>,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    limits: Limits,
}

impl ClioBuilder {
    pub(super) fn new(region: Region) -> Self {
        Self {
            region,
            store: None,
            app: None,
            transport: None,
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
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

    /// How long each exchange may take and how much it may bring, unless a call says otherwise. Default: 30 seconds, 64 MiB.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The client. Sends nothing yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] without a token or a store, and when the default transport cannot be set up.
    pub fn build(self) -> Result<Clio, Error> {
        let store = self.store.ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "a client needs a token: give it one, or a token store")
        })?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::new()?.with_clock(self.clock.clone())),
        };
        let base = self.region.api();
        let bare = Arc::new(Deadline::new(transport.clone(), self.clock.clone()));
        let observer = Arc::new(Observer::new(transport, self.clock.clone(), base.clone()));
        let transport = Arc::new(Deadline::new(observer.clone(), self.clock.clone()));
        let exchange = self
            .app
            .map(|app| Exchange::new(self.region.clone(), app, transport.clone(), self.clock.clone()));
        Ok(Clio(Arc::new(Inner {
            region: self.region,
            base,
            limits: self.limits,
            authoriser: Authoriser::new(store, exchange, self.clock.clone()),
            clock: self.clock,
            transport,
            bare,
            observer,
        })))
    }
}
