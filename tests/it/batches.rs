//! Targets that take many records in one request, and what becomes of them when settings change.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use clio_sync::{
    Action, Adapter, Capabilities, CursorPage, CursorSource, Error, ErrorKind, Fingerprint, Flow, FlowKey,
    Found, Incoming, LineOutcome, Look, Mapped, Outcome, Pass, Ready, Result, SendLimits, Sending, Target,
    Write,
};
use simulation::{FIRM, Scene};

const FLOW: &str = "shelf/labels";
const PAGE: usize = 10;

/// Numbered labels, in a source that gives ten at a time, and a target that takes twenty-five.
#[derive(Clone)]
struct Shelf {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

struct State {
    labels: Vec<(String, DateTime<Utc>)>,
    settings: Option<&'static str>,
    /// Whether a label goes.
    unwanted: fn(usize) -> bool,
    breaks_at: Option<usize>,
    answers: Vec<Option<Outcome>>,
    /// How many were written, and how many deleted, by each request.
    sent: Vec<(usize, usize)>,
    pages: usize,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shelf")
    }
}

impl Shelf {
    fn new(count: usize) -> (Scene, Self) {
        let mut scene = Scene::quiet();
        let labels = (0..count).map(|n| (format!("Label {n}"), scene.clock.now())).collect();
        let state = State {
            labels,
            settings: None,
            unwanted: |_| false,
            breaks_at: None,
            answers: Vec::new(),
            sent: Vec::new(),
            pages: 0,
        };
        let shelf = Self { clock: scene.clock.clone(), state: Arc::new(Mutex::new(state)) };
        let own = shelf.clone();
        scene.attach.push(Arc::new(move |_, _, firm| firm.attach(own.clone())));
        (scene, shelf)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn take_sent(&self) -> Vec<(usize, usize)> {
        std::mem::take(&mut self.state().sent)
    }

    fn take_pages(&self) -> usize {
        std::mem::take(&mut self.state().pages)
    }

    fn change(&self, label: usize) {
        let now = self.clock.now();
        let mut state = self.state();
        let label = &mut state.labels[label];
        (label.0, label.1) = (format!("{} changed", label.0), now);
    }
}

#[async_trait]
impl Adapter for Shelf {
    fn name(&self) -> &'static str {
        "shelf"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("labels")]
    }

    async fn reconcile(&self, _: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let (settings, unwanted) = {
            let state = self.state();
            (state.settings, state.unwanted)
        };
        let pull = pass.pull(self.clone(), move |(n, text): &(usize, String)| {
            if unwanted(*n) {
                return Mapped::Delete("unwanted".into());
            }
            let payload = format!("{text} {}", settings.unwrap_or_default());
            Mapped::Upsert(Write {
                payload,
                content: [("text".into(), text.clone().into())].into(),
                label: text.clone(),
            })
        });
        match settings {
            Some(settings) => pull.settings(settings).into(self.clone()).await,
            None => pull.into(self.clone()).await,
        }
    }
}

#[async_trait]
impl CursorSource for Shelf {
    type Record = (usize, String);

    fn kind(&self) -> &'static str {
        "shelf/label"
    }

    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        position: Option<&str>,
    ) -> Result<CursorPage<Self::Record>> {
        let mut state = self.state();
        let start: usize = position.map_or(0, |position| position.parse().unwrap());
        if state.breaks_at.is_some_and(|at| at * PAGE == start) {
            state.breaks_at = None;
            return Err(Error::new(ErrorKind::Transient, "broken off"));
        }
        state.pages += 1;
        let changed: Vec<_> = state
            .labels
            .iter()
            .enumerate()
            .filter(|(_, (_, at))| since.is_none_or(|since| *at >= since))
            .map(|(n, (text, at))| Incoming::new(n.to_string(), at.to_string(), (n, text.clone())))
            .collect();
        let (total, next) = (changed.len(), start + PAGE);
        Ok(CursorPage {
            records: changed.into_iter().skip(start).take(PAGE).collect(),
            next: (next < total).then(|| next.to_string()),
            server_time: Some(self.clock.now()),
            total: Some(total as u64),
            older: 0,
        })
    }
}

#[async_trait]
impl Target for Shelf {
    fn kind(&self) -> &'static str {
        "shelf/print"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(Fingerprint::NaturalKey).batch(25).deletes().delete_batch(4)
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    async fn prepare(&self, _: Duration) -> Result<Ready> {
        Ok(Ready::nothing())
    }

    async fn server_time(&self) -> Result<DateTime<Utc>> {
        Ok(self.clock.now())
    }

    async fn send(&self, sendings: &[Sending], _: SendLimits, _: Ready) -> Vec<Outcome> {
        let mut state = self.state();
        let deleted = sendings.iter().filter(|one| matches!(one.action, Action::Delete { .. })).count();
        state.sent.push((sendings.len() - deleted, deleted));
        let outcome = |sending: &Sending| match state.answers.pop().flatten() {
            Some(outcome) => outcome,
            None => Outcome::Applied { remote_id: sending.key.clone(), etag: None, echo: None },
        };
        sendings.iter().map(outcome).collect()
    }

    async fn look(&self, _: &Look) -> Result<Vec<Found>> {
        Err(Error::new(ErrorKind::Protocol, "it has a natural key"))
    }
}

#[tokio::test(start_paused = true)]
async fn batches_are_filled_across_pages() {
    let (scene, shelf) = Shelf::new(63);
    let report = scene.setup().firm().run(FLOW).await.unwrap();
    assert_eq!(report.count(LineOutcome::Created), 63);
    assert_eq!((shelf.take_pages(), shelf.take_sent()), (7, vec![(25, 0), (25, 0), (13, 0)]));
    scene.setup().firm().run(FLOW).await.unwrap();
    assert_eq!(shelf.take_sent(), []);
}

#[tokio::test(start_paused = true)]
async fn what_was_read_before_a_walk_broke_off_is_written() {
    let (scene, shelf) = Shelf::new(63);
    shelf.state().breaks_at = Some(4);
    scene.setup().firm().run(FLOW).await.unwrap_err();
    assert_eq!(shelf.take_sent(), [(25, 0), (15, 0)]);
    scene.setup().firm().run(FLOW).await.unwrap();
    assert_eq!((shelf.take_sent(), shelf.take_pages()), (vec![(23, 0)], 7));
}

#[tokio::test(start_paused = true)]
async fn deletions_go_apart_and_first() {
    let (scene, shelf) = Shelf::new(30);
    let firm = scene.setup().firm();
    firm.run(FLOW).await.unwrap();
    shelf.take_sent();
    scene.clock.sleep(Duration::from_secs(3600)).await;
    shelf.state().unwanted = |n| n % 3 == 1;
    (0..20).for_each(|label| shelf.change(label));
    firm.plan(FLOW).await.expect("no record of a natural key is read for a plan");
    let report = firm.run(FLOW).await.unwrap();
    assert_eq!((report.count(LineOutcome::Updated), report.count(LineOutcome::Deleted)), (13, 10));
    assert_eq!(shelf.take_sent(), [(0, 4), (0, 4), (0, 2), (13, 0)]);
}

#[tokio::test(start_paused = true)]
async fn other_settings_map_everything_again_once() {
    let (scene, shelf) = Shelf::new(30);
    for (settings, first, then) in [
        // As by a flow that had no settings when it began.
        (None, 3, 1),
        (Some("a"), 3, 1),
        (Some("b"), 3, 1),
        (Some("a"), 3, 1),
        (None, 3, 1),
    ] {
        shelf.state().settings = settings;
        let firm = scene.setup().firm();
        for pages in [first, then] {
            scene.clock.sleep(Duration::from_secs(3600)).await;
            firm.run(FLOW).await.unwrap();
            assert_eq!(shelf.take_pages(), pages, "{settings:?}");
        }
        assert_eq!(shelf.take_sent().iter().map(|(written, _)| written).sum::<usize>(), 30, "{settings:?}");
    }
}

/// A walk under other settings that is broken off goes on where it was; one that the settings overtake begins anew.
#[tokio::test(start_paused = true)]
async fn settings_that_change_in_the_middle_of_a_walk_begin_it_anew() {
    let (scene, shelf) = Shelf::new(63);
    let firm = scene.setup().firm();
    firm.run(FLOW).await.unwrap();
    shelf.take_pages();
    shelf.state().settings = Some("a");
    shelf.state().breaks_at = Some(4);
    firm.run(FLOW).await.unwrap_err();
    assert_eq!(shelf.take_pages(), 4);
    firm.run(FLOW).await.unwrap();
    assert_eq!(shelf.take_pages(), 3, "it goes on");
    shelf.state().settings = Some("b");
    shelf.state().breaks_at = Some(4);
    firm.run(FLOW).await.unwrap_err();
    shelf.take_pages();
    shelf.state().settings = Some("c");
    firm.run(FLOW).await.unwrap();
    assert_eq!(shelf.take_pages(), 7, "it begins anew");
}

/// A record of a natural key is never read, not even to find out why a change was refused.
#[tokio::test(start_paused = true)]
async fn a_change_that_is_refused_after_a_lost_answer_is_a_dead_letter() {
    let (scene, shelf) = Shelf::new(1);
    let firm = scene.setup().firm();
    firm.run(FLOW).await.unwrap();
    scene.clock.sleep(Duration::from_secs(3600)).await;
    shelf.change(0);
    shelf.state().answers = vec![Some(Outcome::Refused("no".into())), Some(Outcome::Unknown("lost".into()))];
    firm.run(FLOW).await.unwrap_err();
    let report = firm.run(FLOW).await.unwrap();
    assert_eq!(report.count(LineOutcome::Rejected), 1);
    let store = scene.store();
    assert_eq!(clio_sync::Store::dead_letters(&store, FIRM).await.unwrap().len(), 1);
}
