//! AltFee in memory.

mod json;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use clio_core::{Clock, Id, schema::objects};
use clio_model::Money;
use clio_sync::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::{
    AltFee, Changes, Client, ClientId, Connection, Guideline, GuidelineId, Lock, Matter, MatterId, Project,
    ProjectId, Scope, Service, Status,
};

pub use json::JsonBook;

/// AltFee in memory: what people do in its pages are methods, and the rest is the port. A clone is the same book.
///
/// ```
/// use clio_altfee::{Book, Guideline, GuidelineId, AltFee, Scope};
/// use clio_fixtures::VirtualClock;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let book = Book::new(VirtualClock::new());
/// let bernie = book.add_client("Bernie Byron", Some("bernie@example.com"));
/// let sha = Scope { name: "Shareholder agreement".into(), price: "1500 USD".parse()?, services: vec!["Drafting".into()] };
/// let corporate = book.add_guideline("Corporate", "corporate work", vec![sha]);
/// let matter = book.open_matter(&corporate, &bernie, "corporate work").await?;
/// assert_eq!(book.projects(&matter.id).await?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Book {
    clock: Arc<dyn Clock>,
    pages: Arc<Mutex<Pages>>,
}

/// Everything that stands in the book.
#[derive(Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Pages {
    last_id: u64,
    clients: BTreeMap<ClientId, Client>,
    guidelines: BTreeMap<GuidelineId, Guideline>,
    matters: BTreeMap<MatterId, Matter>,
    projects: Vec<Project>,
    connections: BTreeMap<MatterId, Connection>,
    changed: BTreeMap<MatterId, DateTime<Utc>>,
    removed: Vec<(MatterId, ProjectId, DateTime<Utc>)>,
}

impl Pages {
    fn next_id(&mut self) -> String {
        self.last_id += 1;
        self.last_id.to_string()
    }
}

/// An edit of a project was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditRefused {
    /// It is on a bill.
    Locked(Lock),
    /// There is no project of this id.
    NoSuchProject(ProjectId),
}

impl fmt::Display for EditRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked(lock) => {
                write!(f, "the project is locked by {lock}: disconnect the matter to edit it")
            }
            Self::NoSuchProject(id) => write!(f, "there is no project {id}"),
        }
    }
}

impl std::error::Error for EditRefused {}

impl Book {
    /// An empty book that goes by this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, pages: Arc::default() }
    }

    /// A client of this name and address.
    pub fn add_client(&self, name: &str, email: Option<&str>) -> ClientId {
        let mut pages = self.pages();
        let id = ClientId::new(format!("client-{}", pages.next_id()));
        let email = email.map(str::to_owned);
        let client = Client { id: id.clone(), name: name.into(), email, clio_contact: None };
        pages.clients.insert(id.clone(), client);
        id
    }

    /// A guideline with these projects.
    pub fn add_guideline(&self, name: &str, type_of_work: &str, projects: Vec<Scope>) -> GuidelineId {
        let mut pages = self.pages();
        let id = GuidelineId::new(format!("guideline-{}", pages.next_id()));
        let (name, type_of_work) = (name.into(), type_of_work.into());
        pages.guidelines.insert(id.clone(), Guideline { id: id.clone(), name, type_of_work, projects });
        id
    }

    /// Adds a project to a matter, with none of its services chosen.
    pub fn add_project(&self, matter: &MatterId, scope: &Scope) -> ProjectId {
        let today = self.clock.now().date_naive();
        let mut pages = self.pages();
        let id = scoped(&mut pages, matter, scope, today);
        self.touch(&mut pages, matter);
        id
    }

    /// Chooses the descriptions at these places, and no others.
    ///
    /// # Errors
    ///
    /// As [`Book::edit`].
    pub fn choose(&self, project: &ProjectId, places: &[usize]) -> Result<(), EditRefused> {
        self.edit(project, |project| {
            for (place, service) in project.services.iter_mut().enumerate() {
                service.chosen = places.contains(&place);
            }
        })
    }

    /// Prices a project.
    ///
    /// # Errors
    ///
    /// As [`Book::edit`].
    pub fn price(&self, project: &ProjectId, price: Money) -> Result<(), EditRefused> {
        self.edit(project, |project| project.price = price)
    }

    /// Changes a project in any way.
    ///
    /// # Errors
    ///
    /// [`EditRefused::Locked`] names the bill that the project is on, [`EditRefused::NoSuchProject`].
    pub fn edit(&self, project: &ProjectId, change: impl FnOnce(&mut Project)) -> Result<(), EditRefused> {
        let mut pages = self.pages();
        let Some(found) = pages.projects.iter_mut().find(|known| known.id == *project) else {
            return Err(EditRefused::NoSuchProject(project.clone()));
        };
        if let Some(lock) = &found.lock {
            return Err(EditRefused::Locked(lock.clone()));
        }
        change(found);
        let matter = found.matter.clone();
        self.touch(&mut pages, &matter);
        Ok(())
    }

    /// Takes a project out of its matter.
    ///
    /// # Errors
    ///
    /// As [`Book::edit`].
    pub fn remove_project(&self, project: &ProjectId) -> Result<(), EditRefused> {
        let mut matter = None;
        self.edit(project, |project| matter = Some(project.matter.clone()))?;
        let mut pages = self.pages();
        pages.projects.retain(|known| known.id != *project);
        pages.removed.extend(matter.map(|matter| (matter, project.clone(), self.clock.now())));
        Ok(())
    }

    fn touch(&self, pages: &mut Pages, matter: &MatterId) {
        pages.changed.insert(matter.clone(), self.clock.now());
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn scoped(pages: &mut Pages, matter: &MatterId, scope: &Scope, today: NaiveDate) -> ProjectId {
    let id = ProjectId::new(format!("project-{}", pages.next_id()));
    let service = |text: &String| Service { description: text.clone(), chosen: false };
    pages.projects.push(Project {
        id: id.clone(),
        matter: matter.clone(),
        name: scope.name.clone(),
        price: scope.price,
        services: scope.services.iter().map(service).collect(),
        scoped_on: Some(today),
        status: None,
        lock: None,
    });
    id
}

fn none(what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("AltFee has no such {what}"))
}

#[async_trait]
impl AltFee for Book {
    async fn clients(&self) -> Result<Vec<Client>> {
        // Every system takes its time.
        self.clock.sleep(Duration::from_millis(20)).await;
        Ok(self.pages().clients.values().cloned().collect())
    }

    async fn guidelines(&self) -> Result<Vec<Guideline>> {
        Ok(self.pages().guidelines.values().cloned().collect())
    }

    async fn open_matter(
        &self,
        guideline: &GuidelineId,
        client: &ClientId,
        type_of_work: &str,
    ) -> Result<Matter> {
        let today = self.clock.now().date_naive();
        let mut pages = self.pages();
        let template = pages.guidelines.get(guideline).cloned().ok_or_else(|| none("guideline"))?;
        let name = pages.clients.get(client).ok_or_else(|| none("client"))?.name.clone();
        let matter = Matter {
            id: MatterId::new(format!("matter-{}", pages.next_id())),
            client: client.clone(),
            name: format!("{}: {}", name, template.name),
            type_of_work: type_of_work.into(),
            guideline: Some(template.id),
        };
        for scope in &template.projects {
            scoped(&mut pages, &matter.id, scope, today);
        }
        pages.matters.insert(matter.id.clone(), matter.clone());
        self.touch(&mut pages, &matter.id);
        Ok(matter)
    }

    async fn matter(&self, id: &MatterId) -> Result<Option<Matter>> {
        Ok(self.pages().matters.get(id).cloned())
    }

    async fn projects(&self, matter: &MatterId) -> Result<Vec<Project>> {
        self.clock.sleep(Duration::from_millis(20)).await;
        Ok(self.pages().projects.iter().filter(|project| project.matter == *matter).cloned().collect())
    }

    async fn changes(&self, since: Option<DateTime<Utc>>) -> Result<Changes> {
        self.clock.sleep(Duration::from_millis(20)).await;
        let pages = self.pages();
        let new = |at: &DateTime<Utc>| since.is_none_or(|since| *at >= since);
        Ok(Changes {
            matters: pages.changed.iter().filter(|(_, at)| new(at)).map(|(id, _)| id.clone()).collect(),
            removed: pages
                .removed
                .iter()
                .filter(|(.., at)| new(at))
                .map(|(matter, project, _)| (matter.clone(), project.clone()))
                .collect(),
            as_of: self.clock.now(),
        })
    }

    async fn connection(&self, matter: &MatterId) -> Result<Option<Connection>> {
        Ok(self.pages().connections.get(matter).cloned())
    }

    async fn connections(&self) -> Result<Vec<Connection>> {
        Ok(self.pages().connections.values().cloned().collect())
    }

    async fn connect(&self, connection: &Connection) -> Result<()> {
        let mut pages = self.pages();
        pages.connections.insert(connection.matter.clone(), connection.clone());
        self.touch(&mut pages, &connection.matter);
        Ok(())
    }

    async fn disconnect(&self, matter: &MatterId) -> Result<()> {
        let mut pages = self.pages();
        pages.connections.remove(matter);
        for project in pages.projects.iter_mut().filter(|project| project.matter == *matter) {
            (project.status, project.lock) = (None, None);
        }
        Ok(())
    }

    async fn link_client(&self, client: &ClientId, contact: Id<objects::Contact>) -> Result<()> {
        self.pages().clients.get_mut(client).ok_or_else(|| none("client"))?.clio_contact = Some(contact);
        Ok(())
    }

    async fn set_status(&self, project: &ProjectId, status: Status, lock: Option<&Lock>) -> Result<()> {
        let mut pages = self.pages();
        let found = pages.projects.iter_mut().find(|known| known.id == *project);
        let project = found.ok_or_else(|| none("project"))?;
        (project.status, project.lock) = (Some(status), lock.cloned());
        Ok(())
    }
}

impl fmt::Debug for Book {
    /// Shows how much is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").field("projects", &self.pages().projects.len()).finish_non_exhaustive()
    }
}
