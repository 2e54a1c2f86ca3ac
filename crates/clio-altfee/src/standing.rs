//! Where the projects of connected matters stand at Clio.

use std::collections::{BTreeMap, BTreeSet};

use clio_api::{Clio, choices::ActivityStatus};
use clio_core::{Id, schema::objects, values::MatterStatus};
use clio_model::activities::{BillableActivity, BillingFacts};
use clio_sync::Links;
use futures_util::TryStreamExt;

use crate::{
    Astray, Connection, Error, Lock, MatterId, Project, ProjectId, Result, Session, Status,
    session::ACTIVITY, source::KIND, status_of,
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

/// AltFee shows the project so.
pub(crate) fn shows(project: &Project, at: &Standing) -> bool {
    project.status == Some(at.status) && project.lock == at.lock
}

/// So many activities are asked for at once: their ids are in the address.
const AT_ONCE: usize = 100;

/// Reads where projects stand.
#[derive(Debug, Clone)]
pub(crate) struct Standings {
    pub(crate) clio: Clio,
    pub(crate) links: Links,
}

impl Standings {
    /// Where these projects stand, in their order, whatever matters they are of. Two requests for a hundred of them, and none
    /// for those that have no activity.
    pub(crate) async fn of(
        &self,
        projects: &[ProjectId],
    ) -> clio_sync::Result<Vec<Result<Standing, Astray>>> {
        let linked = self.linked(projects).await?;
        let ids: Vec<_> = linked.iter().flatten().copied().collect();
        let (mut activities, mut given_up) = (BTreeMap::new(), BTreeSet::new());
        for ids in ids.chunks(AT_ONCE) {
            activities.extend(self.activities(ids).await?);
            given_up.extend(self.written_off(ids).await?);
        }
        let stands = |id: Id<objects::Activity>| {
            let activity = activities.get(&id).ok_or(Astray::Deleted)?;
            standing(activity, given_up.contains(&id))
        };
        Ok(linked.into_iter().map(|id| id.ok_or(Astray::Absent).and_then(stands)).collect())
    }

    /// Where a project stands, whatever was written off.
    pub(crate) async fn alone(&self, project: &ProjectId) -> clio_sync::Result<Result<Standing, Astray>> {
        match self.linked(std::slice::from_ref(project)).await?.pop() {
            Some(Some(id)) => {
                let activity = self.activities(&[id]).await?.remove(&id);
                Ok(activity.ok_or(Astray::Deleted).and_then(|activity| standing(&activity, false)))
            }
            _ => Ok(Err(Astray::Absent)),
        }
    }

    /// The activity of each, as far as the engine wrote one and knows that it stands.
    async fn linked(&self, projects: &[ProjectId]) -> clio_sync::Result<Vec<Option<Id<objects::Activity>>>> {
        let mut all = Vec::new();
        for project in projects {
            let linked = self.links.get(KIND, project.as_str(), ACTIVITY).await?;
            let id = linked.and_then(|linked| linked.remote_id.parse().ok());
            all.push(id.map(Id::new));
        }
        Ok(all)
    }

    async fn activities(
        &self,
        ids: &[Id<objects::Activity>],
    ) -> clio_sync::Result<BTreeMap<Id<objects::Activity>, BillableActivity>> {
        let list = self.clio.activities().list().ids(ids.iter().copied()).select::<BillableActivity>();
        Ok(list.items().map_ok(|activity| (activity.id, activity)).try_collect().await?)
    }

    /// No field of an activity says that it was written off: only the list can be asked.
    async fn written_off(
        &self,
        ids: &[Id<objects::Activity>],
    ) -> clio_sync::Result<BTreeSet<Id<objects::Activity>>> {
        let list = self.clio.activities().list().ids(ids.iter().copied()).status(ActivityStatus::WrittenOff);
        Ok(list.items().map_ok(|activity| activity.id).try_collect().await?)
    }
}

/// Where a project stands by its activity. Pure.
fn standing(activity: &BillableActivity, written_off: bool) -> Result<Standing, Astray> {
    let status = status_of(&BillingFacts { written_off, ..BillingFacts::of(activity) })?;
    let bill = activity.bill.as_ref().filter(|_| status.locks());
    let lock = bill.and_then(|bill| {
        Some(Lock { bill: bill.id, number: bill.number.clone(), state: bill.state.clone()? })
    });
    Ok(Standing { status, lock })
}

impl Session<'_> {
    /// What the flow `altfee/status` does each minute, now and for one matter: reads where its projects stand at Clio, shows it
    /// at AltFee, and locks and unlocks there what follows.
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
            if known.is_some_and(|known| !shows(known, at)) {
                // Before AltFee is told, so that what is broken off in between is done the next time.
                if at.lock.is_none() {
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
        let projects = self.altfee().projects(matter).await?;
        let projects: Vec<ProjectId> = projects.into_iter().map(|project| project.id).collect();
        let standings = self.standings().of(&projects).await?;
        let projects: Vec<_> = projects.into_iter().zip(standings).collect();
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
        if self.altfee().connection(&project.matter).await?.is_none() {
            return Ok(());
        }
        match self.standings().of(std::slice::from_ref(&project.id)).await?.pop() {
            Some(Ok(Standing { lock: Some(lock), .. })) => {
                Err(Error::Locked { project: project.id.clone(), lock })
            }
            _ => Ok(()),
        }
    }

    /// Where a project stands, whatever was written off.
    pub(crate) async fn standing_alone(&self, project: &ProjectId) -> Result<Result<Standing, Astray>> {
        Ok(self.standings().alone(project).await?)
    }

    fn standings(&self) -> Standings {
        Standings { clio: self.clio.clone(), links: self.links() }
    }
}
