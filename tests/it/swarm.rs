//! Random days: faults anywhere, engines that are cut off in the middle, a store that goes on without its caller.
//!
//! Every schedule follows from its seed. A failure names the seed; `SWARM_SEED=17 cargo test -p tests swarm` replays
//! that one, and `SWARM_SEEDS=1000` goes through more of them than a test run does.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use clio_core::{Clock, MemoryTokenStore};
use clio_fixtures::{ClioWorld, Fault, WiseTimeWorld};
use clio_sync::{ErrorKind, Firm, IntentState, Store};
use futures_util::future::join_all;

use crate::{
    harness::{FIRM, LATENCY, MATTER_TAGS, POSTED_TIME, Scene},
    seams::Detached,
};

/// Xorshift: the same everywhere and for ever.
struct Rng(u64);

impl Rng {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let at = usize::try_from(self.below(of.len() as u64)).expect("a position");
        of[at]
    }

    fn fault(&mut self) -> Fault {
        match self.below(8) {
            0 => Fault::AppliedLate(Duration::from_millis(1000 * self.below(148) + 500)),
            // Just within the time that a request may still take effect.
            1 => Fault::AppliedLate(Duration::from_millis(146_000 + self.below(3500))),
            // Some within the time that a caller waits for a body, some beyond it.
            2 => Fault::SlowDrip(Duration::from_millis(1000 * self.below(60))),
            _ => self.pick(Fault::ALL),
        }
    }
}

/// What a swarm does beside faults.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
struct Mode {
    /// So many engines on one store, in addition to the first.
    more_engines: usize,
    /// Two handles on the firm of the first engine.
    handles: bool,
    /// Runs are dropped at random moments.
    cut: bool,
    /// The verbs of the store start late, and go on when their caller was dropped.
    detached: bool,
    /// The tags are kept in step at the same time.
    tags: bool,
    /// Clio limits the rate.
    limited: bool,
    /// For an hour, every call to either world may go wrong: one in twelve does.
    rough: bool,
}

/// The firm of one seed, with its groups and its faults.
fn scene(rng: &mut Rng, seed: u64, mode: Mode) -> (Scene, usize) {
    let quiet = Scene::quiet();
    let clio = ClioWorld::firm(seed)
        .clock(quiet.clock.clone())
        .latency(LATENCY)
        .rate_limit(mode.limited.then_some(50))
        .since_inclusive(rng.below(2) == 0)
        .rotate_refresh_tokens(rng.below(2) == 0)
        .trims_notes(rng.below(2) == 0)
        .start();
    let wisetime = WiseTimeWorld::team()
        .clock(quiet.clock.clone())
        .latency(Duration::from_millis(50))
        .hold(Duration::from_secs(5))
        .redelivery(Duration::from_secs(rng.pick(&[30, 60, 300])))
        .start();
    let scene = Scene { clio, wisetime, ..quiet };
    let groups = 6 + rng.below(10);
    for n in 0..groups {
        let work = scene.work(&format!("g{n}"), rng.pick(&[0, 1]), rng.pick(&[0, 1]), rng.pick(&[600, 1200]));
        scene.wisetime.post(work.description(rng.pick(&["Call", "Draft"])).json());
    }
    for _ in 0..8 {
        let fault = rng.fault();
        match rng.below(6) {
            0 => scene.clio.faults().at_call(1 + rng.below(120), fault),
            1 => scene.wisetime.faults().at_call(1 + rng.below(60), fault),
            2 => scene.clio.faults().at_nth("GET", "/activities.json", 1 + rng.below(6), fault),
            _ => scene.clio.faults().at_nth("POST", "/activities.json", 1 + rng.below(groups + 4), fault),
        }
    }
    if mode.rough {
        for faults in [scene.clio.faults(), scene.wisetime.faults()] {
            faults.reseed(seed);
            faults.with_probability("", "", 0.08, Fault::ALL);
        }
    }
    (scene, usize::try_from(groups).expect("a count"))
}

/// The handles that work on it.
fn firms(rng: &mut Rng, scene: &Scene, mode: Mode) -> Vec<Firm> {
    // People authorise once for all of them.
    let token = Arc::new(MemoryTokenStore::new(scene.clio.token()));
    let mut firms = Vec::new();
    for _ in 0..=mode.more_engines {
        let mut setup = scene.setup();
        setup.token = token.clone();
        setup.timing.attempts = 20;
        if mode.detached {
            let delay = Duration::from_millis(rng.below(30));
            setup.store = Arc::new(Detached { inner: setup.store, clock: scene.clock.clone(), delay });
        }
        let (engine, firm) = setup.clone().engine();
        firms.push(firm);
        if mode.handles {
            firms.push(setup.handle(&engine));
        }
    }
    firms
}

/// Runs one handle as a scheduler would. Answers what must never be: errors of the store.
async fn work(scene: &Scene, firm: &Firm, mut rng: Rng, mode: Mode) -> BTreeSet<String> {
    const HOUR: Duration = Duration::from_secs(3600);
    let mut odd = BTreeSet::new();
    while scene.clock.monotonic() < 4 * HOUR && scene.audit().waiting > 0 {
        let cut = mode.cut && scene.clock.monotonic() < HOUR / 2;
        let cut = if cut { Duration::from_millis(rng.below(4000)) } else { 24 * HOUR };
        tokio::select! {
            biased;
            outcome = firm.run_to_rest(POSTED_TIME) => {
                if let Err(error) = outcome && error.kind() == ErrorKind::Store {
                    odd.insert(error.to_string());
                }
            }
            () = scene.clock.sleep(cut) => {}
        }
        scene.clock.sleep(Duration::from_millis(rng.below(20_000))).await;
    }
    odd
}

/// Keeps renaming matters, and the tags in step, for two minutes.
async fn keep_tags(scene: &Scene, firm: &Firm) {
    let (ada, matters) = (scene.clio.person("Ada"), scene.clio.matters());
    for n in 0.. {
        if scene.clock.monotonic() > Duration::from_secs(120) {
            return;
        }
        let _ = firm.run_to_rest(MATTER_TAGS).await;
        ada.rename_matter(matters[n % matters.len()].id, &format!("n{n}"));
        scene.clock.sleep(Duration::from_millis(900)).await;
    }
}

/// What went wrong with this seed.
async fn one(seed: u64, mode: Mode) -> Option<String> {
    let mut rng = Rng::new(seed);
    let (scene, groups) = scene(&mut rng, seed, mode);
    let firms = firms(&mut rng, &scene, mode);
    let jobs = firms.iter().enumerate().map(|(n, firm)| {
        let rng = Rng::new(seed * 31 + n as u64 + 7);
        work(&scene, firm, rng, mode)
    });
    let calm = async {
        if mode.rough {
            scene.clock.sleep(Duration::from_secs(3600)).await;
            scene.clio.faults().clear();
            scene.wisetime.faults().clear();
        }
    };
    let tags = async {
        if mode.tags {
            keep_tags(&scene, &firms[0]).await;
        }
    };
    let (odd, (), ()) = tokio::join!(join_all(jobs), tags, calm);
    scene.let_everything_land().await;
    let audit = scene.audit();
    let parked = scene.store().intents(FIRM, IntentState::Parked).await.expect("the parked ones");
    let judged = (audit.posted, audit.doubled, audit.lost, audit.waiting, audit.wrong_acknowledgements);
    if judged == (groups, 0, 0, 0, 0) && parked.is_empty() && odd.iter().all(BTreeSet::is_empty) {
        return None;
    }
    let parked: Vec<_> = parked.into_iter().map(|one| (one.source_id, one.attempt, one.reason)).collect();
    Some(format!("SWARM_SEED={seed} {mode:?}: {groups} groups, {audit:?}, parked {parked:?}, {odd:?}"))
}

/// A number from the environment.
fn told(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

async fn many(mode: Mode, count: u64) {
    let seeds = match told("SWARM_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=told("SWARM_SEEDS").unwrap_or(count),
    };
    let mut bad = Vec::new();
    for seed in seeds {
        bad.extend(one(seed, mode).await);
        if bad.len() > 5 {
            break;
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn faults() {
    many(Mode::default(), 12).await;
}

#[tokio::test(start_paused = true)]
async fn calls_that_go_wrong_by_chance() {
    many(Mode { rough: true, ..Mode::default() }, 8).await;
}

#[tokio::test(start_paused = true)]
async fn two_engines() {
    many(Mode { more_engines: 1, ..Mode::default() }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn runs_cut_off() {
    many(Mode { cut: true, ..Mode::default() }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn runs_cut_off_over_a_store_that_goes_on() {
    many(Mode { cut: true, detached: true, ..Mode::default() }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn tags_at_the_same_time() {
    many(Mode { tags: true, more_engines: 1, ..Mode::default() }, 4).await;
}

#[tokio::test(start_paused = true)]
async fn two_handles() {
    many(Mode { handles: true, ..Mode::default() }, 10).await;
}

#[tokio::test(start_paused = true)]
async fn everything_at_once() {
    let mode = Mode {
        more_engines: 2,
        handles: false,
        cut: true,
        detached: true,
        tags: true,
        limited: true,
        rough: false,
    };
    many(mode, 4).await;
}
