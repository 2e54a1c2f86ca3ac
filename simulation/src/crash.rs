//! Real processes on a real file: killed while they write, or suspended until another one has taken over.
//!
//! The parent has the fakes, on sockets. A worker is the engine as it is in production. Nothing here runs under virtual
//! time, so no round is like another; what counts is what the fakes say in the end.

mod worker;

use std::{
    fmt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use clio_core::{Clock, SystemClock};
use clio_fixtures::{ClioWorld, Fault, GroupState, WiseTimeWorld, samples::TimeGroup};
use clio_sync::{IntentState, Store};
use clio_sync_sqlite::SqliteStore;
use futures_util::{StreamExt, stream};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{FIRM, Rng};

pub use worker::{Orders, work};

/// How long a call takes at the fakes.
const LATENCY: Duration = Duration::from_millis(20);

/// A round that has not come to rest by then has lost something.
const LONGEST: Duration = Duration::from_secs(60);

/// What was done, and what came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rounds.
    pub rounds: usize,
    /// Kills.
    pub kills: usize,
    /// Kills after which an intent stood as being sent.
    pub while_sending: usize,
    /// Workers that were suspended while another one took over.
    pub suspended: usize,
    /// Activities too many.
    pub doubled: usize,
    /// Groups without an activity, or that were told something wrong or nothing.
    pub lost: usize,
    /// Writes that wait for a person.
    pub parked: usize,
}

impl Outcome {
    /// Nothing went wrong.
    pub fn is_clean(self) -> bool {
        (self.doubled, self.lost, self.parked) == (0, 0, 0)
    }

    fn add(mut self, other: Self) -> Self {
        self.rounds += other.rounds;
        self.kills += other.kills;
        self.while_sending += other.while_sending;
        self.suspended += other.suspended;
        self.doubled += other.doubled;
        self.lost += other.lost;
        self.parked += other.parked;
        self
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, while_sending, doubled, lost, parked, .. } = self;
        write!(
            f,
            "{rounds} rounds, {while_sending} kills while sending: {doubled} doubled, {lost} lost, {parked} parked"
        )
    }
}

/// Runs so many rounds, a few at the same time: they mostly wait. `program` is started with the file of its [`Orders`] as
/// the last of its arguments. `told` hears of each round.
pub async fn run(rounds: usize, seed: u64, program: &[PathBuf], told: impl Fn(u64, Outcome)) -> Outcome {
    let seeds = (0..rounds as u64).map(|n| seed.wrapping_mul(1_000_003).wrapping_add(n));
    let mut outcomes = stream::iter(seeds).map(|seed| one(seed, program)).buffer_unordered(2);
    let mut total = Outcome::default();
    while let Some((seed, outcome)) = outcomes.next().await {
        told(seed, outcome);
        total = total.add(outcome);
    }
    total
}

async fn one(seed: u64, program: &[PathBuf]) -> (u64, Outcome) {
    let mut rng = Rng::new(seed);
    let round = Round::prepare(&mut rng, seed, program).await;
    let mut outcome = Outcome { rounds: 1, ..Outcome::default() };
    let mut workers = vec![round.start()];
    for _ in 0..=rng.below(2) {
        round.aim(&mut rng).await;
        if rng.once_in(3) {
            outcome.suspended += 1;
            workers.push(round.suspend(&workers[0], &mut rng).await);
        } else {
            workers.clear();
            outcome.kills += 1;
            outcome.while_sending += usize::from(round.intents(IntentState::Sending).await > 0);
            workers.push(round.start());
        }
    }
    let rested = round.rest().await;
    drop(workers);
    // Whatever is on its way still lands.
    SystemClock.sleep(Orders::timing().settle).await;
    let audit = clio_fixtures::posted_time(&round.clio, &round.wisetime);
    outcome.doubled = audit.doubled;
    outcome.lost = audit.lost + audit.wrong_acknowledgements + audit.rejected + usize::from(!rested);
    outcome.parked = round.intents(IntentState::Parked).await;
    (seed, outcome)
}

/// The fakes on their sockets, the state file, and the orders of the workers.
struct Round {
    clio: ClioWorld,
    wisetime: WiseTimeWorld,
    served: (clio_fixtures::Served, clio_fixtures::Served<WiseTimeWorld>),
    folder: tempfile::TempDir,
    program: Vec<PathBuf>,
}

impl Round {
    async fn prepare(rng: &mut Rng, seed: u64, program: &[PathBuf]) -> Self {
        let clio = ClioWorld::firm(seed).rate_limit(None).latency(LATENCY).start();
        let wisetime = WiseTimeWorld::team()
            .latency(Duration::from_millis(5))
            .hold(Duration::from_millis(100))
            .redelivery(Duration::from_millis(500))
            .start();
        for n in 0..6 {
            // Two of them are equal.
            let work = if n < 2 { "Call".to_owned() } else { format!("Work {n}") };
            let group = TimeGroup::new(format!("g{n}")).matter(&clio.matters()[0]).user(&clio.users()[0]);
            wisetime.post(group.description(work).seconds(600).json());
        }
        if rng.once_in(2) {
            let late = Fault::AppliedLate(Orders::timing().settle * 2 / 3);
            let fault = rng.pick(&[Fault::AnswerLost, Fault::RequestLost, Fault::ResetApplied, late]);
            clio.faults().at_nth("POST", "/activities.json", 1 + rng.below(6), fault);
        }
        let served = (clio.serve().await.expect("a port"), wisetime.serve().await.expect("a port"));
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let round = Self { clio, wisetime, served, folder, program: program.to_vec() };
        let orders = Orders {
            clio: round.served.0.url(),
            token: round.clio.token().access.expose().to_owned(),
            wisetime: format!("{}/connect/api", round.served.1.url()),
            api_key: round.wisetime.api_key(),
            file: round.file(),
        };
        orders.write(&round.orders()).expect("the orders are written");
        round
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("firm.sqlite")
    }

    fn orders(&self) -> PathBuf {
        self.folder.path().join("orders.json")
    }

    fn start(&self) -> Worker {
        Worker::start(&self.program, &self.orders())
    }

    fn writes(&self) -> usize {
        let calls = self.clio.calls();
        calls.iter().filter(|call| call.method == "POST" && call.path.ends_with("/activities.json")).count()
    }

    /// Waits for the moment: mostly while a write is at Clio, which answers only after its latency.
    async fn aim(&self, rng: &mut Rng) {
        let most = SystemClock.monotonic() + Duration::from_secs(3);
        let goal = self.writes() + 1 + rng.at(3);
        let random = rng.once_in(5);
        while !random && self.writes() < goal && SystemClock.monotonic() < most && !self.is_over() {
            SystemClock.sleep(Duration::from_millis(1)).await;
        }
        let spread = if random { Duration::from_millis(800) } else { LATENCY };
        SystemClock.sleep(rng.time(spread)).await;
    }

    /// Suspends a worker until another one has taken over. Answers the other one.
    async fn suspend(&self, worker: &Worker, rng: &mut Rng) -> Worker {
        worker.signal(Signal::SIGSTOP);
        let other = self.start();
        SystemClock.sleep(Orders::timing().lease + rng.time(Duration::from_secs(2))).await;
        worker.signal(Signal::SIGCONT);
        other
    }

    fn is_over(&self) -> bool {
        let ended = |state| matches!(state, GroupState::Success | GroupState::Failure);
        self.wisetime.groups().into_iter().all(|group| ended(group.state))
    }

    async fn rest(&self) -> bool {
        let most = SystemClock.monotonic() + LONGEST;
        while !self.is_over() {
            if SystemClock.monotonic() > most {
                return false;
            }
            SystemClock.sleep(Duration::from_millis(20)).await;
        }
        true
    }

    async fn intents(&self, state: IntentState) -> usize {
        let store = SqliteStore::open(self.file()).expect("the state file opens");
        store.intents(FIRM, state).await.expect("the intents").len()
    }
}

/// A process that is gone when this is.
struct Worker(Child);

impl Worker {
    fn start(program: &[PathBuf], orders: &Path) -> Self {
        let (program, arguments) = program.split_first().expect("a program");
        let mut command = Command::new(program);
        command.args(arguments).arg(orders).stdin(Stdio::null()).stdout(Stdio::null());
        Self(command.spawn().expect("the worker starts"))
    }

    /// The process is our own child, and not waited for yet: its id is nobody else's.
    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.0.id()).expect("an id of a process");
        kill(Pid::from_raw(id), signal).expect("our own child takes signals");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
