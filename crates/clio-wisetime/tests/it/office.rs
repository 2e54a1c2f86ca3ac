//! A firm at a fake Clio, its team at a fake WiseTime, and a state file.

use std::{
    collections::BTreeMap,
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clio_api::{Clio, Region, http};
use clio_core::{Clock, Limits, Payload, Transport, TransportError};
use clio_fixtures::{ClioWorld, ClioWorldBuilder, VirtualClock, WiseTimeWorld, WiseTimeWorldBuilder};
use clio_sync::{DeadLetter, Engine, Firm, Line, LineOutcome, Report, Store};
use clio_sync_sqlite::SqliteStore;
use clio_wisetime::{Client, Settings, WiseTime};
use tempfile::TempDir;

pub(crate) const TAGS: &str = "wisetime/matter-tags";
pub(crate) const SWEEP: &str = "wisetime/matter-tags-sweep";
pub(crate) const TYPES: &str = "wisetime/activity-types";

const LATENCY: Duration = Duration::from_millis(200);

/// Closed matters are tags too.
pub(crate) fn closed_too() -> Settings {
    Settings { show_closed_cases: true, ..Settings::default() }
}

pub(crate) struct Office {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) clio: ClioWorld,
    pub(crate) wisetime: WiseTimeWorld,
    folder: TempDir,
}

impl Office {
    /// With the eight matters of the first firm.
    pub(crate) fn new() -> Self {
        Self::that(|clio| clio, |team| team)
    }

    pub(crate) fn that(
        change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder,
        team: impl FnOnce(WiseTimeWorldBuilder) -> WiseTimeWorldBuilder,
    ) -> Self {
        let clock = VirtualClock::new();
        let clio = ClioWorld::firm(7).clock(clock.clone()).latency(LATENCY);
        // No test is about tokens.
        let clio = change(clio.token_life(Duration::from_secs(365 * 24 * 3600))).start();
        let wisetime = team(WiseTimeWorld::team().clock(clock.clone()).latency(LATENCY)).start();
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        Self { clock, clio, wisetime, folder }
    }

    pub(crate) fn store(&self) -> SqliteStore {
        let options = SqliteStore::options().clock(self.clock.clone()).inline();
        options.open(self.folder.path().join("state")).expect("a store")
    }

    /// A firm of a new engine on the state file: as if the program were started again.
    pub(crate) fn firm(&self) -> Firm {
        self.firm_with(Settings::default())
    }

    pub(crate) fn firm_with(&self, settings: Settings) -> Firm {
        self.firm_over(self.clio.transport(), self.wisetime.transport(), settings)
    }

    pub(crate) fn firm_over(
        &self,
        to_clio: Arc<dyn Transport>,
        to_wisetime: Arc<dyn Transport>,
        settings: Settings,
    ) -> Firm {
        let region = Region::custom(&self.clio.host_url()).expect("an address");
        let clio = Clio::builder(region).transport(to_clio).clock(self.clock.clone());
        let clio = clio.token(self.clio.token()).build().expect("a client");
        let engine = Engine::new(self.store()).with_clock(self.clock.clone());
        let firm = engine.firm("acme-law", clio);
        firm.attach(WiseTime::connect(self.client_over(to_wisetime), settings));
        firm
    }

    pub(crate) fn client(&self) -> Client {
        self.client_over(self.wisetime.transport())
    }

    fn client_over(&self, transport: Arc<dyn Transport>) -> Client {
        let client = Client::builder(self.wisetime.api_key()).transport(transport).clock(self.clock.clone());
        client.base("https://wisetime.test/connect/api").build().expect("a client")
    }

    /// What the tags are: the matter's id by name.
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        let tags = self.wisetime.tags().into_iter();
        tags.map(|tag| (tag.name, tag.external_id.unwrap_or_default())).collect()
    }

    /// What the tags should be.
    pub(crate) fn expected(&self, closed_too: bool) -> BTreeMap<String, String> {
        let matters = self.clio.matters().into_iter();
        let wanted = matters.filter(|matter| closed_too || matter.status != "Closed");
        wanted.map(|matter| (matter.display_number, matter.id.to_string())).collect()
    }

    #[track_caller]
    pub(crate) fn assert_tags(&self, what: &str) {
        assert_eq!(self.tags(), self.expected(false), "{what}");
    }

    /// The id and the number of a matter.
    pub(crate) fn matter(&self, at: usize) -> (i64, String) {
        let matter = self.clio.matters().swap_remove(at);
        (matter.id, matter.display_number)
    }

    pub(crate) fn rename(&self, at: usize, number: &str) {
        assert!(self.clio.person("Ada").rename_matter(self.matter(at).0, number));
    }

    pub(crate) fn close(&self, at: usize) {
        assert!(self.clio.person("Ada").close_matter(self.matter(at).0));
    }

    pub(crate) fn reopen(&self, at: usize) {
        assert!(self.clio.person("Ada").reopen_matter(self.matter(at).0));
    }

    /// Somebody does this at Clio, by other means than the client of the firm.
    pub(crate) fn ask_clio(&self, method: &str, path: &str, body: &'static str) -> u16 {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}/api/v4/{path}", self.clio.host_url()))
            .header("authorization", format!("Bearer {}", self.clio.token().access.expose()))
            .header("content-type", "application/json")
            .body(Bytes::from_static(body.as_bytes()))
            .expect("a request");
        self.clio.handle(request, self.clock.now()).status().as_u16()
    }

    pub(crate) fn delete_matter(&self, id: i64) {
        assert_eq!(self.ask_clio("DELETE", &format!("matters/{id}.json"), ""), 204);
    }

    pub(crate) async fn days(&self, days: u64) {
        self.clock.sleep(Duration::from_secs(days * 24 * 3600)).await;
    }

    /// Long enough for whatever changed to lie apart from what was read.
    pub(crate) async fn later(&self) {
        self.clock.sleep(Duration::from_secs(1200)).await;
    }

    pub(crate) async fn letters(&self) -> Vec<DeadLetter> {
        self.store().dead_letters("acme-law").await.expect("dead letters")
    }

    /// How many calls came to Clio and to WiseTime so far.
    pub(crate) fn calls(&self) -> [u64; 2] {
        [self.clio.calls().len() as u64, self.wisetime.calls().len() as u64]
    }

    /// The calls to WiseTime since then, without the common part of the path.
    pub(crate) fn asked_since(&self, calls: [u64; 2]) -> Vec<String> {
        let asked = self.wisetime.calls().into_iter().filter(|call| call.number > calls[1]);
        asked.map(|call| call.path.trim_start_matches("/connect/api/").to_owned()).collect()
    }

    /// Runs a flow as a scheduler would, whatever it ends in, a few times.
    pub(crate) async fn settle(&self, firm: &Firm, flow: &str) {
        for _ in 0..6 {
            if firm.run_to_rest(flow).await.is_ok() {
                return;
            }
            self.clock.sleep(Duration::from_secs(60)).await;
        }
        panic!("{flow} does not come to rest");
    }
}

/// The lines of this outcome.
pub(crate) fn lines(report: &Report, outcome: LineOutcome) -> Vec<&Line> {
    report.lines.iter().filter(|line| line.outcome == outcome).collect()
}

/// Stands still for ever before or after a call, so that whoever waits can be dropped there, as by a power cut.
#[derive(Debug)]
pub(crate) struct Cut {
    at: u64,
    passed: AtomicU64,
    reached: AtomicBool,
}

/// One way of two through the same cut.
#[derive(Debug)]
struct Way {
    inner: Arc<dyn Transport>,
    cut: Arc<Cut>,
}

impl Cut {
    /// Before or after a call to either system: the points are counted from 1.
    pub(crate) fn at(at: u64) -> Arc<Self> {
        Arc::new(Self { at, passed: 0.into(), reached: false.into() })
    }

    pub(crate) fn way(self: &Arc<Self>, inner: Arc<dyn Transport>) -> Arc<dyn Transport> {
        Arc::new(Way { inner, cut: self.clone() })
    }

    pub(crate) fn was_reached(&self) -> bool {
        self.reached.load(Ordering::SeqCst)
    }

    async fn point(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            self.reached.store(true, Ordering::SeqCst);
            pending::<()>().await;
        }
    }

    /// What the future comes to; `None` if it was cut off.
    pub(crate) async fn cut<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.was_reached() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}

#[async_trait]
impl Transport for Way {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> Result<http::Response<Payload>, TransportError> {
        self.cut.point().await;
        let answer = self.inner.send(request, limits).await;
        self.cut.point().await;
        answer
    }
}
