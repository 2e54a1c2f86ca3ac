//! Plain export: fees without a connection.

use std::fmt;

use chrono::NaiveDate;
use clio_core::{Id, schema::objects};
use clio_model::Money;
use clio_sync::Plan;

use crate::{
    Became, Connection, Error, MatterId, Project, ProjectId, Result, Row, Session,
    connect::refuse_unfit,
    session::Trouble,
    source::{EXPORT, Named, Wanted},
};

/// What an export would write: for a person to look at. `Display` is a table, and warns where a project was exported to the
/// same matter before.
#[derive(Clone)]
#[non_exhaustive]
pub struct ExportPreview {
    /// The matter at AltFee.
    pub matter: MatterId,
    /// The matter at Clio.
    pub clio_matter: Id<objects::Matter>,
    /// A row for each project, in AltFee's order.
    pub rows: Vec<Row>,
    /// What all that can be billed comes to.
    pub total: Money,
    /// What the engine would write.
    pub plan: Plan,
    /// What it would be, if it was one.
    connection: Connection,
}

impl fmt::Debug for ExportPreview {
    /// Leaves the amounts out: they are data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportPreview")
            .field("matter", &self.matter)
            .field("clio_matter", &self.clio_matter)
            .field("rows", &self.rows)
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

impl ExportPreview {
    /// Something was exported to the same matter before, and would stand there twice.
    pub fn repeats(&self) -> bool {
        self.rows.iter().any(|row| row.exports > 0)
    }
}

impl fmt::Display for ExportPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|row| row.fmt(f))?;
        write!(f, "{:>16}  in all, on matter {}", self.total.to_string(), self.clio_matter)
    }
}

impl Session<'_> {
    /// What exporting a matter to one of Clio's would write. Writes nothing. What is exported is not kept in step, and AltFee
    /// learns nothing of it.
    ///
    /// # Errors
    ///
    /// As [`Session::preview`]; [`Error::AlreadyConnected`] also of a matter that is connected to this one.
    pub async fn preview_export(
        &self,
        matter: &MatterId,
        clio_matter: Id<objects::Matter>,
        on: NaiveDate,
    ) -> Result<ExportPreview> {
        if let Some(connected) = self.altfee().connection(matter).await? {
            return Err(Error::AlreadyConnected(connected));
        }
        let connection = self.propose(matter, clio_matter, on).await?;
        let projects = self.altfee().projects(matter).await?;
        if projects.is_empty() {
            return Err(Error::NoProjects(matter.clone()));
        }
        let (rows, total) = self.rows(&projects, &connection).await?;
        let plan = self.plan(&exported(&projects, &rows, &connection)).await?;
        Ok(ExportPreview { matter: matter.clone(), clio_matter, rows, total, plan, connection })
    }

    /// Yes: writes what the preview shows, also what was exported before. The same preview twice writes it once.
    ///
    /// # Errors
    ///
    /// As [`Session::confirm`].
    pub async fn export(&self, preview: &ExportPreview) -> Result<Vec<(ProjectId, Became)>> {
        refuse_unfit(&preview.rows)?;
        if let Some(connected) = self.altfee().connection(&preview.matter).await? {
            return Err(Error::AlreadyConnected(connected));
        }
        self.propose(&preview.matter, preview.clio_matter, preview.connection.since).await?;
        let projects = self.altfee().projects(&preview.matter).await?;
        self.apply(&preview.plan, &exported(&projects, &preview.rows, &preview.connection)).await?;
        let mut all = Vec::new();
        for row in &preview.rows {
            let id = export_id(&row.project, preview.clio_matter, row.exports);
            let became = match (self.link_of(EXPORT, &id).await?, self.trouble(&id).await?) {
                (Some(linked), _) => match self.activity(&linked.remote_id).await? {
                    Some(activity) => Became::Stands(activity.id),
                    None => Became::DeletedInClio,
                },
                (None, Some(Trouble::Refused(reason))) => Became::Refused(reason),
                (None, Some(Trouble::Waits(reason))) => Became::Waits(reason),
                (None, None) => Became::Pending,
            };
            all.push((row.project.clone(), became));
        }
        Ok(all)
    }

    /// How many times a project was exported to a matter: the engine knows each by its number.
    pub(crate) async fn exports(&self, project: &ProjectId, matter: Id<objects::Matter>) -> Result<usize> {
        let mut times = 0;
        while self.link_of(EXPORT, &export_id(project, matter, times)).await?.is_some() {
            times += 1;
        }
        Ok(times)
    }
}

/// The id of one export at its source.
fn export_id(project: &ProjectId, matter: Id<objects::Matter>, earlier: usize) -> String {
    format!("{project} to {matter}, {}", earlier + 1)
}

fn exported(projects: &[Project], rows: &[Row], connection: &Connection) -> Named {
    let matter = connection.clio_matter;
    let one = |project: &Project| {
        let row = rows.iter().find(|row| row.project == project.id);
        let id = export_id(&project.id, matter, row.map_or(0, |row| row.exports));
        (id, Wanted::Export(Box::new(project.clone()), connection.clone()))
    };
    Named::new(EXPORT, projects.iter().map(one).collect())
}
