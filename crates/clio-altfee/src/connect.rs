//! Connecting a matter: look first, then say yes.

use std::fmt;

use chrono::NaiveDate;
use clio_core::{Id, schema::objects, values::MatterStatus};
use clio_model::Money;
use clio_sync::{LineOutcome, Plan, Report};

use crate::{
    Became, Confirmation, Connection, Error, Fee, FormRecord, MatterId, Project, ProjectId, Result, Session,
    Standing, Status, Unfit, fee, mapping,
    source::{KIND, Named, TAKEN_OUT, Wanted},
};

/// What connecting a matter would write: for a person to look at, before anything is written. `Display` is a table.
///
/// It is of the moment: [`Session::confirm`] refuses it once anything that it was made upon has changed.
#[derive(Clone)]
#[non_exhaustive]
pub struct Preview {
    /// The connection to be.
    pub connection: Connection,
    /// A row for each project, in AltFee's order.
    pub rows: Vec<Row>,
    /// What all that can be billed comes to.
    pub total: Money,
    /// The projects that were taken out of the matter while it was not connected, and whose fees were kept at Clio on no bill:
    /// those are deleted.
    pub gone: Vec<ProjectId>,
    /// What is known of the form that the fees are to have.
    pub form: FormRecord,
    /// What the engine would write.
    pub plan: Plan,
}

impl fmt::Debug for Preview {
    /// Leaves the amounts out: they are data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview")
            .field("connection", &self.connection)
            .field("rows", &self.rows)
            .field("gone", &self.gone)
            .field("form", &self.form)
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

/// A project in a [`Preview`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// The fee that it becomes, or why it cannot.
    pub fee: Result<Fee, Unfit>,
    /// The descriptions as the bill will show them.
    pub descriptions: Vec<String>,
    /// Another project of the matter has the same name. That is allowed; on the bill only the rest tells them apart.
    pub same_name: bool,
    /// So many times it was exported to the matter before. Each export stands there beside whatever is written now.
    pub exports: usize,
}

impl Row {
    /// What a person should know before they say yes.
    pub fn warnings(&self) -> impl Iterator<Item = &'static str> {
        let twin = self.same_name.then_some("another project has this name");
        twin.into_iter().chain((self.exports > 0).then_some("it was exported to this matter before"))
    }
}

impl fmt::Debug for Row {
    /// Shows which project it is: the rest is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("project", &self.project).finish_non_exhaustive()
    }
}

impl Session<'_> {
    /// What connecting a matter to one of Clio's would write. Writes nothing, neither to Clio nor to AltFee. `on` is the day
    /// that it is: the firm knows its time zone, and Clio does not tell it.
    ///
    /// A matter that is connected already gives what is missing: nothing is doubled.
    ///
    /// # Errors
    ///
    /// Why the two cannot be connected; what kept a system from being read. That a project cannot be billed is no error here,
    /// but a [row](Row::fee) of the preview.
    pub async fn preview(
        &self,
        matter: &MatterId,
        clio_matter: Id<objects::Matter>,
        on: NaiveDate,
    ) -> Result<Preview> {
        let connection = self.propose(matter, clio_matter, on).await?;
        let projects = self.altfee().projects(matter).await?;
        if projects.is_empty() {
            return Err(Error::NoProjects(matter.clone()));
        }
        self.refuse_elsewhere(&projects, clio_matter).await?;
        let gone = self.gone(matter).await?;
        let plan = self.plan(&wanted(&projects, &gone, &connection)).await?;
        let (rows, total) = self.rows(&projects, &connection).await?;
        let form = self.form_of(&projects).await?;
        Ok(Preview { connection, rows, total, gone, form, plan })
    }

    /// A row for each project, and what they come to.
    pub(crate) async fn rows(
        &self,
        projects: &[Project],
        connection: &Connection,
    ) -> Result<(Vec<Row>, Money)> {
        let settings = self.settings();
        let mut rows = Vec::with_capacity(projects.len());
        for project in projects {
            let name = mapping::line(&project.name);
            let twin = |other: &Project| other.id != project.id && mapping::line(&other.name) == name;
            rows.push(Row {
                project: project.id.clone(),
                fee: fee(project, connection, settings),
                descriptions: mapping::bullets(project),
                same_name: projects.iter().any(twin),
                exports: self.exports(&project.id, connection.clio_matter).await?,
                name,
            });
        }
        let amounts = rows.iter().filter_map(|row| Some(row.fee.as_ref().ok()?.amount));
        let total = Money::sum(settings.currency, amounts)
            .map_err(|error| Error::Sync(clio_core::Error::from(error).into()))?;
        Ok((rows, total))
    }

    /// Yes: writes what the preview shows, all of it and nothing else, and remembers the connection.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] while a project cannot be billed: a matter is not connected in part. [`Error::Locked`] where a fee that
    /// would be changed went on a bill since. [`Error::Sync`] of the kind [`Stale`](clio_sync::ErrorKind::Stale) where anything
    /// else is otherwise than in the preview. Else as [`Session::preview`]. After an error that
    /// [can pass](clio_sync::Error::is_retryable) the matter may be connected all the same, and what is missing is written by
    /// [`Session::settle`] and the flow `altfee/projects`: [`Session::confirmation`] tells, and so does connecting again.
    pub async fn confirm(&self, preview: &Preview) -> Result<Confirmation> {
        refuse_unfit(&preview.rows)?;
        let connection = &preview.connection;
        // Meanwhile it may have been closed, deleted or moved.
        self.propose(&connection.matter, connection.clio_matter, connection.since).await?;
        let projects = self.altfee().projects(&connection.matter).await?;
        self.refuse_elsewhere(&projects, connection.clio_matter).await?;
        self.refuse_locked(&preview.plan).await?;
        let gone = self.gone(&connection.matter).await?;
        let named = Named { connects: Some(connection.clone()), ..wanted(&projects, &gone, connection) };
        let report = self.apply(&preview.plan, &named).await?;
        let confirmation = self.confirmed(connection.clone(), &projects, Some(&report)).await?;
        for (project, (id, became)) in projects.iter().zip(&confirmation.projects) {
            // What was kept may be on a bill: the flow `altfee/status` finds out.
            if matches!(became, Became::Stands(_)) && project.status.is_none() && written(project, &report) {
                self.altfee().set_status(id, Status::Unbillable, None).await?;
            }
        }
        Ok(confirmation)
    }

    /// The connection that it would be, if the two can be connected.
    pub(crate) async fn propose(
        &self,
        id: &MatterId,
        clio_matter: Id<objects::Matter>,
        on: NaiveDate,
    ) -> Result<Connection> {
        let matter = self.matter(id).await?;
        let client = self.altfee().client(&matter.client).await?;
        let client = client.ok_or_else(|| Error::NoSuchClient(matter.client.clone()))?;
        let clio_client = client.clio_contact.ok_or(Error::ClientNotLinked(matter.client))?;
        let there = self.clio_matter(clio_matter).await?.ok_or(Error::MatterGone(clio_matter))?;
        let of = there.client.as_ref().map(|client| client.id);
        if of != Some(clio_client) {
            return Err(Error::OtherClient { matter: clio_matter, client: of });
        }
        if there.status == MatterStatus::Closed && !self.settings().closed_matters {
            return Err(Error::MatterClosed(clio_matter));
        }
        match self.altfee().connection(id).await? {
            Some(other) if other.clio_matter != clio_matter => Err(Error::AlreadyConnected(other)),
            // The day of its activities stays.
            Some(same) => Ok(Connection { clio_client, ..same }),
            None => Ok(Connection { matter: id.clone(), clio_matter, clio_client, since: on }),
        }
    }

    /// The projects that are in the matter no more, and whose fees stand at Clio on no bill. What was taken out while the matter
    /// was connected went with the flow `altfee/projects`.
    async fn gone(&self, matter: &MatterId) -> Result<Vec<ProjectId>> {
        let removed = self.altfee().changes(None).await?.removed;
        let mut gone = Vec::new();
        for (_, project) in removed.into_iter().filter(|(of, _)| of == matter) {
            if let Ok(Standing { lock: None, .. }) = self.standing_alone(&project).await? {
                gone.push(project);
            }
        }
        Ok(gone)
    }

    /// Clio changes nothing that is on a bill, and would say so without the bill's number.
    async fn refuse_locked(&self, plan: &Plan) -> Result<()> {
        for step in plan.steps.iter().filter(|step| step.preview.remote_id.is_some()) {
            let project = ProjectId::new(&step.preview.source_id);
            if let Ok(Standing { lock: Some(lock), .. }) = self.standing_alone(&project).await? {
                return Err(Error::Locked { project, lock });
            }
        }
        Ok(())
    }

    /// What was kept on another matter would be moved from there, out of somebody's sight.
    async fn refuse_elsewhere(&self, projects: &[Project], matter: Id<objects::Matter>) -> Result<()> {
        for project in projects {
            let Some(linked) = self.link(&project.id).await? else { continue };
            let Some(activity) = self.activity(&linked.remote_id).await? else { continue };
            if activity.matter.is_some_and(|stands| stands.id != matter) {
                let activity = linked.remote_id;
                return Err(Error::StandsElsewhere { project: project.id.clone(), activity });
            }
        }
        Ok(())
    }
}

/// The engine has written it just now, so that it is on no bill.
fn written(project: &Project, report: &Report) -> bool {
    let of = |line: &&clio_sync::Line| line.id == project.id.as_str();
    let by = |line: &clio_sync::Line| matches!(line.outcome, LineOutcome::Created | LineOutcome::Updated);
    report.lines.iter().filter(of).any(by)
}

fn wanted(projects: &[Project], gone: &[ProjectId], connection: &Connection) -> Named {
    let fee = |project: &Project| Wanted::Fee(Box::new(project.clone()), connection.clone());
    let fees = projects.iter().map(|project| (project.id.as_str().to_owned(), fee(project)));
    let gone = gone.iter().map(|id| (id.as_str().to_owned(), Wanted::Gone(TAKEN_OUT)));
    Named::new(KIND, fees.chain(gone).collect())
}

impl fmt::Display for Preview {
    /// A line for each project with its amount, a line for each description below it, and the total.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|row| row.fmt(f))?;
        self.gone.iter().try_for_each(|id| writeln!(f, "{:>16}  {id}: {TAKEN_OUT}, and is deleted", "-"))?;
        if !self.form.otherwise.is_empty() {
            self.form.to_string().lines().try_for_each(|line| writeln!(f, "{:>16}  {line}", "!"))?;
        }
        write!(f, "{:>16}  in all, on matter {}", self.total.to_string(), self.connection.clio_matter)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fee {
            Ok(fee) => write!(f, "{:>16}  {}", fee.amount.to_string(), self.name)?,
            Err(unfit) => write!(f, "{:>16}  {}: {unfit}", "!", self.name)?,
        }
        self.warnings().try_for_each(|warning| write!(f, "  ({warning})"))?;
        writeln!(f)?;
        self.descriptions.iter().try_for_each(|text| writeln!(f, "{:>16}    • {text}", ""))
    }
}

/// The projects that cannot be billed.
pub(crate) fn refuse_unfit(rows: &[Row]) -> Result<()> {
    let unfit = |row: &Row| Some((row.project.clone(), row.fee.as_ref().err()?.clone()));
    let unfit: Vec<_> = rows.iter().filter_map(unfit).collect();
    if unfit.is_empty() { Ok(()) } else { Err(Error::Unfit(unfit)) }
}
