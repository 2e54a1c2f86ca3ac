//! Many schedules on a few threads, each with a runtime and a time of its own.

use std::{
    fmt,
    ops::AddAssign,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::future::LocalBoxFuture;
use tokio::runtime::Builder;

use crate::{Verdict, scenario::Course};

/// Something to run under paused time.
pub struct Job<T = Tally>(Box<dyn FnOnce() -> LocalBoxFuture<'static, T> + Send>);

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

impl<T> Job<T> {
    /// This one.
    pub fn new<F: Future<Output = T> + 'static>(job: impl FnOnce() -> F + Send + 'static) -> Self {
        Self(Box::new(move || Box::pin(job())))
    }

    fn run(self) -> T {
        let runtime =
            Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
        runtime.block_on((self.0)())
    }
}

/// What was gone through, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Courses of events.
    pub schedules: usize,
    /// Seeds among them.
    pub seeds: usize,
    /// Faults.
    pub faults: usize,
    /// Crashes, and runs that were cut off.
    pub crashes: usize,
    /// Looks for writes of unknown outcome.
    pub looks: usize,
    /// Requests to Clio.
    pub requests: u64,
    /// The sum of the verdicts, without their words.
    pub verdict: Verdict,
    /// The schedules that failed, with the words of their verdicts.
    pub failed: Vec<String>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.seeds += other.seeds;
        self.faults += other.faults;
        self.crashes += other.crashes;
        self.looks += other.looks;
        self.requests += other.requests;
        self.verdict += other.verdict;
        self.failed.extend(other.failed);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schedules, faults, crashes, looks, requests, .. } = self;
        write!(
            f,
            "{schedules} schedules, {faults} faults, {crashes} crashes, {looks} looks, {requests} requests to Clio"
        )
    }
}

impl Tally {
    /// Adds how a schedule went.
    pub fn add(&mut self, what: impl fmt::Display, course: Course) {
        self.schedules += 1;
        self.faults += course.faults;
        self.crashes += course.crashes;
        self.looks += course.looks;
        self.requests += course.calls[0];
        let mut verdict = course.verdict;
        if !verdict.is_clean() {
            self.failed.push(format!("{what}: {verdict}"));
        }
        verdict.told.clear();
        self.verdict += verdict;
    }

    /// Fails a test when anything went wrong.
    pub fn assert_clean(&self) {
        let some: Vec<&str> = self.failed.iter().take(5).map(String::as_str).collect();
        assert!(self.failed.is_empty(), "{} of {self}:\n{}", self.failed.len(), some.join("\n"));
    }
}

/// Runs the jobs on so many threads, and adds up what came of them. `done` hears of each that has ended.
pub fn run_all(jobs: Vec<Job>, threads: usize, done: impl Fn(&Tally) + Sync) -> Tally {
    let mut total = Tally::default();
    for tally in run_each(jobs, threads, done) {
        total += tally;
    }
    total
}

/// Runs the jobs on so many threads. What came of each, in order.
pub(crate) fn run_each<T: Send>(jobs: Vec<Job<T>>, threads: usize, done: impl Fn(&T) + Sync) -> Vec<T> {
    let ended: Vec<Mutex<Option<T>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let jobs: Vec<Mutex<Option<Job<T>>>> = jobs.into_iter().map(|job| Mutex::new(Some(job))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::SeqCst);
            let Some(job) = jobs.get(at) else { return };
            let job = job.lock().expect("taken by one").take().expect("taken once");
            let result = job.run();
            done(&result);
            *ended[at].lock().expect("written by one") = Some(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(work);
        }
    });
    ended.into_iter().map(|one| one.into_inner().expect("written by one").expect("it has ended")).collect()
}
