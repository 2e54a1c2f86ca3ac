//! Delivering reports.

mod folder;
#[cfg(feature = "smtp")]
mod smtp;

use std::fmt;

use async_trait::async_trait;
use clio_sync::Result;

pub use folder::Folder;
#[cfg(feature = "smtp")]
pub use smtp::Smtp;

use crate::SyncReport;

/// Delivers mail. [`Folder`] puts it into files; `Smtp`, with the feature `smtp`, sends it.
#[async_trait]
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Delivers one mail.
    ///
    /// # Errors
    ///
    /// What kept it from being delivered. It is not tried again by itself.
    async fn send(&self, mail: &Mail) -> Result<()>;
}

/// A mail with a file.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mail {
    /// The address that it goes to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The name of the file.
    pub file_name: String,
    /// The content of the file: CSV.
    pub csv: String,
}

impl Mail {
    /// The report of a sync, for whoever asked for it.
    pub fn of(report: &SyncReport, to: &str) -> Self {
        let text = report.to_string();
        let sums = text.lines().last().unwrap_or_default();
        Self {
            to: to.trim().to_owned(),
            subject: format!("Sync with Clio: {sums}"),
            csv: report.to_csv(),
            file_name: "sync-with-clio.csv".into(),
            text,
        }
    }
}

impl fmt::Debug for Mail {
    /// Leaves out what it says, and to whom.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}
