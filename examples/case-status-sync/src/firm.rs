//! The programme: an engine over a state file, and a crash.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use clio_api::{
    App, Clio, Region, Token,
    http::{Method, Request, Response},
};
use clio_case_status::Integration;
use clio_core::{Clock, Limits, MemoryTokenStore, Payload, TokenStore, Transport, TransportError};
use clio_sync::{Engine, Firm, LocalExecutor};
use clio_sync_sqlite::SqliteStore;
use tokio::sync::Notify;

use crate::{Trouble, office::Office};

#[derive(Debug)]
pub(crate) struct Programme {
    engine: Engine,
    pub(crate) firm: Firm,
    pub(crate) integration: Integration,
    clock: Arc<dyn Clock>,
}

/// What outlives a programme: whose Clio it is, and the token that was bought.
#[derive(Debug)]
pub(crate) struct Access {
    region: Region,
    app: App,
    tokens: Arc<MemoryTokenStore>,
}

impl Access {
    pub(crate) fn new((region, app, token): (Region, App, Token)) -> Self {
        Self { region, app, tokens: Arc::new(MemoryTokenStore::new(token)) }
    }
}

impl Programme {
    /// A programme that has just started: all that it knows is in the file.
    pub(crate) async fn start(
        office: &Office,
        access: &Access,
        state: &Path,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, Trouble> {
        let clock: Arc<dyn Clock> = office.clock.clone();
        let tokens: Arc<dyn TokenStore> = access.tokens.clone();
        let clio = Clio::builder(access.region.clone()).app(access.app.clone()).token_store(tokens);
        let clio = clio.transport(transport).clock(clock.clone()).build()?;
        let store = SqliteStore::options().clock(clock.clone()).inline().open(state)?;
        let engine = Engine::new(store).with_clock(clock.clone());
        let firm = engine.connect("acme-law", clio).await?;
        let integration = Integration::new(Arc::new(office.desk.clone()), office.settings());
        firm.attach(integration.clone());
        Ok(Self { engine, firm, integration, clock })
    }

    /// Runs what is due, for so long.
    pub(crate) async fn serve(&self, time: Duration) -> Result<(), Trouble> {
        let executor = LocalExecutor::new().with_clock(self.clock.clone());
        let stop = async {
            self.clock.sleep(time).await;
            executor.stop();
        };
        let (served, ()) = tokio::join!(self.engine.serve(&executor), stop);
        Ok(served?)
    }
}

/// Forwards everything, until a communication was created: that answer it keeps for itself, and whoever waits for it waits for
/// ever. It is the worst moment to crash: the message is filed, and nobody on this side knows.
#[derive(Debug)]
pub(crate) struct CrashAfterFiling {
    inner: Arc<dyn Transport>,
    struck: Notify,
}

impl CrashAfterFiling {
    pub(crate) fn over(inner: Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self { inner, struck: Notify::new() })
    }

    pub(crate) async fn struck(&self) {
        self.struck.notified().await;
    }
}

#[async_trait]
impl Transport for CrashAfterFiling {
    async fn send(
        &self,
        request: Request<Payload>,
        limits: Limits,
    ) -> Result<Response<Payload>, TransportError> {
        let files =
            request.method() == Method::POST && request.uri().path().ends_with("/communications.json");
        let answer = self.inner.send(request, limits).await?;
        if !files {
            return Ok(answer);
        }
        self.struck.notify_one();
        std::future::pending().await
    }
}
