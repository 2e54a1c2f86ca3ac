//! The engine between a WiseTime and a Clio that know what nobody may show.

use std::sync::Arc;

use clio_api::{App, Clio, Region};
use clio_core::{Clock as _, Limits, MemoryTokenStore, Payload, Transport, TransportError};
use clio_fixtures::{ClioWorld, Fault, VirtualClock, WiseTimeWorld, samples::TimeGroup};
use clio_sync::{Engine, Error, Firm, FlowKey, IntentState, Store};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, WiseTime};
use serde_json::json;

use super::harness::{FIRST, Harness, NAME, SECRET};
use simulation::seams::Tamper;

const FLOWS: [&str; 2] = ["wisetime/posted-time", "wisetime/matter-tags"];

struct Office {
    harness: Harness,
    clock: Arc<VirtualClock>,
    clio: ClioWorld,
    wisetime: WiseTimeWorld,
    store: Arc<SqliteStore>,
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        let harness = Harness::start();
        let clock = VirtualClock::new();
        let clio = ClioWorld::firm(7).sentinels(SECRET, NAME).clock(clock.clone()).start();
        let wisetime =
            WiseTimeWorld::team().clock(clock.clone()).api_key(format!("{SECRET}-wisetime")).start();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("firm.sqlite");
        let store =
            SqliteStore::options().clock(clock.clone()).inline().open(file).expect("the state file opens");
        let office = Self { harness, clock, clio, wisetime, store: Arc::new(store), folder };
        office.post();
        office
    }

    /// Groups that can be posted, that cannot, and that cannot be read, all of them with a name.
    fn post(&self) {
        let (matters, users) = (self.clio.matters(), self.clio.users());
        let words = format!("Call with {FIRST} {NAME}");
        let work = |id: &str| {
            TimeGroup::new(id).matter(&matters[0]).user(&users[0]).seconds(600).description(&words)
        };
        self.wisetime.post(work("good").json());
        self.wisetime.post(TimeGroup::new("untagged").user(&users[0]).description(&words).json());
        for (at, member) in
            ["totalDurationSecs", "localDate", "tags", "timeRows", "user", "activityType"].iter().enumerate()
        {
            let mut strange = work(&format!("strange-{at}")).json();
            strange[member] = json!(words);
            self.wisetime.post(strange);
        }
        let mut unknown = work("unknown").json();
        unknown["user"] = json!({"name": words, "email": format!("{NAME}@mail.example"), "externalId": null});
        self.wisetime.post(unknown);
    }

    fn firm(&self, clio: Arc<dyn Transport>, wisetime: Arc<dyn Transport>) -> Firm {
        let engine = Engine::with_store(self.store.clone()).with_clock(self.clock.clone());
        let (id, secret) = self.clio.app();
        let clio = Clio::builder(Region::custom("https://clio.test").expect("an address"))
            .transport(clio)
            .clock(self.clock.clone())
            .token_store(Arc::new(MemoryTokenStore::new(self.clio.token())))
            .app(App::new(id, secret))
            .build()
            .expect("a client");
        let builder = Client::builder(self.wisetime.api_key())
            .base("https://wisetime.test/connect/api")
            .transport(wisetime)
            .clock(self.clock.clone());
        self.harness.show(&builder);
        let wisetime = builder.build().expect("a client");
        self.harness.show(&wisetime);
        let firm = engine.firm("acme-law", clio);
        firm.attach(WiseTime::connect(wisetime, Settings::default()));
        self.harness.show(&(&engine, &firm));
        firm
    }

    /// Runs both flows and shows all that they leave behind.
    async fn run(&self, firm: &Firm) {
        for flow in FLOWS {
            match firm.run(flow).await {
                Ok(report) => {
                    self.harness.show(&report);
                    self.harness.text(report.to_string());
                }
                Err(error) => self.error(&error),
            }
            let key = FlowKey {
                firm: "acme-law".into(),
                adapter: "wisetime".into(),
                flow: flow.trim_start_matches("wisetime/").into(),
            };
            let acknowledgements = self.store.due_acknowledgements(&key, 100).await;
            self.harness.show(&acknowledgements.expect("acknowledgements"));
            self.harness.show(&self.store.dead_letters("acme-law").await.expect("letters"));
            self.harness.show(&self.store.cursor(&key).await.expect("a cursor"));
        }
        for state in [
            IntentState::Planned,
            IntentState::Sending,
            IntentState::Uncertain,
            IntentState::Confirmed,
            IntentState::Rejected,
            IntentState::Parked,
        ] {
            self.harness.show(&self.store.intents("acme-law", state).await.expect("intents"));
        }
    }

    fn error(&self, error: &Error) {
        self.harness.error(error);
    }
}

#[tokio::test(start_paused = true)]
async fn no_run_shows_anything_whatever_goes_wrong() {
    for fault in [None].into_iter().chain(Fault::ALL.iter().copied().map(Some)) {
        let office = Office::new();
        let firm = office.firm(office.clio.transport(), office.wisetime.transport());
        if let Some(fault) = fault {
            office.clio.faults().with_probability("", "", 0.5, &[fault]);
            office.wisetime.faults().with_probability("", "", 0.3, &[fault]);
        }
        for _ in 0..3 {
            office.run(&firm).await;
            office.clock.sleep(std::time::Duration::from_secs(600)).await;
        }
        assert!(office.folder.path().exists());
    }
}

/// What either side answers holds names where numbers are wanted, and refusals that quote.
#[tokio::test(start_paused = true)]
async fn no_answer_is_quoted_by_the_engine() {
    let refusal =
        json!({"error": {"type": NAME, "message": format!("{FIRST} {NAME} is closed")}}).to_string();
    let bodies = [
        (200, json!({"data": [{"id": NAME, "display_number": 7, "name": {NAME: 1}}]}).to_string()),
        (200, json!([{"groupId": 7, "description": [NAME]}, NAME]).to_string()),
        (200, json!(format!("{FIRST} {NAME}")).to_string()),
        (200, format!("[\"{NAME}")),
        (400, json!({"errors": [{"index": 0, "errorDescription": NAME}]}).to_string()),
        (422, refusal.clone()),
        (401, refusal),
    ];
    for (status, body) in bodies {
        for at_clio in [true, false] {
            let office = Office::new();
            let lie = |inner| {
                let body = body.clone();
                Tamper::answered(inner, move |_, _, mut answer| {
                    *answer.status_mut() = http::StatusCode::from_u16(status).expect("a status");
                    answer.map(|_| body.clone().into_bytes())
                })
            };
            let (clio, wisetime) = (office.clio.transport(), office.wisetime.transport());
            let firm =
                if at_clio { office.firm(lie(clio), wisetime) } else { office.firm(clio, lie(wisetime)) };
            office.run(&firm).await;
        }
    }
}

/// Sends what the engine sends to a careless log.
#[derive(Debug)]
struct Careless(Arc<dyn Transport>, Arc<std::sync::Mutex<Vec<String>>>);

#[async_trait::async_trait]
impl Transport for Careless {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.1.lock().unwrap().push(format!("{request:?}"));
        self.0.send(request, limits).await
    }
}

#[tokio::test(start_paused = true)]
async fn no_request_shows_a_key_or_what_it_carries() {
    let office = Office::new();
    let log = Arc::<std::sync::Mutex<Vec<String>>>::default();
    let careless = |inner| Arc::new(Careless(inner, log.clone()));
    let firm = office.firm(careless(office.clio.transport()), careless(office.wisetime.transport()));
    office.run(&firm).await;
    let log = std::mem::take(&mut *log.lock().unwrap());
    let asked = |part: &str| log.iter().any(|line| line.contains(part));
    assert!(asked("postedtime") && asked("activities.json") && asked("tag/batch"), "both worlds were asked");
    for line in log {
        office.harness.text(line);
    }
}
