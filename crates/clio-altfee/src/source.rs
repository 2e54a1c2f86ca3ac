//! AltFee's projects as a source.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_sync::{CursorPage, CursorSource, Error, ErrorKind, Incoming, Mapped, Result, fingerprint};

use crate::{AltFee, Connection, Project, Settings, mapping, rate_target::Rate};

/// The kind of the source of connected projects; part of every key.
pub(crate) const KIND: &str = "altfee/project";

/// The kind of the source of exports, which nothing keeps in step; part of every key.
pub(crate) const EXPORT: &str = "altfee/export";

/// The kind of the source of matters' flat rates; part of every key.
pub(crate) const RATE: &str = "altfee/matter-rate";

/// Why the fee of a project goes.
pub(crate) const TAKEN_OUT: &str = "it was taken out of its matter at AltFee";

/// What is to become of a project at Clio.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// It is to stand there.
    Fee(Box<Project>, Connection),
    /// It is to be created there once, and left alone.
    Export(Box<Project>, Connection),
    /// A matter is to have this rate.
    MatterRate(Rate),
    /// It is to go, for this reason.
    Gone(&'static str),
}

impl Wanted {
    /// The write that follows. Pure.
    pub(crate) fn mapped(&self, settings: &Settings) -> Mapped {
        match self {
            Self::Gone(reason) => Mapped::Delete((*reason).to_owned()),
            Self::MatterRate(rate) => match rate.write() {
                Ok(write) => Mapped::Upsert(write),
                Err(error) => Mapped::Reject(error.to_string()),
            },
            Self::Fee(project, connection) => match mapping::write(project, connection, settings) {
                Ok(write) => Mapped::Upsert(write),
                Err(unfit) => Mapped::Reject(unfit.to_string()),
            },
            Self::Export(project, connection) => match mapping::write(project, connection, settings) {
                Ok(write) => Mapped::Create(write),
                Err(unfit) => Mapped::Reject(unfit.to_string()),
            },
        }
    }

    fn incoming(self, id: &str, settings: &Settings) -> Incoming<Self> {
        let version = match &self {
            Self::Gone(reason) => fingerprint([*reason]),
            Self::MatterRate(rate) => fingerprint([serde_json::to_string(rate).unwrap_or_default().as_str()]),
            Self::Fee(project, connection) | Self::Export(project, connection) => {
                let said = serde_json::to_string(&(project, connection)).unwrap_or_default();
                fingerprint([said.as_str(), &format!("{settings:?}")])
            }
        };
        Incoming::new(id, version, self)
    }
}

/// The projects of connected matters that have changed.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    pub(crate) altfee: Arc<dyn AltFee>,
    pub(crate) settings: Settings,
}

impl Changed {
    async fn of(&self, connection: &Connection) -> Result<Vec<Incoming<Wanted>>> {
        let projects = self.altfee.projects(&connection.matter).await?;
        Ok(projects.into_iter().map(|project| self.wanted(project, connection)).collect())
    }

    fn wanted(&self, project: Project, connection: &Connection) -> Incoming<Wanted> {
        let id = project.id.clone();
        Wanted::Fee(Box::new(project), connection.clone()).incoming(id.as_str(), &self.settings)
    }
}

#[async_trait]
impl CursorSource for Changed {
    type Record = Wanted;

    fn kind(&self) -> &'static str {
        KIND
    }

    async fn page(
        &self,
        since: Option<DateTime<Utc>>,
        _position: Option<&str>,
    ) -> Result<CursorPage<Wanted>> {
        let changes = self.altfee.changes(since).await?;
        let mut records = Vec::new();
        for connection in self.altfee.connections().await? {
            if since.is_none() || changes.matters.contains(&connection.matter) {
                records.extend(self.of(&connection).await?);
            }
            // What was kept of a matter that is not connected any more stays, whatever becomes of its projects.
            let removed = changes.removed.iter().filter(|(matter, _)| *matter == connection.matter);
            let gone = Wanted::Gone(TAKEN_OUT);
            records.extend(removed.map(|(_, id)| gone.clone().incoming(id.as_str(), &self.settings)));
        }
        Ok(CursorPage { records, server_time: Some(changes.as_of), ..CursorPage::default() })
    }

    /// A project that is not connected is not one that is gone: what was kept at Clio stays.
    async fn one(&self, id: &str) -> Result<Option<Incoming<Wanted>>> {
        let (connection, project) = connected(&*self.altfee, id).await?;
        Ok(Some(self.wanted(project, &connection)))
    }
}

/// A project by its id, with the connection of its matter.
pub(crate) async fn connected(altfee: &dyn AltFee, id: &str) -> Result<(Connection, Project)> {
    for connection in altfee.connections().await? {
        let projects = altfee.projects(&connection.matter).await?;
        if let Some(project) = projects.into_iter().find(|project| project.id.as_str() == id) {
            return Ok((connection, project));
        }
    }
    Err(Error::new(ErrorKind::Configuration, format!("project {id} is in no connected matter")))
}

/// What a session has named, and nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// The kind of the source that it stands for.
    pub(crate) kind: &'static str,
    /// The ids, and what is to become of each.
    pub(crate) wanted: Vec<(String, Wanted)>,
    /// The connection that AltFee is to remember before anything is written.
    pub(crate) connects: Option<Connection>,
}

impl Named {
    pub(crate) fn new(kind: &'static str, wanted: Vec<(String, Wanted)>) -> Self {
        Self { kind, wanted, connects: None }
    }
}

/// That, at a moment.
#[derive(Debug)]
pub(crate) struct NamedAt {
    pub(crate) named: Named,
    pub(crate) settings: Settings,
    pub(crate) at: DateTime<Utc>,
}

#[async_trait]
impl CursorSource for NamedAt {
    type Record = Wanted;

    fn kind(&self) -> &'static str {
        self.named.kind
    }

    fn reads_changes(&self) -> bool {
        false
    }

    async fn page(
        &self,
        _since: Option<DateTime<Utc>>,
        _position: Option<&str>,
    ) -> Result<CursorPage<Wanted>> {
        let wanted = self.named.wanted.iter().cloned();
        let records = wanted.map(|(id, wanted)| wanted.incoming(&id, &self.settings)).collect();
        Ok(CursorPage { records, server_time: Some(self.at), ..CursorPage::default() })
    }
}
