//! AltFee as it is when it does not do as it is told.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_altfee::{
    AltFee, Book, Changes, Client, ClientId, Connection, Guideline, GuidelineId, Lock, Matter, MatterId,
    Project, ProjectId, Status,
};
use clio_core::{Id, schema::objects};
use clio_sync::{Error, ErrorKind, Result};

use crate::crash::Cut;

/// A book that refuses to show one project otherwise, hides a matter, or stands still. A clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Stubborn {
    book: Book,
    mood: Arc<Mutex<Mood>>,
}

#[derive(Debug, Default)]
struct Mood {
    refused: Option<(ProjectId, ErrorKind, String)>,
    hidden: Option<MatterId>,
    cut: Option<Arc<Cut>>,
}

impl Stubborn {
    pub(crate) fn new(book: &Book) -> Self {
        Self { book: book.clone(), mood: Arc::default() }
    }

    pub(crate) fn refuse(&self, project: &ProjectId, kind: ErrorKind, why: &str) {
        self.mood().refused = Some((project.clone(), kind, why.to_owned()));
    }

    pub(crate) fn hide(&self, matter: &MatterId) {
        self.mood().hidden = Some(matter.clone());
    }

    pub(crate) fn cut(&self, cut: &Arc<Cut>) {
        self.mood().cut = Some(cut.clone());
    }

    pub(crate) fn agree(&self) {
        *self.mood() = Mood::default();
    }

    fn mood(&self) -> std::sync::MutexGuard<'_, Mood> {
        self.mood.lock().expect("a mood")
    }

    async fn point(&self) {
        let cut = self.mood().cut.clone();
        if let Some(cut) = cut {
            cut.point().await;
        }
    }
}

#[async_trait]
impl AltFee for Stubborn {
    async fn clients(&self) -> Result<Vec<Client>> {
        self.book.clients().await
    }

    async fn guidelines(&self) -> Result<Vec<Guideline>> {
        self.book.guidelines().await
    }

    async fn open_matter(&self, from: &GuidelineId, client: &ClientId, work: &str) -> Result<Matter> {
        self.book.open_matter(from, client, work).await
    }

    async fn matter(&self, id: &MatterId) -> Result<Option<Matter>> {
        self.book.matter(id).await
    }

    async fn projects(&self, matter: &MatterId) -> Result<Vec<Project>> {
        self.point().await;
        if self.mood().hidden.as_ref() == Some(matter) {
            return Err(Error::new(ErrorKind::Transient, "the matter cannot be read now"));
        }
        self.book.projects(matter).await
    }

    async fn changes(&self, since: Option<DateTime<Utc>>) -> Result<Changes> {
        self.book.changes(since).await
    }

    async fn connection(&self, matter: &MatterId) -> Result<Option<Connection>> {
        self.point().await;
        self.book.connection(matter).await
    }

    async fn connections(&self) -> Result<Vec<Connection>> {
        self.book.connections().await
    }

    async fn connect(&self, connection: &Connection) -> Result<()> {
        self.book.connect(connection).await
    }

    async fn disconnect(&self, matter: &MatterId) -> Result<()> {
        self.point().await;
        self.book.disconnect(matter).await
    }

    async fn link_client(&self, client: &ClientId, contact: Id<objects::Contact>) -> Result<()> {
        self.book.link_client(client, contact).await
    }

    async fn set_status(&self, project: &ProjectId, status: Status, lock: Option<&Lock>) -> Result<()> {
        self.point().await;
        let refused = self.mood().refused.clone();
        if let Some((_, kind, why)) = refused.filter(|(of, ..)| of == project) {
            return Err(Error::new(kind, why));
        }
        let set = self.book.set_status(project, status, lock).await;
        self.point().await;
        set
    }
}
