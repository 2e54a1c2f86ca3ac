//! Random weeks: several firms on one store, people who edit, bill and delete, engines that come and go on machines whose
//! clocks are wrong.
//!
//! Work comes in bursts, with what goes wrong right beside it; the hours in between cost nothing, because time is virtual.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use clio_core::{Clock, MemoryTokenStore, TokenStore};
use clio_fixtures::{Fault, NewBill, NewTime, Origin, VirtualClock};
use clio_sync::{Engine, Firm};
use futures_util::future::join_all;

use crate::{
    Keeping, POSTED_TIME, Rng, Scene, Setting, Setup, Verdict, Work,
    scenario::{Course, come_to_rest, faulty_calls, judge_at_rest, refused_for_the_rate},
};

/// The flows that run all week.
fn flows(scene: &Scene) -> Vec<&'static str> {
    let mut flows = vec![POSTED_TIME];
    flows.extend(scene.book.keeping().flows());
    flows
}

const MINUTE: Duration = Duration::from_secs(60);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// What is drawn once for a week.
#[derive(Debug, Clone)]
struct Plan {
    seed: u64,
    firms: usize,
    engines: usize,
    /// How far the machines' clock is off, in seconds.
    skew: i64,
    /// Engines die at random moments.
    mortal: bool,
    setting: Setting,
    keeping: Keeping,
}

impl Plan {
    fn draw(rng: &mut Rng, seed: u64) -> Self {
        let settings: Vec<Setting> =
            Setting::all().into_iter().filter(|one| !one.rate_limit_precedes).collect();
        Self {
            seed,
            firms: 1 + rng.at(3),
            engines: 1 + rng.at(2),
            skew: rng.pick(&[0, 0, -3600, -60, 60, 3600]),
            mortal: !rng.once_in(3),
            setting: settings[rng.at(settings.len())].clone(),
            keeping: rng.pick(&[
                Keeping::Posted,
                Keeping::Posted,
                Keeping::Edited,
                Keeping::EditedOurs,
                Keeping::Marked,
            ]),
        }
    }
}

/// A firm's week: its worlds, and when something happens there.
struct Office {
    scene: Scene,
    /// People authorise once for all engines.
    token: Arc<dyn TokenStore>,
    /// By the monotonic time, in order.
    events: Vec<Duration>,
}

/// The week of this seed.
pub async fn run(seed: u64) -> Course {
    let mut rng = Rng::new(seed);
    let plan = Plan::draw(&mut rng, seed);
    let (clock, folder) = (VirtualClock::new(), crate::folder());
    let offices: Vec<Office> = (0..plan.firms)
        .map(|n| {
            let apply = |clio| plan.setting.apply(clio);
            let scene = Scene::founded(
                &format!("firm-{n}"),
                seed * 8 + n as u64,
                clock.clone(),
                folder.clone(),
                apply,
            );
            scene.book.keep(plan.keeping);
            let token = Arc::new(MemoryTokenStore::new(scene.clio.token()));
            Office { scene, token, events: events(&mut rng) }
        })
        .collect();
    let people = offices.iter().enumerate().map(|(n, office)| {
        let rng = Rng::new(seed * 64 + n as u64 + 1);
        People { office, rng, made: 0 }.work()
    });
    let machines = (0..plan.engines).map(|n| {
        let rng = Rng::new(seed * 64 + n as u64 + 33);
        machine(&plan, &offices, n, rng)
    });
    let (_, deaths) = tokio::join!(join_all(people), join_all(machines));
    let mut course = Course { crashes: deaths.into_iter().sum(), ..Course::default() };
    for office in &offices {
        course.verdict += end(&plan, office).await;
        course.looks += office.scene.looks();
        course.faults += faulty_calls(&office.scene);
        course.calls[0] += office.scene.witness.calls();
    }
    course
}

/// When something happens: a few bursts, of a few moments each.
fn events(rng: &mut Rng) -> Vec<Duration> {
    let mut events = Vec::new();
    for _ in 0..3 + rng.below(4) {
        let mut at = rng.time(WEEK.saturating_sub(60 * MINUTE));
        for _ in 0..2 + rng.below(7) {
            events.push(at);
            at += rng.time(3 * MINUTE);
        }
    }
    events.sort();
    events
}

/// Lets everything come to rest, and judges.
async fn end(plan: &Plan, office: &Office) -> Verdict {
    let scene = &office.scene;
    scene.clio.faults().clear();
    scene.wisetime.faults().clear();
    let firm = setup(plan, office, scene.clock.clone()).firm();
    let flows = flows(scene);
    come_to_rest(scene, &firm, &flows).await;
    drop(firm);
    let mut verdict = judge_at_rest(scene, &flows).await;
    // Two engines do not know of each other's requests, and one that dies forgets its own.
    if plan.engines == 1 && !plan.mortal {
        verdict.over_budget += refused_for_the_rate(scene);
    }
    verdict
}

fn setup(plan: &Plan, office: &Office, clock: Arc<VirtualClock>) -> Setup {
    let mut setup = office.scene.setup();
    setup.seed += plan.seed * 10_000;
    setup.store = Arc::new(office.scene.store_on(clock.clone()));
    setup.clock = clock;
    setup.token = office.token.clone();
    // What goes wrong again and again must not leave a write to a person who had no hand in it.
    setup.timing.attempts = 20;
    setup
}

/// A machine with one engine for all firms, which may die and be started again. Answers how often it died.
async fn machine(plan: &Plan, offices: &[Office], number: usize, mut rng: Rng) -> usize {
    let true_clock = offices[0].scene.clock.clone();
    let mut skew = plan.skew;
    let mut deaths = 0;
    while true_clock.monotonic() < WEEK {
        let clock = true_clock.skewed(TimeDelta::seconds(skew));
        let mut firms: Vec<(Firm, &Office)> = Vec::new();
        let mut engine: Option<Engine> = None;
        for office in offices {
            let mut setup = setup(plan, office, clock.clone());
            setup.seed += 1_000 * (1 + number as u64);
            let firm = if let Some(engine) = &engine {
                setup.handle(engine)
            } else {
                let (new, firm) = setup.engine();
                engine = Some(new);
                firm
            };
            firms.push((firm, office));
        }
        let runs = firms.iter().map(|(firm, office)| {
            let rng = Rng::new(rng.below(u64::MAX));
            keep_in_step(firm, office, &true_clock, rng)
        });
        let runs = join_all(runs.collect::<Vec<_>>());
        let life = life(plan, offices, &true_clock, &mut rng);
        tokio::select! {
            biased;
            _ = runs => break,
            () = true_clock.sleep(life) => deaths += 1,
        }
        true_clock.sleep(rng.time(10 * MINUTE)).await;
        // The clock may be set while the machine is down; never far forward, which the engine does not promise to bear.
        skew += rng.pick(&[0, 0, -180, -10, 10]);
    }
    deaths
}

/// How long an engine lives: it mostly dies when there is something to do.
fn life(plan: &Plan, offices: &[Office], clock: &VirtualClock, rng: &mut Rng) -> Duration {
    if !plan.mortal {
        return 2 * WEEK;
    }
    let now = clock.monotonic();
    let office = &offices[rng.at(offices.len())];
    let next: Vec<Duration> = office.events.iter().copied().filter(|at| *at > now).collect();
    let Some(at) = next.get(rng.at(next.len().clamp(1, 5))) else { return 2 * WEEK };
    at.saturating_sub(now)
        + if rng.once_in(2) { rng.time(Duration::from_secs(10)) } else { rng.time(6 * MINUTE) }
}

/// Runs the flows of a firm whenever something has happened there.
async fn keep_in_step(firm: &Firm, office: &Office, clock: &VirtualClock, mut rng: Rng) {
    loop {
        let now = clock.monotonic();
        let Some(next) = office.events.iter().find(|at| **at >= now) else { return };
        clock.sleep(next.saturating_sub(now) + rng.time(MINUTE)).await;
        // An error is for the next run.
        join_all(flows(&office.scene).iter().map(|flow| firm.run_to_rest(flow))).await;
    }
}

/// Those who work at a firm, in WiseTime, in the book and in Clio, and what goes wrong meanwhile.
struct People<'a> {
    office: &'a Office,
    rng: Rng,
    made: u64,
}

impl People<'_> {
    async fn work(mut self) {
        let scene = &self.office.scene;
        for at in &self.office.events {
            scene.clock.sleep(at.saturating_sub(scene.clock.monotonic())).await;
            self.act();
            if self.rng.once_in(2) {
                self.trouble();
            }
        }
    }

    fn act(&mut self) {
        match self.rng.below(20) {
            0..=6 => self.post_time(),
            7..=11 => self.enter_into_the_book(),
            12 => self.edit_the_book(),
            13 => {
                let id = self.someone_of(&self.office.scene.book.ids());
                id.map(|id| self.office.scene.book.delete(&id));
            }
            14 => self.edit_in_clio(),
            15 => self.delete_in_clio(),
            16 => self.record_the_same(),
            17 => self.record_something(),
            18 => self.bill(),
            _ => self.office.scene.clio.expire_access_tokens(),
        }
    }

    fn someone_of<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.rng.at(of.len())].clone()) }
    }

    /// One group, or two that are equal.
    fn post_time(&mut self) {
        let scene = &self.office.scene;
        self.made += 1;
        let (matter, user) = (self.rng.at(4), self.rng.at(3));
        let twins = 1 + u64::from(self.rng.once_in(4));
        for twin in 0..twins {
            let group = scene.work(&format!("g{}-{twin}", self.made), matter, user, 600);
            let date = scene.clock.now().date_naive().to_string();
            scene.wisetime.post(group.date(date).description(format!("Work {}", self.made)).json());
        }
    }

    fn enter_into_the_book(&mut self) {
        let scene = &self.office.scene;
        self.made += 1;
        // Ids that do not grow with time.
        let id = format!("{:03}-{}", self.rng.below(1000), self.made);
        let mut entry = scene.entry(&id, self.rng.at(4), self.rng.at(3), 900);
        entry.note = format!("Entry {}", self.made);
        let lag = if self.rng.once_in(3) { self.rng.time(4 * MINUTE) } else { Duration::ZERO };
        if self.rng.once_in(4) {
            scene.book.add(crate::Entry { id: format!("{id}-twin"), ..entry.clone() });
        }
        scene.book.add_late(entry, lag);
    }

    fn edit_the_book(&mut self) {
        self.made += 1;
        let seconds = 10_000 + i64::try_from(self.made).expect("a small number");
        if let Some(id) = self.someone_of(&self.office.scene.book.ids()) {
            self.office.scene.book.edit(&id, |entry| entry.seconds = seconds);
        }
    }

    /// One of the newest activities that came in over the API.
    fn ours(&mut self) -> Option<i64> {
        let activities = self.office.scene.clio.activities();
        let ours = activities.iter().rev().filter(|one| matches!(one.origin, Origin::Token { .. }));
        self.someone_of(&ours.take(5).map(|one| one.id).collect::<Vec<_>>())
    }

    fn edit_in_clio(&mut self) {
        let Some(id) = self.ours() else { return };
        let ada = self.office.scene.clio.person("Ada");
        if self.rng.once_in(2) {
            self.made += 1;
            ada.edit_note(id, &format!("Put in better words {}", self.made));
        } else {
            ada.change_price(id, 300.into());
        }
    }

    fn delete_in_clio(&mut self) {
        if let Some(id) = self.ours() {
            self.office.scene.clio.person("Ada").delete_activity(id);
        }
    }

    /// Somebody enters by hand what was just posted as well.
    fn record_the_same(&mut self) {
        let wanted = self.office.scene.wanted();
        let newest: Vec<Work> = wanted.iter().rev().take(3).map(|one| one.states[0].clone()).collect();
        if let Some(work) = self.someone_of(&newest) {
            self.record(work);
        }
    }

    fn record_something(&mut self) {
        let scene = &self.office.scene;
        let entry = scene.entry("by hand", self.rng.at(8), self.rng.at(3), 1500);
        self.record(entry.work());
    }

    fn record(&self, work: Work) {
        let scene = &self.office.scene;
        scene.clio.person("Ada").record_time(NewTime {
            matter: Some(work.matter),
            user: Some(work.user),
            date: work.date,
            seconds: work.seconds,
            note: work.note.clone(),
            ..NewTime::default()
        });
        scene.recorded.lock().expect("no panic holds it").push(work);
    }

    fn bill(&mut self) {
        // What is billed cannot be changed: a change of it is refused, which is another story.
        if self.office.scene.book.keeping().follows() {
            return;
        }
        let (scene, ada) = (&self.office.scene, self.office.scene.clio.person("Ada"));
        let matter = scene.clio.matters()[self.rng.at(4)].id;
        if let Some(bill) = ada.bill(NewBill { matter: Some(matter), ..NewBill::default() })
            && self.rng.once_in(2)
        {
            ada.request_approval(bill);
            ada.approve(bill);
        }
    }

    /// For a few seconds or minutes from now on something goes wrong, at each such call or at one in a few.
    fn trouble(&mut self) {
        let scene = &self.office.scene;
        let fault = self.rng.fault();
        let now = scene.clock.now();
        let for_so_long = if self.rng.once_in(2) { Duration::from_secs(20) } else { 2 * MINUTE };
        let window = now..now + TimeDelta::from_std(for_so_long).expect("a short time");
        match self.rng.below(8) {
            0 => scene.wisetime.faults().during(window, "", "", self.rng.pick(Fault::ALL)),
            1 => scene.clio.faults().during(window, "GET", "", self.rng.pick(Fault::ALL)),
            2 => scene.book.fault_at(scene.book.calls() + 1, fault),
            3..=5 => {
                let writes = scene.creations() as u64;
                for n in 1..=1 + self.rng.below(3) {
                    let fault = self.rng.fault();
                    scene.clio.faults().at_nth("POST", "/activities.json", writes + n, fault);
                }
            }
            _ => scene.clio.faults().during(window, "POST", "/activities.json", fault),
        }
    }
}
