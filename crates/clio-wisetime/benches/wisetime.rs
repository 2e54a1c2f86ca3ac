//! How many requests the flows take, beside the fewest that could do the same: `cargo bench -p clio-wisetime`.
//!
//! Time is virtual and both systems are in this process: counted is what came to them.

#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "a bench measures and tells")]

use std::{sync::Arc, time::Duration};

use clio_api::{Clio, Region};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, VirtualClock, WiseTimeWorld};
use clio_sync::{Engine, Firm};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, WiseTime};
use tempfile::TempDir;

const MATTERS: usize = 20_000;
/// What Clio gives at once, and what WiseTime takes.
const PAGE: usize = 200;
const BATCH: usize = 2_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(tags());
}

/// All matters become tags; and then nothing has changed.
async fn tags() {
    let office = Office::open(MATTERS);
    let firm = office.firm();
    let first = office.requests_of(&firm, "wisetime/matter-tags").await;
    assert_eq!(office.wisetime.tags().len(), MATTERS);
    tell(&format!("{MATTERS} matters to tags"), first, [MATTERS.div_ceil(PAGE), MATTERS.div_ceil(BATCH)]);
    office.clock.sleep(Duration::from_secs(3600)).await;
    let again = office.requests_of(&firm, "wisetime/matter-tags").await;
    tell("nothing changed", again, [1, 0]);
}

/// Requests to Clio and to WiseTime.
fn tell(what: &str, [clio, wisetime]: [usize; 2], [least_clio, least_wisetime]: [usize; 2]) {
    let ratio = (clio + wisetime) as f64 / (least_clio + least_wisetime) as f64;
    println!(
        "{what}: {clio} requests to Clio (least {least_clio}), {wisetime} to WiseTime (least {least_wisetime}); \
         {ratio:.2} of the least (target 1.00)"
    );
}

/// A firm, its team, and a state file.
struct Office {
    clock: Arc<VirtualClock>,
    clio: ClioWorld,
    wisetime: WiseTimeWorld,
    folder: TempDir,
}

impl Office {
    fn open(matters: usize) -> Self {
        let clock = VirtualClock::new();
        let clio = ClioWorld::firm(7).matters(matters).clock(clock.clone()).start();
        let wisetime = WiseTimeWorld::team().clock(clock.clone()).start();
        // In memory where the system has such a place: requests are counted, not the disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        Self { clock, clio, wisetime, folder }
    }

    fn firm(&self) -> Firm {
        let region = Region::custom(&self.clio.host_url()).expect("an address");
        let clio = Clio::builder(region).transport(self.clio.transport()).clock(self.clock.clone());
        let clio = clio.token(self.clio.token()).build().expect("a client");
        let wisetime = Client::builder(self.wisetime.api_key()).transport(self.wisetime.transport());
        let wisetime = wisetime.clock(self.clock.clone()).base("https://wisetime.test/connect/api");
        let store = SqliteStore::options().clock(self.clock.clone()).inline();
        let store = store.open(self.folder.path().join("state")).expect("a store");
        let firm = Engine::new(store).with_clock(self.clock.clone()).firm("acme-law", clio);
        firm.attach(WiseTime::connect(wisetime.build().expect("a client"), Settings::default()));
        firm
    }

    /// What one run of a flow asks of Clio and of WiseTime.
    async fn requests_of(&self, firm: &Firm, flow: &str) -> [usize; 2] {
        let before = [self.clio.calls().len(), self.wisetime.calls().len()];
        firm.run(flow).await.expect("a run");
        [self.clio.calls().len() - before[0], self.wisetime.calls().len() - before[1]]
    }
}
