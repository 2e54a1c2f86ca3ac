//! What became of the projects of a connected matter.

use std::fmt;

use clio_core::{Id, schema::objects};
use clio_model::Money;
use clio_sync::{LineOutcome, Report};

use crate::{
    Connection, FormRecord, MatterId, Project, ProjectId, Result, Session, mapping, session::Trouble,
};

/// A matter is connected, and this is what stands at Clio.
/// `Display` is a table, and says below it whether Clio kept what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confirmation {
    /// The connection.
    pub connection: Connection,
    /// What became of each project, in AltFee's order.
    pub projects: Vec<(ProjectId, Became)>,
    /// What each of them is, in the same order.
    pub fees: Vec<Confirmed>,
    /// What is known of the form that the fees have, by the fees of this matter.
    pub form: FormRecord,
}

/// What a project is, in a [`Confirmation`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confirmed {
    /// Its name, in one line.
    pub name: String,
    /// Its price at AltFee.
    pub price: Money,
}

impl fmt::Debug for Confirmed {
    /// Leaves both out: they are data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Confirmed").finish_non_exhaustive()
    }
}

impl Confirmation {
    /// Every project stands at Clio.
    pub fn is_complete(&self) -> bool {
        self.projects.iter().all(|(_, became)| matches!(became, Became::Stands(_)))
    }
}

/// What became of a project.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Became {
    /// It stands at Clio as this activity.
    Stands(Id<objects::Activity>),
    /// Clio refused it, or made something else of it, which was taken away again. In words for people.
    Refused(String),
    /// The answer was lost: [`Session::settle`] finds out.
    Pending,
    /// It waits for a person, for this reason: see [`clio_sync::Firm::parked`].
    Waits(String),
    /// Somebody deleted its activity in Clio. It is not written again.
    DeletedInClio,
}

impl fmt::Debug for Became {
    /// Leaves the reasons out: they may quote what was sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stands(id) => f.debug_tuple("Stands").field(id).finish(),
            Self::Refused(_) => f.write_str("Refused(..)"),
            Self::Pending => f.write_str("Pending"),
            Self::Waits(_) => f.write_str("Waits(..)"),
            Self::DeletedInClio => f.write_str("DeletedInClio"),
        }
    }
}

impl fmt::Display for Became {
    /// With the reason: for people who may see it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stands(id) => write!(f, "activity {id}"),
            Self::Refused(reason) => write!(f, "refused: {reason}"),
            Self::Pending => f.write_str("not known yet"),
            Self::Waits(reason) => write!(f, "waits for a person: {reason}"),
            Self::DeletedInClio => f.write_str("deleted in Clio"),
        }
    }
}

impl fmt::Display for Confirmation {
    /// A line for each project with its amount and what it is in Clio, and what is known of the form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (Confirmed { name, price }, (_, became)) in self.fees.iter().zip(&self.projects) {
            writeln!(f, "{:>16}  {name}: {became}", price.to_string())?;
        }
        self.form.fmt(f)
    }
}

impl Session<'_> {
    /// What became of the projects of a connected matter, by what the engine knows now.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`](crate::Error::NotConnected), and what kept a system from being read.
    pub async fn confirmation(&self, matter: &MatterId) -> Result<Confirmation> {
        let connection = self.connection(matter).await?;
        let projects = self.altfee().projects(matter).await?;
        self.confirmed(connection, &projects, None).await
    }

    /// The same, just after a run that reported this.
    pub(crate) async fn confirmed(
        &self,
        connection: Connection,
        projects: &[Project],
        report: Option<&Report>,
    ) -> Result<Confirmation> {
        let mut became = Vec::with_capacity(projects.len());
        for project in projects {
            became.push((project.id.clone(), self.became(&project.id, report).await?));
        }
        let fee = |project: &Project| Confirmed { name: mapping::line(&project.name), price: project.price };
        Ok(Confirmation {
            connection,
            projects: became,
            fees: projects.iter().map(fee).collect(),
            form: self.form_of(projects).await?,
        })
    }

    async fn became(&self, project: &ProjectId, report: Option<&Report>) -> Result<Became> {
        let trouble = self.trouble(project.as_str()).await?;
        if let Some(linked) = self.link(project).await? {
            return Ok(match (trouble, self.activity(&linked.remote_id).await?) {
                (_, None) => Became::DeletedInClio,
                (Some(Trouble::Refused(reason)), _) => Became::Refused(reason),
                (Some(Trouble::Waits(reason)), _) => Became::Waits(reason),
                (None, Some(activity)) => Became::Stands(activity.id),
            });
        }
        Ok(match trouble {
            Some(Trouble::Refused(reason)) => Became::Refused(reason),
            Some(Trouble::Waits(reason)) => Became::Waits(reason),
            None if left_out(project, report) => Became::DeletedInClio,
            None => Became::Pending,
        })
    }
}

/// The engine left it out, because somebody deleted what it had written.
fn left_out(project: &ProjectId, report: Option<&Report>) -> bool {
    let lines = report.into_iter().flat_map(|report| &report.lines);
    let of = |line: &&clio_sync::Line| line.id == project.as_str();
    lines.filter(of).any(|line| line.outcome == LineOutcome::Skipped)
}
