//! What an engine has to stand.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use clio_core::Clock;
use clio_fixtures::{Fault, NewTime};
use clio_sync::Firm;
use futures_util::{FutureExt, future::LocalBoxFuture};

use super::Mutant;
use crate::{
    Cue, ENTRIES, Keeping, LEDGER, MARKED, POSTED_TIME, SWEEP, Scenario, Scene, Setting, Setup, Verdict,
    scenario::{come_to_rest_within, judge_at_rest},
    scenarios,
    seams::{Crasher, Hook, Wrapped},
};

/// A course of events that an engine is put through.
pub struct Trial {
    /// What happens.
    pub name: &'static str,
    run: fn(Mutant) -> LocalBoxFuture<'static, Verdict>,
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Trial {
    /// What the worlds say of this engine.
    pub async fn run(&self, mutant: Mutant) -> Verdict {
        (self.run)(mutant).await
    }
}

macro_rules! trials {
    ($($name:literal: $run:expr;)*) => {
        /// Every trial, the quick ones first.
        pub const TRIALS: &[Trial] = &[$(Trial { name: $name, run: |mutant| Box::pin($run(mutant)) }),*];
    };
}

trials! {
    "a day without a fault": |mutant| day(mutant, None);
    "an answer that is lost": |mutant| day(mutant, Some(Fault::AnswerLost));
    "a write that never arrives, beside an equal one": |mutant| day(mutant, Some(Fault::RequestLost));
    "a write that is applied 100 seconds late": |mutant| day(mutant, Some(late(100)));
    "a write that is applied between two looks": |mutant| day(mutant, Some(late(240)));
    "a write that is applied and answered with 500": |mutant| day(mutant, Some(Fault::ServerErrorApplied));
    "a write that is applied and answered with 429": |mutant| day(mutant, Some(Fault::RateLimitedApplied));
    "a clock an hour ahead": an_hour_ahead;
    "an engine that is suspended before it sends": suspended_before_sending;
    "an engine that is suspended after it looked": suspended_after_a_look;
    "an entry that is committed late": late_entry;
    "entries that come in behind a slow reader": slow_reader;
    "a book of old entries": old_book;
    "a page that cannot be had": broken_page;
    "a sweep that misses an entry once": |mutant| missed(mutant, 1, 1);
    "a source that seems to be empty": |mutant| missed(mutant, 12, 2);
    "a source that changes while a plan is applied": changed_plan;
    "a person who edits what is about to be changed": edited_between;
    "a change whose answer is lost": lost_change;
    "a person who deletes what is edited later": deleted_by_a_person;
    "a store that is restored from a backup": restored;
    "an equal entry with the marker of another": other_marker;
    "two flows into one target, and each knows its records in another way": two_ways;
    "two equal writes, and the look gives one the record of the other": swapped;
    "a crash at any point of reading a book": |mutant| crashes(mutant, &scenarios::Ledger, 3);
    "a crash at any point of a day": |mutant| crashes(mutant, &scenarios::PostedTime, 7);
}

const fn late(seconds: u64) -> Fault {
    Fault::AppliedLate(Duration::from_secs(seconds))
}

const HOUR: Duration = Duration::from_secs(3600);

/// The broken engine on this scene.
fn broken(mutant: Mutant, scene: &Scene, setup: Setup) -> Firm {
    (mutant.breaks)(scene, setup).firm()
}

async fn rest(scene: &Scene, firm: Firm, flow: &str) -> Verdict {
    come_to_rest_within(HOUR, scene, &firm, &[flow]).await;
    drop(firm);
    judge_at_rest(scene, &[flow]).await
}

/// The first write of a day goes wrong like this.
async fn day(mutant: Mutant, fault: Option<Fault>) -> Verdict {
    let scene = Scene::day();
    if let Some(fault) = fault {
        scene.clio.faults().at_nth("POST", "/activities.json", 1, fault);
    }
    let firm = broken(mutant, &scene, scene.setup());
    rest(&scene, firm, POSTED_TIME).await
}

async fn an_hour_ahead(mutant: Mutant) -> Verdict {
    let scene = Scene::day();
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
    let mut setup = scene.setup();
    let ahead = scene.clock.skewed(TimeDelta::hours(1));
    setup.store = Arc::new(scene.store_on(ahead.clone()));
    setup.clock = ahead;
    let firm = broken(mutant, &scene, setup);
    rest(&scene, firm, POSTED_TIME).await
}

/// Suspends the machine once, before or after a verb: whoever calls it does not notice that time has passed.
#[derive(Debug)]
struct Suspended {
    clock: Arc<dyn Clock>,
    verb: &'static str,
    after: bool,
    asleep: AtomicBool,
    time: Duration,
}

impl Suspended {
    async fn maybe(&self, verb: &'static str, after: bool) {
        if (verb, after) == (self.verb, self.after) && !self.asleep.swap(true, Ordering::SeqCst) {
            self.clock.sleep(self.time).await;
        }
    }
}

#[async_trait]
impl Hook for Suspended {
    async fn before(&self, verb: &'static str) {
        self.maybe(verb, false).await;
    }
    async fn after(&self, verb: &'static str) {
        self.maybe(verb, true).await;
    }
}

/// One engine is suspended here, for so long, while another one takes over.
async fn suspended(mutant: Mutant, scene: Scene, verb: &'static str, after: bool, time: Duration) -> Verdict {
    let clock: Arc<dyn Clock> = scene.clock.clone();
    let hook = Arc::new(Suspended { clock, verb, after, asleep: AtomicBool::new(false), time });
    let mut setup = scene.setup();
    setup.store = Arc::new(Wrapped { inner: setup.store, hook: hook.clone() });
    let (sleeper, other) = (broken(mutant, &scene, setup), broken(mutant, &scene, scene.setup()));
    tokio::join!(
        async {
            let _ = sleeper.run_to_rest(POSTED_TIME).await;
        },
        async {
            while !hook.asleep.load(Ordering::SeqCst) {
                scene.clock.sleep(Duration::from_secs(1)).await;
            }
            come_to_rest_within(HOUR, &scene, &other, &[POSTED_TIME]).await;
        }
    );
    drop(sleeper);
    rest(&scene, other, POSTED_TIME).await
}

/// It believes that it may send, and wakes when the other engine has done so.
async fn suspended_before_sending(mutant: Mutant) -> Verdict {
    suspended(mutant, Scene::day(), "begin_send", true, Duration::from_secs(600)).await
}

/// It believes that the write is absent, and wakes when the other engine has sent it and lost the answer.
async fn suspended_after_a_look(mutant: Mutant) -> Verdict {
    let scene = Scene::quiet();
    scene.wisetime.post(scene.work("g", 0, 0, 600).json());
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::TimesOut);
    scene.clio.faults().at_nth("POST", "/activities.json", 2, Fault::AnswerLost);
    suspended(mutant, scene, "replan", false, Duration::from_secs(100)).await
}

/// Runs the flow every few minutes for an hour, and then judges.
async fn an_hour_of_ledger(mutant: Mutant, scene: &Scene) {
    let firm = broken(mutant, scene, scene.setup());
    let end = scene.clock.monotonic() + HOUR;
    while scene.clock.monotonic() < end {
        let _ = firm.run_to_rest(LEDGER).await;
        scene.clock.sleep(Duration::from_secs(360)).await;
    }
}

/// Stamped before the book is read, and seen only after it.
async fn late_entry(mutant: Mutant) -> Verdict {
    let scene = Scene::quiet();
    scene.book.add(scene.entry("a", 0, 0, 600));
    scene.book.add_late(scene.entry("b", 1, 0, 600), Duration::from_secs(60));
    an_hour_of_ledger(mutant, &scene).await;
    judge_at_rest(&scene, &[LEDGER]).await
}

/// Ten minutes for three pages. An entry comes in behind the reader, and a newer one before him.
async fn slow_reader(mutant: Mutant) -> Verdict {
    let scene = Scene::quiet();
    scene.book.slow_down(Duration::from_secs(240));
    for id in ["010", "020", "030", "040", "050", "060", "070"] {
        scene.book.add(scene.entry(id, 0, 0, 600));
    }
    tokio::join!(an_hour_of_ledger(mutant, &scene), async {
        scene.clock.sleep(Duration::from_secs(200)).await;
        scene.book.add(scene.entry("005", 1, 0, 600));
        scene.clock.sleep(Duration::from_secs(390)).await;
        scene.book.add(scene.entry("065", 2, 0, 600));
    });
    judge_at_rest(&scene, &[LEDGER]).await
}

/// Older than the overlap: what was missed once is not read again.
async fn old_book(mutant: Mutant) -> Verdict {
    let scene = scenarios::Ledger.scene(&Setting::default());
    scene.clock.sleep(HOUR).await;
    an_hour_of_ledger(mutant, &scene).await;
    judge_at_rest(&scene, &[LEDGER]).await
}

async fn broken_page(mutant: Mutant) -> Verdict {
    let mut total = Verdict::default();
    for (page, fault) in [(2, Fault::TimesOut), (2, Fault::Truncated)] {
        let scene = scenarios::Ledger.scene(&Setting::default());
        scene.book.fault_at(page, fault);
        let firm = broken(mutant, &scene, scene.setup());
        total += rest(&scene, firm, LEDGER).await;
    }
    total
}

/// A book of so many entries that is followed, as it stands at Clio.
async fn followed(mutant: Mutant, entries: usize) -> (Scene, Firm) {
    let scene = Scene::quiet();
    scene.book.keep(Keeping::Edited);
    for n in 0..entries {
        scene.book.add(scene.entry(&format!("{n:03}"), 0, 0, 600));
    }
    let firm = broken(mutant, &scene, scene.setup());
    come_to_rest_within(HOUR, &scene, &firm, Keeping::Edited.flows()).await;
    (scene, firm)
}

async fn rest_followed(scene: &Scene, firm: Firm) -> Verdict {
    let flows = scene.book.keeping().flows();
    come_to_rest_within(HOUR, scene, &firm, flows).await;
    drop(firm);
    judge_at_rest(scene, flows).await
}

/// For so many sweeps the source hands out nothing of so many entries.
async fn missed(mutant: Mutant, entries: usize, sweeps: usize) -> Verdict {
    let (scene, firm) = followed(mutant, entries).await;
    scene.book.hide(true);
    for _ in 0..sweeps {
        let _ = firm.run(SWEEP).await;
    }
    scene.book.hide(false);
    rest_followed(&scene, firm).await
}

/// The plan is made again before it is applied; what changes after that, the store has to see.
async fn changed_plan(mutant: Mutant) -> Verdict {
    let (scene, firm) = followed(mutant, 1).await;
    scene.book.edit("000", |entry| entry.seconds = 700);
    let plan = firm.plan(ENTRIES).await.expect("a plan");
    let next = scene.book.calls() + 1;
    scene.book.edit_on(Cue::Page(next), "000", |entry| entry.seconds = 800);
    let _ = firm.apply(&plan).await;
    let stands = scene.clio.activities().iter().filter(|one| one.quantity_seconds == 800).count();
    let mut verdict = rest_followed(&scene, firm).await;
    verdict.without_leave += stands;
    verdict
}

async fn edited_between(mutant: Mutant) -> Verdict {
    let (scene, firm) = followed(mutant, 1).await;
    let id = scene.clio.activities()[0].id;
    scene.clio.person("Ada").edit_note(id, "Put in better words");
    scene.book.edit("000", |entry| "Entry, and more of it".clone_into(&mut entry.note));
    rest_followed(&scene, firm).await
}

async fn lost_change(mutant: Mutant) -> Verdict {
    let (scene, firm) = followed(mutant, 1).await;
    scene.clio.faults().at_nth("PATCH", "", 1, Fault::AnswerLost);
    scene.book.edit("000", |entry| entry.seconds = 700);
    rest_followed(&scene, firm).await
}

async fn deleted_by_a_person(mutant: Mutant) -> Verdict {
    let (scene, firm) = followed(mutant, 1).await;
    let id = scene.clio.activities()[0].id;
    scene.clio.person("Ada").delete_activity(id);
    for seconds in [700, 800] {
        scene.book.edit("000", |entry| entry.seconds = seconds);
        come_to_rest_within(HOUR, &scene, &firm, &[ENTRIES]).await;
    }
    rest_followed(&scene, firm).await
}

/// What was written after the backup, the store has forgotten.
async fn restored(mutant: Mutant) -> Verdict {
    let (scene, firm) = followed(mutant, 1).await;
    let backup = scene.folder.path().join("backup.sqlite");
    scene.store().backup_to(&backup).await.expect("a backup");
    let since = scene.clock.now();
    scene.clock.sleep(Duration::from_secs(60)).await;
    scene.book.add(scene.entry("late", 0, 0, 900));
    come_to_rest_within(HOUR, &scene, &firm, Keeping::Edited.flows()).await;
    drop(firm);
    for left in ["firm.sqlite-wal", "firm.sqlite-shm"] {
        let _ = std::fs::remove_file(scene.folder.path().join(left));
    }
    std::fs::copy(&backup, scene.state_file()).expect("the backup comes back");
    let firm = broken(mutant, &scene, scene.setup());
    firm.recover(since).await.expect("the store knows that it was restored");
    rest_followed(&scene, firm).await
}

/// A copy with the marker of a record that this firm knows nothing of, while a write never arrives.
async fn other_marker(mutant: Mutant) -> Verdict {
    let scene = Scene::quiet();
    scene.book.keep(Keeping::Marked);
    scene.book.add(scene.entry("a", 0, 0, 600));
    scene.clio.faults().at_nth("POST", "/activities.json", 1, Fault::RequestLost);
    let firm = broken(mutant, &scene, scene.setup());
    tokio::join!(
        async {
            come_to_rest_within(HOUR, &scene, &firm, &[MARKED]).await;
        },
        async {
            scene.clock.sleep(Duration::from_secs(10)).await;
            let entry = scene.entry("a", 0, 0, 600);
            scene.clio.person("Ada").record_time(NewTime {
                matter: Some(entry.matter),
                user: Some(entry.user),
                date: entry.date,
                seconds: entry.seconds,
                note: format!("{} [#0000000000000000]", entry.note),
                ..NewTime::default()
            });
        }
    );
    rest_followed(&scene, firm).await
}

/// One flow goes by content, the other by markers. Each runs while a write of the other is in doubt.
async fn two_ways(mutant: Mutant) -> Verdict {
    let two_flows = |fault| {
        let scene = Scene::quiet();
        scene.book.keep(Keeping::Marked);
        scene.clio.faults().at_nth("POST", "/activities.json", 1, fault);
        scene
    };
    let mut total = Verdict::default();
    // What stands without a marker is the other flow's own.
    let scene = two_flows(Fault::AnswerLost);
    scene.wisetime.post(scene.work("g", 0, 0, 600).json());
    total += in_turns(mutant, &scene, [POSTED_TIME, MARKED]).await;
    // What a person entered is equal, and still not what was to carry a marker.
    let scene = two_flows(Fault::RequestLost);
    let entry = scene.entry("a", 0, 0, 600);
    scene.clio.person("Ada").record_time(NewTime {
        matter: Some(entry.matter),
        user: Some(entry.user),
        date: entry.date,
        seconds: entry.seconds,
        note: entry.note.clone(),
        ..NewTime::default()
    });
    scene.recorded.lock().expect("no panic holds it").push(entry.work());
    scene.book.add(entry);
    total += in_turns(mutant, &scene, [MARKED, POSTED_TIME]).await;
    total
}

async fn in_turns(mutant: Mutant, scene: &Scene, [first, second]: [&str; 2]) -> Verdict {
    let firm = broken(mutant, scene, scene.setup());
    let _ = firm.run(first).await;
    scene.clock.sleep(Duration::from_secs(600)).await;
    let _ = firm.run(second).await;
    come_to_rest_within(HOUR, scene, &firm, &[first, second]).await;
    drop(firm);
    judge_at_rest(scene, &[first, second]).await
}

/// The first one ends while it is being sent; then a person puts its record into other words, so that a look takes the
/// record of the second one for it. What is left for the second one is older than all it was ever sent.
async fn swapped(mutant: Mutant) -> Verdict {
    let scene = Scene::quiet();
    for (n, fault) in [(1, Fault::AppliedThenHangs), (2, Fault::AnswerLost)] {
        scene.clio.faults().at_nth("POST", "/activities.json", n, fault);
    }
    scene.wisetime.post(scene.work("first", 0, 0, 600).json());
    let firm = broken(mutant, &scene, scene.setup());
    tokio::select! {
        _ = firm.run(POSTED_TIME) => {}
        () = scene.clock.sleep(Duration::from_secs(5)) => {}
    }
    drop(firm);
    scene.clio.person("Ada").edit_note(scene.clio.activities()[0].id, "Put in better words");
    scene.clock.sleep(HOUR).await;
    scene.wisetime.post(scene.work("second", 0, 0, 600).json());
    let firm = broken(mutant, &scene, scene.setup());
    rest(&scene, firm, POSTED_TIME).await
}

/// A crash at every `stride`-th point, while what is read is older than any overlap. The engine that recovers is as broken.
async fn crashes(mutant: Mutant, scenario: &dyn Scenario, stride: u64) -> Verdict {
    let mut total = Verdict::default();
    let flow = scenario.flows()[0];
    for point in (1..).step_by(usize::try_from(stride).unwrap_or(1)) {
        let scene = scenario.scene(&Setting::default());
        scene.clock.sleep(HOUR).await;
        let crasher = Crasher::at(point);
        let firm = broken(mutant, &scene, crasher.everywhere(scene.setup()));
        let ended = AssertUnwindSafe(firm.run_to_rest(flow)).catch_unwind().await;
        let crashed = ended.is_err();
        drop(firm);
        let firm = broken(mutant, &scene, scene.setup());
        total += rest(&scene, firm, flow).await;
        // One failure is enough, and a broken engine may never end.
        if !crashed || !total.is_clean() {
            break;
        }
    }
    total
}
