//! Work with one firm's two systems.

use clio_api::Clio;
use clio_core::{ErrorKind, Id, schema::objects};
use clio_sync::{DeadLetter, Firm, FlowKey, Linked, Links, Plan, Report};
use futures_util::TryStreamExt;

use crate::{
    AltFee, Connection, Error, Integration, Matter, MatterId, ProjectId, Result,
    adapter::{NAME, WRITES_FEES},
    source::{KIND, Named},
};

/// The flow of what a session does.
const FLOW: &str = "altfee/session";

/// The kind of what fees are at Clio.
pub(crate) const ACTIVITY: &str = "clio/activity";

/// Connecting, looking, disconnecting: what people do with one firm's two systems. Made by [`Integration::session`].
///
/// Fees are written to Clio, and taken away, by the engine: each write is written down before it is sent, sent once, and looked
/// for when an answer is lost.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    pub(crate) integration: &'a Integration,
    pub(crate) firm: &'a Firm,
    pub(crate) clio: &'a Clio,
}

impl Integration {
    /// A session for a firm that this integration is attached to. `clio` is the firm's: people wait for its answers.
    pub fn session<'a>(&'a self, firm: &'a Firm, clio: &'a Clio) -> Session<'a> {
        Session { integration: self, firm, clio }
    }
}

impl Session<'_> {
    pub(crate) fn altfee(&self) -> &dyn AltFee {
        &*self.integration.altfee
    }

    pub(crate) fn settings(&self) -> &crate::Settings {
        &self.integration.settings
    }

    pub(crate) async fn matter(&self, id: &MatterId) -> Result<Matter> {
        self.altfee().matter(id).await?.ok_or_else(|| Error::NoSuchMatter(id.clone()))
    }

    pub(crate) async fn connection(&self, matter: &MatterId) -> Result<Connection> {
        let connection = self.altfee().connection(matter).await?;
        connection.ok_or_else(|| Error::NotConnected(matter.clone()))
    }

    /// The activity of a project, as far as the engine wrote one and knows that it stands.
    pub(crate) async fn link(&self, project: &ProjectId) -> Result<Option<Linked>> {
        self.link_of(KIND, project.as_str()).await
    }

    /// The activity of a record of this kind of source.
    pub(crate) async fn link_of(&self, kind: &str, id: &str) -> Result<Option<Linked>> {
        Ok(self.links().get(kind, id, ACTIVITY).await?)
    }

    /// Nobody tells AltFee of a project as long as this is kept.
    pub(crate) async fn telling(&self) -> futures_util::lock::MutexGuard<'_, ()> {
        self.integration.telling.lock().await
    }

    pub(crate) fn links(&self) -> Links {
        self.firm.links(NAME)
    }

    /// What the engine would write.
    pub(crate) async fn plan(&self, named: &Named) -> Result<Plan> {
        let _turn = self.integration.turn.lock().await;
        let _named = self.integration.name_for([named.clone()]);
        Ok(self.firm.plan(FLOW).await?)
    }

    /// Writes just that.
    pub(crate) async fn apply(&self, plan: &Plan, named: &Named) -> Result<Report> {
        let _turn = self.integration.turn.lock().await;
        // The first pass looks whether all is as it was, and the second writes: a connection is remembered in between. Once
        // anything can come to stand at Clio, AltFee knows that it is connected, wherever this is broken off.
        let looks = Named { connects: None, ..named.clone() };
        let _named = self.integration.name_for([looks, named.clone()]);
        Ok(self.firm.apply(plan).await?)
    }

    /// Finishes what is of unknown outcome, after an answer of Clio's was lost: looks for it, and sends again what surely does
    /// not stand. Waits until that can be said.
    ///
    /// # Errors
    ///
    /// As [`Firm::run_to_rest`](clio_sync::Firm::run_to_rest).
    pub async fn settle(&self) -> Result<Report> {
        let _turn = self.integration.turn.lock().await;
        Ok(self.firm.run_to_rest(FLOW).await?)
    }

    /// Why the newest write of a project was refused, or why it waits for a person, if it was or does.
    pub(crate) async fn trouble(&self, id: &str) -> Result<Option<Trouble>> {
        let letters = self.firm.dead_letters().await?;
        let ours = |letter: &DeadLetter| writes_fees(&letter.flow) && letter.source_id == id;
        if let Some(letter) = letters.into_iter().rev().find(ours) {
            return Ok(Some(Trouble::Refused(letter.reason)));
        }
        let parked = self.firm.parked().await?;
        let waits = parked.into_iter().rev().find(|one| writes_fees(&one.flow) && one.source_id == id);
        Ok(waits.map(|intent| Trouble::Waits(intent.reason.unwrap_or_default())))
    }

    /// Sends again what Clio refused of a project.
    pub(crate) async fn send_again(&self, project: &ProjectId) -> Result<()> {
        let _turn = self.integration.turn.lock().await;
        let letters = self.firm.dead_letters().await?;
        let ours = |letter: &DeadLetter| writes_fees(&letter.flow) && letter.source_id == project.as_str();
        if let Some(letter) = letters.iter().rev().find(|letter| ours(letter)) {
            self.firm.retry(letter).await?;
        }
        Ok(())
    }

    /// The matter at Clio; `None` where there is none, or it is hidden.
    pub(crate) async fn clio_matter(&self, id: Id<objects::Matter>) -> Result<Option<clio_model::Matter>> {
        match self.clio.matters().get(id).select::<clio_model::Matter>().await {
            Ok(matter) => Ok(Some(matter)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// An activity with its bill; `None` where it is gone.
    pub(crate) async fn activity(
        &self,
        remote_id: &str,
    ) -> Result<Option<clio_model::activities::BillableActivity>> {
        let Ok(id) = remote_id.parse().map(Id::new) else { return Ok(None) };
        match self.clio.activities().get(id).select().await {
            Ok(activity) => Ok(Some(activity)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The line item by which an activity is on a bill.
    pub(crate) async fn lines_of(&self, bill: Id<objects::Bill>) -> Result<Vec<clio_model::bills::BillLine>> {
        Ok(self.clio.line_items().list().bill_id(bill).select().items().try_collect().await?)
    }
}

/// The flow is one by which fees are written, and not one that tells AltFee of them.
fn writes_fees(flow: &FlowKey) -> bool {
    flow.adapter == NAME && WRITES_FEES.contains(&flow.flow.as_str())
}

/// What keeps a project from standing at Clio as it is wanted.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    Refused(String),
    Waits(String),
}
