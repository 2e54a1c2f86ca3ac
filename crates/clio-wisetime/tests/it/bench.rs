//! A firm at Clio, its team at WiseTime, and the programmes that connect them.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clio_api::{App, Clio, Region};
use clio_core::{Clock, Limits, MemoryTokenStore, Payload, Transport, TransportError};
use clio_fixtures::{
    Audit, ClioWorld, ClioWorldBuilder, GroupStatus, SeededRandom, StatusRecord, VirtualClock, WiseTimeWorld,
    WiseTimeWorldBuilder, samples::TimeGroup,
};
use clio_sync::{Engine, Firm, Report};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, Webhook, WiseTime};
use serde_json::Value;

pub(crate) const POSTED_TIME: &str = "wisetime/posted-time";
pub(crate) const HEALTH: &str = "wisetime/health";
pub(crate) const FIRM: &str = "acme-law";
pub(crate) const KEY: &str = "a long random text of ours";
pub(crate) const HOOK: &str = "https://connector.test/wisetime";

/// How long every call takes. Without it a run would never yield, and nothing could happen in the middle of it.
const LATENCY: Duration = Duration::from_millis(100);

pub(crate) struct Bench {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) clio: ClioWorld,
    pub(crate) wisetime: WiseTimeWorld,
    folder: tempfile::TempDir,
    engines: AtomicU64,
}

/// A programme over the same systems and the same file, with nothing kept in memory.
pub(crate) struct Programme {
    pub(crate) engine: Engine,
    pub(crate) firm: Firm,
    pub(crate) client: Client,
    pub(crate) webhook: Webhook,
}

/// How posted time comes to a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Poll,
    TakingOver,
    Webhook,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|clio| clio, |team| team)
    }

    pub(crate) fn with(
        clio: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder,
        team: impl FnOnce(WiseTimeWorldBuilder) -> WiseTimeWorldBuilder,
    ) -> Self {
        let clock = VirtualClock::new();
        // No test is about tokens that end.
        let world = ClioWorld::firm(7).rate_limit(None).token_life(Duration::from_secs(365 * 24 * 3600));
        let world = world.clock(clock.clone()).latency(LATENCY);
        let wisetime =
            WiseTimeWorld::team().clock(clock.clone()).latency(LATENCY).hold(Duration::from_secs(5));
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let (clio, wisetime) = (clio(world).start(), team(wisetime).start());
        Self { clock, clio, wisetime, folder, engines: AtomicU64::new(0) }
    }

    pub(crate) fn store(&self) -> SqliteStore {
        let options = SqliteStore::options().clock(self.clock.clone()).inline();
        options.open(self.folder.path().join("state")).expect("a store")
    }

    pub(crate) fn client_over(&self, transport: Arc<dyn Transport>) -> Client {
        let base = format!("{}/connect/api", self.wisetime.host_url());
        let client = Client::builder(self.wisetime.api_key()).base(base).transport(transport);
        client.clock(self.clock.clone()).build().expect("a client")
    }

    /// A login of the firm's, as it is now.
    pub(crate) fn login(&self, transport: Arc<dyn Transport>, seed: u64) -> Clio {
        let (id, secret) = self.clio.app();
        Clio::builder(Region::custom(&self.clio.host_url()).expect("an address"))
            .transport(transport)
            .clock(self.clock.clone())
            .random(Arc::new(SeededRandom::new(seed)))
            .token_store(Arc::new(MemoryTokenStore::new(self.clio.token())))
            .app(App::new(id, secret))
            .build()
            .expect("a client")
    }

    pub(crate) fn programme(&self, way: Way) -> Programme {
        self.programme_by(way, Settings::default(), self.clio.transport(), self.wisetime.transport())
    }

    pub(crate) fn programme_by(
        &self,
        way: Way,
        settings: Settings,
        to_clio: Arc<dyn Transport>,
        to_wisetime: Arc<dyn Transport>,
    ) -> Programme {
        let seed = 1 + self.engines.fetch_add(1, Ordering::SeqCst);
        let client = self.client_over(to_wisetime);
        let engine = Engine::new(self.store()).with_clock(self.clock.clone());
        let engine = engine.with_random(&SeededRandom::new(seed));
        let firm = engine.firm(FIRM, self.login(to_clio, seed));
        let webhook = Webhook::new(&client, KEY).expect("a receiver");
        let adapter = WiseTime::connect(client.clone(), settings);
        firm.attach(match way {
            Way::Poll => adapter,
            Way::TakingOver => adapter.taking_over(),
            Way::Webhook => adapter.by_webhook(&webhook),
        });
        Programme { engine, firm, client, webhook }
    }

    /// A group of work for one of the firm's matters by one of its users.
    pub(crate) fn work(&self, id: &str, matter: usize, user: usize, seconds: i64) -> TimeGroup {
        TimeGroup::new(id)
            .matter(&self.clio.matters()[matter])
            .user(&self.clio.users()[user])
            .seconds(seconds)
    }

    /// Two groups that are truly equal, one that is near them, one of another, one without a tag, and one of a stranger.
    pub(crate) fn post_day(&self) {
        for group in [
            self.work("equal-1", 0, 0, 1800).description("Call").json(),
            self.work("equal-2", 0, 0, 1800).description("Call").json(),
            self.work("near", 0, 0, 900).description("Will").json(),
            self.work("other", 1, 1, 3600).description("Research").json(),
            TimeGroup::new("untagged").json(),
            TimeGroup::new("stranger").matter(&self.clio.matters()[2]).json(),
        ] {
            self.wisetime.post(group);
        }
    }

    /// What the day has to become: four entries, one left out, one refused, and no more.
    #[track_caller]
    pub(crate) fn assert_day(&self, what: &str) {
        let audit = self.audit();
        let judged = (audit.expected, audit.posted, audit.doubled, audit.lost, audit.waiting);
        assert_eq!(judged, (4, 4, 0, 0, 0), "{what}: {audit:?}");
        assert_eq!((audit.rejected, audit.wrong_acknowledgements), (1, 0), "{what}: {audit:?}");
    }

    pub(crate) fn audit(&self) -> Audit {
        clio_fixtures::posted_time(&self.clio, &self.wisetime)
    }

    /// What was said of a group last.
    pub(crate) fn told(&self, id: &str) -> StatusRecord {
        let said = self.wisetime.statuses().into_iter().rfind(|status| status.group_id == id);
        said.unwrap_or_else(|| panic!("nothing was said of {id}"))
    }

    #[track_caller]
    pub(crate) fn message(&self, id: &str, status: GroupStatus) -> String {
        let told = self.told(id);
        assert_eq!(told.status, status, "{told:?}");
        told.message.unwrap_or_default()
    }

    /// How many creations reached Clio.
    pub(crate) fn writes(&self) -> usize {
        let creates = |call: &&clio_fixtures::CallRecord| {
            call.method == "POST" && call.path.ends_with("/activities.json")
        };
        self.clio.calls().iter().filter(creates).count()
    }

    /// The entries at Clio, as Clio has them.
    pub(crate) fn entries(&self) -> Vec<Value> {
        self.clio.records("Activity")
    }

    pub(crate) async fn sleep(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds)).await;
    }

    /// Runs the flow as a scheduler would, whatever it ends in, until every group has ended. Three hours at most.
    pub(crate) async fn settle(&self, firm: &Firm) -> Option<Report> {
        let end = self.clock.monotonic() + Duration::from_secs(3 * 3600);
        let mut last = None;
        while self.clock.monotonic() < end {
            match firm.run_to_rest(POSTED_TIME).await {
                Ok(report) => last = Some(report),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
            if self.audit().waiting == 0 {
                break;
            }
            self.sleep(30).await;
        }
        last
    }

    /// Calls the webhook as WiseTime would until every group has ended. Three hours at most.
    pub(crate) async fn deliver(&self, receiver: Arc<dyn Transport>) {
        let end = self.clock.monotonic() + Duration::from_secs(3 * 3600);
        while self.clock.monotonic() < end && self.audit().waiting > 0 {
            self.wisetime.deliver(receiver.clone()).await;
            let next = self.wisetime.next_delivery().map(|next| next - self.clock.now());
            let wait = next.and_then(|wait| wait.to_std().ok()).unwrap_or_default();
            self.clock.sleep(wait.max(Duration::from_millis(100))).await;
        }
    }
}

/// A web framework: hands a body to the receiver, and its answer back.
#[derive(Debug)]
pub(crate) struct Framework {
    pub(crate) firm: Firm,
    pub(crate) webhook: Webhook,
}

impl Programme {
    pub(crate) fn framework(&self) -> Arc<Framework> {
        Arc::new(Framework { firm: self.firm.clone(), webhook: self.webhook.clone() })
    }
}

#[async_trait]
impl Transport for Framework {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let body = request.into_body().into_bytes(limits.max_body).await?;
        let answer = self.webhook.handle(&self.firm, &body).await;
        let response = http::Response::builder().status(answer.status);
        Ok(response.body(Payload::Bytes(answer.text.into())).expect("an answer"))
    }
}

/// Answers in Clio's place while it is shut.
#[derive(Debug)]
pub(crate) struct Gate {
    inner: Arc<dyn Transport>,
    shut: Mutex<Option<(&'static str, u16)>>,
}

impl Gate {
    pub(crate) fn before(inner: Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self { inner, shut: Mutex::default() })
    }

    /// Answers calls whose method and path end in this with this status.
    pub(crate) fn shut(&self, suffix: &'static str, status: u16) {
        *self.shut.lock().expect("a lock") = Some((suffix, status));
    }

    pub(crate) fn open(&self) {
        *self.shut.lock().expect("a lock") = None;
    }
}

#[async_trait]
impl Transport for Gate {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        let shut = *self.shut.lock().expect("a lock");
        if let Some((suffix, status)) = shut
            && format!("{} {}", request.method(), request.uri().path()).ends_with(suffix)
        {
            let refusal = r#"{"error":{"type":"ForbiddenError","message":"User is forbidden from taking that action"}}"#;
            let response =
                http::Response::builder().status(status).header("content-type", "application/json");
            return Ok(response.body(Payload::Bytes(refusal.into())).expect("an answer"));
        }
        self.inner.send(request, limits).await
    }
}
