//! What is expected, and whether it is so.

use std::collections::{BTreeMap, BTreeSet};

use clio_altfee::{AltFee, Lock, MatterId, Project, ProjectId, Status};
use clio_fixtures::{Person, SeededRandom};
use rust_decimal::Decimal;

use crate::bench::Bench;

pub(super) struct Walk {
    pub(super) bench: Bench,
    pub(super) random: SeededRandom,
    pub(super) ada: Person,
    pub(super) sides: Vec<Side>,
    /// The side that the step is about.
    pub(super) at: usize,
    pub(super) bills: Vec<Bill>,
    /// The fields of a fee that somebody changed in Clio, and what they made of them.
    pub(super) touched: BTreeMap<i64, Touched>,
    pub(super) names: usize,
    seed: u64,
    done: Vec<String>,
}

/// A matter at AltFee. All of them are connected to one matter at Clio, if at all.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) matter: MatterId,
    pub(super) connected: bool,
    /// What is left at Clio of projects that were taken out while they were not connected.
    pub(super) left: BTreeSet<i64>,
    /// What is to go by the next rest: its project was taken out.
    pub(super) going: BTreeSet<i64>,
    /// What was on a bill when its project was taken out: it stays, and its dead letter says so.
    pub(super) stuck: BTreeSet<i64>,
    /// The projects that were invoiced when their matter was disconnected: they stay locked.
    pub(super) still_locked: BTreeSet<ProjectId>,
    /// The projects whose fee a person deleted: it is not written again.
    pub(super) deleted: BTreeSet<ProjectId>,
    /// What AltFee showed at the last rest.
    shown: BTreeMap<ProjectId, (Option<Status>, Option<Lock>)>,
}

#[derive(Debug, Default)]
pub(super) struct Bill {
    pub(super) id: i64,
    /// The fees as they were when it was made.
    pub(super) fees: BTreeMap<i64, (String, Decimal)>,
    pub(super) written_off: bool,
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
        let mut sides = Vec::new();
        for place in 1..=1 + seed % 3 {
            let matter = bench.matter().await;
            for project in bench.projects(&matter).await {
                let rename = |project: &mut Project| project.name = format!("{} {place}", project.name);
                bench.book.edit(&project.id, rename).expect("renamed");
            }
            sides.push(Side {
                matter,
                connected: false,
                left: BTreeSet::new(),
                going: BTreeSet::new(),
                stuck: BTreeSet::new(),
                still_locked: BTreeSet::new(),
                deleted: BTreeSet::new(),
                shown: BTreeMap::new(),
            });
        }
        Self {
            random: SeededRandom::new(seed),
            ada: bench.world.person("Ada"),
            sides,
            at: 0,
            bills: Vec::new(),
            touched: BTreeMap::new(),
            names: 0,
            seed,
            done: Vec::new(),
            bench,
        }
    }

    pub(super) fn here(&self) -> &Side {
        &self.sides[self.at]
    }

    pub(super) fn here_mut(&mut self) -> &mut Side {
        &mut self.sides[self.at]
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
        let on = self.bills.iter().filter(|bill| bill.fees.contains_key(&fee));
        Status::of_matter(on.map(|bill| match self.state(bill.id).as_str() {
            "draft" | "awaiting_approval" => Status::Draft,
            "awaiting_payment" | "paid" => Status::Invoice,
            _ => Status::Unbillable,
        }))
    }

    /// What the fee is on was written off, and stands.
    pub(super) fn is_written_off(&self, fee: i64) -> bool {
        let on = |bill: &&Bill| bill.written_off && bill.fees.contains_key(&fee);
        self.bills.iter().filter(on).any(|bill| self.state(bill.id) == "paid")
    }

    /// Until nothing is pending: what the status flow sends again, too.
    async fn rest(&self) {
        let (session, story) = (self.bench.session(), self.story());
        for _ in 0..2 {
            session.settle().await.unwrap_or_else(|error| panic!("{error}: {story}"));
            for flow in ["altfee/projects", "altfee/status"] {
                let run = self.bench.firm.run_to_rest(flow).await;
                run.unwrap_or_else(|error| panic!("{flow}: {error}: {story}"));
            }
        }
    }

    pub(super) async fn rest_and_check(&mut self) {
        self.rest().await;
        let story = self.story();
        let mut known = BTreeSet::new();
        for at in 0..self.sides.len() {
            self.at = at;
            self.check_side(&mut known, &story).await;
        }
        for fee in self.fees() {
            assert!(known.contains(&fee.id), "{fee:?} is of no project: {story}");
        }
        self.check_billed(&story);
    }

    async fn check_side(&mut self, known: &mut BTreeSet<i64>, story: &str) {
        let matter = self.here().matter.clone();
        let connection = self.bench.book.connection(&matter).await.expect("read");
        assert_eq!(connection.is_some(), self.here().connected, "{story}");
        self.check_going(story);
        known.extend(self.here().left.iter().chain(&self.here().stuck));
        let projects = self.bench.projects(&matter).await;
        for project in &projects {
            let fees = self.fees_of(project);
            assert!(fees.len() <= 1, "{} stands twice: {fees:?}: {story}", project.name);
            known.extend(fees.iter().map(|fee| fee.id));
            self.check_lock(project, fees.first(), story);
            if self.here().deleted.contains(&project.id) {
                assert!(fees.is_empty(), "{} was deleted in Clio: {story}", project.name);
            } else if self.here().connected {
                let fee = fees.first().unwrap_or_else(|| panic!("{} does not stand: {story}", project.name));
                self.check_fee(project, fee, story);
            }
        }
        if self.here().connected {
            self.check_astray(&projects, story).await;
            self.check_sum(&projects, story);
            self.check_edited(&projects, story).await;
        }
        let shown = projects.into_iter().map(|one| (one.id, (one.status, one.lock)));
        self.here_mut().shown = shown.collect();
    }

    /// What was taken out is gone, but for what went on a bill first.
    fn check_going(&mut self, story: &str) {
        for fee in std::mem::take(&mut self.here_mut().going) {
            if self.status(fee).locks() {
                self.here_mut().stuck.insert(fee);
            } else {
                assert!(self.fees().iter().all(|one| one.id != fee), "{fee} was taken out: {story}");
            }
        }
    }

    fn is_astray(&self, project: &Project) -> bool {
        let fees = self.fees_of(project);
        self.here().deleted.contains(&project.id) || fees.iter().any(|fee| self.is_written_off(fee.id))
    }

    /// Locked if and only if it is connected and on a bill that stands, or was invoiced when it was disconnected. What went
    /// astray is shown as it was.
    fn check_lock(&self, project: &Project, fee: Option<&Fee>, story: &str) {
        let name = &project.name;
        if !self.here().connected {
            let locked = self.here().still_locked.contains(&project.id);
            assert_eq!(project.lock.is_some(), locked, "the lock of {name}: {story}");
        } else if self.is_astray(project) {
            let now = (project.status, project.lock.clone());
            // Connected since, it may have been shown as unbillable before it went astray.
            let before = self.here().shown.get(&project.id).cloned().unwrap_or_default();
            let anew = before == (None, None) && now == (Some(Status::Unbillable), None);
            assert!(now == before || now == (None, None) || anew, "{name} went astray, {now:?}: {story}");
        } else {
            let status = fee.map_or(Status::Unbillable, |fee| self.status(fee.id));
            assert_eq!(project.status, Some(status), "{name}: {story}");
            assert_eq!(project.lock.is_some(), status.locks(), "the lock of {name}: {story}");
        }
    }

    async fn check_astray(&self, projects: &[Project], story: &str) {
        let standing = self.bench.session().standing(&self.here().matter).await.expect("read");
        let told: Vec<_> = standing.conflicts().map(|(project, _)| project).collect();
        let astray = projects.iter().filter(|project| self.is_astray(project)).map(|project| &project.id);
        assert_eq!(told, astray.collect::<Vec<_>>(), "{standing:?}: {story}");
    }

    /// It is as AltFee has it, but for what people changed in Clio, which stays as they made it, and what is on a bill.
    fn check_fee(&self, project: &Project, fee: &Fee, story: &str) {
        assert!(fee.flat, "{} is no flat fee: {story}", project.name);
        if let Some(touched) = self.touched.get(&fee.id) {
            assert!(touched.price.is_none_or(|price| price == fee.price), "overwritten: {fee:?}: {story}");
            assert!(
                touched.note.as_ref().is_none_or(|note| *note == fee.note),
                "overwritten: {fee:?}: {story}"
            );
        } else if !self.status(fee.id).locks() {
            assert_eq!(fee.price, project.price.amount().get(), "{}: {story}", project.name);
            assert_eq!(fee.note, note(project), "{story}");
        }
    }

    /// What is not on a bill comes to the same on both sides.
    fn check_sum(&self, projects: &[Project], story: &str) {
        let (mut ours, mut theirs) = (Decimal::ZERO, Decimal::ZERO);
        for project in projects.iter().filter(|project| !self.is_astray(project)) {
            let fees = self.fees_of(project);
            if fees.iter().any(|fee| self.touched.contains_key(&fee.id)) {
                continue;
            }
            if project.lock.is_none() {
                ours += project.price.amount().get();
            }
            theirs +=
                fees.iter().filter(|fee| !self.status(fee.id).locks()).map(|fee| fee.price).sum::<Decimal>();
        }
        assert_eq!(ours, theirs, "{story}");
    }

    /// What is on a bill is as it was when the bill was made.
    fn check_billed(&self, story: &str) {
        for bill in &self.bills {
            if matches!(self.state(bill.id).as_str(), "void" | "deleted") {
                continue;
            }
            let now = self.fees().into_iter().filter(|fee| bill.fees.contains_key(&fee.id));
            let now: BTreeMap<_, _> = now.map(|fee| (fee.id, (fee.note, fee.price))).collect();
            assert_eq!(now, bill.fees, "billed: {story}");
        }
    }

    /// What people changed is told.
    async fn check_edited(&self, projects: &[Project], story: &str) {
        let edited = self.bench.session().edited(&self.here().matter).await.expect("read");
        let told: BTreeSet<i64> = edited.iter().map(|one| one.activity.get()).collect();
        for project in projects {
            for fee in self.fees_of(project) {
                assert_eq!(told.contains(&fee.id), !agrees(project, &fee), "{fee:?} is told: {story}");
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
