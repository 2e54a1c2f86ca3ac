//! The store itself: one connection, one transaction a verb.

use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use clio_sync::{
    Acknowledgement, BeginSend, Committed, Confirmation, Confirmed, Cursor, DeadLetter, Error, ErrorKind,
    FlowKey, Intent, IntentState, Lease, Mirrored, PageCommit, Result, Store,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{Options, acknowledgements, error::store_error, intents, leases, mirror, pages};

/// A store in one SQLite file.
#[derive(Clone)]
pub struct SqliteStore {
    connection: Arc<Mutex<Connection>>,
    clock: Arc<dyn Clock>,
    /// Wall time and monotonic time at open: the store's time follows the latter, so it does not jump.
    opened: (DateTime<Utc>, Duration),
    inline: bool,
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

    pub(crate) fn new(connection: Connection, clock: Arc<dyn Clock>, inline: bool) -> Self {
        let opened = (clock.now(), clock.monotonic());
        Self { connection: Arc::new(Mutex::new(connection)), clock, opened, inline }
    }

    fn time(&self) -> DateTime<Utc> {
        let (wall, monotonic) = self.opened;
        wall + self.clock.monotonic().saturating_sub(monotonic)
    }

    /// Runs `work` in a transaction that is durable when this returns, or not done at all.
    async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = self.connection.clone();
        let now = self.time().timestamp_millis();
        let run = move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
            let result = work(&transaction, now)?;
            transaction.commit().map_err(store_error)?;
            Ok(result)
        };
        if self.inline {
            return run();
        }
        tokio::task::spawn_blocking(run).await.map_err(|error| {
            Error::new(ErrorKind::Store, "the thread of the store died").with_source(error)
        })?
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
        self.transaction(move |transaction, _| pages::cursor(transaction, &flow)).await
    }

    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> Result<Vec<Committed>> {
        let page = page.clone();
        self.guarded(lease, move |transaction, now, lease| pages::commit(transaction, now, lease, &page))
            .await
    }

    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> Result<Vec<Intent>> {
        let (flow, target) = (flow.clone(), target.to_owned());
        self.transaction(move |transaction, _| intents::due(transaction, &flow, &target, most)).await
    }

    async fn open_intents(&self, firm: &str, target: &str) -> Result<Vec<Intent>> {
        let (firm, target) = (firm.to_owned(), target.to_owned());
        self.transaction(move |transaction, _| intents::open(transaction, &firm, &target)).await
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

    async fn park(&self, lease: &Lease, key: &str, reason: &str) -> Result<()> {
        let (key, reason) = (key.to_owned(), reason.to_owned());
        self.guarded(lease, move |transaction, now, lease| {
            intents::park(transaction, now, lease, &key, &reason)
        })
        .await
    }

    async fn linked(&self, firm: &str, target: &str, remote_ids: &[String]) -> Result<HashSet<String>> {
        let (firm, target, ids) = (firm.to_owned(), target.to_owned(), remote_ids.to_vec());
        self.transaction(move |transaction, _| intents::linked(transaction, &firm, &target, ids)).await
    }

    async fn lossy_fields(&self, firm: &str, target: &str) -> Result<BTreeSet<String>> {
        let (firm, target) = (firm.to_owned(), target.to_owned());
        self.transaction(move |transaction, _| intents::lossy(transaction, &firm, &target)).await
    }

    async fn due_acknowledgements(&self, flow: &FlowKey, most: usize) -> Result<Vec<Acknowledgement>> {
        let flow = flow.clone();
        self.transaction(move |transaction, _| acknowledgements::due(transaction, &flow, most)).await
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
        self.transaction(move |transaction, _| pages::dead_letters(transaction, &firm)).await
    }

    async fn mirrored(&self, flow: &FlowKey, after: Option<&str>, most: usize) -> Result<Vec<Mirrored>> {
        let (flow, after) = (flow.clone(), after.unwrap_or_default().to_owned());
        self.transaction(move |transaction, _| mirror::after(transaction, &flow, &after, most)).await
    }

    async fn mirrored_one(&self, flow: &FlowKey, id: &str) -> Result<Option<Mirrored>> {
        let (flow, id) = (flow.clone(), id.to_owned());
        self.transaction(move |transaction, _| mirror::one(transaction, &flow, &id)).await
    }

    async fn intents(&self, firm: &str, state: IntentState) -> Result<Vec<Intent>> {
        let firm = firm.to_owned();
        self.transaction(move |transaction, _| intents::in_state(transaction, &firm, state)).await
    }
}
