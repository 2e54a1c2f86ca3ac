//! A local copy of what a source has, and sources that break their own rules.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::{Clio, Region, Selection, objects};
use clio_core::Clock;
use clio_fixtures::{ClioWorld, VirtualClock};
use clio_sync::{
    Adapter, CursorPage, CursorSource, Engine, Error, ErrorKind, Firm, Flow, FlowKey, Incoming, JsonText,
    LineOutcome, Pass, Report, Result, Scope, Store, hub::lists,
};
use clio_sync_sqlite::SqliteStore;
use tempfile::TempDir;

use simulation::seams::{Hook, Wrapped};

const FLOW: &str = "copy/matters";

fn flow() -> FlowKey {
    FlowKey { firm: "acme-law".into(), adapter: "copy".into(), flow: "matters".into() }
}

fn store(folder: &TempDir, clock: &Arc<VirtualClock>) -> SqliteStore {
    let options = SqliteStore::options().clock(clock.clone()).inline();
    options.open(folder.path().join("firm.sqlite")).unwrap()
}

/// Mirrors what this makes a source of.
struct Copying<F>(F);

impl<F> std::fmt::Debug for Copying<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Copying")
    }
}

#[async_trait]
impl<S, F> Adapter for Copying<F>
where
    S: CursorSource<Record = JsonText>,
    F: Fn(&Pass<'_>) -> Result<S> + Send + Sync,
{
    fn name(&self) -> &'static str {
        "copy"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("matters")]
    }

    async fn reconcile(&self, _: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        pass.mirror((self.0)(pass)?).await
    }
}

#[derive(Debug, Selection)]
#[clio(object = "Matter")]
struct Numbered {
    display_number: String,
}

/// A firm whose matters are mirrored, on a state file.
struct Scene {
    clock: Arc<VirtualClock>,
    world: ClioWorld,
    folder: TempDir,
}

impl Scene {
    fn new(matters: usize) -> Self {
        let clock = VirtualClock::new();
        let world = ClioWorld::firm(7).matters(matters).rate_limit(None).clock(clock.clone()).start();
        Self { clock, world, folder: tempfile::tempdir().unwrap() }
    }

    fn firm_on(&self, store: Arc<dyn Store>) -> Firm {
        let clio = Clio::builder(Region::custom(&self.world.host_url()).unwrap())
            .transport(self.world.transport())
            .clock(self.clock.clone())
            .token(self.world.token())
            .build()
            .unwrap();
        let firm = Engine::with_store(store).with_clock(self.clock.clone()).firm("acme-law", clio);
        firm.attach(Copying(|pass: &Pass<'_>| {
            Ok(lists::matters(&pass.clio()?).select::<Numbered>().as_text())
        }));
        firm
    }

    fn firm(&self) -> Firm {
        self.firm_on(Arc::new(store(&self.folder, &self.clock)))
    }

    /// The numbers of the mirrored matters, by id.
    async fn mirrored(&self) -> Vec<String> {
        let copies = store(&self.folder, &self.clock).mirrored(&flow(), None, usize::MAX).await.unwrap();
        let number = |text: &JsonText| clio_core::decode::<objects::Matter, Numbered>(text.as_str()).unwrap();
        copies.iter().map(|copy| number(&copy.body).display_number).collect()
    }

    fn real(&self) -> Vec<String> {
        self.world.matters().into_iter().map(|matter| matter.display_number).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_firm_is_mirrored_and_then_only_what_changed() {
    let scene = Scene::new(450);
    let firm = scene.firm();
    let report = firm.run(FLOW).await.unwrap();
    assert_eq!((report.requests, report.mirrored, report.as_mirrored), (3, 450, 0), "ceil(450/200)");
    assert_eq!((report.lines.len(), report.pending), (0, 0));
    assert_eq!(scene.mirrored().await, scene.real());

    scene.clock.sleep(Duration::from_secs(3600)).await;
    let report = firm.run(FLOW).await.unwrap();
    assert_eq!((report.requests, report.mirrored, report.as_mirrored), (1, 0, 0), "nothing has changed");

    let id = scene.world.matters()[17].id;
    assert!(scene.world.person("Ada").rename_matter(id, "00099-Renamed"));
    let report = firm.run(FLOW).await.unwrap();
    assert_eq!((report.requests, report.mirrored, report.older), (1, 1, 0));
    assert_eq!(scene.mirrored().await, scene.real());
    let one = store(&scene.folder, &scene.clock).mirrored_one(&flow(), &id.to_string()).await.unwrap();
    assert!(one.unwrap().body.as_str().contains("00099-Renamed"));

    // Within the overlap it is read again, and is the same.
    let report = firm.run(FLOW).await.unwrap();
    assert_eq!((report.requests, report.mirrored, report.as_mirrored), (1, 0, 1));
    assert_eq!(report.to_string().split("; ").last(), Some("mirrored 0, as before 1"));
}

/// Lets this many pages be recorded. The next one never is.
#[derive(Debug)]
struct StopsAfter(Mutex<usize>);

#[async_trait]
impl Hook for StopsAfter {
    async fn before(&self, verb: &'static str) {
        if verb == "commit_page" {
            let left = self.0.lock().unwrap().checked_sub(1);
            match left {
                Some(left) => *self.0.lock().unwrap() = left,
                None => std::future::pending().await,
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_mirror_that_is_broken_off_goes_on_at_its_page() {
    for pages in 0..3 {
        let scene = Scene::new(450);
        let inner: Arc<dyn Store> = Arc::new(store(&scene.folder, &scene.clock));
        let firm = scene.firm_on(Arc::new(Wrapped { inner, hook: Arc::new(StopsAfter(Mutex::new(pages))) }));
        tokio::select! {
            ended = firm.run(FLOW) => panic!("the run ended before it was dropped: {ended:?}"),
            () = scene.clock.sleep(Duration::from_secs(10)) => {}
        }
        drop(firm);
        assert_eq!(scene.mirrored().await.len(), 200 * pages);
        scene.clock.sleep(Duration::from_secs(120)).await;
        let report = scene.firm().run(FLOW).await.unwrap();
        assert_eq!(report.requests, 3 - pages as u64, "the pages that were recorded are not read again");
        assert_eq!(scene.mirrored().await, scene.real());
    }
}

/// A list of numbers, which become fewer.
#[derive(Clone)]
struct Numbers(Arc<Mutex<Vec<u32>>>);

#[async_trait]
impl CursorSource for Numbers {
    type Record = JsonText;

    fn kind(&self) -> &'static str {
        "test/number"
    }

    async fn page(&self, _: Option<DateTime<Utc>>, _: Option<&str>) -> Result<CursorPage<JsonText>> {
        Ok(page(&self.0.lock().unwrap(), None, None))
    }

    async fn one(&self, id: &str) -> Result<Option<Incoming<JsonText>>> {
        let known = self.0.lock().unwrap().iter().any(|number| number.to_string() == id);
        Ok(known.then(|| page(&[id.parse().unwrap()], None, None).records.remove(0)))
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_kept_no_longer_once_it_was_looked_for() {
    let (clock, folder) = (VirtualClock::new(), tempfile::tempdir().unwrap());
    let shelf: Arc<dyn Store> = Arc::new(store(&folder, &clock));
    let numbers = Numbers(Arc::new(Mutex::new((1..=30).collect())));
    let firm = Engine::with_store(shelf.clone()).with_clock(clock.clone()).firm_without_clio("acme-law");
    firm.attach(Copying({
        let numbers = numbers.clone();
        move |_: &Pass<'_>| Ok(numbers.clone())
    }));
    let kept = async || shelf.mirrored(&flow(), None, usize::MAX).await.unwrap().len();
    firm.run(FLOW).await.unwrap();
    assert_eq!(kept().await, 30);
    numbers.0.lock().unwrap().retain(|number| *number > 2);
    firm.run(FLOW).await.unwrap();
    assert_eq!(kept().await, 30, "a run that reads changes sees nothing go");
    firm.run_one(FLOW, "1").await.unwrap();
    assert_eq!(kept().await, 29, "it was asked for, and is not there");
    firm.run_scoped(FLOW, Scope::Sweep).await.unwrap();
    assert_eq!(kept().await, 28);
    numbers.0.lock().unwrap().clear();
    let error = firm.run_scoped(FLOW, Scope::Sweep).await.unwrap_err();
    assert_eq!((error.kind(), kept().await), (ErrorKind::Braked, 28), "so much is not believed");
    firm.run_scoped(FLOW, Scope::SweepWithoutBrake).await.unwrap();
    assert_eq!(kept().await, 0);
}

/// Since when, and at which place.
type Asked = (Option<DateTime<Utc>>, Option<String>);

/// What a source answers, page after page, whatever it is asked.
#[derive(Default)]
struct Script {
    pages: Mutex<VecDeque<CursorPage<JsonText>>>,
    asked: Mutex<Vec<Asked>>,
    all_each_time: bool,
}

#[async_trait]
impl CursorSource for &'static Script {
    type Record = JsonText;

    fn kind(&self) -> &'static str {
        "script/record"
    }

    fn reads_changes(&self) -> bool {
        !self.all_each_time
    }

    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<JsonText>> {
        self.asked.lock().unwrap().push((since, position.map(str::to_owned)));
        let page = self.pages.lock().unwrap().pop_front();
        page.ok_or_else(|| Error::new(ErrorKind::Transient, "the script is over"))
    }
}

fn page(ids: &[u32], next: Option<&str>, total: Option<u64>) -> CursorPage<JsonText> {
    let record = |id: &u32| Incoming {
        id: id.to_string(),
        version: "1".into(),
        created: None,
        record: Ok(JsonText::try_from(format!("{{\"id\":{id}}}")).unwrap()),
    };
    CursorPage {
        records: ids.iter().map(record).collect(),
        next: next.map(str::to_owned),
        server_time: DateTime::from_timestamp(1_772_442_000, 0),
        total,
        older: 0,
    }
}

/// An engine on a source that follows a script.
struct Play {
    script: &'static Script,
    store: SqliteStore,
    firm: Firm,
    _folder: TempDir,
}

impl Play {
    fn of(pages: Vec<CursorPage<JsonText>>) -> Self {
        Self::with(Script { pages: Mutex::new(pages.into()), ..Script::default() })
    }

    fn with(script: Script) -> Self {
        let script: &'static Script = Box::leak(Box::new(script));
        let (clock, folder) = (VirtualClock::new(), tempfile::tempdir().unwrap());
        let store = store(&folder, &clock);
        let firm = Engine::new(store.clone()).with_clock(clock).firm_without_clio("acme-law");
        firm.attach(Copying(move |_: &Pass<'_>| Ok(script)));
        Self { script, store, firm, _folder: folder }
    }

    fn then(&self, pages: Vec<CursorPage<JsonText>>) {
        *self.script.pages.lock().unwrap() = pages.into();
        self.script.asked.lock().unwrap().clear();
    }

    async fn run(&self) -> Result<Report> {
        self.firm.run(FLOW).await
    }

    async fn kept(&self) -> usize {
        self.store.mirrored(&flow(), None, usize::MAX).await.unwrap().len()
    }

    /// The walk was read to its end, and counts as read.
    async fn is_closed(&self) -> bool {
        let cursor = self.store.cursor(&flow()).await.unwrap();
        cursor.walk.is_none() && !cursor.read.is_empty()
    }

    fn asked(&self) -> Vec<(Option<DateTime<Utc>>, Option<String>)> {
        self.script.asked.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_leads_in_a_circle_is_refused() {
    let play =
        Play::of(vec![page(&[1], Some("b"), None), page(&[2], Some("c"), None), page(&[3], Some("b"), None)]);
    refuses(play.run().await, "leads back to a page that was read");
    assert!(play.kept().await == 2 && !play.is_closed().await);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_gives_a_page_again_is_refused() {
    let play = Play::of(vec![page(&[1, 2], Some("b"), None), page(&[1, 2], Some("c"), None)]);
    refuses(play.run().await, "gives the records of a page again");
    assert!(play.kept().await == 2 && !play.is_closed().await);
    // Pages that share a record are what happens while people work.
    let play = Play::of(vec![page(&[1, 2], Some("b"), None), page(&[2, 3], None, None)]);
    play.run().await.unwrap();
    assert!(play.kept().await == 3 && play.is_closed().await);
}

#[tokio::test(start_paused = true)]
async fn a_source_without_end_is_refused() {
    let endless = (0..1000).map(|number| page(&[], Some(&number.to_string()), None)).collect();
    let play = Play::of(endless);
    refuses(play.run().await, "100 pages in a row without a record");
}

#[tokio::test(start_paused = true)]
async fn a_full_read_that_ends_too_early_is_not_complete() {
    let play = Play::of(vec![page(&[1, 2], Some("b"), Some(5)), page(&[3, 4], None, Some(5))]);
    refuses(play.run().await, "says that it has 5 records, and ends after 4");
    assert!(
        play.kept().await == 4 && !play.is_closed().await,
        "what came is kept, and nothing counts as read"
    );
    // So everything is read again, from the beginning.
    play.then(vec![page(&[1, 2], Some("b"), Some(5)), page(&[3, 4, 5], None, Some(5))]);
    let report = play.run().await.unwrap();
    assert_eq!((report.mirrored, report.as_mirrored), (1, 4));
    assert_eq!(play.asked(), [(None, None), (None, Some("b".into()))]);
    assert!(play.is_closed().await);
    // What changes while changes are read is for the next run. And more than was said is no harm.
    play.then(vec![page(&[6], None, Some(2))]);
    play.run().await.unwrap();
    play.then(vec![page(&[7, 8], None, Some(1))]);
    play.run().await.unwrap();
    assert!(play.asked()[0].0.is_some(), "only changes were asked for");
}

#[tokio::test(start_paused = true)]
async fn the_count_goes_on_where_the_run_was_broken_off() {
    let play = Play::of(vec![page(&[1, 2], Some("b"), Some(4))]);
    assert_eq!(play.run().await.unwrap_err().kind(), ErrorKind::Transient);
    play.then(vec![page(&[3, 4], None, Some(4))]);
    play.run().await.unwrap();
    assert_eq!(play.asked(), [(None, Some("b".into()))]);
    assert!(play.is_closed().await);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_knows_no_changes_is_read_as_a_whole_each_time() {
    let whole = || vec![page(&[1, 2], None, Some(2))];
    let play =
        Play::with(Script { pages: Mutex::new(whole().into()), all_each_time: true, ..Script::default() });
    play.run().await.unwrap();
    play.then(whole());
    let report = play.run().await.unwrap();
    assert_eq!((play.asked(), report.as_mirrored), (vec![(None, None)], 2));
    // And must be complete each time.
    play.then(vec![page(&[1], None, Some(2))]);
    refuses(play.run().await, "says that it has 2 records, and ends after 1");
}

#[tokio::test(start_paused = true)]
async fn what_is_older_than_asked_is_kept_and_counted() {
    let older = CursorPage { older: 2, ..page(&[1, 2, 3], None, None) };
    let report = Play::of(vec![older]).run().await.unwrap();
    assert_eq!((report.older, report.mirrored), (2, 3));
    assert!(report.to_string().ends_with("; 2 older than asked"), "{report}");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_is_a_dead_letter() {
    let mut bad = page(&[1, 2], None, None);
    let reason = clio_sync::BadRecord { reason: "no object".into(), path: None };
    bad.records[0].record = Err(reason);
    let play = Play::of(vec![bad]);
    let report = play.run().await.unwrap();
    assert_eq!((report.count(LineOutcome::Rejected), report.mirrored), (1, 1));
    assert_eq!(play.store.dead_letters("acme-law").await.unwrap().len(), 1);
    assert_eq!(play.kept().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_cannot_read_one_record_unless_it_says_so() {
    let script: &'static Script = Box::leak(Box::default());
    let error = script.one("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("cannot read one record"), "{error}");
}

/// It ends with this error, and what was recorded before stands.
#[track_caller]
fn refuses(result: Result<Report>, words: &str) {
    let error = result.expect_err(words);
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}
