//! Where both systems stand, and the witness who counts.

use std::{error::Error, sync::Arc};

use chrono::NaiveDate;
use clio_altfee::{
    AltFee, Book, ClientId, FeeForm, GuidelineId, Integration, MatterId, Scope, Session, Settings,
    fee_category,
};
use clio_api::{Clio, Region};
use clio_core::{Clock, SystemClock};
use clio_fixtures::ClioWorld;
use clio_model::Currency;
use clio_sync::{Engine, Firm, Report};
use clio_sync_sqlite::SqliteStore;
use rust_decimal::Decimal;

/// Whatever goes wrong ends the story.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// AltFee and Clio, with the integration between them, and Bernie, who is a client in both.
pub(crate) struct Office {
    pub(crate) world: ClioWorld,
    pub(crate) clio: Clio,
    pub(crate) altfee: Book,
    pub(crate) bernie: ClientId,
    pub(crate) corporate: GuidelineId,
    firm: Firm,
    integration: Integration,
    _state: tempfile::TempDir,
}

impl Office {
    pub(crate) async fn open() -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let world = ClioWorld::firm(7).rate_limit(None).clock(clock.clone()).start();
        let region = Region::custom(&world.host_url())?;
        let clio = Clio::builder(region).transport(world.transport()).token(world.token()).build()?;

        let altfee = Book::new(clock);
        let client = &world.records("Contact")[0];
        let bernie = altfee.add_client(client["name"].as_str().ok_or("a client without a name")?, None);
        let project = |name: &str, price: &str, services: &[&str]| -> Result<Scope> {
            let services = services.iter().map(|text| (*text).to_owned()).collect();
            Ok(Scope { name: name.to_owned(), price: price.parse()?, services })
        };
        let projects = vec![
            project(
                "Incorporation",
                "1250.00 USD",
                &["Articles of incorporation", "Minute book", "Name search"],
            )?,
            project(
                "Shareholder agreement",
                "3000.00 USD",
                &["First draft", "Two rounds of comments", "Signing"],
            )?,
        ];
        let corporate = altfee.add_guideline("Corporate, small companies", "corporate work", projects);

        // Once for each firm: the category that its fees stand in.
        let category = fee_category(&clio, "Flat fee (AltFee)").await?;
        let settings = Settings::new(Currency::USD, FeeForm::Category(category));
        let integration = Integration::new(Arc::new(altfee.clone()), settings);
        let state = tempfile::tempdir()?;
        let firm =
            Engine::new(SqliteStore::open(state.path().join("firm.sqlite"))?).firm("acme-law", clio.clone());
        firm.attach(integration.clone());
        Ok(Self { world, clio, altfee, bernie, corporate, firm, integration, _state: state })
    }

    pub(crate) fn session(&self) -> Session<'_> {
        self.integration.session(&self.firm, &self.clio)
    }

    /// What changed at AltFee goes to Clio, and where it stands there comes back.
    pub(crate) async fn follow(&self) -> Result<Report> {
        self.firm.run("altfee/projects").await?;
        Ok(self.firm.run("altfee/status").await?)
    }

    pub(crate) fn today() -> Result<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, 3, 2).ok_or_else(|| "no day".into())
    }

    /// What AltFee has for the bill: amounts, names and the descriptions that were chosen.
    pub(crate) async fn scoped(&self, matter: &MatterId) -> Result<Vec<(Decimal, String)>> {
        let projects = self.altfee.projects(matter).await?.into_iter().map(|project| {
            let bullets = project.chosen().map(|text| format!("• {text}"));
            let note: Vec<String> = std::iter::once(project.name.clone()).chain(bullets).collect();
            (project.price.amount().get(), note.join("\n"))
        });
        Ok(sorted(projects.collect()))
    }

    /// What stands in Clio's records of this kind, with what it comes to: the world is asked, not the library.
    pub(crate) fn standing(&self, object: &str) -> Result<Vec<(Decimal, String)>> {
        let mut standing = Vec::new();
        for record in self.world.records(object) {
            let price = record["price"].to_string().parse::<Decimal>()?;
            standing.push((price, record["note"].as_str().unwrap_or_default().to_owned()));
        }
        Ok(sorted(standing))
    }
}

fn sorted(mut all: Vec<(Decimal, String)>) -> Vec<(Decimal, String)> {
    for (price, _) in &mut all {
        *price = price.normalize();
    }
    all.sort();
    all
}

/// The witness.
pub(crate) fn check(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(format!("it is not so that {what}").into()) }
}
