//! A day at a firm, and the engine that posts it.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use clio_core::{Clock, MemoryTokenStore};
use clio_fixtures::{
    Audit, ClioWorld, ClioWorldBuilder, VirtualClock, WiseTimeWorld, WiseTimeWorldBuilder, samples::TimeGroup,
};
use clio_sync::{Firm, Report, Timing};
use clio_sync_sqlite::SqliteStore;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Attach, Book, Entry, Setup, Shelf, Wanted, Witness, Work, oracle};

/// The firm's name, unless said.
pub const FIRM: &str = "acme-law";
/// WiseTime's posted time becomes activities.
pub const POSTED_TIME: &str = "wisetime/posted-time";
/// Clio's matters become tags of WiseTime's.
pub const MATTER_TAGS: &str = "wisetime/matter-tags";

/// How long every call takes. Without it a run would never yield, and nothing could happen in the middle of it.
pub const LATENCY: Duration = Duration::from_millis(200);

/// A firm at its worlds, and a state file.
pub struct Scene {
    /// The firm's name.
    pub name: String,
    /// The time of the worlds.
    pub clock: Arc<VirtualClock>,
    /// The firm at Clio.
    pub clio: ClioWorld,
    /// The firm's team at WiseTime.
    pub wisetime: WiseTimeWorld,
    /// The firm's generic source.
    pub book: Book,
    /// Where the state file is. Firms that share it share a store.
    pub folder: Arc<TempDir>,
    /// What was asked of this Clio, if the engines' transports came from [`Scene::setup`].
    pub witness: Arc<Witness>,
    /// Time that people recorded in Clio's own pages.
    pub recorded: Mutex<Vec<Work>>,
    /// Further adapters of the firm's engines.
    pub attach: Vec<Attach>,
    /// How many engines were made.
    pub engines: AtomicU64,
}

impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Scene {
    /// A firm where nobody has posted anything.
    pub fn quiet() -> Self {
        Self::quiet_at(|clio| clio)
    }

    /// The same at a Clio that behaves in another way.
    pub fn quiet_at(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        Self::founded(FIRM, 7, VirtualClock::new(), folder(), change)
    }

    /// A firm of this name and seed, where nobody has done anything, beside others of this clock and folder.
    pub fn founded(
        name: &str,
        seed: u64,
        clock: Arc<VirtualClock>,
        folder: Arc<TempDir>,
        change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder,
    ) -> Self {
        let clio = change(ClioWorld::firm(seed).clock(clock.clone()).latency(LATENCY)).start();
        Self {
            name: name.to_owned(),
            clio,
            wisetime: team(&clock).start(),
            book: Book::new(clock.clone(), LATENCY),
            folder,
            witness: Arc::default(),
            recorded: Mutex::default(),
            attach: Vec::new(),
            engines: AtomicU64::new(0),
            clock,
        }
    }

    /// The same firm and state, with another team at WiseTime: one that knows nothing of what was settled.
    pub fn at_another_team(self) -> Self {
        self.at_another_team_that(|team| team)
    }

    /// The same, with a team that behaves in another way.
    pub fn at_another_team_that(
        self,
        change: impl FnOnce(WiseTimeWorldBuilder) -> WiseTimeWorldBuilder,
    ) -> Self {
        let wisetime = change(team(&self.clock)).start();
        Self { wisetime, ..self }
    }

    /// A day that has everything once: two groups that are truly equal, work in different categories, by different
    /// people, a group without a tag, one of an unknown user, and a malformed one.
    pub fn day() -> Self {
        let scene = Self::quiet();
        for group in scene.groups() {
            scene.wisetime.post(group);
        }
        scene
    }

    /// The groups of the [`day`](Self::day).
    pub fn groups(&self) -> Vec<Value> {
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
    pub fn work(&self, id: &str, matter: usize, user: usize, seconds: i64) -> TimeGroup {
        TimeGroup::new(id)
            .matter(&self.clio.matters()[matter])
            .user(&self.clio.users()[user])
            .seconds(seconds)
    }

    /// A line for the book: work for one of the firm's matters by one of its users.
    pub fn entry(&self, id: &str, matter: usize, user: usize, seconds: i64) -> Entry {
        Entry {
            id: id.to_owned(),
            matter: self.clio.matters()[matter].id,
            user: self.clio.users()[user].id,
            date: self.clock.now().date_naive(),
            seconds,
            note: format!("Entry {id}"),
        }
    }

    /// How many groups of the [`day`](Self::day) have to become an activity.
    pub const EXPECTED: usize = 4;

    /// Where the engine remembers.
    pub fn state_file(&self) -> PathBuf {
        self.folder.path().join("firm.sqlite")
    }

    /// The state file, opened.
    pub fn store(&self) -> SqliteStore {
        self.store_on(self.clock.clone())
    }

    /// The state file, opened on a machine with this clock.
    pub fn store_on(&self, clock: Arc<dyn Clock>) -> SqliteStore {
        SqliteStore::options().clock(clock).inline().open(self.state_file()).expect("the state file opens")
    }

    /// The parts of an engine on this scene, as they are in production but for the worlds. Each call stands for a process
    /// of its own.
    pub fn setup(&self) -> Setup {
        Setup {
            name: self.name.clone(),
            clock: self.clock.clone(),
            clio_clock: None,
            store: Arc::new(self.store()),
            clio: self.witness.watch(self.clio.transport()),
            wisetime: self.wisetime.transport(),
            book: Shelf(Arc::new(self.book.clone())),
            timing: Timing::default(),
            token: Arc::new(MemoryTokenStore::new(self.clio.token())),
            seed: 1 + self.engines.fetch_add(1, Ordering::SeqCst),
            attach: self.attach.clone(),
            app: self.clio.app(),
            api_key: self.wisetime.api_key(),
        }
    }

    /// Everything that should stand at Clio.
    pub fn wanted(&self) -> Vec<Wanted> {
        let mut wanted = oracle::of_wisetime(self);
        wanted.extend(self.book.wanted());
        wanted
    }

    /// What the worlds say of it all.
    pub fn audit(&self) -> Audit {
        clio_fixtures::posted_time(&self.clio, &self.wisetime)
    }

    /// Runs the flow as a scheduler would, whatever it ends in, until every group has ended. Two hours at most.
    pub async fn post(&self, firm: &Firm) -> Option<Report> {
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
    pub async fn let_everything_land(&self) {
        self.clock.sleep(Duration::from_secs(600)).await;
    }

    /// Every group ended as it had to, each once, and another run writes nothing.
    pub async fn assert_posted_once(&self, what: &str) {
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

    /// How many creations reached Clio.
    pub fn creations(&self) -> usize {
        let calls = self.clio.calls();
        calls.iter().filter(|call| call.method == "POST" && call.path.ends_with("/activities.json")).count()
    }

    /// How many writes reached Clio.
    pub fn writes(&self) -> usize {
        self.clio
            .calls()
            .iter()
            .filter(|call| {
                let creates = call.method == "POST" && call.path.ends_with("/activities.json");
                let changes = matches!(call.method.as_str(), "PATCH" | "DELETE");
                creates || changes && call.path.contains("/activities/")
            })
            .count()
    }

    /// How often Clio was asked for activities.
    pub fn looks(&self) -> usize {
        self.clio
            .calls()
            .iter()
            .filter(|call| call.method == "GET" && call.path.ends_with("/activities.json"))
            .count()
    }
}

/// In memory where the system has such a place: no test takes the power away, and syncing to a disk takes most of the time.
pub fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder"))
}

fn team(clock: &Arc<VirtualClock>) -> WiseTimeWorldBuilder {
    WiseTimeWorld::team().clock(clock.clone()).latency(LATENCY).hold(Duration::from_secs(5))
}
