//! Stores that do something else as well.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::Clock;
use clio_fixtures::VirtualClock;
use clio_sync::{
    Account, Acknowledgement, Attempt, Backlog, BeginSend, Committed, Confirmation, Confirmed, Conflict,
    Cursor, DeadLetter, FlowKey, FlowRecord, Intent, IntentState, Lease, LinkKey, Linked, Mirrored,
    PageCommit, Person, Preview, Ran, Rebase, Result, Standing, Store, SweepEnd, Swept, Verdict, Waiver,
};

/// What happens around the verbs of a store.
///
/// A verb that some mutant turns into something else has a method of its own here, which passes it on unless said. Such
/// a method wants to be added only when a mutant needs it.
#[async_trait]
pub trait Hook: std::fmt::Debug + Send + Sync {
    /// Before a verb.
    async fn before(&self, _verb: &'static str) {}

    /// After a verb, whatever it answered.
    async fn after(&self, _verb: &'static str) {}

    /// Stands in for `linked`.
    fn linked(&self, linked: HashSet<String>) -> HashSet<String> {
        linked
    }

    /// Stands in for `take_lease`.
    async fn take_lease(&self, inner: &dyn Store, firm: &str, holder: &str, ttl: Duration) -> Result<Lease> {
        inner.take_lease(firm, holder, ttl).await
    }

    /// Stands in for `commit_page`.
    async fn commit_page(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        page: &PageCommit,
    ) -> Result<Vec<Committed>> {
        inner.commit_page(lease, page).await
    }

    /// Stands in for `end_sweep`.
    async fn end_sweep(&self, inner: &dyn Store, lease: &Lease, sweep: &SweepEnd) -> Result<Swept> {
        inner.end_sweep(lease, sweep).await
    }

    /// Stands in for `open_intents`.
    async fn open_intents(&self, inner: &dyn Store, firm: &str, target: &str) -> Result<Vec<Intent>> {
        inner.open_intents(firm, target).await
    }

    /// Stands in for `begin_send`.
    async fn begin_send(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        keys: &[String],
        begin: &BeginSend,
    ) -> Result<()> {
        inner.begin_send(lease, keys, begin).await
    }

    /// Stands in for `confirm`.
    async fn confirm(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        confirmations: &[Confirmation],
    ) -> Result<Vec<Confirmed>> {
        inner.confirm(lease, confirmations).await
    }

    /// Stands in for `look_again`.
    async fn look_again(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
    ) -> Result<()> {
        inner.look_again(lease, keys, wait).await
    }

    /// Stands in for `mark_uncertain`.
    async fn mark_uncertain(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> Result<()> {
        inner.mark_uncertain(lease, keys, wait, reason).await
    }

    /// Stands in for `recover`.
    async fn recover(
        &self,
        inner: &dyn Store,
        lease: &Lease,
        since: DateTime<Utc>,
        settle: Duration,
    ) -> Result<()> {
        inner.recover(lease, since, settle).await
    }

    /// Stands in for `due_acknowledgements`.
    async fn due_acknowledgements(
        &self,
        inner: &dyn Store,
        flow: &FlowKey,
        most: usize,
    ) -> Result<Vec<Acknowledgement>> {
        inner.due_acknowledgements(flow, most).await
    }
}

/// A store with a hook around every verb.
#[derive(Debug)]
pub struct Wrapped {
    /// The store.
    pub inner: Arc<dyn Store>,
    /// What happens around its verbs.
    pub hook: Arc<dyn Hook>,
}

macro_rules! around {
    ($self:ident, $verb:ident ( $($argument:expr),* )) => {{
        $self.hook.before(stringify!($verb)).await;
        let result = $self.inner.$verb($($argument),*).await;
        $self.hook.after(stringify!($verb)).await;
        result
    }};
    // The hook has a say in what the verb does.
    ($self:ident, hook.$verb:ident ( $($argument:expr),* )) => {{
        $self.hook.before(stringify!($verb)).await;
        let result = $self.hook.$verb(&*$self.inner, $($argument),*).await;
        $self.hook.after(stringify!($verb)).await;
        result
    }};
}

#[async_trait]
impl Store for Wrapped {
    async fn now(&self) -> Result<DateTime<Utc>> {
        around!(self, now())
    }
    async fn take_lease(&self, firm: &str, holder: &str, ttl: Duration) -> Result<Lease> {
        around!(self, hook.take_lease(firm, holder, ttl))
    }
    async fn release_lease(&self, lease: &Lease) -> Result<()> {
        around!(self, release_lease(lease))
    }
    async fn cursor(&self, flow: &FlowKey) -> Result<Cursor> {
        around!(self, cursor(flow))
    }
    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> Result<Vec<Committed>> {
        around!(self, hook.commit_page(lease, page))
    }
    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> Result<Vec<Intent>> {
        around!(self, due_intents(flow, target, most))
    }
    async fn open_intents(&self, firm: &str, target: &str) -> Result<Vec<Intent>> {
        around!(self, hook.open_intents(firm, target))
    }
    async fn begin_send(&self, lease: &Lease, keys: &[String], begin: &BeginSend) -> Result<()> {
        around!(self, hook.begin_send(lease, keys, begin))
    }
    async fn abort_send(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        around!(self, abort_send(lease, keys))
    }
    async fn confirm(&self, lease: &Lease, confirmations: &[Confirmation]) -> Result<Vec<Confirmed>> {
        around!(self, hook.confirm(lease, confirmations))
    }
    async fn mark_uncertain(
        &self,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> Result<()> {
        around!(self, hook.mark_uncertain(lease, keys, wait, reason))
    }
    async fn look_again(&self, lease: &Lease, keys: &[String], wait: Duration) -> Result<()> {
        around!(self, hook.look_again(lease, keys, wait))
    }
    async fn replan(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        around!(self, replan(lease, keys))
    }
    async fn reject(&self, lease: &Lease, key: &str, reason: &str) -> Result<()> {
        around!(self, reject(lease, key, reason))
    }
    async fn park(&self, lease: &Lease, key: &str, reason: &str, conflict: Option<&Conflict>) -> Result<()> {
        around!(self, park(lease, key, reason, conflict))
    }
    async fn end_sweep(&self, lease: &Lease, sweep: &SweepEnd) -> Result<Swept> {
        around!(self, hook.end_sweep(lease, sweep))
    }
    async fn preview_page(&self, page: &PageCommit) -> Result<Vec<Preview>> {
        around!(self, preview_page(page))
    }
    async fn preview_sweep(&self, sweep: &SweepEnd) -> Result<(Swept, Vec<Preview>)> {
        around!(self, preview_sweep(sweep))
    }
    async fn rebase(&self, lease: &Lease, rebase: &Rebase) -> Result<()> {
        around!(self, rebase(lease, rebase))
    }
    async fn waive(&self, lease: &Lease, waiver: &Waiver) -> Result<()> {
        around!(self, waive(lease, waiver))
    }
    async fn settle(&self, lease: &Lease, key: &str, verdict: &Verdict) -> Result<()> {
        around!(self, settle(lease, key, verdict))
    }
    async fn recover(&self, lease: &Lease, since: DateTime<Utc>, settle: Duration) -> Result<()> {
        around!(self, hook.recover(lease, since, settle))
    }
    async fn due_audits(&self, flow: &FlowKey, target: &str) -> Result<Vec<Intent>> {
        around!(self, due_audits(flow, target))
    }
    async fn audited(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        around!(self, audited(lease, keys))
    }
    async fn link(&self, link: &LinkKey) -> Result<Option<Linked>> {
        around!(self, link(link))
    }
    async fn attempts(&self, firm: &str, key: &str) -> Result<Vec<Attempt>> {
        around!(self, attempts(firm, key))
    }
    async fn retry_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<bool> {
        around!(self, retry_dead_letter(lease, flow, source_id))
    }
    async fn discard_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<()> {
        around!(self, discard_dead_letter(lease, flow, source_id))
    }
    async fn save_plan(&self, firm: &str, id: &str, plan: &str) -> Result<()> {
        around!(self, save_plan(firm, id, plan))
    }
    async fn plan(&self, firm: &str, id: &str) -> Result<Option<String>> {
        around!(self, plan(firm, id))
    }
    async fn linked(&self, firm: &str, target: &str, remote_ids: &[String]) -> Result<HashSet<String>> {
        let linked = around!(self, linked(firm, target, remote_ids));
        linked.map(|linked| self.hook.linked(linked))
    }
    async fn lossy_fields(&self, firm: &str, target: &str) -> Result<BTreeSet<String>> {
        around!(self, lossy_fields(firm, target))
    }
    async fn due_acknowledgements(&self, flow: &FlowKey, most: usize) -> Result<Vec<Acknowledgement>> {
        around!(self, hook.due_acknowledgements(flow, most))
    }
    async fn acknowledged(&self, lease: &Lease, flow: &FlowKey, done: &Acknowledgement) -> Result<()> {
        around!(self, acknowledged(lease, flow, done))
    }
    async fn dead_letters(&self, firm: &str) -> Result<Vec<DeadLetter>> {
        around!(self, dead_letters(firm))
    }
    async fn mirrored(&self, flow: &FlowKey, after: Option<&str>, most: usize) -> Result<Vec<Mirrored>> {
        around!(self, mirrored(flow, after, most))
    }
    async fn mirrored_one(&self, flow: &FlowKey, id: &str) -> Result<Option<Mirrored>> {
        around!(self, mirrored_one(flow, id))
    }
    async fn intents(&self, firm: &str, state: IntentState) -> Result<Vec<Intent>> {
        around!(self, intents(firm, state))
    }
    async fn connection(&self, firm: &str) -> Result<Standing> {
        around!(self, connection(firm))
    }
    async fn connect(&self, firm: &str, account: &Account, by: &Person) -> Result<()> {
        around!(self, connect(firm, account, by))
    }
    async fn disconnect(&self, firm: &str) -> Result<()> {
        around!(self, disconnect(firm))
    }
    async fn switch(&self, flow: &FlowKey, enabled: bool) -> Result<()> {
        around!(self, switch(flow, enabled))
    }
    async fn record_run(&self, flow: &FlowKey, run: &Ran) -> Result<()> {
        around!(self, record_run(flow, run))
    }
    async fn flows(&self, firm: &str) -> Result<Vec<FlowRecord>> {
        around!(self, flows(firm))
    }
    async fn backlog(&self, firm: &str) -> Result<Backlog> {
        around!(self, backlog(firm))
    }
}

/// A store whose verbs start a little later, and go on although their caller was dropped: as those that run on threads
/// of their own do.
#[derive(Debug)]
pub struct Detached {
    /// The store.
    pub inner: Arc<dyn Store>,
    /// The clock by which the verbs are late.
    pub clock: Arc<VirtualClock>,
    /// How late they start.
    pub delay: Duration,
}

macro_rules! detached {
    ($self:ident, $($own:ident),*; $verb:ident ( $($argument:expr),* )) => {{
        let (inner, wait) = ($self.inner.clone(), $self.clock.sleep($self.delay));
        $(let $own = $own.to_owned();)*
        let job = tokio::spawn(async move {
            wait.await;
            inner.$verb($($argument),*).await
        });
        job.await.expect("a verb that ends")
    }};
}

#[async_trait]
impl Store for Detached {
    async fn now(&self) -> Result<DateTime<Utc>> {
        self.inner.now().await
    }
    async fn take_lease(&self, firm: &str, holder: &str, ttl: Duration) -> Result<Lease> {
        detached!(self, firm, holder, ttl; take_lease(&firm, &holder, ttl))
    }
    async fn release_lease(&self, lease: &Lease) -> Result<()> {
        detached!(self, lease; release_lease(&lease))
    }
    async fn cursor(&self, flow: &FlowKey) -> Result<Cursor> {
        detached!(self, flow; cursor(&flow))
    }
    async fn commit_page(&self, lease: &Lease, page: &PageCommit) -> Result<Vec<Committed>> {
        detached!(self, lease, page; commit_page(&lease, &page))
    }
    async fn due_intents(&self, flow: &FlowKey, target: &str, most: usize) -> Result<Vec<Intent>> {
        detached!(self, flow, target, most; due_intents(&flow, &target, most))
    }
    async fn open_intents(&self, firm: &str, target: &str) -> Result<Vec<Intent>> {
        detached!(self, firm, target; open_intents(&firm, &target))
    }
    async fn begin_send(&self, lease: &Lease, keys: &[String], begin: &BeginSend) -> Result<()> {
        detached!(self, lease, keys, begin; begin_send(&lease, &keys, &begin))
    }
    async fn abort_send(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        detached!(self, lease, keys; abort_send(&lease, &keys))
    }
    async fn confirm(&self, lease: &Lease, confirmations: &[Confirmation]) -> Result<Vec<Confirmed>> {
        detached!(self, lease, confirmations; confirm(&lease, &confirmations))
    }
    async fn mark_uncertain(
        &self,
        lease: &Lease,
        keys: &[String],
        wait: Duration,
        reason: &str,
    ) -> Result<()> {
        detached!(self, lease, keys, wait, reason; mark_uncertain(&lease, &keys, wait, &reason))
    }
    async fn look_again(&self, lease: &Lease, keys: &[String], wait: Duration) -> Result<()> {
        detached!(self, lease, keys, wait; look_again(&lease, &keys, wait))
    }
    async fn replan(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        detached!(self, lease, keys; replan(&lease, &keys))
    }
    async fn reject(&self, lease: &Lease, key: &str, reason: &str) -> Result<()> {
        detached!(self, lease, key, reason; reject(&lease, &key, &reason))
    }
    async fn park(&self, lease: &Lease, key: &str, reason: &str, conflict: Option<&Conflict>) -> Result<()> {
        let conflict = conflict.cloned();
        detached!(self, lease, key, reason; park(&lease, &key, &reason, conflict.as_ref()))
    }
    async fn end_sweep(&self, lease: &Lease, sweep: &SweepEnd) -> Result<Swept> {
        detached!(self, lease, sweep; end_sweep(&lease, &sweep))
    }
    async fn preview_page(&self, page: &PageCommit) -> Result<Vec<Preview>> {
        detached!(self, page; preview_page(&page))
    }
    async fn preview_sweep(&self, sweep: &SweepEnd) -> Result<(Swept, Vec<Preview>)> {
        detached!(self, sweep; preview_sweep(&sweep))
    }
    async fn rebase(&self, lease: &Lease, rebase: &Rebase) -> Result<()> {
        detached!(self, lease, rebase; rebase(&lease, &rebase))
    }
    async fn waive(&self, lease: &Lease, waiver: &Waiver) -> Result<()> {
        detached!(self, lease, waiver; waive(&lease, &waiver))
    }
    async fn settle(&self, lease: &Lease, key: &str, verdict: &Verdict) -> Result<()> {
        detached!(self, lease, key, verdict; settle(&lease, &key, &verdict))
    }
    async fn recover(&self, lease: &Lease, since: DateTime<Utc>, settle: Duration) -> Result<()> {
        detached!(self, lease, since, settle; recover(&lease, since, settle))
    }
    async fn due_audits(&self, flow: &FlowKey, target: &str) -> Result<Vec<Intent>> {
        detached!(self, flow, target; due_audits(&flow, &target))
    }
    async fn audited(&self, lease: &Lease, keys: &[String]) -> Result<()> {
        detached!(self, lease, keys; audited(&lease, &keys))
    }
    async fn link(&self, link: &LinkKey) -> Result<Option<Linked>> {
        detached!(self, link; link(&link))
    }
    async fn attempts(&self, firm: &str, key: &str) -> Result<Vec<Attempt>> {
        detached!(self, firm, key; attempts(&firm, &key))
    }
    async fn retry_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<bool> {
        detached!(self, lease, flow, source_id; retry_dead_letter(&lease, &flow, &source_id))
    }
    async fn discard_dead_letter(&self, lease: &Lease, flow: &FlowKey, source_id: &str) -> Result<()> {
        detached!(self, lease, flow, source_id; discard_dead_letter(&lease, &flow, &source_id))
    }
    async fn save_plan(&self, firm: &str, id: &str, plan: &str) -> Result<()> {
        detached!(self, firm, id, plan; save_plan(&firm, &id, &plan))
    }
    async fn plan(&self, firm: &str, id: &str) -> Result<Option<String>> {
        detached!(self, firm, id; plan(&firm, &id))
    }
    async fn linked(&self, firm: &str, target: &str, remote_ids: &[String]) -> Result<HashSet<String>> {
        detached!(self, firm, target, remote_ids; linked(&firm, &target, &remote_ids))
    }
    async fn lossy_fields(&self, firm: &str, target: &str) -> Result<BTreeSet<String>> {
        detached!(self, firm, target; lossy_fields(&firm, &target))
    }
    async fn due_acknowledgements(&self, flow: &FlowKey, most: usize) -> Result<Vec<Acknowledgement>> {
        detached!(self, flow, most; due_acknowledgements(&flow, most))
    }
    async fn acknowledged(&self, lease: &Lease, flow: &FlowKey, done: &Acknowledgement) -> Result<()> {
        detached!(self, lease, flow, done; acknowledged(&lease, &flow, &done))
    }
    async fn dead_letters(&self, firm: &str) -> Result<Vec<DeadLetter>> {
        self.inner.dead_letters(firm).await
    }
    async fn mirrored(&self, flow: &FlowKey, after: Option<&str>, most: usize) -> Result<Vec<Mirrored>> {
        self.inner.mirrored(flow, after, most).await
    }
    async fn mirrored_one(&self, flow: &FlowKey, id: &str) -> Result<Option<Mirrored>> {
        self.inner.mirrored_one(flow, id).await
    }
    async fn intents(&self, firm: &str, state: IntentState) -> Result<Vec<Intent>> {
        self.inner.intents(firm, state).await
    }
    async fn connection(&self, firm: &str) -> Result<Standing> {
        detached!(self, firm; connection(&firm))
    }
    async fn connect(&self, firm: &str, account: &Account, by: &Person) -> Result<()> {
        detached!(self, firm, account, by; connect(&firm, &account, &by))
    }
    async fn disconnect(&self, firm: &str) -> Result<()> {
        detached!(self, firm; disconnect(&firm))
    }
    async fn switch(&self, flow: &FlowKey, enabled: bool) -> Result<()> {
        detached!(self, flow, enabled; switch(&flow, enabled))
    }
    async fn record_run(&self, flow: &FlowKey, run: &Ran) -> Result<()> {
        detached!(self, flow, run; record_run(&flow, &run))
    }
    async fn flows(&self, firm: &str) -> Result<Vec<FlowRecord>> {
        self.inner.flows(firm).await
    }
    async fn backlog(&self, firm: &str) -> Result<Backlog> {
        self.inner.backlog(firm).await
    }
}
