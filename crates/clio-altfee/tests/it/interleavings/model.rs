//! What is expected, and whether it is so.

use std::collections::{BTreeMap, BTreeSet};

use clio_altfee::{AltFee, MatterId, Project, ProjectId, Status};
use clio_fixtures::{Person, SeededRandom};
use rust_decimal::Decimal;

use crate::bench::Bench;

pub(super) struct Walk {
    pub(super) bench: Bench,
    pub(super) random: SeededRandom,
    pub(super) matter: MatterId,
    pub(super) ada: Person,
    pub(super) connected: bool,
    pub(super) bills: Vec<Bill>,
    /// The fields of a fee that somebody changed in Clio, and what they made of them.
    pub(super) touched: BTreeMap<i64, Touched>,
    /// What is left at Clio of projects that were taken out while they were not connected.
    pub(super) left: BTreeSet<i64>,
    /// The projects that were invoiced when their matter was disconnected: they stay locked.
    pub(super) still_locked: BTreeSet<ProjectId>,
    pub(super) names: usize,
    seed: u64,
    done: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Bill {
    pub(super) id: i64,
    pub(super) fees: BTreeSet<i64>,
    /// The fees as they were when it was approved.
    pub(super) approved: BTreeMap<i64, (String, Decimal)>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Touched {
    pub(super) price: Option<Decimal>,
    pub(super) note: Option<String>,
}

/// A fee at Clio.
#[derive(Debug, Clone)]
pub(super) struct Fee {
    pub(super) id: i64,
    pub(super) note: String,
    pub(super) price: Decimal,
    pub(super) flat: bool,
}

impl Walk {
    pub(super) async fn start(seed: u64) -> Self {
        let bench = Bench::new().await;
        let (matter, ada) = (bench.matter().await, bench.world.person("Ada"));
        Self {
            random: SeededRandom::new(seed),
            matter,
            ada,
            connected: false,
            bills: Vec::new(),
            touched: BTreeMap::new(),
            left: BTreeSet::new(),
            still_locked: BTreeSet::new(),
            names: 0,
            seed,
            done: Vec::new(),
            bench,
        }
    }

    pub(super) fn did(&mut self, what: impl Into<String>) {
        self.done.push(what.into());
    }

    pub(super) fn steps(&self) -> usize {
        self.done.len()
    }

    /// For the message of a failure.
    pub(super) fn story(&self) -> String {
        format!("seed {}: {}", self.seed, self.done.join("; "))
    }

    pub(super) fn fees(&self) -> Vec<Fee> {
        let fee = |(id, note, price, flat)| Fee { id, note, price, flat };
        self.bench.fees().into_iter().map(fee).collect()
    }

    /// The fees of a project at Clio: each name is of one project.
    pub(super) fn fees_of(&self, project: &Project) -> Vec<Fee> {
        let ours = |fee: &Fee| fee.note.lines().next() == Some(project.name.as_str());
        self.fees().into_iter().filter(ours).collect()
    }

    pub(super) fn state(&self, bill: i64) -> String {
        let bill = self.bench.world.record("Bill", bill).expect("a bill");
        bill["state"].as_str().expect("a state").to_owned()
    }

    /// The status that the bill of a fee gives it.
    pub(super) fn status(&self, fee: i64) -> Status {
        let on = self.bills.iter().filter(|bill| bill.fees.contains(&fee));
        Status::of_matter(on.map(|bill| match self.state(bill.id).as_str() {
            "draft" | "awaiting_approval" => Status::Draft,
            "awaiting_payment" | "paid" => Status::Invoice,
            _ => Status::Unbillable,
        }))
    }

    pub(super) async fn rest_and_check(&mut self) {
        let (session, story) = (self.bench.session(), self.story());
        session.settle().await.unwrap_or_else(|error| panic!("{error}: {story}"));
        let run = self.bench.firm.run_to_rest("altfee/projects").await;
        run.unwrap_or_else(|error| panic!("{error}: {story}"));
        let connection = self.bench.book.connection(&self.matter).await.expect("read");
        assert_eq!(connection.is_some(), self.connected, "{story}");
        if self.connected {
            let standing = session.refresh(&self.matter).await.expect("read");
            assert_eq!(standing.conflicts().count(), 0, "{standing:?}: {story}");
        }
        let mut known = self.left.clone();
        for project in self.bench.projects(&self.matter).await {
            let fees = self.fees_of(&project);
            assert!(fees.len() <= 1, "{} stands twice: {fees:?}: {story}", project.name);
            self.check_lock(&project, fees.first(), &story);
            known.extend(fees.iter().map(|fee| fee.id));
            if self.connected {
                let fee = fees.first().unwrap_or_else(|| panic!("{} does not stand: {story}", project.name));
                self.check_fee(&project, fee, &story);
            }
        }
        for fee in self.fees() {
            assert!(known.contains(&fee.id), "{fee:?} is of no project: {story}");
        }
        if self.connected {
            self.check_sum(&story).await;
        }
        self.check_invoiced(&story);
        self.check_edited(&story).await;
    }

    /// Locked if and only if it is connected and on a bill that stands, or was invoiced when it was disconnected.
    fn check_lock(&self, project: &Project, fee: Option<&Fee>, story: &str) {
        let status = fee.map_or(Status::Unbillable, |fee| self.status(fee.id));
        let name = &project.name;
        if self.connected {
            assert_eq!(project.status, Some(status), "{name}: {story}");
            assert_eq!(project.lock.is_some(), status.locks(), "the lock of {name}: {story}");
        } else {
            let locked = self.still_locked.contains(&project.id);
            assert_eq!(project.lock.is_some(), locked, "the lock of {name}: {story}");
        }
    }

    /// It is as AltFee has it, but for what people changed in Clio, which stays as they made it.
    fn check_fee(&self, project: &Project, fee: &Fee, story: &str) {
        assert!(fee.flat, "{} is no flat fee: {story}", project.name);
        if let Some(touched) = self.touched.get(&fee.id) {
            assert!(touched.price.is_none_or(|price| price == fee.price), "overwritten: {fee:?}: {story}");
            assert!(
                touched.note.as_ref().is_none_or(|note| *note == fee.note),
                "overwritten: {fee:?}: {story}"
            );
        } else {
            assert_eq!(fee.price, project.price.amount().get(), "{}: {story}", project.name);
            assert_eq!(fee.note, note(project), "{story}");
        }
    }

    /// What is not on a bill comes to the same on both sides.
    async fn check_sum(&self, story: &str) {
        let (mut ours, mut theirs) = (Decimal::ZERO, Decimal::ZERO);
        for project in self.bench.projects(&self.matter).await {
            if project.lock.is_none()
                && !self.fees_of(&project).iter().any(|fee| self.touched.contains_key(&fee.id))
            {
                ours += project.price.amount().get();
            }
        }
        for fee in self.fees() {
            let counts = !self.touched.contains_key(&fee.id) && !self.left.contains(&fee.id);
            if counts && !self.status(fee.id).locks() {
                theirs += fee.price;
            }
        }
        assert_eq!(ours, theirs, "{story}");
    }

    /// What was approved is as it was then.
    fn check_invoiced(&self, story: &str) {
        for bill in &self.bills {
            if !matches!(self.state(bill.id).as_str(), "awaiting_payment" | "paid") {
                continue;
            }
            let now = self.fees().into_iter().filter(|fee| bill.fees.contains(&fee.id));
            let now: BTreeMap<_, _> = now.map(|fee| (fee.id, (fee.note, fee.price))).collect();
            assert_eq!(now, bill.approved, "invoiced: {story}");
        }
    }

    /// What people changed is told.
    async fn check_edited(&self, story: &str) {
        if !self.connected {
            return;
        }
        let edited = self.bench.session().edited(&self.matter).await.expect("read");
        let told: BTreeSet<i64> = edited.iter().map(|one| one.activity.get()).collect();
        for project in self.bench.projects(&self.matter).await {
            for fee in self.fees_of(&project) {
                assert_eq!(told.contains(&fee.id), !agrees(&project, &fee), "{fee:?} is told: {story}");
            }
        }
    }
}

/// Clio has what AltFee has.
pub(super) fn agrees(project: &Project, fee: &Fee) -> bool {
    fee.price == project.price.amount().get() && fee.note == note(project)
}

/// The note of a project, by AltFee's help: the name, and below it what was chosen.
pub(super) fn note(project: &Project) -> String {
    let chosen = project.services.iter().filter(|one| one.chosen);
    chosen.fold(project.name.clone(), |note, one| format!("{note}\n• {}", one.description))
}
