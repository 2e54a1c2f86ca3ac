//! The parts of an engine, each of which can be wrapped.

use std::{fmt, sync::Arc};

use clio_api::{App, Clio, Region};
use clio_core::{Clock, TokenStore, Transport};
use clio_fixtures::SeededRandom;
use clio_sync::{Engine, Firm, Store, Timing};
use clio_wisetime::{Client, Settings, WiseTime};

use crate::{BookTime, Shelf};

/// Adds an adapter to a firm, out of the parts that the firm's engine is made of.
pub type Attach = Arc<dyn Fn(&Setup, &Clio, &Firm) + Send + Sync>;

/// The parts of an engine on a scene: as they are in production, but for the worlds.
#[derive(Clone)]
pub struct Setup {
    /// The name of the firm.
    pub name: String,
    /// The clock of the engine.
    pub clock: Arc<dyn Clock>,
    /// The clock of the client of Clio: that of the engine, unless a test tears them apart.
    pub clio_clock: Option<Arc<dyn Clock>>,
    /// What the engine remembers.
    pub store: Arc<dyn Store>,
    /// The way to Clio.
    pub clio: Arc<dyn Transport>,
    /// The way to WiseTime.
    pub wisetime: Arc<dyn Transport>,
    /// The generic source.
    pub book: Shelf,
    /// The engine's times.
    pub timing: Timing,
    /// Where the token for Clio is kept.
    pub token: Arc<dyn TokenStore>,
    /// Names the engine and spreads its waits. The engine of another process has another one.
    pub seed: u64,
    /// Further adapters.
    pub attach: Vec<Attach>,
    pub(crate) app: (String, String),
    pub(crate) api_key: String,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("name", &self.name)
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

impl Setup {
    /// A firm on an engine of its own.
    pub fn firm(self) -> Firm {
        self.engine().1
    }

    /// An engine with its firm.
    pub fn engine(self) -> (Engine, Firm) {
        let engine = Engine::with_store(self.store.clone())
            .with_clock(self.clock.clone())
            .with_timing(self.timing)
            .with_random(&SeededRandom::new(self.seed));
        let firm = self.handle(&engine);
        (engine, firm)
    }

    /// A handle on the firm of an engine that may have it already.
    pub fn handle(self, engine: &Engine) -> Firm {
        let region = Region::custom("https://clio.test").expect("an address");
        let clio = Clio::builder(region)
            .transport(self.clio.clone())
            .clock(self.clio_clock.clone().unwrap_or_else(|| self.clock.clone()))
            .random(Arc::new(SeededRandom::new(self.seed)))
            .token_store(self.token.clone())
            .app(App::new(self.app.0.clone(), self.app.1.clone()))
            .build()
            .expect("a client");
        let wisetime = Client::builder(self.api_key.clone())
            .base("https://wisetime.test/connect/api")
            .transport(self.wisetime.clone())
            .clock(self.clock.clone())
            .build()
            .expect("a client");
        let firm = engine.firm(self.name.clone(), clio.clone());
        firm.attach(WiseTime::connect(wisetime, Settings::default()));
        firm.attach(BookTime(self.book.clone()));
        for attach in &self.attach {
            attach(&self, &clio, &firm);
        }
        firm
    }
}
