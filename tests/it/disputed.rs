//! The engine under both settings of everything that is disputed about Clio and matters to a write.

use std::{panic::AssertUnwindSafe, time::Duration};

use clio_fixtures::{ClioWorld, Disputed, Fault};
use futures_util::FutureExt;

use simulation::{POSTED_TIME, Scene, seams::Crasher};

/// The day at a Clio that behaves like this.
fn day(knob: Disputed, value: &str) -> Scene {
    let scene = Scene::quiet_at(|clio| clio.knob(knob.name, value).expect("a value of this knob"));
    for group in scene.groups() {
        scene.wisetime.post(group);
    }
    scene
}

fn settings() -> Vec<(Disputed, &'static str)> {
    let matters = ClioWorld::disputed().filter(|knob| knob.touches_writes);
    matters.flat_map(|knob| knob.values.iter().map(move |value| (knob, *value))).collect()
}

#[tokio::test(start_paused = true)]
async fn lost_and_late_writes_are_told_apart_whatever_clio_does() {
    let mut days = 0;
    for (knob, value) in settings() {
        for fault in [Fault::AnswerLost, Fault::RequestLost, Fault::AppliedLate(Duration::from_secs(100))] {
            for write in [1, 3] {
                let scene = day(knob, value);
                scene.clio.faults().at_nth("POST", "/activities.json", write, fault);
                scene.post(&scene.setup().firm()).await;
                let what = format!("{}={value}, {fault:?} at write {write}", knob.name);
                scene.assert_posted_once(&what).await;
                days += 1;
            }
        }
    }
    println!("{days} days, {} settings", settings().len());
}

#[tokio::test(start_paused = true)]
async fn crashes_are_recovered_from_whatever_clio_does() {
    let mut crashes = 0;
    for (at, (knob, value)) in settings().into_iter().enumerate() {
        // Other points for each setting, so that together they cover the flow.
        for point in (1 + at as u64..220).step_by(31) {
            let scene = day(knob, value);
            let crasher = Crasher::at(point);
            let firm = crasher.everywhere(scene.setup()).firm();
            let ended = AssertUnwindSafe(firm.run_to_rest(POSTED_TIME)).catch_unwind().await;
            crashes += u32::from(ended.is_err());
            scene.post(&scene.setup().firm()).await;
            scene.assert_posted_once(&format!("{}={value}, a crash at point {point}", knob.name)).await;
        }
    }
    assert!(crashes > 0);
    println!("{crashes} crashes, {} settings", settings().len());
}

/// A limit so low that writes run into it.
#[tokio::test(start_paused = true)]
async fn a_write_beyond_the_limit_is_made_once_whether_or_not_it_was_carried_out() {
    for value in ["false", "true"] {
        let scene = Scene::quiet_at(|clio| {
            clio.rate_limit(Some(4)).knob("rate_limited_calls_apply", value).expect("a value of this knob")
        });
        for group in scene.groups() {
            scene.wisetime.post(group);
        }
        scene.post(&scene.setup().firm()).await;
        scene.assert_posted_once(&format!("rate_limited_calls_apply={value}")).await;
    }
}
