//! Case Status in memory.

mod fault;
mod people;
mod records;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_api::files::Content;
use clio_core::Clock;
use clio_sync::{Error, ErrorKind, Result};

pub use fault::DeskFault;

use crate::{
    Case, CaseFields, CaseFile, CaseId, CaseStatus, FileId, FirmSettings, Message, NewStatus, Notify, Page,
    StatusUpdate, UpdateId,
};
use fault::Faults;
use records::{Deed, Done, Records};

/// Case Status in memory, with people at both ends. A clone is the same firm.
///
/// Not what Case Status does, but what this crate expects of it: nothing of its writing is published. It can lose answers and
/// apply what it was sent later, at any call that you name ([`Desk::fail`]).
///
/// ```
/// # use std::sync::Arc;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> clio_sync::Result<()> {
/// use clio_case_status::{CaseStatus, Desk};
/// use clio_core::SystemClock;
///
/// let desk = Desk::new(Arc::new(SystemClock)).statuses(["Intake", "Discovery", "Settled"]);
/// assert_eq!(desk.firm().await?.statuses.len(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Desk {
    clock: Arc<dyn Clock>,
    records: Arc<Mutex<Records>>,
    faults: Arc<Mutex<Faults>>,
    page: usize,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    /// A firm without cases, whose cases can be in any status.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, records: Arc::default(), faults: Arc::default(), page: 10 }
    }

    /// The statuses that its cases can be in. Another one is refused.
    #[must_use]
    pub fn statuses<S: Into<String>>(self, statuses: impl IntoIterator<Item = S>) -> Self {
        self.lock().statuses = statuses.into_iter().map(Into::into).collect();
        self
    }

    /// How many messages or files a page has; at least one. Default: 10.
    #[must_use]
    pub fn page(mut self, items: usize) -> Self {
        self.page = items.max(1);
        self
    }

    /// What goes wrong at the call of this number from now on, from 1: every call of the port counts.
    pub fn fail(&self, call: u64, fault: DeskFault) {
        self.faults().add(call, fault);
    }

    /// What goes wrong when a status is set the next time, whatever is called before.
    pub fn fail_status(&self, fault: DeskFault) {
        self.faults().at_status(fault);
    }

    /// How many calls there have been.
    pub fn calls(&self) -> u64 {
        self.faults().calls()
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state as it is now: with what was to take effect by now.
    fn lock(&self) -> MutexGuard<'_, Records> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.settle(self.clock.now());
        records
    }

    /// A call that reads.
    async fn read<T>(&self, read: impl FnOnce(&Records) -> Result<T>) -> Result<T> {
        let fault = self.faults().next();
        match fault {
            None => read(&self.lock()),
            Some(DeskFault::Silence) => std::future::pending().await,
            Some(DeskFault::Gone) => Err(gone()),
            Some(_) => Err(unavailable()),
        }
    }

    /// A call that writes.
    async fn write(&self, deed: Deed) -> Result<Done> {
        let (fault, now) = (self.faults().next_write(&deed), self.clock.now());
        match fault {
            None => self.lock().apply(deed, now),
            Some(DeskFault::Unavailable) => Err(unavailable()),
            Some(DeskFault::Gone) => Err(gone()),
            Some(DeskFault::Silence) => std::future::pending().await,
            Some(DeskFault::AnswerLost) => {
                self.lock().apply(deed, now)?;
                Err(unavailable())
            }
            Some(DeskFault::Late(by)) => {
                self.lock().later(now + by, deed);
                Err(unavailable())
            }
        }
    }

    fn paged<T>(&self, mut items: Vec<T>, position: Option<&str>) -> Page<T> {
        let from = position.and_then(|position| position.parse().ok()).unwrap_or(0).min(items.len());
        let mut rest = items.split_off(from);
        let more = rest.len() > self.page;
        rest.truncate(self.page);
        let next = more.then(|| (from + self.page).to_string());
        Page { items: rest, unreadable: Vec::new(), next, as_of: Some(self.clock.now()) }
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Protocol, "Case Status has no such record (any more)")
}

fn unavailable() -> Error {
    Error::new(ErrorKind::Transient, "Case Status did not answer")
}

#[async_trait]
impl CaseStatus for Desk {
    async fn firm(&self) -> Result<FirmSettings> {
        self.read(|all| Ok(FirmSettings { name: "Firm".into(), statuses: all.statuses.clone() })).await
    }

    async fn cases_of(&self, integration_id: &str) -> Result<Vec<Case>> {
        let ours = |case: &&Case| case.fields.integration_id == integration_id;
        self.read(|all| Ok(all.cases.iter().filter(ours).cloned().collect())).await
    }

    async fn case(&self, id: &CaseId) -> Result<Option<Case>> {
        self.read(|all| Ok(all.cases.iter().find(|case| case.id == *id).cloned())).await
    }

    async fn create_case(&self, fields: &CaseFields) -> Result<Case> {
        self.write(Deed::Create(fields.clone())).await?.case()
    }

    async fn update_case(&self, id: &CaseId, fields: &CaseFields) -> Result<Case> {
        self.write(Deed::Update(id.clone(), fields.clone())).await?.case()
    }

    async fn status_updates(&self, case: &CaseId, since: DateTime<Utc>) -> Result<Vec<StatusUpdate>> {
        let wanted = |update: &&StatusUpdate| update.case == *case && update.at >= since;
        self.read(|all| Ok(all.updates.iter().filter(wanted).cloned().collect())).await
    }

    async fn set_status(&self, update: &NewStatus) -> Result<UpdateId> {
        self.write(Deed::Status(update.clone())).await?.update()
    }

    async fn messages(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<Message>> {
        let new = |message: &&Message| since.is_none_or(|since| message.sent_at >= since);
        self.read(|all| Ok(self.paged(all.messages.iter().filter(new).cloned().collect(), position))).await
    }

    async fn files(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<Page<CaseFile>> {
        let new = |file: &&CaseFile| since.is_none_or(|since| file.updated_at >= since);
        let all = |all: &Records| all.files.iter().map(|(file, _)| file).filter(new).cloned().collect();
        self.read(|records| Ok(self.paged(all(records), position))).await
    }

    async fn open_file(&self, id: &FileId) -> Result<Content> {
        let gone = || Error::new(ErrorKind::Protocol, "Case Status has no such file (any more)");
        self.read(|all| {
            let found = all.files.iter().find(|(file, _)| file.id == *id);
            found.map(|(_, kept)| kept.open()).ok_or_else(gone)
        })
        .await
    }
}

impl Desk {
    /// The cases, deleted ones too.
    pub fn cases(&self) -> Vec<Case> {
        self.lock().cases.clone()
    }

    /// The case of a matter, if there is one that is not deleted.
    pub fn case_of(&self, integration_id: &str) -> Option<Case> {
        let ours = |case: &&Case| !case.deleted && case.fields.integration_id == integration_id;
        self.lock().cases.iter().find(ours).cloned()
    }

    /// Every update of a status, in the order in which they took effect.
    pub fn updates(&self) -> Vec<StatusUpdate> {
        self.lock().updates.clone()
    }

    /// The statuses that the client of a case was told of, in their order.
    pub fn told(&self, case: &CaseId) -> Vec<String> {
        let told = |update: &&StatusUpdate| update.case == *case && update.notify == Notify::Client;
        self.lock().updates.iter().filter(told).map(|update| update.status.clone()).collect()
    }

    /// How long until all that was sent has taken effect.
    pub fn unsettled(&self) -> Option<Duration> {
        let now = self.clock.now();
        self.lock().last_due().and_then(|due| (due - now).to_std().ok())
    }
}
