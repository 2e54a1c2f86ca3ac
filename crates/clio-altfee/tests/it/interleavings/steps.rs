//! What people do.

use std::collections::{BTreeMap, BTreeSet};

use clio_altfee::{
    Astray, EditRefused, Error, Invoiced, Leaving, Left, Project, ProjectId, Status, Unbilled,
};
use clio_fixtures::NewBill;
use rust_decimal::Decimal;

use super::{
    below,
    model::{Bill, Fee, Walk, agrees},
};
use crate::bench::{scope, today};

/// The states in which a bill can still be changed.
const OPEN: &[&str] = &["draft", "awaiting_approval"];

impl Walk {
    /// Something that can be done.
    pub(super) async fn step(&mut self) {
        let before = self.steps();
        while self.steps() == before {
            self.try_step().await;
        }
    }

    async fn try_step(&mut self) {
        self.at = below(&self.random, self.sides.len());
        match below(&self.random, 24) {
            0..=2 => self.price().await,
            3 | 4 => self.choose().await,
            5 => self.add(),
            6 => self.remove().await,
            7..=9 => self.connect().await,
            10 | 11 => self.bill(),
            12 | 13 => self.approve(),
            14 => self.void(),
            15 => self.delete_draft(),
            16 => self.pay(),
            17 | 18 => self.disconnect().await,
            19 => self.request_approval(),
            20 => self.write_off(),
            21 => self.delete_fee().await,
            _ => self.touch().await,
        }
    }

    async fn some_project(&self) -> Option<Project> {
        let projects = self.bench.projects(&self.here().matter).await;
        let at = below(&self.random, projects.len());
        projects.into_iter().nth(at)
    }

    fn some_price(&self) -> String {
        format!("{} USD", Decimal::from(1 + below(&self.random, 1_000_000)) / Decimal::ONE_HUNDRED)
    }

    /// An edit is refused of what is locked, and of nothing else.
    fn edited(&self, project: &Project, edit: &Result<(), EditRefused>) -> bool {
        let story = self.story();
        assert_eq!(edit.is_err(), project.lock.is_some(), "{edit:?}: {story}");
        assert!(matches!(edit, Ok(()) | Err(EditRefused::Locked(_))), "{edit:?}: {story}");
        edit.is_ok()
    }

    async fn price(&mut self) {
        let Some(project) = self.some_project().await else { return };
        let price = self.some_price();
        self.did(format!("price {} at {price}", project.name));
        let edit = self.bench.book.price(&project.id, price.parse().expect("money"));
        self.edited(&project, &edit);
    }

    async fn choose(&mut self) {
        let Some(project) = self.some_project().await else { return };
        let places: Vec<usize> =
            (0..project.services.len()).filter(|_| below(&self.random, 2) == 0).collect();
        self.did(format!("choose {places:?} of {}", project.name));
        let edit = self.bench.book.choose(&project.id, &places);
        self.edited(&project, &edit);
    }

    fn add(&mut self) {
        self.names += 1;
        let (name, price) = (format!("Project {}", self.names), self.some_price());
        self.did(format!("add {name} at {price}"));
        self.bench.book.add_project(&self.here().matter, &scope(&name, &price, &["Advice", "Forms"]));
    }

    async fn remove(&mut self) {
        let Some(project) = self.some_project().await else { return };
        self.did(format!("remove {}", project.name));
        let edit = self.bench.book.remove_project(&project.id);
        if self.edited(&project, &edit) {
            self.was_removed(&project);
        }
    }

    /// What somebody changed in Clio is not deleted, nor what is on a bill, and what is not connected is not looked at.
    fn was_removed(&mut self, project: &Project) {
        for fee in self.fees_of(project) {
            let billed = self.status(fee.id).locks();
            let side = &mut self.sides[self.at];
            if !side.connected || self.touched.contains_key(&fee.id) {
                side.left.insert(fee.id);
            } else if billed {
                side.stuck.insert(fee.id);
            } else {
                side.going.insert(fee.id);
            }
        }
    }

    async fn connect(&mut self) {
        // Seldom what is connected already.
        if self.here().connected && below(&self.random, 4) > 0 {
            return;
        }
        self.did("connect");
        let (session, story) = (self.bench.session(), self.story());
        let projects = self.bench.projects(&self.here().matter).await;
        let preview = match session.preview(&self.here().matter, self.bench.clio_matter, today()).await {
            Err(Error::NoProjects(_)) if projects.is_empty() => return,
            preview => preview.unwrap_or_else(|error| panic!("{error}: {story}")),
        };
        // What was kept, and billed and changed since, is not touched.
        let billed = |one: &&Project| self.fees_of(one).iter().any(|fee| self.status(fee.id).locks());
        let differs = |one: &&Project| self.fees_of(one).iter().any(|fee| !agrees(one, fee));
        // What Clio has refused already is not planned once more.
        let letters = self.bench.firm.dead_letters().await.expect("letters");
        let refused = |one: &Project| letters.iter().any(|letter| letter.source_id == one.id.as_str());
        let touched = |one: &Project| self.fees_of(one).iter().any(|fee| self.touched.contains_key(&fee.id));
        let surely = |one: &&Project| !touched(one) && !refused(one);
        let blocking: Vec<&Project> = projects.iter().filter(billed).filter(differs).collect();
        match session.confirm(&preview).await {
            Err(Error::Locked { project, .. }) => {
                assert!(blocking.iter().any(|one| one.id == project), "{project}: {story}");
                return;
            }
            Err(error) => panic!("{error}: {story}"),
            Ok(_) => assert!(self.here().connected || !blocking.iter().any(surely), "{story}"),
        }
        // What was left of projects that are gone, goes, but for what is on a bill or was changed by a person.
        let stays = |id: &i64| self.status(*id).locks() || self.touched.contains_key(id);
        let (left, gone): (BTreeSet<i64>, BTreeSet<i64>) = self.here().left.iter().copied().partition(stays);
        assert!(self.fees().iter().all(|fee| !gone.contains(&fee.id)), "{story}");
        self.here_mut().left = left;
        self.here_mut().connected = true;
        self.here_mut().still_locked.clear();
    }

    fn bill(&mut self) {
        let free: Vec<Fee> = self
            .fees()
            .into_iter()
            .filter(|fee| !self.status(fee.id).locks())
            .filter(|_| below(&self.random, 3) > 0)
            .collect();
        if free.is_empty() {
            return;
        }
        let ids: Vec<i64> = free.iter().map(|fee| fee.id).collect();
        self.did(format!("bill {ids:?}"));
        let matter = Some(self.bench.clio_matter.get());
        let id = self.ada.bill(NewBill { matter, activities: ids, ..NewBill::default() }).expect("a bill");
        let fees = free.into_iter().map(|fee| (fee.id, (fee.note, fee.price))).collect();
        self.bills.push(Bill { id, fees, written_off: false });
    }

    fn some_bill(&self, states: &[&str]) -> Option<usize> {
        let fit = |at: &usize| states.contains(&self.state(self.bills[*at].id).as_str());
        let fitting: Vec<usize> = (0..self.bills.len()).filter(fit).collect();
        fitting.get(below(&self.random, fitting.len())).copied()
    }

    fn request_approval(&mut self) {
        let Some(at) = self.some_bill(&["draft"]) else { return };
        self.did(format!("hand in {}", self.bills[at].id));
        assert!(self.ada.request_approval(self.bills[at].id), "{}", self.story());
    }

    fn approve(&mut self) {
        let Some(at) = self.some_bill(OPEN) else { return };
        self.did(format!("approve {}", self.bills[at].id));
        self.ada.approve(self.bills[at].id);
    }

    fn write_off(&mut self) {
        let Some(at) = self.some_bill(&["awaiting_payment"]) else { return };
        if self.ada.write_off(self.bills[at].id).is_some() {
            self.did(format!("write {} off", self.bills[at].id));
            self.bills[at].written_off = true;
        }
    }

    /// A person deletes a fee in Clio that is on no bill.
    async fn delete_fee(&mut self) {
        let Some(project) = self.some_project().await else { return };
        let Some(fee) = self.fees_of(&project).into_iter().find(|fee| !self.status(fee.id).locks()) else {
            return;
        };
        self.did(format!("in Clio {} is deleted", project.name));
        assert!(self.ada.delete_activity(fee.id), "{}", self.story());
        self.here_mut().deleted.insert(project.id);
        self.forget_the_gone();
    }

    fn void(&mut self) {
        let Some(at) = self.some_bill(&["awaiting_payment"]) else { return };
        self.did(format!("void {}", self.bills[at].id));
        self.ada.void(self.bills[at].id);
    }

    fn delete_draft(&mut self) {
        let Some(at) = self.some_bill(OPEN) else { return };
        self.did(format!("delete {}", self.bills[at].id));
        assert!(self.ada.delete_bill(self.bills[at].id), "{}", self.story());
    }

    fn pay(&mut self) {
        let Some(at) = self.some_bill(&["awaiting_payment"]) else { return };
        self.did(format!("pay {}", self.bills[at].id));
        let sum: Decimal = self.bills[at].fees.values().map(|fee| fee.1).sum();
        self.ada.pay(self.bills[at].id, sum);
    }

    async fn disconnect(&mut self) {
        if !self.here().connected && below(&self.random, 4) > 0 {
            return;
        }
        let unbilled = [Unbilled::Delete, Unbilled::Keep][below(&self.random, 2)];
        let invoiced = [Invoiced::Refuse, Invoiced::Leave][below(&self.random, 2)];
        self.did(format!("disconnect {unbilled:?} {invoiced:?}"));
        let story = self.story();
        let projects = self.bench.projects(&self.here().matter).await;
        let is_invoiced = |project: &Project| is_invoiced_now(self, &self.fees_of(project));
        let before: BTreeMap<ProjectId, Vec<Fee>> =
            projects.iter().map(|project| (project.id.clone(), self.fees_of(project))).collect();
        let blocked = projects.iter().any(is_invoiced);
        let done = self.bench.session().disconnect(&self.here().matter, Leaving { unbilled, invoiced }).await;
        let done = match done {
            Err(Error::NotConnected(_)) if !self.here().connected => return,
            Err(Error::Locked { .. }) if self.here().connected && blocked && invoiced == Invoiced::Refuse => {
                return;
            }
            done => done.unwrap_or_else(|error| panic!("{error}: {story}")),
        };
        assert!(self.here().connected && (!blocked || invoiced == Invoiced::Leave), "{story}");
        self.here_mut().connected = false;
        for (project, left) in done.projects {
            let known = projects.iter().find(|one| one.id == project).expect("a project");
            let fees = self.fees_of(known);
            if matches!(left, Left::Invoiced(_)) {
                assert!(is_invoiced_now(self, &fees), "{left:?}: {story}");
                self.here_mut().still_locked.insert(project);
                continue;
            }
            self.take_off(&before[&known.id]);
            let touched = fees.iter().any(|fee| self.touched.contains_key(&fee.id));
            let fits = match (&left, unbilled) {
                (Left::Nothing, _) => fees.is_empty(),
                (Left::Astray(Astray::WrittenOff), _) => fees.iter().all(|fee| self.is_written_off(fee.id)),
                (Left::Kept(id), Unbilled::Keep) => fees.iter().map(|fee| fee.id).eq([id.get()]),
                (Left::Waits(_), _) => touched && fees.len() == 1,
                _ => false,
            };
            assert!(fits, "{left:?} of {}, at Clio {fees:?}: {story}", known.name);
        }
        // What was to be taken away had not been, and is not looked at any more.
        let going = std::mem::take(&mut self.here_mut().going);
        self.here_mut().left.extend(going);
        self.forget_the_gone();
    }

    /// They are on no draft any more.
    fn take_off(&mut self, fees: &[Fee]) {
        let drafts: Vec<usize> = (0..self.bills.len())
            .filter(|at| OPEN.contains(&self.state(self.bills[*at].id).as_str()))
            .collect();
        for at in drafts {
            self.bills[at].fees.retain(|id, _| fees.iter().all(|fee| fee.id != *id));
        }
    }

    fn forget_the_gone(&mut self) {
        let there: Vec<i64> = self.fees().iter().map(|fee| fee.id).collect();
        self.touched.retain(|id, _| there.contains(id));
    }

    /// A person changes a fee in Clio that is on no bill.
    async fn touch(&mut self) {
        let Some(project) = self.some_project().await else { return };
        let fees = self.fees_of(&project);
        let Some(fee) = fees.into_iter().find(|fee| !self.status(fee.id).locks()) else { return };
        let touched = self.touched.entry(fee.id).or_default();
        if below(&self.random, 2) == 0 {
            let price = fee.price + Decimal::ONE;
            touched.price = Some(price);
            assert!(self.ada.change_price(fee.id, price));
            self.did(format!("in Clio {} costs {price}", project.name));
        } else {
            let note = format!("{}\n(seen)", fee.note);
            touched.note = Some(note.clone());
            assert!(self.ada.edit_note(fee.id, &note));
            self.did(format!("in Clio {} is noted", project.name));
        }
    }
}

fn is_invoiced_now(walk: &Walk, fees: &[Fee]) -> bool {
    fees.iter().any(|fee| walk.status(fee.id) == Status::Invoice && !walk.is_written_off(fee.id))
}
