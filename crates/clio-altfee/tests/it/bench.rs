//! A firm with both systems, and Bernie, who is a client in both.

use std::sync::Arc;

use chrono::NaiveDate;
use clio_altfee::{
    AltFee, Book, ClientId, FeeForm, GuidelineId, Integration, MatterId, Project, Scope, Session, Settings,
    fee_category,
};
use clio_api::{Clio, Region};
use clio_core::{Id, schema::objects};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, NewBill, VirtualClock};
use clio_model::Currency;
use clio_sync::{Engine, Firm};
use clio_sync_sqlite::SqliteStore;
use rust_decimal::Decimal;

use crate::stubborn::Stubborn;

pub(crate) struct Bench {
    pub(crate) world: ClioWorld,
    pub(crate) clio: Clio,
    pub(crate) book: Book,
    /// The same book, as the integration has it.
    pub(crate) stubborn: Stubborn,
    pub(crate) engine: Engine,
    pub(crate) firm: Firm,
    pub(crate) integration: Integration,
    pub(crate) bernie: ClientId,
    pub(crate) guideline: GuidelineId,
    /// Bernie at Clio.
    pub(crate) contact: Id<objects::Contact>,
    /// Bernie's matter at Clio.
    pub(crate) clio_matter: Id<objects::Matter>,
    /// The calls before the test began.
    before: usize,
    _folder: tempfile::TempDir,
}

pub(crate) fn scope(name: &str, price: &str, services: &[&str]) -> Scope {
    let services = services.iter().map(|text| (*text).to_owned()).collect();
    Scope { name: name.into(), price: price.parse().expect("money"), services }
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().expect("a number")
}

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day")
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|world| world, |_| ()).await
    }

    pub(crate) async fn with(
        build: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder,
        set: impl FnOnce(&mut Settings),
    ) -> Self {
        let (clock, folder) = (VirtualClock::new(), tempfile::tempdir().expect("a folder"));
        let world = build(ClioWorld::firm(7).rate_limit(None).clock(clock.clone())).start();
        let clio = Clio::builder(Region::custom(&world.host_url()).expect("an address"))
            .transport(world.transport())
            .clock(clock.clone())
            .token(world.token())
            .build()
            .expect("a client");
        let category = fee_category(&clio, "Flat fee (AltFee)").await.expect("a category");
        let clio_matter = Id::new(world.matters()[0].id);
        let there = world.record("Matter", clio_matter.get()).expect("a matter");
        let contact = Id::new(there["client"]["id"].as_i64().expect("a client"));
        let name = world.record("Contact", contact.get()).expect("a contact")["name"].clone();
        let book = Book::new(clock.clone());
        let bernie = book.add_client(name.as_str().expect("a name"), None);
        let projects = vec![
            scope("Incorporation", "1250.00 USD", &["Articles", "Minute book"]),
            scope("Shareholder agreement", "2999.99 USD", &["Drafting", "Two rounds of comments", "Signing"]),
        ];
        let guideline = book.add_guideline("Corporate", "corporate work", projects);
        let stubborn = Stubborn::new(&book);
        let mut settings = Settings::new(Currency::USD, FeeForm::Category(category));
        set(&mut settings);
        let integration = Integration::new(Arc::new(stubborn.clone()), settings);
        let store = SqliteStore::options().clock(clock.clone()).inline();
        let engine = Engine::new(store.open(folder.path().join("state")).expect("a store"));
        let engine = engine.with_clock(clock.clone());
        let firm = engine.firm("acme-law", clio.clone());
        firm.attach(integration.clone());
        let before = world.calls().len();
        Self {
            world,
            clio,
            book,
            stubborn,
            engine,
            firm,
            integration,
            bernie,
            guideline,
            contact,
            clio_matter,
            before,
            _folder: folder,
        }
    }

    pub(crate) fn session(&self) -> Session<'_> {
        self.integration.session(&self.firm, &self.clio)
    }

    /// A matter of Bernie's at AltFee, of the guideline's two projects with all their services but the last.
    pub(crate) async fn matter(&self) -> MatterId {
        self.book.link_client(&self.bernie, self.contact).await.expect("linked");
        let matter = self.book.open_matter(&self.guideline, &self.bernie, "corporate work").await;
        let matter = matter.expect("a matter").id;
        for project in self.projects(&matter).await {
            let places: Vec<usize> = (0..project.services.len() - 1).collect();
            self.book.choose(&project.id, &places).expect("chosen");
        }
        matter
    }

    /// The same, connected.
    pub(crate) async fn connected(&self) -> MatterId {
        let matter = self.matter().await;
        self.connect(&matter).await;
        matter
    }

    pub(crate) async fn connect(&self, matter: &MatterId) {
        let session = self.session();
        let preview = session.preview(matter, self.clio_matter, today()).await.expect("a preview");
        let confirmation = session.confirm(&preview).await.expect("connected");
        assert!(confirmation.is_complete(), "{confirmation:?}");
    }

    pub(crate) async fn projects(&self, matter: &MatterId) -> Vec<Project> {
        self.book.projects(matter).await.expect("projects")
    }

    /// The fees at Clio: id, note, price, whether they are flat fees.
    pub(crate) fn fees(&self) -> Vec<(i64, String, Decimal, bool)> {
        let ours = self.world.records("Activity").into_iter();
        ours.map(|one| {
            let note = one["note"].as_str().expect("a note").to_owned();
            let price = one["price"].to_string().parse().expect("a price");
            (one["id"].as_i64().expect("an id"), note, price, one["flat_rate"] == true)
        })
        .collect()
    }

    /// What took effect at Clio in the test.
    pub(crate) fn applied(&self) -> usize {
        let all = self.world.calls();
        all.iter().skip(self.before).filter(|call| call.method != "GET" && call.applied).count()
    }

    /// What was written to Clio in the test.
    pub(crate) fn writes(&self) -> usize {
        self.world.calls().iter().skip(self.before).filter(|call| call.method != "GET").count()
    }
}

/// A bill of these fees, by their places.
pub(crate) fn bill(bench: &Bench, fees: &[usize]) -> i64 {
    let activities = fees.iter().map(|at| bench.fees()[*at].0).collect();
    let matter = Some(bench.clio_matter.get());
    bench.world.person("Ada").bill(NewBill { matter, activities, ..NewBill::default() }).expect("a bill")
}
