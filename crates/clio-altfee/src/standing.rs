//! Where the projects of a connected matter stand at Clio, told to AltFee.

use std::collections::{BTreeMap, BTreeSet};

use clio_api::choices::ActivityStatus;
use clio_core::{Id, schema::objects, values::MatterStatus};
use clio_model::{
    Bill,
    activities::{BillableActivity, BillingFacts},
};
use futures_util::TryStreamExt;

use crate::{
    Astray, Connection, Error, Lock, MatterId, Project, ProjectId, Result, Session, Status, status_of,
};

/// Where a connected matter stands at Clio.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatterStanding {
    /// The matter at AltFee.
    pub matter: MatterId,
    /// Where its farthest project stands. One that went astray does not count.
    pub status: Status,
    /// Each project, in AltFee's order.
    pub projects: Vec<(ProjectId, Result<Standing, Astray>)>,
    /// The matter at Clio is not what it was when it was connected.
    pub moved: Option<Moved>,
}

/// What became of a matter at Clio since it was connected. Its fees stay where they are; a person says what is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moved {
    /// It was deleted, or is hidden from whoever authorised.
    Gone,
    /// It is another client's now, or nobody's.
    OtherClient(Option<Id<objects::Contact>>),
    /// It was closed.
    Closed,
}

impl MatterStanding {
    /// The projects that AltFee has no word for: a person has to look.
    pub fn conflicts(&self) -> impl Iterator<Item = (&ProjectId, &Astray)> {
        self.projects.iter().filter_map(|(project, standing)| Some((project, standing.as_ref().err()?)))
    }
}

/// Where a project stands at Clio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In AltFee's words.
    pub status: Status,
    /// The bill that keeps it from being edited.
    pub lock: Option<Lock>,
}

/// What was read of bills already.
type Bills = BTreeMap<Id<objects::Bill>, Option<String>>;

impl Session<'_> {
    /// Reads where the projects of a connected matter stand at Clio, shows it at AltFee, and locks and unlocks there what
    /// follows. To be called now and then, such as each minute, for each connected matter.
    ///
    /// A change that Clio refused because of a bill is sent again once the bill is gone.
    ///
    /// Of a project that went astray AltFee keeps status and lock as they are, until a person has looked.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`], and what kept a system from being read or told.
    pub async fn refresh(&self, matter: &MatterId) -> Result<MatterStanding> {
        let standing = self.standing(matter).await?;
        let projects = self.altfee().projects(matter).await?;
        for (id, at) in &standing.projects {
            let Ok(at) = at else { continue };
            let known = projects.iter().find(|project| project.id == *id);
            if known.is_some_and(|known| known.status != Some(at.status) || known.lock != at.lock) {
                // Before AltFee is told, so that what is broken off in between is done the next time.
                if at.lock.is_none() && known.is_some_and(|known| known.lock.is_some()) {
                    self.send_again(id).await?;
                }
                self.altfee().set_status(id, at.status, at.lock.as_ref()).await?;
            }
        }
        Ok(standing)
    }

    /// The same without telling AltFee.
    ///
    /// # Errors
    ///
    /// As [`Session::refresh`].
    pub async fn standing(&self, matter: &MatterId) -> Result<MatterStanding> {
        let connection = self.connection(matter).await?;
        let moved = self.moved(&connection).await?;
        let (given_up, mut bills) = (self.written_off(&connection).await?, Bills::new());
        let mut projects = Vec::new();
        for project in self.altfee().projects(matter).await? {
            let standing = self.standing_of(&project.id, &given_up, &mut bills).await?;
            projects.push((project.id, standing));
        }
        let stands = projects.iter().filter_map(|(_, at)| Some(at.as_ref().ok()?.status));
        Ok(MatterStanding { matter: matter.clone(), status: Status::of_matter(stands), projects, moved })
    }

    async fn moved(&self, connection: &Connection) -> Result<Option<Moved>> {
        let Some(there) = self.clio_matter(connection.clio_matter).await? else {
            return Ok(Some(Moved::Gone));
        };
        let client = there.client.map(|client| client.id);
        if client != Some(connection.clio_client) {
            return Ok(Some(Moved::OtherClient(client)));
        }
        Ok((there.status == MatterStatus::Closed).then_some(Moved::Closed))
    }

    /// For AltFee to ask before it edits a project. What is not connected may always be edited; of what is, Clio is asked anew.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] names the bill, its number and its state.
    pub async fn may_edit(&self, project: &Project) -> Result<()> {
        let Some(connection) = self.altfee().connection(&project.matter).await? else { return Ok(()) };
        let given_up = self.written_off(&connection).await?;
        match self.standing_of(&project.id, &given_up, &mut Bills::new()).await? {
            Ok(Standing { lock: Some(lock), .. }) => Err(Error::Locked { project: project.id.clone(), lock }),
            _ => Ok(()),
        }
    }

    pub(crate) async fn standing_of(
        &self,
        project: &ProjectId,
        given_up: &BTreeSet<Id<objects::Activity>>,
        bills: &mut Bills,
    ) -> Result<Result<Standing, Astray>> {
        let Some(linked) = self.link(project).await? else { return Ok(Err(Astray::Absent)) };
        let Some(activity) = self.activity(&linked.remote_id).await? else { return Ok(Err(Astray::Deleted)) };
        let written_off = given_up.contains(&activity.id);
        let facts = BillingFacts { written_off, ..BillingFacts::of(&activity) };
        let status = match status_of(&facts) {
            Ok(status) => status,
            Err(astray) => return Ok(Err(astray)),
        };
        let lock = if status.locks() { self.lock(&activity, bills).await? } else { None };
        Ok(Ok(Standing { status, lock }))
    }

    /// Where a project stands, whatever was written off.
    pub(crate) async fn standing_alone(&self, project: &ProjectId) -> Result<Result<Standing, Astray>> {
        self.standing_of(project, &BTreeSet::new(), &mut Bills::new()).await
    }

    async fn lock(&self, activity: &BillableActivity, bills: &mut Bills) -> Result<Option<Lock>> {
        let Some((bill, state)) =
            activity.bill.as_ref().and_then(|bill| Some((bill.id, bill.state.clone()?)))
        else {
            return Ok(None);
        };
        if let Some(number) = bills.get(&bill) {
            return Ok(Some(Lock { bill, number: number.clone(), state }));
        }
        let number = self.clio.bills().get(bill).select::<Bill>().await?.number;
        bills.insert(bill, number.clone());
        Ok(Some(Lock { bill, number, state }))
    }

    /// No field of an activity says that it was written off: only the list can be asked.
    pub(crate) async fn written_off(
        &self,
        connection: &Connection,
    ) -> Result<BTreeSet<Id<objects::Activity>>> {
        let list = self.clio.activities().list().matter_id(connection.clio_matter);
        let list = list.status(ActivityStatus::WrittenOff);
        Ok(list.items().map_ok(|activity| activity.id).try_collect().await?)
    }
}
