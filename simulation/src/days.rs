//! Random days: faults anywhere, engines that are cut off in the middle, a store that goes on without its caller.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use clio_core::{Clock, MemoryTokenStore};
use clio_fixtures::{ClioWorld, Fault, WiseTimeWorld};
use clio_sync::{ErrorKind, Firm};
use futures_util::future::join_all;

use crate::{
    LATENCY, MATTER_TAGS, POSTED_TIME, Rng, Scene,
    scenario::{Course, faulty_calls, judge_at_rest},
    seams::Detached,
};

/// What happens on a day beside faults.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Mode {
    /// So many engines on one store, in addition to the first.
    pub more_engines: usize,
    /// Two handles on the firm of the first engine.
    pub handles: bool,
    /// Runs are dropped at random moments.
    pub cut: bool,
    /// The verbs of the store start late, and go on when their caller was dropped.
    pub detached: bool,
    /// The tags are kept in step at the same time.
    pub tags: bool,
    /// Clio limits the rate.
    pub limited: bool,
    /// For an hour, every call to either world may go wrong: one in twelve does.
    pub rough: bool,
}

impl Mode {
    /// Nothing but faults.
    pub const PLAIN: Self = Self {
        more_engines: 0,
        handles: false,
        cut: false,
        detached: false,
        tags: false,
        limited: false,
        rough: false,
    };

    /// Every kind of day.
    pub const ALL: [Self; 8] = [
        Self::PLAIN,
        Self { rough: true, ..Self::PLAIN },
        Self { more_engines: 1, ..Self::PLAIN },
        Self { cut: true, ..Self::PLAIN },
        Self { cut: true, detached: true, ..Self::PLAIN },
        Self { tags: true, more_engines: 1, ..Self::PLAIN },
        Self { handles: true, ..Self::PLAIN },
        Self { more_engines: 2, cut: true, detached: true, tags: true, limited: true, ..Self::PLAIN },
    ];
}

/// The firm of one seed, with its groups and its faults.
fn scene(rng: &mut Rng, seed: u64, mode: Mode) -> Scene {
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
    scene
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

/// The day of this seed.
pub async fn run(seed: u64, mode: Mode) -> Course {
    let mut rng = Rng::new(seed);
    let scene = scene(&mut rng, seed, mode);
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
    drop(firms);
    let mut course = Course {
        calls: [scene.witness.calls(), scene.wisetime.calls().len() as u64, 0],
        looks: scene.looks(),
        faults: faulty_calls(&scene),
        ..Course::default()
    };
    course.verdict = judge_at_rest(&scene, &[POSTED_TIME]).await;
    let odd: BTreeSet<String> = odd.into_iter().flatten().collect();
    course.verdict.unaccounted += odd.len();
    course.verdict.told.extend(odd);
    course
}
