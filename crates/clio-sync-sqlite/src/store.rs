//! The store itself: one connection, one transaction a verb.

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use clio_sync::{
    Account, Acknowledgement, Attempt, Backlog, BeginSend, Committed, Confirmation, Confirmed, Conflict,
    Cursor, DeadLetter, Error, ErrorKind, FlowKey, FlowRecord, Intent, IntentState, Lease, LinkKey, Linked,
    Mirrored, PageCommit, Person, Preview, Ran, Rebase, Result, Standing, Store, SweepEnd, Swept, Verdict,
    Waiver,
};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::{
    Options, acknowledgements, connections, error::store_error, intents, leases, ledger, letters, mirror,
    pages, recovery, rows::millis, settle, sweeps,
};

/// A store in one SQLite file.
#[derive(Clone)]
pub struct SqliteStore {
    pub(crate) connection: Arc<Mutex<Connection>>,
    /// Where the file is, and how long to wait for its lock: for those that need a connection of their own.
    place: Arc<Place>,
    clock: Arc<dyn Clock>,
    /// Wall time and monotonic time at open: the store's time follows the latter, so it does not jump.
    opened: (DateTime<Utc>, Duration),
    inline: bool,
}

/// The file of a store.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    pub(crate) busy: Duration,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("inline", &self.inline).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the file, creating it if there is none. [`Options::open`] says what may go wrong.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::options().open(path)
    }

    /// Other ways to open.
    pub fn options() -> Options {
        Options::default()
    }

    pub(crate) fn new(connection: Connection, place: Place, clock: Arc<dyn Clock>, inline: bool) -> Self {
        let opened = (clock.now(), clock.monotonic());
        Self { connection: Arc::new(Mutex::new(connection)), place: Arc::new(place), clock, opened, inline }
    }

    fn time(&self) -> DateTime<Utc> {
        let (wall, monotonic) = self.opened;
        wall + self.clock.monotonic().saturating_sub(monotonic)
    }

    /// Runs `work` in a transaction that is durable when this returns, or not done at all.
    pub(crate) async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(work, TransactionBehavior::Immediate, true).await
    }

    /// Runs `work`, which only reads, on what was committed last: it does not wait for those who write.
    async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(work, TransactionBehavior::Deferred, true).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T> + Send + 'static,
        behavior: TransactionBehavior,
        keep: bool,
    ) -> Result<T> {
        let now = self.time().timestamp_millis();
        self.alone(move |connection| {
            let transaction = connection.transaction_with_behavior(behavior).map_err(store_error)?;
            let result = work(&transaction, now)?;
            if keep {
                transaction.commit().map_err(store_error)?;
            }
            Ok(result)
        })
        .await
    }

    /// Runs `work` while no verb of this store runs.
    pub(crate) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = self.connection.clone();
        self.blocking(move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))).await
    }

    /// Runs `work` on a connection of its own, so that verbs go on meanwhile.
    pub(crate) async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = self.place.clone();
        self.blocking(move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&place.path, flags).map_err(store_error)?;
            connection.busy_timeout(place.busy).map_err(store_error)?;
            work(&connection)
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.inline {
            return work();
        }
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            Error::new(ErrorKind::Store, "the thread of the store died").with_source(error)
        })?
    }

    /// Runs `work` and takes back what it did.
    async fn rehearsal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(work, TransactionBehavior::Immediate, false).await
    }

    /// The same for a verb under a lease: another engine's lease refuses it.
    async fn guarded<T: Send + 'static>(
        &self,
        lease: &Lease,
        work: impl FnOnce(&Transaction<'_>, i64, &Lease) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let lease = lease.clone();
        self.transaction(move |transaction, now| {
            leases::guard(transaction, &lease)?;
            work(transaction, now, &lease)
        })
        .await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<DateTime<Utc>> {
        Ok(self.time())
    }

    async fn take_lease(&self, firm: &str, holder: &str, ttl: Duration) -> Result<Lease> {
        let (firm, holder) = (firm.to_owned(), holder.to_owned());
        self.transaction(move |transaction, now| leases::take(transaction, now, firm, holder, ttl)).await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<()> {
        let lease = lease.clone();
        self.transaction(move |transaction, _| leases::release(transaction, &lease)).await
    }

    async fn cursor(&self, flow: &FlowKey) -> Result<Cursor> {
        let flow = flow.clone();
        self.reading(move |transaction, _| pages::cursor(transaction, &flow)).await
    }

    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> Result<Vec<Committed>> {
        let page = page.clone();
        self.guarded(lease, move |transaction, now, lease| pages::commit(transaction, now, lease, &page))
            .await
    }

    async fn preview_page(&self, page: &PageCommit) -> Result<Vec<Preview>> {
        let page = page.clone();
        self.rehearsal(move |transaction, now| pages::preview(transaction, now, &page)).await
    }

    async fn end_sweep(&self, lease: &Lease, sweep: &SweepEnd) -> Result<Swept> {
        let sweep = sweep.clone();
        self.guarded(lease, move |transaction, now, lease| sweeps::end(transaction, now, lease, &sweep)).await
    }

    async fn preview_sweep(&self, sweep: &SweepEnd) -> Result<(Swept, Vec<Preview>)> {
        let sweep = sweep.clone();
        self.rehearsal(move |transaction, now| sweeps::preview(transaction, now, &sweep)).await
    }

    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> Result<Vec<Intent>> {
        let (flow, target) = (flow.clone(), target.to_owned());
        self.reading(move |transaction, _| ledger::due(transaction, &flow, &target, most)).await
    }

    async fn open_intents(&self, firm: &str, target: &str) -> Result<Vec<Intent>> {
        let (firm, target) = (firm.to_owned(), target.to_owned());
        self.reading(move |transaction, _| ledger::open(transaction, &firm, &target)).await
    }

    async fn begin_send(&self, lease: &Lease, keys: &[String], begin: &BeginSend) -> Result<()> {
        let (keys, begin) = (keys.to_vec(), begin.clone());
        self.guarded(lease, move |transaction, now, lease| {
            leases::extend(transaction, now, lease, begin.lease)?;
            intents::begin_send(transaction, now, lease, &keys, &begin)
        })
        .await
    }

    async fn abort_send(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        let keys = keys.to_vec();
        self.guarded(lease, move |transaction, now, lease| {
            intents::abort_send(transaction, now, lease, &keys)
        })
        .await
    }

    async fn confirm(&self, lease: &Lease, confirmations: &[Confirmation]) -> Result<Vec<Confirmed>> {
        let confirmations = confirmations.to_vec();
        self.guarded(lease, move |transaction, now, lease| {
            confirmations.iter().map(|one| intents::confirm(transaction, now, lease, one)).collect()
        })
        .await
    }

    async fn mark_uncertain(
        &self,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> Result<()> {
        let (keys, reason) = (keys.to_vec(), reason.to_owned());
        self.guarded(lease, move |transaction, now, lease| {
            intents::mark_uncertain(transaction, now, lease, &keys, wait, &reason)
        })
        .await
    }

    async fn look_again(&self, lease: &Lease, keys: &[String], wait: Duration) -> Result<()> {
        let keys = keys.to_vec();
        self.guarded(lease, move |transaction, now, lease| {
            intents::look_again(transaction, now, lease, &keys, wait)
        })
        .await
    }

    async fn replan(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        let keys = keys.to_vec();
        self.guarded(lease, move |transaction, now, lease| intents::replan(transaction, now, lease, &keys))
            .await
    }

    async fn reject(&self, lease: &Lease, key: &str, reason: &str) -> Result<()> {
        let (key, reason) = (key.to_owned(), reason.to_owned());
        self.guarded(lease, move |transaction, now, lease| {
            intents::reject(transaction, now, lease, &key, &reason)
        })
        .await
    }

    async fn park(&self, lease: &Lease, key: &str, reason: &str, conflict: Option<&Conflict>) -> Result<()> {
        let (key, reason, conflict) = (key.to_owned(), reason.to_owned(), conflict.cloned());
        self.guarded(lease, move |transaction, now, lease| {
            intents::park(transaction, now, lease, &key, &reason, conflict.as_ref())
        })
        .await
    }

    async fn rebase(&self, lease: &Lease, rebase: &Rebase) -> Result<()> {
        let rebase = rebase.clone();
        self.guarded(lease, move |transaction, now, lease| intents::rebase(transaction, now, lease, &rebase))
            .await
    }

    async fn waive(&self, lease: &Lease, waiver: &Waiver) -> Result<()> {
        let waiver = waiver.clone();
        self.guarded(lease, move |transaction, now, lease| intents::waive(transaction, now, lease, &waiver))
            .await
    }

    async fn settle(&self, lease: &Lease, key: &str, verdict: &Verdict) -> Result<()> {
        let (key, verdict) = (key.to_owned(), verdict.clone());
        self.guarded(lease, move |transaction, now, lease| {
            settle::settle(transaction, now, lease, &key, &verdict)
        })
        .await
    }

    async fn recover(&self, lease: &Lease, since: DateTime<Utc>, settle: Duration) -> Result<()> {
        let settle = millis(settle);
        self.guarded(lease, move |transaction, now, lease| {
            recovery::begin(transaction, now, lease, since, settle)
        })
        .await
    }

    async fn due_audits(&self, flow: &FlowKey, target: &str) -> Result<Vec<Intent>> {
        let (flow, target) = (flow.clone(), target.to_owned());
        self.reading(move |transaction, now| ledger::due_audits(transaction, now, &flow, &target)).await
    }

    async fn audited(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        let keys = keys.to_vec();
        self.guarded(lease, move |transaction, _, lease| intents::audited(transaction, lease, &keys)).await
    }

    async fn link(&self, link: &LinkKey) -> Result<Option<Linked>> {
        let link = link.clone();
        self.reading(move |transaction, _| settle::link(transaction, &link)).await
    }

    async fn attempts(&self, firm: &str, key: &str) -> Result<Vec<Attempt>> {
        let (firm, key) = (firm.to_owned(), key.to_owned());
        self.reading(move |transaction, _| settle::attempts(transaction, &firm, &key)).await
    }

    async fn retry_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<bool> {
        let (flow, source_id) = (flow.clone(), source_id.to_owned());
        self.guarded(lease, move |transaction, now, lease| {
            letters::retry(transaction, now, lease, &flow, &source_id)
        })
        .await
    }

    async fn discard_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<()> {
        let (flow, source_id) = (flow.clone(), source_id.to_owned());
        self.guarded(lease, move |transaction, now, lease| {
            letters::discard(transaction, now, lease, &flow, &source_id)
        })
        .await
    }

    async fn save_plan(&self, firm: &str, id: &str, plan: &str) -> Result<()> {
        let (firm, id, plan) = (firm.to_owned(), id.to_owned(), plan.to_owned());
        self.transaction(move |transaction, now| settle::save_plan(transaction, now, &firm, &id, &plan)).await
    }

    async fn plan(&self, firm: &str, id: &str) -> Result<Option<String>> {
        let (firm, id) = (firm.to_owned(), id.to_owned());
        self.reading(move |transaction, _| settle::plan(transaction, &firm, &id)).await
    }

    async fn linked(&self, firm: &str, target: &str, remote_ids: &[String]) -> Result<HashSet<String>> {
        let (firm, target, ids) = (firm.to_owned(), target.to_owned(), remote_ids.to_vec());
        self.reading(move |transaction, _| ledger::linked(transaction, &firm, &target, ids)).await
    }

    async fn lossy_fields(&self, firm: &str, target: &str) -> Result<BTreeSet<String>> {
        let (firm, target) = (firm.to_owned(), target.to_owned());
        self.reading(move |transaction, _| ledger::lossy(transaction, &firm, &target)).await
    }

    async fn due_acknowledgements(&self, flow: &FlowKey, most: usize) -> Result<Vec<Acknowledgement>> {
        let flow = flow.clone();
        self.reading(move |transaction, _| acknowledgements::due(transaction, &flow, most)).await
    }

    async fn acknowledged(&self, lease: &Lease, flow: &FlowKey, done: &Acknowledgement) -> Result<()> {
        let (flow, done) = (flow.clone(), done.clone());
        self.guarded(lease, move |transaction, now, lease| {
            acknowledgements::told(transaction, now, lease, &flow, &done)
        })
        .await
    }

    async fn dead_letters(&self, firm: &str) -> Result<Vec<DeadLetter>> {
        let firm = firm.to_owned();
        self.reading(move |transaction, _| letters::all(transaction, &firm)).await
    }

    async fn mirrored(&self, flow: &FlowKey, after: Option<&str>, most: usize) -> Result<Vec<Mirrored>> {
        let (flow, after) = (flow.clone(), after.unwrap_or_default().to_owned());
        self.reading(move |transaction, _| mirror::after(transaction, &flow, &after, most)).await
    }

    async fn mirrored_one(&self, flow: &FlowKey, id: &str) -> Result<Option<Mirrored>> {
        let (flow, id) = (flow.clone(), id.to_owned());
        self.reading(move |transaction, _| mirror::one(transaction, &flow, &id)).await
    }

    async fn intents(&self, firm: &str, state: IntentState) -> Result<Vec<Intent>> {
        let firm = firm.to_owned();
        self.reading(move |transaction, _| ledger::in_state(transaction, &firm, state)).await
    }
    async fn connection(&self, firm: &str) -> Result<Standing> {
        let firm = firm.to_owned();
        self.reading(move |transaction, _| connections::standing(transaction, &firm)).await
    }

    async fn connect(&self, firm: &str, account: &Account, by: &Person) -> Result<()> {
        let (firm, account, by) = (firm.to_owned(), account.clone(), by.clone());
        self.transaction(move |transaction, now| connections::connect(transaction, now, &firm, &account, &by))
            .await
    }

    async fn disconnect(&self, firm: &str) -> Result<()> {
        let firm = firm.to_owned();
        self.transaction(move |transaction, now| connections::disconnect(transaction, now, &firm)).await
    }

    async fn switch(&self, flow: &FlowKey, enabled: bool) -> Result<()> {
        let flow = flow.clone();
        self.transaction(move |transaction, _| connections::switch(transaction, &flow, enabled)).await
    }

    async fn record_run(&self, flow: &FlowKey, run: &Ran) -> Result<()> {
        let (flow, run) = (flow.clone(), run.clone());
        self.transaction(move |transaction, now| connections::record_run(transaction, now, &flow, &run)).await
    }

    async fn flows(&self, firm: &str) -> Result<Vec<FlowRecord>> {
        let firm = firm.to_owned();
        self.reading(move |transaction, _| connections::flows(transaction, &firm)).await
    }

    async fn backlog(&self, firm: &str) -> Result<Backlog> {
        let firm = firm.to_owned();
        self.reading(move |transaction, _| connections::backlog(transaction, &firm)).await
    }
}
