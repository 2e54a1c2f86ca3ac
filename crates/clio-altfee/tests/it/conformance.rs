//! The suite for adapters: twice, by two engines, as a plan, and cut off wherever it waits.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use clio_altfee::{AltFee, Book, Connection, FeeForm, Integration, Settings, fee_category};
use clio_api::{Clio, Region};
use clio_core::Id;
use clio_fixtures::{ClioWorld, VirtualClock};
use clio_model::Currency;
use clio_sync::{Engine, Firm, Store, conformance};
use clio_sync_sqlite::SqliteStore;

use crate::bench::{scope, today};

/// A matter that was connected by other means, such as in AltFee itself: nothing of it is written yet.
struct Bench {
    clock: Arc<VirtualClock>,
    world: ClioWorld,
    book: Book,
    settings: Settings,
    store: Arc<dyn Store>,
    before: usize,
    _folder: tempfile::TempDir,
}

fn client(world: &ClioWorld, clock: Arc<VirtualClock>) -> Clio {
    let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"));
    clio.transport(world.transport()).clock(clock).token(world.token()).build().expect("a client")
}

async fn bench() -> Bench {
    let (clock, folder) = (VirtualClock::new(), tempfile::tempdir().expect("a folder"));
    let world = ClioWorld::firm(7).clock(clock.clone()).latency(Duration::from_millis(200)).start();
    let category = fee_category(&client(&world, clock.clone()), "Flat fee").await.expect("a category");
    let book = Book::new(clock.clone());
    let bernie = book.add_client("Bernie", None);
    let projects =
        vec![scope("Will", "10 USD", &[]), scope("Will", "10.01 USD", &[]), scope("Unpriced", "0 USD", &[])];
    let guideline = book.add_guideline("Wills", "estates", projects);
    let matter = book.open_matter(&guideline, &bernie, "estates").await.expect("opened").id;
    let clio_matter = Id::new(world.matters()[0].id);
    let connection = Connection { matter, clio_matter, clio_client: Id::new(1), since: today() };
    book.connect(&connection).await.expect("connected");
    let store = SqliteStore::options().clock(clock.clone()).inline().open(folder.path().join("state"));
    let settings = Settings::new(Currency::USD, FeeForm::Category(category));
    let (store, before) = (Arc::new(store.expect("a store")), world.calls().len());
    Bench { clock, world, book, settings, store, before, _folder: folder }
}

#[async_trait]
impl conformance::AdapterBench for Bench {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    fn firm(&self) -> Firm {
        let engine = Engine::with_store(self.store()).with_clock(self.clock.clone());
        let firm = engine.firm("acme-law", client(&self.world, self.clock.clone()));
        firm.attach(Integration::new(Arc::new(self.book.clone()), self.settings.clone()));
        firm
    }

    fn flow(&self) -> String {
        "altfee/projects".into()
    }

    async fn standing(&self) -> Vec<String> {
        let all = self.world.records("Activity").into_iter();
        all.map(|one| format!("{} {} {}", one["note"], one["price"], one["flat_rate"])).collect()
    }

    fn writes(&self) -> usize {
        self.world.calls().iter().skip(self.before).filter(|call| call.method != "GET").count()
    }
}

#[tokio::test(start_paused = true)]
async fn the_integration_is_an_adapter() {
    conformance::adapter(bench).await;
}
