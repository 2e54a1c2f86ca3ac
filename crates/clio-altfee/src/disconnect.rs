//! Taking a connection back.

use std::fmt;

use clio_api::choices::BillState;
use clio_core::{ErrorKind, Id, schema::objects};
use clio_model::activities::BillableActivity;

use crate::{
    Astray, Error, Lock, MatterId, ProjectId, Result, Session, Standing, Status,
    session::Trouble,
    source::{KIND, Named, Wanted},
};

/// What becomes of fees at Clio when their matter is disconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leaving {
    /// What is on no bill, or was taken off a draft.
    pub unbilled: Unbilled,
    /// What is on a bill that was approved.
    pub invoiced: Invoiced,
}

/// What becomes of fees that are on no bill. AltFee's help does not say what its integration does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unbilled {
    /// They are deleted: whatever is billed comes from a connection. Connecting again writes them anew. The default.
    #[default]
    Delete,
    /// They stay as they are. Connecting again brings them up to date.
    Keep,
}

/// What becomes of a disconnection where something was invoiced. Invoiced work itself is never touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Invoiced {
    /// The matter stays connected, and the bill's number is told. The default.
    #[default]
    Refuse,
    /// The rest is disconnected; what was invoiced stays, and stays locked at AltFee.
    Leave,
}

/// A matter is disconnected, and this is what is left at Clio.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disconnection {
    /// The matter at AltFee.
    pub matter: MatterId,
    /// What is left of each project, in AltFee's order.
    pub projects: Vec<(ProjectId, Left)>,
}

/// What is left of a project at Clio.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Left {
    /// Nothing.
    Nothing,
    /// This activity, on no bill.
    Kept(Id<objects::Activity>),
    /// It is on this bill, and stays there.
    Invoiced(Lock),
    /// It stands as nothing that AltFee has a word for, and stays so.
    Astray(Astray),
    /// Somebody has changed it in Clio, so that it was not deleted: it waits for a person, with both values. See
    /// [`clio_sync::Firm::parked`].
    Waits(String),
    /// Clio refused to delete it, in these words.
    Refused(String),
    /// The answer was lost: [`Session::settle`] finds out.
    Pending,
}

impl fmt::Debug for Left {
    /// Leaves the reasons out: they may quote the record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Kept(id) => f.debug_tuple("Kept").field(id).finish(),
            Self::Invoiced(lock) => f.debug_tuple("Invoiced").field(lock).finish(),
            Self::Astray(astray) => f.debug_tuple("Astray").field(astray).finish(),
            Self::Waits(_) => f.write_str("Waits(..)"),
            Self::Refused(_) => f.write_str("Refused(..)"),
            Self::Pending => f.write_str("Pending"),
        }
    }
}

impl Session<'_> {
    /// Disconnects a matter: what is on a draft is taken off it, what is unbilled is deleted or kept, and AltFee's projects
    /// can be edited again.
    ///
    /// A fee is taken off a draft by deleting its line item, which Clio allows while the bill can be changed. That is sent at
    /// once, outside the engine: sent twice it does the same.
    ///
    /// Broken off in between, a disconnection is begun again: until then the matter may be connected still, with none of its
    /// fees at Clio, and its projects are [absent](Astray::Absent). No flow ends it by itself, since none knows whether it is
    /// still meant. Connecting writes the fees anew.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`]. [`Error::Locked`] names a bill that was approved, unless what was invoiced is to be
    /// [left](Invoiced::Leave), or a draft that Clio does not let be changed. What kept a system from being read or written.
    pub async fn disconnect(&self, matter: &MatterId, leaving: Leaving) -> Result<Disconnection> {
        let standing = self.standing(matter).await?;
        if leaving.invoiced == Invoiced::Refuse {
            refuse_invoiced(&standing.projects)?;
        }
        for (project, at) in &standing.projects {
            if let Ok(Standing { status: Status::Draft, lock: Some(lock) }) = at {
                self.take_off(project, lock).await?;
            }
        }
        let free = |at: &Result<Standing, Astray>| at.as_ref().is_ok_and(|at| at.status != Status::Invoice);
        if leaving.unbilled == Unbilled::Delete {
            let gone = |id: &ProjectId| (id.as_str().to_owned(), Wanted::Gone("its matter was disconnected"));
            let wanted =
                standing.projects.iter().filter(|(_, at)| free(at)).map(|(id, _)| gone(id)).collect();
            let named = Named::new(KIND, wanted);
            let plan = self.plan(&named).await?;
            self.apply(&plan, &named).await?;
        }
        {
            let _telling = self.telling().await;
            self.altfee().disconnect(matter).await?;
        }
        let mut projects = Vec::new();
        for (id, at) in standing.projects {
            let left = match at {
                Ok(Standing { status: Status::Invoice, lock }) => {
                    self.altfee().set_status(&id, Status::Invoice, lock.as_ref()).await?;
                    lock.map_or(Left::Astray(Astray::Unknown), Left::Invoiced)
                }
                Ok(_) => self.left(&id, leaving.unbilled).await?,
                // A list may hide what stands there all the same.
                Err(Astray::Deleted | Astray::Absent) => self.left(&id, Unbilled::Keep).await?,
                Err(astray) => Left::Astray(astray),
            };
            projects.push((id, left));
        }
        Ok(Disconnection { matter: matter.clone(), projects })
    }

    async fn left(&self, project: &ProjectId, unbilled: Unbilled) -> Result<Left> {
        let Some(linked) = self.link(project).await? else { return Ok(Left::Nothing) };
        let Some(activity) = self.activity(&linked.remote_id).await? else { return Ok(Left::Nothing) };
        Ok(match self.trouble(project.as_str()).await? {
            Some(Trouble::Waits(reason)) => Left::Waits(reason),
            Some(Trouble::Refused(reason)) => Left::Refused(reason),
            None if unbilled == Unbilled::Keep => Left::Kept(activity.id),
            None => Left::Pending,
        })
    }

    /// Takes the fee of a project off a draft.
    async fn take_off(&self, project: &ProjectId, lock: &Lock) -> Result<()> {
        let Some(linked) = self.link(project).await? else { return Ok(()) };
        let Some(activity) = self.activity(&linked.remote_id).await? else { return Ok(()) };
        let locked = |lock: Lock| Err(Error::Locked { project: project.clone(), lock });
        // It may have been approved a moment ago.
        if let Some(now) = lock_now(&activity, lock) {
            return locked(now);
        }
        let lines = self.lines_of(lock.bill).await?;
        let of = |line: &clio_model::bills::BillLine| {
            line.activity.as_ref().map(|one| one.id) == Some(activity.id)
        };
        let Some(line) = lines.into_iter().find(of) else { return Ok(()) };
        match self.clio.line_items().delete(line.id).await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
                let now = self.activity(&linked.remote_id).await?;
                let state = now.and_then(|now| now.bill?.state).unwrap_or_else(|| lock.state.clone());
                locked(Lock { state, ..lock.clone() })
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn refuse_invoiced(projects: &[(ProjectId, Result<Standing, Astray>)]) -> Result<()> {
    for (project, at) in projects {
        if let Ok(Standing { status: Status::Invoice, lock: Some(lock) }) = at {
            return Err(Error::Locked { project: project.clone(), lock: lock.clone() });
        }
    }
    Ok(())
}

/// Why the activity's line cannot go, as of now.
fn lock_now(activity: &BillableActivity, lock: &Lock) -> Option<Lock> {
    let bill = activity.bill.as_ref().filter(|bill| bill.id == lock.bill)?;
    let state = bill.state.clone()?;
    let open =
        matches!(state, BillState::Draft | BillState::AwaitingApproval) && bill.can_update != Some(false);
    (!open).then(|| Lock { state, ..lock.clone() })
}
