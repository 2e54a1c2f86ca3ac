//! Who has connected a firm, to which account, and how its flows are doing.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use clio_api::{App, Clio, Region};
use clio_core::{Clock, MemoryTokenStore, Token};
use clio_fixtures::{ClioWorld, VirtualClock};
use clio_sync::{
    Adapter, ConnectionState, Engine, Error, ErrorKind, Firm, Flow, FlowKey, LocalExecutor, Pass, Store,
};

use simulation::{FIRM, POSTED_TIME, Scene};

const NIGHTLY: &str = "clock/nightly";
const BY_HAND: &str = "clock/by-hand";

/// Notes when its flows ran, in hours since the clock began, and fails when it is told to.
#[derive(Debug)]
struct Noting {
    clock: Arc<VirtualClock>,
    ran: Arc<Mutex<Vec<(String, u64)>>>,
    fails: Arc<AtomicBool>,
}

#[async_trait]
impl Adapter for Noting {
    fn name(&self) -> &'static str {
        "clock"
    }
    fn flows(&self) -> Vec<Flow> {
        let nightly = Flow::new("nightly").cron("15 21 * * *").expect("a cron expression");
        vec![nightly, Flow::new("by-hand")]
    }
    async fn reconcile(&self, flow: &FlowKey, _: &mut Pass<'_>) -> clio_sync::Result<()> {
        let hour = self.clock.monotonic().as_secs() / 3600;
        self.ran.lock().expect("no panic").push((flow.flow.clone(), hour));
        let lost = || Error::new(ErrorKind::AuthorisationLost, "authorise again");
        if self.fails.load(Ordering::SeqCst) { Err(lost()) } else { Ok(()) }
    }
}

/// An engine on the state file of a scene, and the flows of [`Noting`] in it.
struct Bench<'a> {
    scene: &'a Scene,
    engine: Engine,
    ran: Arc<Mutex<Vec<(String, u64)>>>,
    fails: Arc<AtomicBool>,
}

impl<'a> Bench<'a> {
    fn new(scene: &'a Scene) -> Self {
        let engine = Engine::new(scene.store()).with_clock(scene.clock.clone());
        Self { scene, engine, ran: Arc::default(), fails: Arc::default() }
    }

    fn attach(&self, firm: &Firm) {
        let (clock, ran, fails) = (self.scene.clock.clone(), self.ran.clone(), self.fails.clone());
        firm.attach(Noting { clock, ran, fails });
    }

    /// Connects the firm by a login of this world.
    async fn connect(&self, world: &ClioWorld, token: Token) -> clio_sync::Result<Firm> {
        let firm = self.engine.connect(FIRM, self.login(world, token)).await?;
        self.attach(&firm);
        Ok(firm)
    }

    fn login(&self, world: &ClioWorld, token: Token) -> Clio {
        let (id, secret) = world.app();
        Clio::builder(Region::custom("https://clio.test").expect("an address"))
            .transport(world.transport())
            .clock(self.scene.clock.clone())
            .token_store(Arc::new(MemoryTokenStore::new(token)))
            .app(App::new(id, secret))
            .build()
            .expect("a client")
    }

    /// Serves for so many hours, then stops.
    async fn serve(&self, hours: u64) {
        let executor = LocalExecutor::new().with_clock(self.scene.clock.clone());
        let stop = async {
            self.scene.clock.sleep(Duration::from_secs(3600 * hours)).await;
            executor.stop();
        };
        let (served, ()) = tokio::join!(self.engine.serve(&executor), stop);
        served.expect("it serves until it is stopped");
    }

    fn ran(&self) -> Vec<(String, u64)> {
        std::mem::take(&mut *self.ran.lock().expect("no panic"))
    }
}

fn ran(flow: &str, hours: &[u64]) -> Vec<(String, u64)> {
    hours.iter().map(|hour| (flow.to_owned(), *hour)).collect()
}

#[tokio::test(start_paused = true)]
async fn another_person_of_the_account_may_authorise_and_another_account_may_not() {
    let scene = Scene::day();
    let bench = Bench::new(&scene);
    let users = scene.clio.users();
    let firm = bench.connect(&scene.clio, scene.clio.token_of(users[0].id)).await.expect("connected");
    let posting = scene.setup().handle(&bench.engine);
    posting.run_to_rest(POSTED_TIME).await.expect("a run");
    let store = scene.store();
    let confirmed = store.intents(FIRM, clio_sync::IntentState::Confirmed).await.expect("intents");
    assert_eq!(confirmed.len(), Scene::EXPECTED);
    let first = firm.connection().await.expect("a connection");
    assert_eq!(first.standing.state, ConnectionState::Connected);
    let person = first.standing.authorised_by.clone().expect("a person");
    assert_eq!((person.id, person.name.as_deref()), (users[0].id, Some(users[0].name.as_str())));
    assert!(person.email.is_some() && first.standing.since.is_some());
    assert!(!format!("{first:?}").contains(&users[0].name), "Debug leaves people out");

    let other_firm = ClioWorld::firm(8).clock(scene.clock.clone()).start();
    let error = bench.connect(&other_firm, other_firm.token()).await.expect_err("another account");
    assert_eq!(error.kind(), ErrorKind::OtherAccount, "{error}");
    assert_eq!(firm.connection().await.expect("a connection"), first, "nothing changes");

    bench.connect(&scene.clio, scene.clio.token_of(users[1].id)).await.expect("connected");
    let second = firm.connection().await.expect("a connection");
    assert_eq!(second.standing.account, first.standing.account);
    assert_eq!(second.standing.authorised_by.map(|person| person.id), Some(users[1].id));
    assert_eq!(store.intents(FIRM, clio_sync::IntentState::Confirmed).await.expect("intents"), confirmed);
    let writes = scene.writes();
    posting.run_to_rest(POSTED_TIME).await.expect("a run");
    assert_eq!(scene.writes(), writes, "nothing is lost, and nothing is written again");
}

#[tokio::test(start_paused = true)]
async fn a_disconnected_firm_runs_nothing_until_it_is_connected() {
    let scene = Scene::quiet();
    let bench = Bench::new(&scene);
    let firm = bench.connect(&scene.clio, scene.clio.token()).await.expect("connected");
    firm.run(NIGHTLY).await.expect("a run");
    firm.disconnect().await.expect("disconnected");
    let error = firm.run(NIGHTLY).await.expect_err("it is disconnected");
    assert_eq!(error.kind(), ErrorKind::Disconnected);
    assert!(!error.is_retryable());
    bench.ran();
    bench.serve(24).await;
    assert_eq!(bench.ran(), [], "nor does a schedule run it");
    let off = firm.connection().await.expect("a connection");
    assert_eq!(off.standing.state, ConnectionState::Disconnected);
    assert!(off.flows.iter().all(|flow| flow.next.is_none()));

    bench.connect(&scene.clio, scene.clio.token()).await.expect("connected again");
    bench.serve(1).await;
    assert_eq!(bench.ran(), ran("nightly", &[24]), "the night that it missed is made up for");
}

#[tokio::test(start_paused = true)]
async fn a_lost_authorisation_is_a_state_until_a_run_succeeds() {
    let scene = Scene::quiet();
    let bench = Bench::new(&scene);
    let firm = bench.engine.firm(FIRM, bench.login(&scene.clio, scene.clio.token()));
    bench.attach(&firm);
    let state = async || firm.connection().await.expect("a connection").standing.state;
    assert_eq!(state().await, ConnectionState::Connected);
    bench.fails.store(true, Ordering::SeqCst);
    for failures in 1..=2 {
        firm.run(NIGHTLY).await.expect_err("the authorisation is lost");
        let connection = firm.connection().await.expect("a connection");
        assert_eq!(connection.standing.state, ConnectionState::AuthorisationLost);
        let nightly =
            &connection.flows.iter().find(|flow| flow.record.flow.flow == "nightly").expect("it").record;
        assert_eq!(nightly.failures, failures);
        assert_eq!(nightly.last.as_ref().expect("a run").outcome, "authorisation_lost");
    }
    bench.fails.store(false, Ordering::SeqCst);
    firm.run(NIGHTLY).await.expect("a run");
    assert_eq!(state().await, ConnectionState::Connected);
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_is_switched_off_runs_for_people_only() {
    let scene = Scene::quiet();
    let bench = Bench::new(&scene);
    let firm = bench.engine.firm_without_clio(FIRM);
    bench.attach(&firm);
    for flow in [NIGHTLY, BY_HAND] {
        firm.disable(flow).await.expect("switched off");
    }
    // It outlives the engine.
    let later = Bench::new(&scene);
    let firm = later.engine.firm_without_clio(FIRM);
    later.attach(&firm);
    later.engine.trigger(FIRM, BY_HAND).expect("a hint");
    later.serve(24).await;
    assert_eq!(later.ran(), []);
    firm.run(BY_HAND).await.expect("a person may");
    assert_eq!(later.ran(), ran("by-hand", &[24]));
    for flow in [NIGHTLY, BY_HAND] {
        firm.enable(flow).await.expect("switched on");
    }
    later.engine.trigger(FIRM, BY_HAND).expect("a hint");
    later.serve(24).await;
    assert_eq!(later.ran(), [("by-hand".into(), 24), ("nightly".into(), 36)]);
    let unknown = firm.disable("clock/hourly").await.expect_err("no such flow");
    assert_eq!(unknown.kind(), ErrorKind::UnknownFlow);
}

#[tokio::test(start_paused = true)]
async fn hints_and_new_adapters_reach_an_engine_that_serves() {
    let scene = Scene::quiet();
    let bench = Bench::new(&scene);
    for (firm, flow) in [("nobody", BY_HAND), (FIRM, "clock/hourly")] {
        bench.engine.firm_without_clio(FIRM);
        assert_eq!(bench.engine.trigger(firm, flow).expect_err("unknown").kind(), ErrorKind::UnknownFlow);
    }
    let meanwhile = async {
        let hours = |hours: u64| scene.clock.sleep(Duration::from_secs(3600 * hours + 60));
        hours(2).await;
        bench.attach(&bench.engine.firm_without_clio(FIRM));
        hours(2).await;
        for _ in 0..3 {
            bench.engine.trigger(FIRM, BY_HAND).expect("a hint");
        }
    };
    tokio::join!(bench.serve(24), meanwhile);
    assert_eq!(bench.ran(), [("by-hand".into(), 4), ("nightly".into(), 12)]);
}

#[tokio::test(start_paused = true)]
async fn a_night_that_was_missed_while_nobody_served_is_made_up_for_once() {
    let scene = Scene::quiet();
    let bench = Bench::new(&scene);
    bench.attach(&bench.engine.firm_without_clio(FIRM));
    bench.serve(1).await;
    assert_eq!(bench.ran(), [], "a flow that never ran waits for its time");
    bench.serve(24).await;
    assert_eq!(bench.ran(), ran("nightly", &[12]));
    scene.clock.sleep(Duration::from_secs(3 * 24 * 3600)).await;
    let later = Bench::new(&scene);
    later.attach(&later.engine.firm_without_clio(FIRM));
    later.serve(24).await;
    assert_eq!(later.ran(), ran("nightly", &[97, 108]));
}

#[tokio::test(start_paused = true)]
async fn a_connection_tells_the_last_run_and_the_next() {
    let scene = Scene::day();
    let bench = Bench::new(&scene);
    let firm = scene.setup().handle(&bench.engine);
    bench.attach(&firm);
    let report = firm.run_to_rest(POSTED_TIME).await.expect("a run");
    let connection = firm.connection().await.expect("a connection");
    let flow = |name: &str| connection.flows.iter().find(|flow| flow.record.flow.path() == name).expect("it");
    let posted = flow(POSTED_TIME);
    let last = posted.record.last.as_ref().expect("a run");
    assert!(last.succeeded() && last.began < last.ended && posted.record.failures == 0);
    assert!(report.requests > 0);
    assert_eq!(posted.record.fresh, Some(last.began));
    let wisetime = firm.flows().into_iter().find(|(key, _)| key.path() == POSTED_TIME).expect("it").1;
    let Some(clio_sync::Schedule::Every(interval)) = wisetime.schedule() else { panic!("an interval") };
    assert_eq!(posted.next, Some(last.ended + *interval));
    let night = "2026-03-02T21:15:00Z".parse().expect("a time");
    assert_eq!((flow(NIGHTLY).next, flow(NIGHTLY).record.last.as_ref()), (Some(night), None));
    assert_eq!(flow(BY_HAND).next, None);
}
