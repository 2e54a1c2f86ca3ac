//! What people ask for: a sync now, of all matters or of one.

use clio_model::matters::IntegrationId;
use clio_sync::{Firm, Scope};

use crate::{
    Error, Integration, Mail, Mailer, Result, SyncReport,
    adapter::{Asked, NAME},
};

/// Syncs that people ask for, and whose results they see. Made by [`Integration::session`].
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    integration: &'a Integration,
    firm: &'a Firm,
}

impl Integration {
    /// A session for a firm that this integration is attached to.
    pub fn session<'a>(&'a self, firm: &'a Firm) -> Session<'a> {
        Session { integration: self, firm }
    }
}

impl Session<'_> {
    /// Syncs all matters now: "All Cases".
    ///
    /// # Errors
    ///
    /// [`Error::AllMattersOff`], and what stopped the sync; [`Busy`](clio_sync::ErrorKind::Busy) while another one runs.
    pub async fn sync_all(&self) -> Result<SyncReport> {
        self.all(Asked::default()).await
    }

    /// The same, as far back as a first sync: for a firm whose matters of long ago are to come (again).
    ///
    /// # Errors
    ///
    /// As [`Session::sync_all`].
    pub async fn sync_all_from_the_start(&self) -> Result<SyncReport> {
        self.all(Asked { long: true }).await
    }

    /// Syncs all matters now, and sends the report as CSV to whoever asked.
    ///
    /// # Errors
    ///
    /// As [`Session::sync_all`], and [`Error::NotDelivered`] with the report.
    pub async fn sync_all_for(&self, address: &str, mailer: &dyn Mailer) -> Result<SyncReport> {
        let report = self.sync_all().await?;
        match mailer.send(&Mail::of(&report, address)).await {
            Ok(()) => Ok(report),
            Err(error) => Err(Error::NotDelivered(Box::new(report), error)),
        }
    }

    /// Syncs one matter now, whatever else is synced: "Individual Case". It is named by its id in Clio, or by the address of
    /// any of its pages there. From then on it is kept in step.
    ///
    /// # Errors
    ///
    /// [`Error::NotAMatter`] and [`Error::OtherHost`] of what was typed, and what stopped the sync. That there is no such matter,
    /// or that it lacks something, is no error, but what the report says.
    pub async fn sync_one(&self, typed: &str) -> Result<SyncReport> {
        let named: IntegrationId = typed.parse().map_err(Error::NotAMatter)?;
        if let (Some(given), Some(firm)) = (named.host(), self.integration.settings.host)
            && given != firm
        {
            return Err(Error::OtherHost { given, firm });
        }
        self.run(Scope::One(named.matter().to_string())).await
    }

    async fn all(&self, asked: Asked) -> Result<SyncReport> {
        if !self.integration.settings.all_matters {
            return Err(Error::AllMattersOff);
        }
        let _turn = self.integration.turn.lock().await;
        let _asked = self.integration.asked(asked);
        self.run(Scope::Changes).await
    }

    async fn run(&self, scope: Scope) -> Result<SyncReport> {
        let flow = format!("{NAME}/matters");
        let report = self.firm.run_scoped(&flow, scope).await?;
        Ok(SyncReport::of(&report, self.integration.unmapped()))
    }
}
