//! Every fault at every call, and a crash at every point, one scenario after another.

use std::time::Duration;

use clio_fixtures::Fault;

use crate::{Job, Scenario, Schedule, Setting, Tally, World, scenarios};

/// Every fault, and writes that are applied so late that only the second look, or only just the first, finds them.
pub fn faults() -> Vec<Fault> {
    let late = [30, 100, 149].map(|seconds| Fault::AppliedLate(Duration::from_secs(seconds)));
    Fault::ALL.iter().copied().chain(late).collect()
}

/// The faults that leave the outcome of a write open, each in another way.
const OPEN: [Fault; 4] = [
    Fault::AnswerLost,
    Fault::RequestLost,
    Fault::AppliedLate(Duration::from_secs(100)),
    Fault::RateLimitedApplied,
];

/// How thoroughly to go through it: every `n`-th of each kind, from 1 for all.
#[derive(Debug, Clone, Copy)]
pub struct Strides {
    /// Single faults.
    pub faults: usize,
    /// Single crashes, under the usual setting.
    pub crashes: usize,
    /// Single crashes, under each other setting.
    pub crashes_elsewhere: usize,
    /// Crashes at a point, in pairs with a fault.
    pub fault_and_crash: usize,
    /// Crashes at a point, each of a pair.
    pub crash_and_crash: usize,
}

impl Strides {
    /// The strides of `cargo xtask simulate`, times `by`.
    pub fn times(by: usize) -> Self {
        Self {
            faults: by,
            crashes: by,
            crashes_elsewhere: 5 * by,
            fault_and_crash: 3 * by,
            crash_and_crash: 13 * by,
        }
    }
}

/// Everything, as jobs.
pub fn jobs(strides: Strides) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for &scenario in scenarios::ALL {
        for (at, setting) in Setting::all().into_iter().enumerate() {
            let (all, under) = (faults(), setting.clone());
            jobs.push(Job::new(move || faults_everywhere(scenario, under, all, at, strides.faults)));
            let stride = if at == 0 { strides.crashes } else { strides.crashes_elsewhere };
            // Other points for each setting, so that together they cover the flow.
            jobs.push(Job::new(move || {
                crash_everywhere(scenario, setting, Vec::new(), 1 + at % stride, stride)
            }));
        }
        for fault in OPEN {
            for call in 1..=8 {
                let faults = vec![(World::Clio, call, fault)];
                let stride = strides.fault_and_crash;
                let first = 1 + usize::try_from(call).unwrap_or(0) % stride;
                jobs.push(Job::new(move || {
                    crash_everywhere(scenario, Setting::default(), faults, first, stride)
                }));
            }
        }
        for first in 0..8 {
            jobs.push(Job::new(move || two_crashes(scenario, strides.crash_and_crash, first)));
        }
    }
    jobs
}

/// Each of the faults at every call that a good course makes, to every world; of all these every `stride`-th, from `first`
/// on.
pub async fn faults_everywhere(
    scenario: &'static dyn Scenario,
    setting: Setting,
    faults: Vec<Fault>,
    first: usize,
    stride: usize,
) -> Tally {
    let mut tally = Tally::default();
    let good = Schedule::good(scenario, &setting);
    let course = good.run().await;
    let worlds = [World::Clio, World::WiseTime, World::Book].into_iter().zip(course.calls);
    tally.add(&good, course);
    let calls = worlds.flat_map(|(world, calls)| (1..=calls).map(move |call| (world, call)));
    let all: Vec<(World, u64, Fault)> =
        calls.flat_map(|(world, call)| faults.iter().map(move |fault| (world, call, *fault))).collect();
    for (world, call, fault) in all.into_iter().skip(first % stride).step_by(stride) {
        if setting.admits(fault) {
            let schedule = good.clone().with_fault(world, call, fault);
            tally.add(&schedule, schedule.run().await);
        }
    }
    tally
}

/// A crash at every point of a course with these faults.
pub async fn crash_everywhere(
    scenario: &'static dyn Scenario,
    setting: Setting,
    faults: Vec<(World, u64, Fault)>,
    first: usize,
    stride: usize,
) -> Tally {
    let mut tally = Tally::default();
    let mut whole = Schedule::good(scenario, &setting);
    for (world, call, fault) in faults {
        whole = whole.with_fault(world, call, fault);
    }
    let points = whole.clone().with_crash(0).run().await.points;
    for point in (first as u64..=points).step_by(stride) {
        let schedule = whole.clone().with_crash(point);
        let course = schedule.run().await;
        assert_eq!(course.crashes, 1, "{schedule}: not reached");
        tally.add(&schedule, course);
    }
    tally
}

/// A crash, and another one of the engine that recovers from it. `part` of 8 shares out the first ones.
async fn two_crashes(scenario: &'static dyn Scenario, stride: usize, part: usize) -> Tally {
    let mut tally = Tally::default();
    let good = Schedule::good(scenario, &Setting::default());
    let points = good.clone().with_crash(0).run().await.points;
    for first in (1..=points).step_by(stride).skip(part).step_by(8) {
        let one = good.clone().with_crash(first);
        let recovering = one.clone().with_crash(0).run().await.points;
        for second in (1 + first % stride as u64..=recovering).step_by(stride) {
            let schedule = one.clone().with_crash(second);
            tally.add(&schedule, schedule.run().await);
        }
    }
    tally
}
