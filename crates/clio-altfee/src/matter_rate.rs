//! The flat rate of a whole matter, for a single project that a firm chooses it for.

use std::{collections::BTreeSet, fmt};

use chrono::NaiveDate;
use clio_api::choices::MatterCustomRateType;
use clio_core::{Etag, Id, Selection, schema::objects};
use clio_model::{Money, activities::BillableActivity, matters::MatterRates};
use futures_util::TryStreamExt;

use crate::{
    Connection, Error, MatterId, Project, ProjectId, Result, Session, fee,
    rate_target::{Rate, refused_of},
    source::{Named, RATE, Wanted},
};

/// The flow that writes it.
const FLOW: &str = "altfee/matter-rate";

/// What giving a matter a flat rate of its own would do: for a person to look at, before anything is written. `Display` says it
/// in lines.
#[derive(Clone)]
#[non_exhaustive]
pub struct MatterRatePreview {
    /// The matter at AltFee.
    pub matter: MatterId,
    /// The matter at Clio.
    pub clio_matter: Id<objects::Matter>,
    /// Its only project.
    pub project: ProjectId,
    /// The rate: the project's price.
    pub price: Money,
    /// Whose rate it is: Clio wants one.
    pub attorney: Id<objects::User>,
    /// What a person should know before they say yes.
    pub warnings: Vec<RateWarning>,
    proposed: Connection,
    rate: Rate,
    entries: BTreeSet<Id<objects::Activity>>,
}

impl fmt::Debug for MatterRatePreview {
    /// Leaves the price out: it is data of the firm and its clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatterRatePreview")
            .field("matter", &self.matter)
            .field("clio_matter", &self.clio_matter)
            .field("project", &self.project)
            .field("attorney", &self.attorney)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// What a person should know before a matter gets a flat rate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateWarning {
    /// Only the amount goes to Clio: a rate has neither name nor bullets, and nothing that AltFee could follow or lock comes of
    /// it. Always there.
    AmountOnly,
    /// Clio deletes these rates of the matter, since they are of another type (its document). Their amounts cannot be read.
    DeletesRates {
        /// What they are.
        r#type: Option<MatterCustomRateType>,
        /// How many.
        rates: usize,
    },
    /// The matter has a flat rate already, whose amount cannot be read: it gets this one instead.
    ReplacesFlatRate,
    /// What was charged by the matter's rates is posted or on a bill.
    OnInvoice,
    /// The project stands on the matter as this activity too, so it could be billed twice.
    StandsAlready(Id<objects::Activity>),
    /// So many times the project was exported to the matter before, so it could be billed twice.
    ExportedBefore(usize),
}

impl fmt::Display for RateWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AmountOnly => {
                f.write_str("only the amount goes to Clio, and AltFee cannot follow it there")
            }
            Self::DeletesRates { r#type, rates } => {
                let what = match r#type {
                    Some(MatterCustomRateType::HourlyRate) => "hourly ",
                    Some(MatterCustomRateType::ContingencyFee) => "contingency ",
                    _ => "",
                };
                write!(f, "{rates} saved {what}rate(s) of the matter are deleted")
            }
            Self::ReplacesFlatRate => f.write_str("the matter has a flat rate already, which is replaced"),
            Self::OnInvoice => f.write_str("work charged by the rates of the matter is posted or on a bill"),
            Self::StandsAlready(id) => write!(f, "the project stands on the matter already: activity {id}"),
            Self::ExportedBefore(times) => {
                write!(f, "the project was exported to the matter {times} time(s)")
            }
        }
    }
}

impl fmt::Display for MatterRatePreview {
    /// The rate in a line, and a line for each warning.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (price, matter, user) = (self.price, self.clio_matter, self.attorney);
        write!(f, "{:>16}  as the flat rate of matter {matter}, of user {user}", price.to_string())?;
        self.warnings.iter().try_for_each(|warning| write!(f, "\n{:>16}  {warning}", "!"))
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatterRateSet {
    /// The matter at Clio.
    pub clio_matter: Id<objects::Matter>,
    /// What became of the rate.
    pub rate: RateBecame,
    /// The flat fees on the matter that were not there when it was looked at. Whether Clio makes one of a rate that comes by
    /// its API is disputed: its own pages do.
    pub entries: Vec<FlatEntry>,
}

/// What became of a rate.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RateBecame {
    /// The matter has one flat rate, which Clio took. Its amount cannot be read back: Clio's API answers rates of a matter
    /// without amounts.
    Taken,
    /// Clio refused it, made something else of it, or has another version of the matter than was looked at. In words for people.
    Refused(String),
}

impl fmt::Debug for RateBecame {
    /// Leaves the reason out: it may quote what was sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Taken) { "Taken" } else { "Refused(..)" })
    }
}

/// A flat fee that came to stand on the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FlatEntry {
    /// The activity.
    pub activity: Id<objects::Activity>,
    /// It comes to the price of the project, to the cent.
    pub agrees: bool,
}

/// A matter with its rates.
#[derive(Selection)]
#[clio(object = "Matter")]
pub(crate) struct Rated {
    pub(crate) id: Id<objects::Matter>,
    pub(crate) etag: Etag,
    pub(crate) custom_rate: Option<MatterRates>,
}

impl Session<'_> {
    /// What giving a matter of Clio's a flat rate of its own would do, in place of a flat fee. Writes nothing. For a matter of
    /// one project, which a person chooses it for: nothing comes to it by itself.
    ///
    /// This is less than connecting. Clio keeps one amount, no name and no bullets; what activity comes of it is
    /// [disputed](MatterRateSet::entries); nothing tells AltFee where it stands. So nothing is connected, and a later change at
    /// AltFee goes nowhere.
    ///
    /// # Errors
    ///
    /// [`Error::NotOneProject`], [`Error::Unfit`]; [`Error::AlreadyConnected`] of a matter that is connected; else as
    /// [`Session::preview`].
    pub async fn preview_matter_rate(
        &self,
        matter: &MatterId,
        clio_matter: Id<objects::Matter>,
        attorney: Id<objects::User>,
        on: NaiveDate,
    ) -> Result<MatterRatePreview> {
        if let Some(connected) = self.altfee().connection(matter).await? {
            return Err(Error::AlreadyConnected(connected));
        }
        let proposed = self.propose(matter, clio_matter, on).await?;
        let project = self.only_project(matter).await?;
        let price = fee(&project, &proposed, self.settings());
        let price = price.map_err(|unfit| Error::Unfit(vec![(project.id.clone(), unfit)]))?.amount;
        let there: Rated = self.clio.matters().get(clio_matter).select().await?;
        let mut warnings = vec![RateWarning::AmountOnly];
        warnings.extend(of_rates(there.custom_rate.as_ref()));
        if let Some(linked) = self.link(&project.id).await?
            && let Some(activity) = self.activity(&linked.remote_id).await?
            && activity.matter.is_some_and(|matter| matter.id == clio_matter)
        {
            warnings.push(RateWarning::StandsAlready(activity.id));
        }
        let exports = self.exports(&project.id, clio_matter).await?;
        warnings.extend((exports > 0).then_some(RateWarning::ExportedBefore(exports)));
        let entries = self.flat_entries(clio_matter).await?.into_iter().map(|one| one.id).collect();
        let rate = Rate::new(&there, attorney, price.amount());
        let (matter, project) = (matter.clone(), project.id);
        Ok(MatterRatePreview {
            matter,
            clio_matter,
            project,
            price,
            attorney,
            warnings,
            proposed,
            rate,
            entries,
        })
    }

    /// Yes: gives the matter that rate, if it still is as it was looked at, and reads back what came of it. The same preview
    /// twice writes it once.
    ///
    /// # Errors
    ///
    /// As [`Session::preview_matter_rate`]; [`Error::Sync`] of the kind [`Stale`](clio_sync::ErrorKind::Stale) where the project
    /// is otherwise than in the preview. After an error that [can pass](clio_sync::Error::is_retryable) the rate may stand:
    /// calling this again tells, and does not write it twice.
    pub async fn set_matter_rate(&self, preview: &MatterRatePreview) -> Result<MatterRateSet> {
        let MatterRatePreview { matter, clio_matter, proposed, price, .. } = preview;
        if let Some(connected) = self.altfee().connection(matter).await? {
            return Err(Error::AlreadyConnected(connected));
        }
        self.propose(matter, *clio_matter, proposed.since).await?;
        let project = self.only_project(matter).await?;
        if project.id != preview.project || project.price != *price {
            let told = "the project is otherwise than in the preview";
            return Err(clio_sync::Error::new(clio_sync::ErrorKind::Stale, told).into());
        }
        let id = format!("{} on {clio_matter}", project.id);
        let named = Named::new(RATE, vec![(id.clone(), Wanted::MatterRate(preview.rate.clone()))]);
        {
            let _turn = self.integration.turn.lock().await;
            let _named = self.integration.name_for([named]);
            self.firm.run(FLOW).await?;
        }
        let rate = match refused_of(self.firm, &id).await? {
            Some(reason) => RateBecame::Refused(reason),
            None => RateBecame::Taken,
        };
        let new = self.flat_entries(*clio_matter).await?.into_iter();
        let entry = |one: BillableActivity| {
            let all = Some(price.amount());
            FlatEntry { activity: one.id, agrees: one.price == all && one.total == all }
        };
        let entries = new.filter(|one| !preview.entries.contains(&one.id)).map(entry).collect();
        Ok(MatterRateSet { clio_matter: *clio_matter, rate, entries })
    }

    async fn only_project(&self, matter: &MatterId) -> Result<Project> {
        let mut projects = self.altfee().projects(matter).await?;
        match projects.pop() {
            Some(project) if projects.is_empty() => Ok(project),
            Some(_) => Err(Error::NotOneProject { matter: matter.clone(), projects: projects.len() + 1 }),
            None => Err(Error::NoProjects(matter.clone())),
        }
    }

    /// The flat fees on a matter.
    async fn flat_entries(&self, matter: Id<objects::Matter>) -> Result<Vec<BillableActivity>> {
        let list = self.clio.activities().list().matter_id(matter).select::<BillableActivity>().items();
        let all: Vec<BillableActivity> = list.try_collect().await?;
        Ok(all.into_iter().filter(|one| one.flat_rate == Some(true)).collect())
    }
}

/// What becomes of the rates that a matter has.
fn of_rates(rates: Option<&MatterRates>) -> Vec<RateWarning> {
    let Some(rates) = rates else { return Vec::new() };
    let count = rates.rates.as_ref().map_or(0, Vec::len);
    let mut warnings = Vec::new();
    if rates.kind == Some(MatterCustomRateType::FlatRate) {
        warnings.extend((count > 0).then_some(RateWarning::ReplacesFlatRate));
    } else if count > 0 {
        warnings.push(RateWarning::DeletesRates { r#type: rates.kind.clone(), rates: count });
    }
    warnings.extend((rates.on_invoice == Some(true)).then_some(RateWarning::OnInvoice));
    warnings
}
