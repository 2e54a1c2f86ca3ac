//! The flow `altfee/status`: what AltFee shows of connected projects otherwise than Clio has it.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_sync::{
    CursorPage, CursorSource, Error, ErrorKind, Incoming, Links, Mapped, Result, Write, fingerprint,
};
use serde_json::json;

use crate::{
    AltFee, Astray, Project, ProjectId, Standing, Status,
    source::connected,
    standing::{Standings, shows},
    telling::{SHOWN, Told},
};

/// The kind of the source; part of every key.
pub(crate) const STANDING: &str = "clio/standing";

/// The connected projects of which AltFee shows status or lock otherwise than Clio has them, and those that went astray.
#[derive(Debug, Clone)]
pub(crate) struct Differing {
    pub(crate) altfee: Arc<dyn AltFee>,
    pub(crate) standings: Standings,
    pub(crate) links: Links,
    /// What kept a matter from being read.
    pub(crate) unread: Unread,
    pub(crate) at: DateTime<Utc>,
}

/// The first error that kept a matter from being read. The others go on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unread(Arc<Mutex<Option<Error>>>);

impl Unread {
    fn note(&self, error: Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// The run has not read everything.
    pub(crate) fn verdict(&self) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

/// What is to become of a project at AltFee.
#[derive(Debug)]
pub(crate) enum Shown {
    /// It is to be shown so.
    So(Told),
    /// AltFee shows it so already.
    Already(Status),
    /// AltFee has no word for it: what it shows stays.
    Astray(Astray),
}

impl Shown {
    /// The write that follows. Pure.
    pub(crate) fn mapped(&self) -> Mapped {
        match self {
            Self::So(told) => told.write().map_or_else(Mapped::Reject, Mapped::Upsert),
            Self::Already(status) => Mapped::Skip(format!("AltFee shows it as {status} already")),
            Self::Astray(astray) => Mapped::Skip(format!("{astray}: a person has to look")),
        }
    }

    fn incoming(self, project: &ProjectId) -> Incoming<Self> {
        let version = match &self {
            Self::So(told) => told.write().map(|write| write.payload).unwrap_or_default(),
            Self::Already(status) => format!("already {status}"),
            Self::Astray(astray) => format!("astray: {astray}"),
        };
        Incoming::new(project.as_str(), fingerprint([version.as_str()]), self)
    }
}

impl Told {
    /// The write at AltFee.
    fn write(&self) -> Result<Write, String> {
        let payload = serde_json::to_string(self).map_err(|error| error.to_string())?;
        let shown =
            [("status", json!(self.status)), ("lock", json!(self.lock)), ("after", json!(self.after))];
        let content = shown.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let label = match &self.lock {
            Some(lock) => format!("{}, {lock}", self.status),
            None => self.status.to_string(),
        };
        Ok(Write { payload, content, label })
    }
}

impl Differing {
    async fn known(&self) -> Result<Vec<Project>> {
        let mut known = Vec::new();
        for connection in self.altfee.connections().await? {
            match self.altfee.projects(&connection.matter).await {
                Ok(projects) => known.extend(projects),
                Err(error) => self.unread.note(error),
            }
        }
        Ok(known)
    }

    async fn shown(&self, project: &Project, at: Result<Standing, Astray>) -> Result<Shown> {
        Ok(match at {
            Err(astray) => Shown::Astray(astray),
            Ok(at) if shows(project, &at) => Shown::Already(at.status),
            Ok(Standing { status, lock }) => {
                let (matter, id) = (project.matter.clone(), project.id.clone());
                Shown::So(Told { matter, project: id, status, lock, after: self.after(project).await? })
            }
        })
    }

    /// A sign of what was told last. With it no write is the same as the one before it, so that what AltFee has forgotten,
    /// such as when a matter was disconnected, is told again.
    async fn after(&self, project: &Project) -> Result<String> {
        let last = self.links.get(STANDING, project.id.as_str(), SHOWN).await?;
        let last = last.map(|linked| json!(linked.written).to_string());
        Ok(fingerprint(last.as_deref())[..16].to_owned())
    }
}

#[async_trait]
impl CursorSource for Differing {
    type Record = Shown;

    fn kind(&self) -> &'static str {
        STANDING
    }

    fn reads_changes(&self) -> bool {
        false
    }

    async fn page(
        &self,
        _since: Option<DateTime<Utc>>,
        _position: Option<&str>,
    ) -> Result<CursorPage<Shown>> {
        let known = self.known().await?;
        let ids: Vec<ProjectId> = known.iter().map(|project| project.id.clone()).collect();
        let standings = self.standings.of(&ids).await?;
        let mut records = Vec::new();
        for (project, at) in known.iter().zip(standings) {
            let shown = self.shown(project, at).await?;
            if !matches!(shown, Shown::Already(_)) {
                records.push(shown.incoming(&project.id));
            }
        }
        Ok(CursorPage { records, server_time: Some(self.at), ..CursorPage::default() })
    }

    async fn one(&self, id: &str) -> Result<Option<Incoming<Shown>>> {
        let (_, project) = connected(&*self.altfee, id).await?;
        let at = self.standings.of(std::slice::from_ref(&project.id)).await?.pop();
        let at = at.ok_or_else(|| Error::new(ErrorKind::Protocol, "no standing was read"))?;
        Ok(Some(self.shown(&project, at).await?.incoming(&project.id)))
    }
}
