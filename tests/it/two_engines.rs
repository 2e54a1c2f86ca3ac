//! Two engines on one store.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use clio_core::Clock;
use clio_fixtures::Fault;
use clio_sync::ErrorKind;

use crate::{
    harness::{POSTED_TIME, Scene},
    seams::{Hook, Wrapped},
};

#[tokio::test(start_paused = true)]
async fn two_engines_share_the_work_and_double_nothing() {
    for &fault in Fault::ALL {
        let scene = Scene::day();
        scene.clio.faults().at_nth("POST", "/activities.json", 2, fault);
        let (one, other) = (scene.setup().firm(), scene.setup().firm());
        tokio::join!(scene.post(&one), scene.post(&other));
        scene.assert_posted_once(&format!("two engines and {fault:?}")).await;
    }
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
