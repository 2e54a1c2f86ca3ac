//! AltFee in a file.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Clock, Id, schema::objects};
use clio_sync::{Error, ErrorKind, Result};

use super::{Book, Pages};
use crate::{
    AltFee, Changes, Client, ClientId, Connection, Guideline, GuidelineId, Lock, Matter, MatterId, Project,
    ProjectId, Status,
};

/// AltFee in a JSON file, for whoever has its data exported: read when it is opened, written after each change. One process
/// at a time.
///
/// The file is replaced as a whole, so that one that was half written is never read.
#[derive(Debug, Clone)]
pub struct JsonBook {
    book: Book,
    path: PathBuf,
}

impl JsonBook {
    /// Opens a file; a file that is not there yet is an empty book.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for a file that cannot be read, or is no book.
    pub fn open(path: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self> {
        let (path, book) = (path.into(), Book::new(clock));
        match fs::read_to_string(&path) {
            Ok(json) => *book.pages() = read(&json)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(&path, "cannot be read").with_source(error)),
        }
        Ok(Self { book, path })
    }

    /// The book. What people do in it is written with [`JsonBook::save`].
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] where it cannot be written.
    pub fn save(&self) -> Result<()> {
        let failed = |error: std::io::Error| unusable(&self.path, "cannot be written").with_source(error);
        let json = serde_json::to_string_pretty(&*self.book.pages())
            .map_err(|error| unusable(&self.path, "cannot be written").with_source(error))?;
        let beside = self.path.with_extension("new");
        fs::write(&beside, json).map_err(failed)?;
        fs::rename(&beside, &self.path).map_err(failed)
    }
}

fn read(json: &str) -> Result<Pages> {
    serde_json::from_str(json).map_err(|error| {
        // serde's words would quote what stands in the file.
        let message = format!("this is no book of AltFee's, at line {}", error.line());
        Error::new(ErrorKind::Configuration, message)
    })
}

fn unusable(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("{} {what}", path.display()))
}

#[async_trait]
impl AltFee for JsonBook {
    async fn clients(&self) -> Result<Vec<Client>> {
        self.book.clients().await
    }

    async fn guidelines(&self) -> Result<Vec<Guideline>> {
        self.book.guidelines().await
    }

    async fn open_matter(&self, from: &GuidelineId, client: &ClientId, work: &str) -> Result<Matter> {
        let matter = self.book.open_matter(from, client, work).await?;
        self.save()?;
        Ok(matter)
    }

    async fn matter(&self, id: &MatterId) -> Result<Option<Matter>> {
        self.book.matter(id).await
    }

    async fn projects(&self, matter: &MatterId) -> Result<Vec<Project>> {
        self.book.projects(matter).await
    }

    async fn changes(&self, since: Option<DateTime<Utc>>) -> Result<Changes> {
        self.book.changes(since).await
    }

    async fn connection(&self, matter: &MatterId) -> Result<Option<Connection>> {
        self.book.connection(matter).await
    }

    async fn connections(&self) -> Result<Vec<Connection>> {
        self.book.connections().await
    }

    async fn connect(&self, connection: &Connection) -> Result<()> {
        self.book.connect(connection).await?;
        self.save()
    }

    async fn disconnect(&self, matter: &MatterId) -> Result<()> {
        self.book.disconnect(matter).await?;
        self.save()
    }

    async fn link_client(&self, client: &ClientId, contact: Id<objects::Contact>) -> Result<()> {
        self.book.link_client(client, contact).await?;
        self.save()
    }

    async fn set_status(&self, project: &ProjectId, status: Status, lock: Option<&Lock>) -> Result<()> {
        self.book.set_status(project, status, lock).await?;
        self.save()
    }
}
