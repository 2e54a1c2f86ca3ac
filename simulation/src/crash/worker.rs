//! The process that is killed: the engine as it is in production, but in a hurry.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clio_api::{Clio, Region, Token};
use clio_core::{Clock, SystemClock};
use clio_sync::{Engine, Timing};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, WiseTime};
use serde::{Deserialize, Serialize};

use crate::{FIRM, POSTED_TIME};

/// No worker outlives its parent by more than this.
const LIFE: Duration = Duration::from_secs(120);

/// What a worker is told.
#[derive(Clone, Serialize, Deserialize)]
pub struct Orders {
    /// The address of the fake Clio.
    pub clio: String,
    /// An access token that the fake takes.
    pub token: String,
    /// The address of the fake WiseTime's API.
    pub wisetime: String,
    /// The team's key.
    pub api_key: String,
    /// The state file.
    pub file: PathBuf,
}

impl std::fmt::Debug for Orders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orders").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Orders {
    /// Waits short enough that a round takes a second or two, and long enough for a busy machine.
    pub fn timing() -> Timing {
        Timing {
            send_within: Duration::from_millis(300),
            answer_within: Duration::from_millis(400),
            settle: Duration::from_millis(400),
            look_again_after: Duration::from_millis(150),
            floor_margin: Duration::from_secs(3),
            attempts: 20,
            lease: Duration::from_millis(600),
            ..Timing::default()
        }
    }

    /// Writes them down for a worker.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_vec(self)?)
    }
}

/// Works by these orders until it is killed.
///
/// # Errors
///
/// What keeps it from starting, in words.
pub async fn work(orders: &Path) -> Result<(), String> {
    die_with_the_parent();
    let told = |error: &dyn std::error::Error| error.to_string();
    let orders = fs::read(orders).map_err(|error| told(&error))?;
    let orders: Orders = serde_json::from_slice(&orders).map_err(|error| told(&error))?;
    let store = SqliteStore::open(&orders.file).map_err(|error| told(&error))?;
    let region = Region::custom(&orders.clio).map_err(|error| told(&error))?;
    let token = Token::access_only(orders.token);
    let clio = Clio::builder(region).token(token).build().map_err(|error| told(&error))?;
    let wisetime = Client::builder(orders.api_key).base(orders.wisetime).build();
    let wisetime = wisetime.map_err(|error| told(&error))?;
    let firm = Engine::with_store(Arc::new(store)).with_timing(Orders::timing()).firm(FIRM, clio);
    firm.attach(WiseTime::connect(wisetime, Settings::default()));
    let clock = SystemClock;
    while clock.monotonic() < LIFE {
        // An error is for the next run: another worker has the firm, or a fault was met.
        let _ = firm.run_to_rest(POSTED_TIME).await;
        clock.sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// A parent that was killed cannot end its workers.
fn die_with_the_parent() {
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
}
