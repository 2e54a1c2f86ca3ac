//! A short stretch of work, and what goes wrong in it.

use std::{collections::HashMap, fmt, panic::AssertUnwindSafe, time::Duration};

use clio_core::Clock;
use clio_fixtures::{ClioWorld, ClioWorldBuilder, Fault, GroupState};
use clio_sync::{Effect, Firm, Intent, IntentState, LineOutcome, Store};
use clio_sync_sqlite::SqliteStore;
use futures_util::{FutureExt, future::join_all};

use crate::{
    Scene, Verdict, oracle,
    seams::{Crash, Crasher},
};

/// A short stretch of work: the same every time but for how Clio behaves.
pub trait Scenario: Sync {
    /// A few words.
    fn name(&self) -> &'static str;

    /// The flows that run, all at once.
    fn flows(&self) -> &'static [&'static str];

    /// The firm, with everything in its sources, at a Clio of these settings.
    fn scene(&self, setting: &Setting) -> Scene;

    /// What the common oracle does not see of this scenario.
    fn judge(&self, _scene: &Scene) -> Verdict {
        Verdict::default()
    }
}

/// How Clio behaves, and what the engine is told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setting {
    /// Knobs that are turned.
    pub knobs: Vec<(&'static str, &'static str)>,
    /// The engine is told that a 429 comes before anything is executed.
    pub rate_limit_precedes: bool,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said: Vec<String> =
            self.knobs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if self.rate_limit_precedes {
            said.push("a 429 precedes".to_owned());
        }
        if said.is_empty() {
            said.push("as usual".to_owned());
        }
        f.write_str(&said.join(", "))
    }
}

impl Setting {
    /// As usual first; then everything that is disputed about Clio and matters to a write, the other way round.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::default()];
        let matters = |name: &str, touches: bool| touches || name == "rotate_refresh_tokens";
        for knob in ClioWorld::disputed().filter(|knob| matters(knob.name, knob.touches_writes)) {
            for value in &knob.values[1..] {
                all.push(Self { knobs: vec![(knob.name, value)], ..Self::default() });
            }
        }
        // True of this Clio by the default of its knob.
        all.push(Self { rate_limit_precedes: true, ..Self::default() });
        all
    }

    /// Turns the knobs.
    pub fn apply(&self, mut clio: ClioWorldBuilder) -> ClioWorldBuilder {
        for (name, value) in &self.knobs {
            clio = clio.knob(name, value).expect("a value of a knob");
        }
        clio
    }

    /// Whether a fault can be under this setting: a 429 after the fact contradicts what the engine is told.
    pub fn admits(&self, fault: Fault) -> bool {
        !(self.rate_limit_precedes && fault == Fault::RateLimitedApplied)
    }
}

/// Whose call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// A call to Clio.
    Clio,
    /// A call to WiseTime.
    WiseTime,
    /// A page of the book.
    Book,
}

/// A fault at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fated {
    /// Whose.
    pub world: World,
    /// Which call, from 1.
    pub call: u64,
    /// What happens to it.
    pub fault: Fault,
}

/// A scenario with what goes wrong in it.
#[derive(Clone)]
pub struct Schedule {
    /// The work.
    pub scenario: &'static dyn Scenario,
    /// The Clio.
    pub setting: Setting,
    /// The faults.
    pub faults: Vec<Fated>,
    /// Where the engine crashes: each engine after the last at its own point.
    pub crashes: Vec<u64>,
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.scenario.name(), self.setting)?;
        for Fated { world, call, fault } in &self.faults {
            write!(f, ", {fault:?} at call {call} to {world:?}")?;
        }
        for point in &self.crashes {
            write!(f, ", a crash at point {point}")?;
        }
        Ok(())
    }
}

/// How a schedule went.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// What the worlds say.
    pub verdict: Verdict,
    /// How many calls went wrong.
    pub faults: usize,
    /// How often the engine crashed.
    pub crashes: usize,
    /// How many points the last engine before the one that came to rest had passed.
    pub points: u64,
    /// How often Clio was looked at for writes of unknown outcome.
    pub looks: usize,
    /// Calls to Clio, to WiseTime and to the book, until everything had come to rest.
    pub calls: [u64; 3],
}

impl Schedule {
    /// A scenario in which nothing goes wrong.
    pub fn good(scenario: &'static dyn Scenario, setting: &Setting) -> Self {
        Self { scenario, setting: setting.clone(), faults: Vec::new(), crashes: Vec::new() }
    }

    /// With another fault.
    pub fn with_fault(mut self, world: World, call: u64, fault: Fault) -> Self {
        self.faults.push(Fated { world, call, fault });
        self
    }

    /// With another crash; at no point if it is 0, which counts the points.
    pub fn with_crash(mut self, point: u64) -> Self {
        self.crashes.push(point);
        self
    }

    /// Runs it to the end.
    pub async fn run(&self) -> Course {
        let scene = self.scenario.scene(&self.setting);
        for Fated { world, call, fault } in &self.faults {
            match world {
                World::Clio => scene.clio.faults().at_call(*call, *fault),
                World::WiseTime => scene.wisetime.faults().at_call(*call, *fault),
                World::Book => scene.book.fault_at(*call, *fault),
            }
        }
        let mut course = Course::default();
        for point in &self.crashes {
            let crasher = Crasher::at(*point);
            let firm = crasher.everywhere(self.setup(&scene)).firm();
            let ended = AssertUnwindSafe(run_flows(&firm, self.scenario.flows())).catch_unwind().await;
            if let Err(payload) = ended {
                assert!(payload.is::<Crash>(), "a panic that is no crash of ours: {self}");
                course.crashes += 1;
            }
            course.points = crasher.passed();
        }
        let firm = self.setup(&scene).firm();
        come_to_rest(&scene, &firm, self.scenario.flows()).await;
        course.calls = [scene.witness.calls(), scene.wisetime.calls().len() as u64, scene.book.calls()];
        course.looks = scene.looks();
        course.faults = faulty_calls(&scene);
        drop(firm);
        course.verdict = self.judge(&scene).await;
        course
    }

    fn setup(&self, scene: &Scene) -> crate::Setup {
        let mut setup = scene.setup();
        setup.timing.rate_limit_precedes_execution = self.setting.rate_limit_precedes;
        setup
    }

    async fn judge(&self, scene: &Scene) -> Verdict {
        let mut verdict = judge_at_rest(scene, self.scenario.flows()).await;
        verdict += self.scenario.judge(scene);
        if self.crashes.is_empty() && self.faults.is_empty() {
            verdict.over_budget += refused_for_the_rate(scene);
        }
        verdict
    }
}

/// Judges a firm whose engines have come to rest: with what can still land, and with a second pass.
pub async fn judge_at_rest(scene: &Scene, flows: &[&str]) -> Verdict {
    scene.let_everything_land().await;
    let writes = scene.writes();
    let firm = scene.setup().firm();
    let _ = run_flows(&firm, flows).await;
    drop(firm);
    let restless = scene.writes() - writes;
    let mut verdict = oracle::judge(scene).await;
    verdict.restless += restless;
    if verdict.drafts > 0 {
        let told = doubles_told(scene, flows).await;
        if told < verdict.drafts {
            verdict.doubled += verdict.drafts - told;
            verdict.tell(format!("{} drafts, of which {told} were reported", verdict.drafts));
        }
    }
    verdict
}

/// How many possible doubles a run reports a day later.
async fn doubles_told(scene: &Scene, flows: &[&str]) -> usize {
    scene.clock.sleep(Duration::from_secs(25 * 3600)).await;
    let firm = scene.setup().firm();
    let mut told = 0;
    for flow in flows {
        let Ok(report) = firm.run_to_rest(flow).await else { continue };
        told += report.lines.iter().filter(|line| line.outcome == LineOutcome::PossibleDouble).count();
    }
    told
}

/// How many requests Clio refused by itself because there were too many.
pub fn refused_for_the_rate(scene: &Scene) -> usize {
    scene.clio.calls().iter().filter(|call| call.status == Some(429) && call.fault.is_none()).count()
}

/// How many calls to the worlds that speak HTTP went wrong.
pub(crate) fn faulty_calls(scene: &Scene) -> usize {
    let calls = scene.clio.calls().into_iter().chain(scene.wisetime.calls());
    calls.filter(|call| call.fault.is_some()).count()
}

async fn run_flows(firm: &Firm, flows: &[&str]) -> bool {
    let runs = join_all(flows.iter().map(|flow| firm.run_to_rest(flow))).await;
    runs.iter().all(Result::is_ok)
}

/// Runs the flows as a scheduler would, whatever they end in, until nothing is left to do. Five hours at most.
pub async fn come_to_rest(scene: &Scene, firm: &Firm, flows: &[&str]) {
    come_to_rest_within(Duration::from_secs(5 * 3600), scene, firm, flows).await;
}

/// The same, for so long at most.
pub async fn come_to_rest_within(most: Duration, scene: &Scene, firm: &Firm, flows: &[&str]) {
    let work = async {
        loop {
            if run_flows(firm, flows).await && is_at_rest(scene).await {
                return;
            }
            scene.clock.sleep(Duration::from_secs(30)).await;
        }
    };
    // An engine that is broken may go on for ever within one run.
    tokio::select! {
        biased;
        () = work => {}
        () = scene.clock.sleep(most) => {}
    }
}

/// Everything wanted is known to the store, nothing is open there, and WiseTime was told.
pub async fn is_at_rest(scene: &Scene) -> bool {
    let store = scene.store();
    if !scene.book.is_finished() || !follows(scene, &store).await {
        return false;
    }
    let ids = async |state| -> Vec<String> {
        let intents = store.intents(&scene.name, state).await.expect("the intents");
        intents.into_iter().map(|intent| intent.source_id).collect()
    };
    let parked = ids(IntentState::Parked).await;
    for state in [IntentState::Planned, IntentState::Sending, IntentState::Uncertain] {
        // What waits for a person holds up what comes after it.
        let held = |id| state == IntentState::Planned && parked.contains(id);
        if !ids(state).await.iter().all(held) {
            return false;
        }
    }
    let mut known = ids(IntentState::Confirmed).await;
    known.extend(ids(IntentState::Rejected).await);
    known.extend(ids(IntentState::Waived).await);
    known.extend(parked.iter().cloned());
    let waits = |state: &GroupState| !matches!(state, GroupState::Success | GroupState::Failure);
    let told =
        scene.wisetime.groups().iter().all(|group| {
            !waits(&group.state) || group.group_id.as_ref().is_some_and(|id| parked.contains(id))
        });
    told && scene.wanted().iter().all(|wanted| wanted.optional || known.contains(&wanted.id))
}

/// The store has planned the newest of everything that is to be as its source has it, and of nothing that is gone.
async fn follows(scene: &Scene, store: &SqliteStore) -> bool {
    let mut newest: HashMap<String, Intent> = HashMap::new();
    for state in IntentState::ALL {
        for intent in store.intents(&scene.name, *state).await.expect("the intents") {
            // What waits for a person holds up what comes after it.
            let rank = |one: &Intent| (one.state == IntentState::Parked, one.generation);
            match newest.get(&intent.source_id) {
                Some(kept) if rank(kept) >= rank(&intent) => {}
                _ => drop(newest.insert(intent.source_id.clone(), intent)),
            }
        }
    }
    scene.wanted().iter().filter(|wanted| wanted.follows).all(|wanted| match newest.get(&wanted.id) {
        None => wanted.optional,
        Some(intent) if matches!(intent.state, IntentState::Parked | IntentState::Waived) => true,
        Some(intent) if wanted.optional => intent.effect == Effect::Delete,
        Some(intent) => oracle::asked_of(intent).as_ref() == Some(wanted.newest()),
    })
}
