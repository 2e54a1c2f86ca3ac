//! A day at a firm, and the engine that posts it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use clio_api::{App, Clio, Region};
use clio_core::{Clock, MemoryTokenStore, TokenStore, Transport};
use clio_fixtures::{
    Audit, ClioWorld, ClioWorldBuilder, VirtualClock, WiseTimeWorld, WiseTimeWorldBuilder, samples::TimeGroup,
};
use clio_sync::{Engine, Firm, Report, Store, Timing};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, WiseTime};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const FIRM: &str = "acme-law";
pub(crate) const POSTED_TIME: &str = "wisetime/posted-time";
pub(crate) const MATTER_TAGS: &str = "wisetime/matter-tags";

/// How long every call takes. Without it a run would never yield, and nothing could happen in the middle of it.
pub(crate) const LATENCY: Duration = Duration::from_millis(200);

/// A firm with a day of posted time, and a state file.
pub(crate) struct Scene {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) clio: ClioWorld,
    pub(crate) wisetime: WiseTimeWorld,
    pub(crate) folder: TempDir,
}

impl Scene {
    /// A firm where nobody has posted anything.
    pub(crate) fn quiet() -> Self {
        Self::quiet_at(|clio| clio)
    }

    /// The same at a Clio that behaves in another way.
    pub(crate) fn quiet_at(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let clock = VirtualClock::new();
        let clio = change(ClioWorld::firm(7).clock(clock.clone()).latency(LATENCY)).start();
        let wisetime = team(&clock).start();
        Self { clock, clio, wisetime, folder: folder() }
    }

    /// The same firm and state, with another team at WiseTime: one that knows nothing of what was settled.
    pub(crate) fn at_another_team(self) -> Self {
        self.at_another_team_that(|team| team)
    }

    /// The same, with a team that behaves in another way.
    pub(crate) fn at_another_team_that(
        self,
        change: impl FnOnce(WiseTimeWorldBuilder) -> WiseTimeWorldBuilder,
    ) -> Self {
        let wisetime = change(team(&self.clock)).start();
        Self { wisetime, ..self }
    }

    /// A day that has everything once: two groups that are truly equal, work in different categories, by different
    /// people, a group without a tag, one of an unknown user, and a malformed one.
    pub(crate) fn day() -> Self {
        let scene = Self::quiet();
        for group in scene.groups() {
            scene.wisetime.post(group);
        }
        scene
    }

    pub(crate) fn groups(&self) -> Vec<Value> {
        let (matters, users, categories) = (self.clio.matters(), self.clio.users(), self.clio.categories());
        let drafting = categories.iter().find(|category| category.name == "Drafting").expect("a category");
        let work = |id, matter, user, seconds| self.work(id, matter, user, seconds);
        let mut malformed = work("malformed", 1, 1, 600).json();
        malformed["timeRows"] = json!([{"durationSecs": "sixty"}]);
        vec![
            work("equal-1", 0, 0, 1800).description("Call with client").json(),
            work("equal-2", 0, 0, 1800).description("Call with client").json(),
            // The same matter, user and day as those: near them, but not them.
            work("other", 0, 0, 900).description("Draft will").category(drafting).json(),
            work("plain", 1, 1, 3600).description("Research").json(),
            TimeGroup::new("untagged").user(&users[0]).json(),
            TimeGroup::new("unknown").matter(&matters[2]).json(),
            malformed,
        ]
    }

    /// A group of work for one of the firm's matters by one of its users.
    pub(crate) fn work(&self, id: &str, matter: usize, user: usize, seconds: i64) -> TimeGroup {
        TimeGroup::new(id)
            .matter(&self.clio.matters()[matter])
            .user(&self.clio.users()[user])
            .seconds(seconds)
    }

    /// How many groups of the [`day`](Self::day) have to become an activity.
    pub(crate) const EXPECTED: usize = 4;

    pub(crate) fn state_file(&self) -> PathBuf {
        self.folder.path().join("firm.sqlite")
    }

    pub(crate) fn store(&self) -> SqliteStore {
        self.store_on(self.clock.clone())
    }

    pub(crate) fn store_on(&self, clock: Arc<dyn Clock>) -> SqliteStore {
        SqliteStore::options().clock(clock).inline().open(self.state_file()).expect("the state file opens")
    }

    /// The parts of an engine on this scene, as they are in production but for the worlds.
    pub(crate) fn setup(&self) -> Setup {
        Setup {
            clock: self.clock.clone(),
            store: Arc::new(self.store()),
            clio: self.clio.transport(),
            wisetime: self.wisetime.transport(),
            timing: Timing::default(),
            token: Arc::new(MemoryTokenStore::new(self.clio.token())),
            app: self.clio.app(),
            api_key: self.wisetime.api_key(),
        }
    }

    /// What the worlds say of it all.
    pub(crate) fn audit(&self) -> Audit {
        clio_fixtures::posted_time(&self.clio, &self.wisetime)
    }

    /// Runs the flow as a scheduler would, whatever it ends in, until every group has ended. Two hours at most.
    pub(crate) async fn post(&self, firm: &Firm) -> Option<Report> {
        let end = self.clock.monotonic() + Duration::from_secs(7200);
        let mut last = None;
        while self.clock.monotonic() < end {
            match firm.run_to_rest(POSTED_TIME).await {
                Ok(report) => last = Some(report),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
            if self.audit().waiting == 0 {
                break;
            }
            self.clock.sleep(Duration::from_secs(30)).await;
        }
        last
    }

    /// Waits until no request can still take effect.
    pub(crate) async fn let_everything_land(&self) {
        self.clock.sleep(Duration::from_secs(600)).await;
    }

    /// Every group ended as it had to, each once, and another run writes nothing.
    pub(crate) async fn assert_posted_once(&self, what: &str) {
        self.let_everything_land().await;
        let audit = self.audit();
        let judged = (audit.expected, audit.doubled, audit.lost, audit.waiting, audit.wrong_acknowledgements);
        assert_eq!(judged, (Self::EXPECTED, 0, 0, 0, 0), "{what}: {audit:?}");
        assert_eq!(
            (audit.posted, audit.skipped, audit.rejected),
            (Self::EXPECTED, 1, 2),
            "{what}: {audit:?}"
        );
        let writes = self.writes();
        let firm = self.setup().firm();
        firm.run_to_rest(POSTED_TIME).await.expect("a quiet run");
        assert_eq!(self.writes(), writes, "{what}: a second pass writes nothing");
    }

    /// How many writes reached Clio.
    pub(crate) fn writes(&self) -> usize {
        self.clio
            .calls()
            .iter()
            .filter(|call| call.method == "POST" && call.path.ends_with("/activities.json"))
            .count()
    }

    /// How often Clio was asked for activities.
    pub(crate) fn looks(&self) -> usize {
        self.clio
            .calls()
            .iter()
            .filter(|call| call.method == "GET" && call.path.ends_with("/activities.json"))
            .count()
    }
}

/// In memory where the system has such a place: no test takes the power away, and syncing to a disk takes most of the time.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

fn team(clock: &Arc<VirtualClock>) -> WiseTimeWorldBuilder {
    WiseTimeWorld::team().clock(clock.clone()).latency(LATENCY).hold(Duration::from_secs(5))
}

/// The parts of an engine, each of which a test may wrap.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clio: Arc<dyn Transport>,
    pub(crate) wisetime: Arc<dyn Transport>,
    pub(crate) timing: Timing,
    pub(crate) token: Arc<dyn TokenStore>,
    app: (String, String),
    api_key: String,
}

impl Setup {
    /// A firm on an engine of its own.
    pub(crate) fn firm(self) -> Firm {
        self.engine().1
    }

    /// An engine with its firm.
    pub(crate) fn engine(self) -> (Engine, Firm) {
        let engine =
            Engine::with_store(self.store.clone()).with_clock(self.clock.clone()).with_timing(self.timing);
        let firm = self.handle(&engine);
        (engine, firm)
    }

    /// A handle on the firm of an engine that may have it already.
    pub(crate) fn handle(self, engine: &Engine) -> Firm {
        let region = Region::custom("https://clio.test").expect("an address");
        let clio = Clio::builder(region)
            .transport(self.clio)
            .clock(self.clock.clone())
            .token_store(self.token)
            .app(App::new(self.app.0, self.app.1))
            .build()
            .expect("a client");
        let wisetime = Client::builder(self.api_key)
            .base("https://wisetime.test/connect/api")
            .transport(self.wisetime)
            .clock(self.clock)
            .build()
            .expect("a client");
        let firm = engine.firm(FIRM, clio);
        firm.attach(WiseTime::connect(wisetime, Settings::default()));
        firm
    }
}
