//! What the cases share.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Debug,
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use clio_core::Etag;

use crate::{
    Acknowledgement, Backlog, BeginSend, Committed, Confirmation, Confirmed, Content, Cursor, DeadLetter,
    Decision, Effect, ErrorKind, FlowKey, FlowRecord, Intent, IntentState, Lease, LinkKey, Linked,
    PageCommit, Rebase, Reconciled, Resolution, Result, Standing, Store, Waiver, Write,
};

pub(super) const FIRM: &str = "acme-law";
pub(super) const SOURCE: &str = "tracker/time";
pub(super) const TARGET: &str = "clio/activity";
pub(super) const HOLDER: &str = "engine-1";
pub(super) const HOUR: Duration = Duration::from_secs(3600);

pub(super) const STATES: &[IntentState] = IntentState::ALL;

/// Runs each case on a store of its own.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        pub(super) async fn cases<F, Fut>(fresh: &F)
        where
            F: Fn() -> Fut + Send + Sync,
            Fut: std::future::Future<Output = std::sync::Arc<dyn crate::Store>> + Send,
        {
            $($case(fresh().await).await;)+
        }
    };
}
pub(super) use cases;

pub(super) fn flow_of(firm: &str, flow: &str) -> FlowKey {
    FlowKey { firm: firm.into(), adapter: "tracker".into(), flow: flow.into() }
}

pub(super) fn write(text: &str) -> Write {
    let content = Content::from([("note".to_owned(), text.into())]);
    Write { payload: format!("{{\"note\":\"{text}\"}}"), content, label: text.into() }
}

pub(super) fn create(id: &str, version: &str, text: &str) -> Reconciled {
    decided(id, version, Decision::Write(Effect::Create, write(text)))
}

pub(super) fn upsert(id: &str, version: &str, text: &str) -> Reconciled {
    decided(id, version, Decision::Write(Effect::Upsert, write(text)))
}

pub(super) fn skip(id: &str, version: &str, reason: &str) -> Reconciled {
    decided(id, version, Decision::Skip(reason.into()))
}

pub(super) fn bad(id: &str, version: &str, reason: &str) -> Reconciled {
    decided(id, version, Decision::Reject { reason: reason.into(), path: None })
}

/// It is gone at the source.
pub(super) fn gone(id: &str, version: &str) -> Reconciled {
    decided(id, version, Decision::Delete("gone".into()))
}

pub(super) fn decided(id: &str, version: &str, decision: Decision) -> Reconciled {
    Reconciled { id: id.into(), version: version.into(), created: None, decision }
}

/// A page of the usual flow of this firm, whose source waits for acknowledgements.
pub(super) fn page(firm: &str, records: Vec<Reconciled>) -> PageCommit {
    PageCommit {
        flow: flow_of(firm, "time"),
        source: SOURCE.into(),
        target: TARGET.into(),
        records: records.into(),
        cursor: None,
        acknowledge: true,
        expected: None,
        settle: HOUR,
    }
}

pub(super) fn begin(floor: Option<DateTime<Utc>>) -> BeginSend {
    BeginSend { within: Duration::from_secs(15), floor, lease: HOUR }
}

pub(super) fn confirmation(key: &str, remote_id: &str) -> Confirmation {
    Confirmation {
        key: key.into(),
        remote_id: remote_id.into(),
        etag: Some(Etag::new("\"1\"")),
        lossy: BTreeSet::new(),
        audit_after: None,
    }
}

pub(super) fn written(id: &str, remote_id: &str) -> Acknowledgement {
    Acknowledgement { id: id.into(), resolution: Resolution::Written { remote_id: remote_id.into() } }
}

pub(super) fn skipped(id: &str, reason: &str) -> Acknowledgement {
    Acknowledgement { id: id.into(), resolution: Resolution::Skipped { reason: reason.into() } }
}

pub(super) fn rejected(id: &str, reason: &str) -> Acknowledgement {
    Acknowledgement { id: id.into(), resolution: Resolution::Rejected { reason: reason.into() } }
}

pub(super) fn parked(id: &str, reason: &str) -> Acknowledgement {
    Acknowledgement { id: id.into(), resolution: Resolution::Parked { reason: reason.into() } }
}

/// The place of a record's link, for a record of the usual source and target of this firm.
pub(super) fn link_of(firm: &str, id: &str) -> LinkKey {
    LinkKey {
        firm: firm.into(),
        adapter: "tracker".into(),
        source: SOURCE.into(),
        source_id: id.into(),
        target: TARGET.into(),
    }
}

/// A verb that moves intents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    BeginSend,
    AbortSend,
    Confirm,
    MarkUncertain,
    LookAgain,
    Replan,
    Reject,
    Park,
    Rebase,
    Waive,
}

pub(super) const VERBS: [Verb; 10] = [
    Verb::BeginSend,
    Verb::AbortSend,
    Verb::Confirm,
    Verb::MarkUncertain,
    Verb::LookAgain,
    Verb::Replan,
    Verb::Reject,
    Verb::Park,
    Verb::Rebase,
    Verb::Waive,
];

impl Verb {
    /// Where it leads from this state, if it is allowed there.
    pub(super) fn leads(self, from: IntentState) -> Option<IntentState> {
        use IntentState::{Confirmed, Parked, Planned, Rejected, Sending, Uncertain, Waived};
        match (self, from) {
            (Self::BeginSend, Planned) => Some(Sending),
            (Self::AbortSend, Sending) | (Self::Replan | Self::Rebase, Sending | Uncertain) => Some(Planned),
            (Self::Confirm, Sending | Uncertain) => Some(Confirmed),
            (Self::MarkUncertain, Sending | Uncertain) | (Self::LookAgain, Uncertain) => Some(Uncertain),
            (Self::Reject, Sending) => Some(Rejected),
            (Self::Park, Planned | Sending | Uncertain) => Some(Parked),
            (Self::Waive, Planned | Sending | Uncertain) => Some(Waived),
            _ => None,
        }
    }

    /// A verb that takes one key gets the last one.
    pub(super) async fn call(self, store: &dyn Store, lease: &Lease, keys: &[String]) -> Result<()> {
        let last = keys.last().map_or("", String::as_str);
        match self {
            Self::BeginSend => store.begin_send(lease, keys, &begin(None)).await,
            Self::AbortSend => store.abort_send(lease, keys).await,
            Self::Confirm => {
                let all: Vec<_> = keys.iter().map(|key| confirmation(key, &remote_of(key))).collect();
                let confirmed = store.confirm(lease, &all).await?;
                assert_eq!(
                    confirmed,
                    vec![Confirmed::Linked; keys.len()],
                    "no record is linked to these ids"
                );
                Ok(())
            }
            Self::MarkUncertain => store.mark_uncertain(lease, keys, HOUR, "no answer").await,
            Self::LookAgain => store.look_again(lease, keys, HOUR).await,
            Self::Replan => store.replan(lease, keys).await,
            Self::Reject => store.reject(lease, last, "refused").await,
            Self::Park => store.park(lease, last, "who knows", None).await,
            Self::Rebase => {
                store.rebase(lease, &Rebase { key: last.into(), etag: None, written: None }).await
            }
            Self::Waive => {
                let (key, reason) = (last.into(), "not wanted".into());
                store.waive(lease, &Waiver { key, reason, gone: false, theirs: None }).await
            }
        }
    }
}

/// The id that [`Verb::Confirm`] links an intent to.
pub(super) fn remote_of(key: &str) -> String {
    format!("remote-{key}")
}

/// Everything of one firm that can be seen through the trait.
#[derive(Debug, PartialEq)]
pub(super) struct Snapshot {
    intents: Vec<Intent>,
    dead_letters: Vec<DeadLetter>,
    acknowledgements: Vec<Acknowledgement>,
    cursor: Cursor,
    lossy: BTreeSet<String>,
    linked: HashSet<String>,
    links: Vec<Option<Linked>>,
    audits: Vec<Intent>,
    standing: Standing,
    flows: Vec<FlowRecord>,
    backlog: Backlog,
}

pub(super) async fn snapshot(store: &dyn Store, firm: &str) -> Snapshot {
    let flow = flow_of(firm, "time");
    let mut intents = Vec::new();
    for &state in STATES {
        let found = store.intents(firm, state).await.expect("intents");
        assert!(
            found.iter().all(|intent| intent.state == state && intent.flow.firm == firm),
            "`intents` gave an intent of another state or firm than {state:?} of {firm}"
        );
        intents.extend(found);
    }
    let ids: Vec<String> = intents
        .iter()
        .flat_map(|intent| [Some(remote_of(&intent.key)), intent.remote_id.clone()])
        .flatten()
        .collect();
    let mut links = Vec::new();
    for intent in &intents {
        links.push(store.link(&link_of(firm, &intent.source_id)).await.expect("link"));
    }
    Snapshot {
        links,
        audits: store.due_audits(&flow, TARGET).await.expect("due_audits"),
        dead_letters: store.dead_letters(firm).await.expect("dead_letters"),
        acknowledgements: store.due_acknowledgements(&flow, usize::MAX).await.expect("due_acknowledgements"),
        cursor: store.cursor(&flow).await.expect("cursor"),
        lossy: store.lossy_fields(firm, TARGET).await.expect("lossy_fields"),
        linked: store.linked(firm, TARGET, &ids).await.expect("linked"),
        standing: store.connection(firm).await.expect("connection"),
        flows: store.flows(firm).await.expect("flows"),
        backlog: store.backlog(firm).await.expect("backlog"),
        intents,
    }
}

#[track_caller]
pub(super) fn refused<T: Debug>(result: Result<T>, what: &str) {
    if let Ok(answer) = result {
        panic!("{what}: should have been refused, but the answer was {answer:?}");
    }
}

#[track_caller]
pub(super) fn fenced<T: Debug>(result: Result<T>, what: &str) {
    match result {
        Ok(answer) => panic!("{what}: another engine has the firm, but the answer was {answer:?}"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Fenced, "{what}: {error:?}"),
    }
}

/// A store, and the lease of one firm in it.
#[derive(Debug, Clone)]
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    pub(super) lease: Lease,
}

impl Bench {
    pub(super) async fn new(store: Arc<dyn Store>) -> Self {
        Self::of_firm(store, FIRM).await
    }

    pub(super) async fn of_firm(store: Arc<dyn Store>, firm: &str) -> Self {
        let lease = store.take_lease(firm, HOLDER, HOUR).await.expect("take_lease of a firm that is free");
        Self { store, lease }
    }

    pub(super) fn firm(&self) -> &str {
        &self.lease.firm
    }

    pub(super) fn flow(&self) -> FlowKey {
        flow_of(self.firm(), "time")
    }

    pub(super) async fn snapshot(&self) -> Snapshot {
        snapshot(&*self.store, self.firm()).await
    }

    pub(super) async fn commit(&self, records: Vec<Reconciled>) -> Vec<Committed> {
        self.commit_page(&page(self.firm(), records)).await
    }

    pub(super) async fn commit_page(&self, page: &PageCommit) -> Vec<Committed> {
        let committed = self.store.commit_page(&self.lease, page).await.expect("commit_page");
        assert_eq!(committed.len(), page.records.len(), "commit_page answers for each record");
        committed
    }

    /// Commits one record, and answers what became of it.
    pub(super) async fn one(&self, record: Reconciled) -> Committed {
        self.commit(vec![record]).await.remove(0)
    }

    /// Commits one record that has to be planned; answers the key of its newest intent.
    pub(super) async fn plan(&self, record: Reconciled) -> String {
        let id = record.id.clone();
        assert_eq!(self.one(record).await, Committed::Planned, "record {id}");
        let newest = self.all().await.into_iter().filter(|intent| intent.source_id == id);
        newest.max_by_key(|intent| intent.generation).expect("what was planned is an intent").key
    }

    /// Plans a new record and brings its intent into this state.
    pub(super) async fn bring(&self, id: &str, state: IntentState) -> String {
        let key = self.plan(create(id, "1", id)).await;
        match state {
            IntentState::Planned => {}
            IntentState::Sending => self.call(Verb::BeginSend, &key).await,
            IntentState::Uncertain => self.calls(&[Verb::BeginSend, Verb::MarkUncertain], &key).await,
            IntentState::Confirmed => self.calls(&[Verb::BeginSend, Verb::Confirm], &key).await,
            IntentState::Rejected => self.calls(&[Verb::BeginSend, Verb::Reject], &key).await,
            IntentState::Parked => self.calls(&[Verb::BeginSend, Verb::Park], &key).await,
            IntentState::Waived => self.call(Verb::Waive, &key).await,
        }
        key
    }

    pub(super) async fn call(&self, verb: Verb, key: &str) {
        if let Err(error) = verb.call(&*self.store, &self.lease, &[key.to_owned()]).await {
            panic!("{verb:?} is allowed here, but: {error:?}");
        }
    }

    pub(super) async fn calls(&self, verbs: &[Verb], key: &str) {
        for verb in verbs {
            self.call(*verb, key).await;
        }
    }

    /// Sends and confirms.
    pub(super) async fn confirm(&self, key: &str, remote_id: &str) {
        self.call(Verb::BeginSend, key).await;
        let confirmed = self.store.confirm(&self.lease, &[confirmation(key, remote_id)]).await;
        assert_eq!(confirmed.expect("confirm"), [Confirmed::Linked], "nobody else has {remote_id}");
    }

    /// Has the record confirmed as this remote one, whose deletion is then confirmed, too.
    pub(super) async fn deleted(&self, id: &str, remote_id: &str) {
        let key = self.plan(upsert(id, "1", id)).await;
        self.confirm(&key, remote_id).await;
        let key = self.plan(gone(id, "2")).await;
        self.confirm(&key, remote_id).await;
    }

    /// What the usual record of this id is linked to.
    pub(super) async fn link(&self, id: &str) -> Option<Linked> {
        self.store.link(&link_of(self.firm(), id)).await.expect("link")
    }

    /// All intents of the firm.
    pub(super) async fn all(&self) -> Vec<Intent> {
        self.snapshot().await.intents
    }

    pub(super) async fn intent(&self, key: &str) -> Intent {
        let mut found: Vec<Intent> =
            self.all().await.into_iter().filter(|intent| intent.key == key).collect();
        assert_eq!(found.len(), 1, "an intent stands in one state, and its key is unique");
        found.remove(0)
    }

    /// The source ids of the intents that are due, in order.
    pub(super) async fn due(&self) -> Vec<String> {
        let due = self.store.due_intents(&self.flow(), TARGET, usize::MAX).await.expect("due_intents");
        due.into_iter().map(|intent| intent.source_id).collect()
    }

    pub(super) async fn told(&self) -> Vec<Acknowledgement> {
        self.store.due_acknowledgements(&self.flow(), usize::MAX).await.expect("due_acknowledgements")
    }

    /// The source accepts everything that is due.
    pub(super) async fn accept_all(&self) {
        for done in self.told().await {
            self.store.acknowledged(&self.lease, &self.flow(), &done).await.expect("acknowledged");
        }
        assert_eq!(self.told().await, [], "what the source has accepted is not due any more");
    }
}
