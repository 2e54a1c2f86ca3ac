//! Two engines on one store.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::{ErrorKind, Firm};

use simulation::{
    POSTED_TIME, Scene,
    seams::{Hook, Tamper, Wrapped},
};

/// How many writes an engine sent, and from when to when it asked Clio for anything.
#[derive(Debug, Default, Clone, Copy)]
struct Work {
    writes: usize,
    span: Option<(Duration, Duration)>,
}

impl Work {
    fn overlaps(self, other: Self) -> bool {
        let (Some(one), Some(other)) = (self.span, other.span) else { return false };
        one.0 < other.1 && other.0 < one.1
    }
}

/// A firm on an engine of its own, and what that engine does.
fn watched(scene: &Scene) -> (Firm, Arc<Mutex<Work>>) {
    let work = Arc::<Mutex<Work>>::default();
    let mut setup = scene.setup();
    let (clock, seen) = (scene.clock.clone(), work.clone());
    setup.clio = Tamper::asked(setup.clio, move |method, path, body| {
        let (mut seen, now) = (seen.lock().unwrap(), clock.monotonic());
        seen.writes += usize::from(method == "POST" && path.ends_with("/activities.json"));
        seen.span = Some((seen.span.map_or(now, |(start, _)| start), now));
        Ok(body)
    });
    (setup.firm(), work)
}

/// The day is posted in two halves, and what is not acknowledged is soon handed out to the other engine too: both have
/// something to do at the same time.
#[tokio::test(start_paused = true)]
async fn two_engines_share_the_work_and_double_nothing() {
    let (mut overlapped, mut shared) = (0, 0);
    for &fault in Fault::ALL {
        for lag in [0, 100, 700] {
            let what = format!("two engines, one {lag} ms later, and {fault:?}");
            let scene = Scene::quiet().at_another_team_that(|team| team.redelivery(Duration::from_secs(1)));
            let mut groups = Scene::day().wisetime.groups().into_iter().map(|group| group.json);
            groups.by_ref().take(2).for_each(|group| scene.wisetime.post(group));
            scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
            let ((one, first), (other, second)) = (watched(&scene), watched(&scene));
            tokio::join!(
                scene.post(&one),
                async {
                    scene.clock.sleep(Duration::from_millis(lag)).await;
                    scene.post(&other).await
                },
                async {
                    scene.clock.sleep(Duration::from_millis(1500)).await;
                    groups.for_each(|group| scene.wisetime.post(group));
                }
            );
            let (first, second) = (*first.lock().unwrap(), *second.lock().unwrap());
            overlapped += usize::from(first.overlaps(second));
            shared += usize::from(first.writes > 0 && second.writes > 0);
            scene.assert_posted_once(&what).await;
        }
    }
    println!("two engines were at work at the same time in {overlapped} runs, and both wrote in {shared}");
    assert!(overlapped > 12 && shared > 12, "overlapped in {overlapped} runs, both wrote in {shared}");
}

/// Sleeps for ten minutes after the second `begin_send`, as a machine that was suspended: it believes that it may send.
#[derive(Debug)]
struct Suspended {
    clock: Arc<dyn Clock>,
    seen: std::sync::atomic::AtomicU32,
}

#[async_trait]
impl Hook for Suspended {
    async fn after(&self, verb: &'static str) {
        if verb == "begin_send" && self.seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            self.clock.sleep(Duration::from_secs(600)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_was_suspended_before_sending_sends_nothing_when_it_wakes() {
    let scene = Scene::day();
    let mut setup = scene.setup();
    let hook = Arc::new(Suspended { clock: scene.clock.clone(), seen: 0.into() });
    setup.store = Arc::new(Wrapped { inner: setup.store, hook });
    let (sleeper, other) = (setup.firm(), scene.setup().firm());
    let (woken, ()) = tokio::join!(sleeper.run(POSTED_TIME), async {
        scene.clock.sleep(Duration::from_secs(5)).await;
        scene.post(&other).await;
    });
    assert_eq!(woken.unwrap_err().kind(), ErrorKind::Fenced);
    scene.assert_posted_once("a suspended engine").await;
}
