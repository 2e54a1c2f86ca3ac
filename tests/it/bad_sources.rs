//! Sources that break their own rules, a target that answers with nothing, and clocks that jump. Each case ends typed, is
//! reported, loses nothing and doubles nothing. Where each has its test:
//!
//! | case | test |
//! |---|---|
//! | a page again and again, a loop | [`a_page_that_leads_to_itself`], [`a_loop`], [`a_loop_of_ever_new_places`] |
//! | a wrong total | [`a_total_that_is_wrong`], [`an_inbox_that_lies_about_what_is_left`], [`an_empty_page_is_not_the_end`] |
//! | older than asked for | [`a_record_older_than_asked_for`] |
//! | another order on each page | [`another_order_on_each_page`] |
//! | ids used again | [`an_id_used_again`] |
//! | a record that never maps | [`a_record_that_never_maps`] |
//! | an answer without a body | [`an_answer_without_a_body`], [`an_answer_without_a_body_each_time`], [`an_answer_to_nothing`] |
//! | our clock jumps | [`our_clock_jumps_in_the_middle_of_a_run`], [`our_clock_jumps_between_runs`] |
//! | the source's clock jumps | [`the_clock_of_a_source_is_an_hour_off`], [`the_clock_of_a_source_is_set_back_by_a_month`], [`the_clock_of_a_source_is_a_year_ahead_for_a_while`] |
//! | a disk that is full, a store that is locked or damaged | clio-sync-sqlite `full`, `full_disk`, `trouble`, `opening` |

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clio_core::{Clock, Id, Seconds, Sleep};
use clio_fixtures::Fault;
use clio_model::TimeEntry;
use clio_sync::{
    Acknowledgement, Adapter, BadRecord, CursorPage, CursorSource, ErrorKind, Firm, Flow, FlowKey,
    InboxBatch, InboxSource, Incoming, IntentState, LineOutcome, Mapped, Pass, Result, Store, hub,
};
use simulation::{FIRM, MATTER_TAGS, Scene, Setup, seams::Tamper};

const BY_TIME: &str = "bad/by-time";
const INBOX: &str = "bad/inbox";

/// What a source is asked for.
struct Asked {
    /// The how-many-th page it is, from 1.
    nth: u64,
    since: Option<DateTime<Utc>>,
    position: Option<String>,
}

type Answer = dyn Fn(&Asked) -> CursorPage<String> + Send + Sync;
type Batches = dyn Fn(u64) -> InboxBatch<String> + Send + Sync;

/// A source of words that answers as a test says, whose records become activities of the first matter.
#[derive(Clone)]
struct Bad {
    answer: Arc<Answer>,
    batches: Arc<Batches>,
    asked: Arc<AtomicU64>,
    told: Arc<Mutex<BTreeSet<String>>>,
    matter: i64,
}

impl fmt::Debug for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bad")
    }
}

/// Words that no mapper takes.
const UNMAPPABLE: &str = "unmappable";

/// More pages than any of these sources has. Whoever asks for more would ask for ever.
const MOST_PAGES: u64 = 500;

#[async_trait]
impl CursorSource for Bad {
    type Record = String;

    fn kind(&self) -> &'static str {
        "bad/word"
    }

    async fn page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<String>> {
        let nth = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if nth > MOST_PAGES {
            return Err(clio_sync::Error::new(ErrorKind::Configuration, "the engine would ask for ever"));
        }
        Ok((self.answer)(&Asked { nth, since, position: position.map(str::to_owned) }))
    }
}

#[async_trait]
impl InboxSource for Bad {
    type Record = String;

    fn kind(&self) -> &'static str {
        "bad/letter"
    }

    async fn fetch(&self) -> Result<InboxBatch<String>> {
        let nth = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if nth > MOST_PAGES {
            return Err(clio_sync::Error::new(ErrorKind::Configuration, "the engine would ask for ever"));
        }
        Ok((self.batches)(nth))
    }

    async fn acknowledge(&self, one: &Acknowledgement) -> Result<()> {
        self.told.lock().unwrap().insert(one.id.clone());
        Ok(())
    }
}

#[async_trait]
impl Adapter for Bad {
    fn name(&self) -> &'static str {
        "bad"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("by-time"), Flow::new("inbox")]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let matter = self.matter;
        let mapper = move |words: &String| {
            if words == UNMAPPABLE {
                return Mapped::Reject("no matter has this number".into());
            }
            let draft = TimeEntry::on(Id::new(matter), "2026-03-02".parse().unwrap())
                .duration(Seconds(600))
                .note(words.as_str());
            hub::activity(&draft, words.as_str())
                .map_or_else(|e| Mapped::Reject(e.to_string()), Mapped::Create)
        };
        let target = hub::activities(&pass.clio()?);
        match flow.flow.as_str() {
            "by-time" => pass.pull(self.clone(), mapper).into(target).await,
            _ => pass.receive(self.clone(), mapper).into(target).await,
        }
    }
}

/// A quiet firm, and a source.
struct Stage {
    scene: Scene,
    bad: Bad,
}

impl Stage {
    fn with(answer: impl Fn(&Asked) -> CursorPage<String> + Send + Sync + 'static) -> Self {
        let scene = Scene::quiet();
        let matter = scene.clio.matters()[0].id;
        let bad = Bad {
            answer: Arc::new(answer),
            batches: Arc::new(|_| InboxBatch { records: Vec::new(), more: false }),
            asked: Arc::default(),
            told: Arc::default(),
            matter,
        };
        Self { scene, bad }
    }

    fn with_inbox(batches: impl Fn(u64) -> InboxBatch<String> + Send + Sync + 'static) -> Self {
        let mut stage = Self::with(|_| page([], None));
        stage.bad.batches = Arc::new(batches);
        stage
    }

    /// The source answers otherwise from here on.
    fn mend(&mut self, answer: impl Fn(&Asked) -> CursorPage<String> + Send + Sync + 'static) {
        self.bad.answer = Arc::new(answer);
        self.bad.asked.store(0, Ordering::SeqCst);
    }

    fn firm(&self) -> Firm {
        self.firm_of(self.scene.setup())
    }

    fn firm_of(&self, setup: Setup) -> Firm {
        let firm = setup.firm();
        firm.attach(self.bad.clone());
        firm
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> =
            self.scene.clio.activities().into_iter().map(|activity| activity.note).collect();
        notes.sort();
        notes
    }

    async fn dead_letters(&self) -> usize {
        self.scene.store().dead_letters(FIRM).await.unwrap().len()
    }

    /// Runs as a scheduler does, until nothing is left to do. Three hours at most.
    async fn settle(&self, firm: &Firm) {
        let end = self.scene.clock.monotonic() + Duration::from_secs(3 * 3600);
        while self.scene.clock.monotonic() < end {
            match firm.run_to_rest(BY_TIME).await {
                Ok(_) => return,
                Err(error) => assert!(error.is_retryable(), "{error:?}"),
            }
            self.scene.clock.sleep(Duration::from_secs(30)).await;
        }
        panic!("this does not come to rest");
    }

    /// Each of these stands at Clio once, nothing waits for a person, and nothing else is written later.
    async fn assert_posted(&self, expected: &[String], what: &str) {
        self.scene.let_everything_land().await;
        assert_eq!(self.notes(), expected, "{what}");
        let store = self.scene.store();
        for state in [IntentState::Planned, IntentState::Sending, IntentState::Uncertain, IntentState::Parked]
        {
            assert!(store.intents(FIRM, state).await.unwrap().is_empty(), "{what}: {state:?}");
        }
    }
}

/// A page at the hour at which virtual time begins.
fn page<const N: usize>(words: [&str; N], next: Option<&str>) -> CursorPage<String> {
    CursorPage {
        records: words.into_iter().map(|words| record(words, words)).collect(),
        next: next.map(str::to_owned),
        server_time: Some(nine()),
        ..CursorPage::default()
    }
}

fn record(id: &str, words: &str) -> Incoming<String> {
    Incoming::new(id, words, words.to_owned())
}

fn nine() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_442_000, 0).unwrap()
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("word {at:03}")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_page_that_leads_to_itself() {
    let mut stage = Stage::with(|asked| match asked.position.as_deref() {
        None => page(["a", "b"], Some("2")),
        _ => page(["b", "c"], Some("2")),
    });
    for _ in 0..3 {
        let error = stage.firm().run(BY_TIME).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
        assert!(error.to_string().contains("bad/word leads back"), "the source is named: {error}");
    }
    assert!(stage.bad.asked.load(Ordering::SeqCst) <= 6);
    stage.mend(|asked| match asked.position.as_deref() {
        None => page(["a", "b"], Some("2")),
        Some("2") => page(["b", "c"], Some("3")),
        _ => page(["d"], None),
    });
    stage.firm().run_to_rest(BY_TIME).await.unwrap();
    stage.assert_posted(&words(["a", "b", "c", "d"]), "mended").await;
}

#[tokio::test(start_paused = true)]
async fn a_loop() {
    let stage = Stage::with(|asked| match asked.position.as_deref() {
        None | Some("1") => page(["a"], Some("2")),
        Some("2") => page(["b"], Some("3")),
        _ => page(["c"], Some("1")),
    });
    for _ in 0..3 {
        let error = stage.firm().run(BY_TIME).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    }
    assert!(stage.bad.asked.load(Ordering::SeqCst) <= 15);
    stage.assert_posted(&words(["a", "b", "c"]), "a loop").await;
}

/// The same records under a new place each time: no place is seen twice.
#[tokio::test(start_paused = true)]
async fn a_loop_of_ever_new_places() {
    let stage = Stage::with(|asked| page(["a", "b"], Some(&asked.nth.to_string())));
    let error = stage.firm().run(BY_TIME).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    stage.assert_posted(&words(["a", "b"]), "a loop").await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_is_not_the_end() {
    let stage = Stage::with(|asked| match asked.position.as_deref() {
        None => page([], Some("2")),
        Some("2") => page([], Some("3")),
        _ => page(["a"], None),
    });
    stage.firm().run_to_rest(BY_TIME).await.unwrap();
    stage.assert_posted(&words(["a"]), "after empty pages").await;
}

/// An inbox says that there is more when there is not, and the other way round.
#[tokio::test(start_paused = true)]
async fn an_inbox_that_lies_about_what_is_left() {
    let batch =
        |words: &[&str], more| InboxBatch { records: words.iter().map(|w| record(w, w)).collect(), more };
    let stage = Stage::with_inbox(move |_| batch(&[], true));
    stage.firm().run(INBOX).await.unwrap();
    let stage = Stage::with_inbox(move |_| batch(&["a", "b"], true));
    stage.firm().run_to_rest(INBOX).await.unwrap();
    assert!(stage.bad.asked.load(Ordering::SeqCst) <= 4, "the same again and again is not more");
    stage.assert_posted(&words(["a", "b"]), "always more").await;
    let stage = Stage::with_inbox(move |nth| {
        batch([&["a"][..], &["b"], &["c"], &[]][nth.min(4) as usize - 1], false)
    });
    for _ in 0..4 {
        stage.firm().run_to_rest(INBOX).await.unwrap();
    }
    stage.assert_posted(&words(["a", "b", "c"]), "never more").await;
    assert_eq!(stage.bad.told.lock().unwrap().len(), 3);
}

/// What Clio says of how many there are is not believed: a list ends where no next page is named.
#[tokio::test(start_paused = true)]
async fn a_total_that_is_wrong() {
    let expected = {
        let scene = Scene::quiet();
        scene.setup().firm().run(MATTER_TAGS).await.unwrap();
        scene.wisetime.tags()
    };
    assert!(!expected.is_empty());
    for total in [0_i64, 1, 1_000_000_000_000, -1] {
        let scene = Scene::quiet();
        let mut setup = scene.setup();
        let changed = Arc::new(AtomicUsize::new(0));
        let count = changed.clone();
        setup.clio = Tamper::text(setup.clio, "GET", "/matters.json", move |text| {
            let mut answer: serde_json::Value = serde_json::from_str(&text).unwrap();
            answer["meta"]["records"] = total.into();
            count.fetch_add(1, Ordering::SeqCst);
            answer.to_string()
        });
        let result = setup.firm().run(MATTER_TAGS).await;
        assert!(changed.load(Ordering::SeqCst) > 0);
        if total < 0 {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Protocol, "no number of records is below 0");
            assert!(scene.wisetime.tags().is_empty());
            scene.setup().firm().run(MATTER_TAGS).await.unwrap();
        }
        assert_eq!(scene.wisetime.tags(), expected, "a total of {total}");
    }
}

/// It hands out what changed long before the time it was asked for: known or new, once.
#[tokio::test(start_paused = true)]
async fn a_record_older_than_asked_for() {
    let stage = Stage::with(|asked| match (asked.since, asked.nth) {
        (None, _) => page(["a", "b"], None),
        (Some(since), _) => {
            assert!(since <= nine());
            page(["a", "older", "b"], None)
        }
    });
    let firm = stage.firm();
    firm.run_to_rest(BY_TIME).await.unwrap();
    for _ in 0..3 {
        let report = firm.run_to_rest(BY_TIME).await.unwrap();
        assert_eq!(report.count(LineOutcome::Unchanged) + report.count(LineOutcome::Created), 3, "{report}");
    }
    stage.assert_posted(&words(["a", "b", "older"]), "older than asked for").await;
}

/// Pages by number of a list that is in another order each time: some records come twice, others not at all. What a walk
/// missed comes with a later one; nothing comes twice to Clio.
#[tokio::test(start_paused = true)]
async fn another_order_on_each_page() {
    let all = numbered(40);
    let list = all.clone();
    let stage = Stage::with(move |asked| {
        let from: usize = asked.position.as_ref().map_or(0, |position| position.parse().unwrap());
        let mut shuffled = list.clone();
        shuffled.rotate_left((asked.nth * 7 % 40) as usize);
        if asked.nth % 2 == 0 {
            shuffled.reverse();
        }
        CursorPage {
            records: shuffled[from..from + 10].iter().map(|words| record(words, words)).collect(),
            next: (from < 30).then(|| (from + 10).to_string()),
            server_time: Some(nine()),
            ..CursorPage::default()
        }
    });
    let firm = stage.firm();
    let mut walks = 0;
    while stage.notes().len() < all.len() {
        walks += 1;
        assert!(walks < 20, "{} of {}", stage.notes().len(), all.len());
        firm.run_to_rest(BY_TIME).await.unwrap();
        let notes = stage.notes();
        assert_eq!(notes.iter().collect::<BTreeSet<_>>().len(), notes.len(), "nothing is doubled");
    }
    assert!(walks > 1, "a walk missed something");
    stage.assert_posted(&all, "another order on each page").await;
}

/// The same id for other records: on one page, on the next, on a later walk. It cannot be told from a record that was
/// changed, of which what was created stays as it is; the report has a line of each, and nothing is doubled.
#[tokio::test(start_paused = true)]
async fn an_id_used_again() {
    let stage = Stage::with(|asked| {
        let page = |records, next: Option<&str>| CursorPage {
            records,
            next: next.map(str::to_owned),
            server_time: Some(nine()),
            ..CursorPage::default()
        };
        match (asked.position.as_deref(), asked.since) {
            (None, None) => {
                page(vec![record("7", "first"), record("7", "second"), record("8", "eight")], Some("2"))
            }
            (Some(_), None) => page(vec![record("7", "third")], None),
            _ => page(vec![record("7", "fourth"), record("9", "nine")], None),
        }
    });
    let firm = stage.firm();
    let first = firm.run_to_rest(BY_TIME).await.unwrap();
    assert_eq!((first.count(LineOutcome::Created), first.lines.len()), (2, 4), "{first:?}");
    for _ in 0..3 {
        let later = firm.run_to_rest(BY_TIME).await.unwrap();
        assert_eq!(later.lines.len(), 2, "{later:?}");
    }
    stage.assert_posted(&words(["eight", "first", "nine"]), "an id used again").await;
}

/// It comes with each page, in a new version each time, and another can never be read: a dead letter each, and no more.
#[tokio::test(start_paused = true)]
async fn a_record_that_never_maps() {
    let stage = Stage::with(|asked| {
        let version = asked.nth.to_string();
        let never = Incoming::new("never", version.clone(), UNMAPPABLE.into());
        let reason = "no number".to_owned();
        let unread = Err(BadRecord { reason, path: Some("rows[0]".into()) });
        let unread = Incoming { id: "unread".into(), version, created: None, record: unread };
        CursorPage {
            records: vec![never, record("a", "a"), unread],
            next: None,
            server_time: Some(nine()),
            ..CursorPage::default()
        }
    });
    let firm = stage.firm();
    let report = firm.run_to_rest(BY_TIME).await.unwrap();
    assert_eq!(report.count(LineOutcome::Rejected), 2);
    let size = async || {
        let copy = stage.scene.folder.path().join("copy.sqlite");
        stage.scene.store().backup_to(&copy).await.unwrap();
        std::fs::metadata(copy).unwrap().len()
    };
    let (before, letters) = (size().await, stage.dead_letters().await);
    assert_eq!(letters, 2);
    for _ in 0..100 {
        let report = firm.run_to_rest(BY_TIME).await.unwrap();
        assert_eq!(report.count(LineOutcome::Rejected), 2, "it is reported each time: {report}");
    }
    assert_eq!((size().await, stage.dead_letters().await), (before, 2), "nothing grows");
    stage.assert_posted(&words(["a"]), "beside a record that never maps").await;
}

const BODIES: [&str; 8] =
    ["", " ", "null", "{}", "[]", "{\"data\":null}", "{\"data\":{}}", "{\"data\":{\"id\":null}}"];

fn is_write(method: &str, path: &str) -> bool {
    method == "POST" && path.ends_with("/activities.json")
}

/// It was written, but the answer does not say as what: it is looked for, and not sent again.
#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body() {
    for (status, body) in [200, 201, 204].into_iter().flat_map(|status| BODIES.map(|body| (status, body))) {
        let what = format!("{status} with {body:?}");
        let stage = Stage::with(|_| page(["a", "b", "c"], None));
        let mut setup = stage.scene.setup();
        let writes = AtomicU64::new(0);
        setup.clio = Tamper::answered(setup.clio, move |method, path, answer| {
            if !is_write(method, path) || writes.fetch_add(1, Ordering::SeqCst) != 1 {
                return answer;
            }
            let (mut head, _) = answer.into_parts();
            head.status = http::StatusCode::from_u16(status).unwrap();
            http::Response::from_parts(head, body.into())
        });
        let firm = stage.firm_of(setup);
        let report = firm.run(BY_TIME).await.unwrap();
        assert_eq!((report.count(LineOutcome::Created), report.pending), (2, 1), "{what}: {report}");
        let report = firm.run_to_rest(BY_TIME).await.unwrap();
        assert_eq!(report.count(LineOutcome::Created), 1, "{what}: {report}");
        assert!(stage.scene.looks() > 0, "{what}: it was looked for");
        assert_eq!(stage.scene.writes(), 3, "{what}: nothing is sent twice");
        stage.assert_posted(&words(["a", "b", "c"]), &what).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body_each_time() {
    let stage = Stage::with(|_| page(["a", "b", "c", "d", "e", "f", "g"], None));
    let mut setup = stage.scene.setup();
    setup.clio = Tamper::answered(setup.clio, |method, path, answer| {
        if is_write(method, path) { answer.map(|_| Vec::new()) } else { answer }
    });
    let firm = stage.firm_of(setup);
    let error = firm.run(BY_TIME).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transient, "after three in a row it is out of order: {error:?}");
    stage.settle(&firm).await;
    assert_eq!(stage.scene.writes(), 7, "nothing is sent twice");
    stage.assert_posted(&words(["a", "b", "c", "d", "e", "f", "g"]), "no answer has a body").await;
}

/// It answers 200, and did nothing: the looks find nothing, so it is sent again.
#[tokio::test(start_paused = true)]
async fn an_answer_to_nothing() {
    for (status, body) in [200, 201].into_iter().flat_map(|status| BODIES.map(|body| (status, body))) {
        let stage = Stage::with(|_| page(["a", "b", "c"], None));
        let mut setup = stage.scene.setup();
        let writes = AtomicU64::new(0);
        setup.clio = Tamper::asked(setup.clio, move |method, path, asked| {
            if is_write(method, path) && writes.fetch_add(1, Ordering::SeqCst) == 1 {
                return Err((http::StatusCode::from_u16(status).unwrap(), body));
            }
            Ok(asked)
        });
        stage.settle(&stage.firm_of(setup)).await;
        stage.assert_posted(&words(["a", "b", "c"]), &format!("{status} with {body:?} to nothing")).await;
    }
}

/// A clock whose wall time a test sets, as a person or a time server does.
#[derive(Debug)]
struct Settable {
    inner: Arc<dyn Clock>,
    by: Mutex<TimeDelta>,
}

impl Settable {
    fn new(scene: &Scene) -> Arc<Self> {
        Arc::new(Self { inner: scene.clock.clone(), by: Mutex::default() })
    }

    fn set(&self, by: TimeDelta) {
        *self.by.lock().unwrap() = by;
    }
}

impl Clock for Settable {
    fn now(&self) -> DateTime<Utc> {
        self.inner.now() + *self.by.lock().unwrap()
    }
    fn monotonic(&self) -> Duration {
        self.inner.monotonic()
    }
    fn sleep(&self, duration: Duration) -> Sleep {
        self.inner.sleep(duration)
    }
}

/// Back by days or an hour, forward by an hour or a year.
fn jumps() -> [TimeDelta; 4] {
    [TimeDelta::days(-30), TimeDelta::hours(-1), TimeDelta::hours(1), TimeDelta::days(365)]
}

const FAULTS: [Option<Fault>; 4] = [
    None,
    Some(Fault::AnswerLost),
    Some(Fault::RequestLost),
    Some(Fault::AppliedLate(Duration::from_secs(60))),
];

#[tokio::test(start_paused = true)]
async fn our_clock_jumps_in_the_middle_of_a_run() {
    for (by, fault, at) in jumps()
        .into_iter()
        .flat_map(|by| FAULTS.into_iter().flat_map(move |fault| (1..=3).map(move |at| (by, fault, at))))
    {
        let what = format!("by {by} at write {at}, {fault:?}");
        let stage = Stage::with(|_| page(["a", "b", "c", "d"], None));
        if let Some(fault) = fault {
            stage.scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
        }
        let clock = Settable::new(&stage.scene);
        let mut setup = stage.scene.setup();
        setup.clock = clock.clone();
        setup.store = Arc::new(stage.scene.store_on(clock.clone()));
        let writes = AtomicU64::new(0);
        setup.clio = Tamper::asked(setup.clio, move |method, path, asked| {
            if is_write(method, path) && writes.fetch_add(1, Ordering::SeqCst) + 1 == at {
                clock.set(by);
            }
            Ok(asked)
        });
        stage.settle(&stage.firm_of(setup)).await;
        stage.assert_posted(&words(["a", "b", "c", "d"]), &what).await;
    }
}

#[tokio::test(start_paused = true)]
async fn our_clock_jumps_between_runs() {
    for (by, fault) in jumps().into_iter().flat_map(|by| FAULTS.into_iter().map(move |fault| (by, fault))) {
        // The program goes on, or it starts anew; and then the clock is put right again.
        for starts_anew in [false, true] {
            let what = format!("by {by}, {fault:?}, starts anew: {starts_anew}");
            let stage = Stage::with(|_| page(["a", "b", "c", "d"], None));
            if let Some(fault) = fault {
                stage.scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
            }
            let clock = Settable::new(&stage.scene);
            let start = || {
                let mut setup = stage.scene.setup();
                setup.clock = clock.clone();
                setup.store = Arc::new(stage.scene.store_on(clock.clone()));
                stage.firm_of(setup)
            };
            let mut firm = start();
            for jump in [by, TimeDelta::zero()] {
                firm.run(BY_TIME).await.unwrap();
                clock.set(jump);
                if starts_anew {
                    firm = start();
                }
            }
            stage.settle(&firm).await;
            stage.assert_posted(&words(["a", "b", "c", "d"]), &what).await;
        }
    }
}

/// The clock of a source is wrong during one walk, and right again before the next one. What changed meanwhile, by either
/// time, is read all the same.
async fn the_clock_of_a_source_jumps(by: TimeDelta) {
    let (day, hour) = (TimeDelta::days(1), TimeDelta::hours(1));
    // The words, and when they changed by the source's own clock.
    let changed = Arc::new(Mutex::new(vec![("a", nine())]));
    let time = Arc::new(Mutex::new(nine()));
    let (list, clock) = (changed.clone(), time.clone());
    let stage = Stage::with(move |asked| {
        let since = |at: DateTime<Utc>| asked.since.is_none_or(|since| at >= since);
        let list = list.lock().unwrap();
        let records = list.iter().filter(|(_, at)| since(*at)).map(|(words, _)| record(words, words));
        CursorPage {
            records: records.collect(),
            next: None,
            server_time: Some(*clock.lock().unwrap()),
            ..CursorPage::default()
        }
    });
    let firm = stage.firm();
    for (now, new) in [
        (nine(), None),
        (nine() + day + by, Some(("b", nine() + day + by))),
        (nine() + day * 2, Some(("c", nine() + day + hour))),
        (nine() + day * 3, Some(("d", nine() + day * 3 - hour))),
    ] {
        *time.lock().unwrap() = now;
        changed.lock().unwrap().extend(new);
        firm.run_to_rest(BY_TIME).await.unwrap();
    }
    stage.assert_posted(&words(["a", "b", "c", "d"]), &format!("by {by}")).await;
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_source_is_an_hour_off() {
    for by in [TimeDelta::hours(-1), TimeDelta::hours(1)] {
        the_clock_of_a_source_jumps(by).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_source_is_set_back_by_a_month() {
    the_clock_of_a_source_jumps(TimeDelta::days(-30)).await;
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_source_is_a_year_ahead_for_a_while() {
    the_clock_of_a_source_jumps(TimeDelta::days(365)).await;
}
