//! A small source for what an engine does over time, an engine on it, and what the worlds saw of that.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clio_core::{Clock, Id, Limits, Payload, Seconds, Transport, TransportError};
use clio_fixtures::{ActivityRecord, ClioWorldBuilder, VirtualClock};
use clio_model::TimeEntry;
use clio_sync::{
    Acknowledgement, Adapter, Brake, ConflictPolicy, CursorPage, CursorSource, Error, ErrorKind, Firm, Flow,
    FlowKey, InboxBatch, InboxSource, Incoming, IntentState, Line, LineOutcome, Linked, Mapped, Pass, Report,
    Result, Scope, Store, hub,
};
use clio_sync_sqlite::SqliteStore;
use simulation::{FIRM, Scene, Setup};

/// The flow that reads what has changed.
pub(crate) const NOTES: &str = "desk/notes";
/// The flow that takes what waits, and acknowledges it.
pub(crate) const TRAY: &str = "desk/tray";
const KIND: &str = "desk/note";
/// The kind of the target.
pub(crate) const ACTIVITY: &str = "clio/activity";

/// A note on the desk: work of one user for one matter.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    id: String,
    text: String,
    matter: i64,
    user: i64,
    seconds: i64,
    version: u64,
    changed: DateTime<Utc>,
    created: Option<DateTime<Utc>>,
}

#[derive(Debug, Default)]
struct Inner {
    notes: BTreeMap<String, Note>,
    hidden: BTreeSet<String>,
    versions: u64,
    page: usize,
    pages_read: usize,
    breaks_at: Option<usize>,
    vanishes: Option<(usize, String)>,
    tells_age: bool,
    told: Vec<Acknowledgement>,
    done: BTreeMap<String, u64>,
}

/// Notes that people write, change and throw away. A clone is the same desk.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    clock: Arc<VirtualClock>,
    inner: Arc<Mutex<Inner>>,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic holds it")
    }

    /// Changes the text of a note. Its length is told by its text, so that two notes are never near each other.
    pub(crate) fn edit(&self, id: &str, text: &str) {
        self.change(id, |note| text.clone_into(&mut note.text));
    }

    /// Moves a note to another matter, by its id at Clio.
    pub(crate) fn move_to(&self, id: &str, matter: i64) {
        self.change(id, |note| note.matter = matter);
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Note)) {
        let now = self.clock.now();
        let mut inner = self.lock();
        inner.versions += 1;
        let version = inner.versions;
        let note = inner.notes.get_mut(id).expect("a note of this id");
        change(note);
        (note.version, note.changed) = (version, now);
    }

    /// Throws a note away.
    pub(crate) fn remove(&self, id: &str) -> Note {
        self.lock().notes.remove(id).expect("a note of this id")
    }

    /// Takes a note out of the bin.
    pub(crate) fn put_back(&self, note: Note) {
        let id = note.id.clone();
        self.lock().notes.insert(id.clone(), note);
        self.change(&id, |_| ());
    }

    /// The list leaves a note out from now on; asked for by its id, it is there.
    pub(crate) fn hide(&self, id: &str, hidden: bool) {
        let mut inner = self.lock();
        if hidden {
            inner.hidden.insert(id.to_owned())
        } else {
            inner.hidden.remove(id)
        };
    }

    /// The `n`-th page from now cannot be had.
    pub(crate) fn breaks_at(&self, n: usize) {
        let mut inner = self.lock();
        inner.breaks_at = Some(inner.pages_read + n);
    }

    /// A note is thrown away just before the `n`-th page from now is read.
    pub(crate) fn vanishes_at(&self, n: usize, id: &str) {
        let mut inner = self.lock();
        inner.vanishes = Some((inner.pages_read + n, id.to_owned()));
    }

    /// Says of each note since when it exists.
    pub(crate) fn tells_age(&self) {
        self.lock().tells_age = true;
    }

    /// What it was told of its notes.
    pub(crate) fn told(&self) -> Vec<Acknowledgement> {
        self.lock().told.clone()
    }

    fn incoming(inner: &Inner, note: &Note) -> Incoming<Note> {
        let created = note.created.filter(|_| inner.tells_age);
        Incoming { created, ..Incoming::new(&note.id, note.version.to_string(), note.clone()) }
    }
}

#[async_trait]
impl CursorSource for Desk {
    type Record = Note;

    fn kind(&self) -> &'static str {
        KIND
    }

    async fn page(&self, since: Option<DateTime<Utc>>, position: Option<&str>) -> Result<CursorPage<Note>> {
        self.clock.sleep(Duration::from_millis(100)).await;
        let mut inner = self.lock();
        inner.pages_read += 1;
        if inner.breaks_at == Some(inner.pages_read) {
            return Err(Error::new(ErrorKind::Transient, "the drawer is stuck"));
        }
        if let Some((at, id)) = inner.vanishes.clone()
            && at == inner.pages_read
        {
            inner.notes.remove(&id);
        }
        let wanted = |note: &&Note| {
            !inner.hidden.contains(&note.id)
                && since.is_none_or(|since| note.changed >= since)
                && position.is_none_or(|position| note.id.as_str() > position)
        };
        let mut notes: Vec<&Note> = inner.notes.values().filter(wanted).take(inner.page + 1).collect();
        let more = notes.len() > inner.page;
        notes.truncate(inner.page);
        let next = notes.last().filter(|_| more).map(|note| note.id.clone());
        let records = notes.into_iter().map(|note| Self::incoming(&inner, note)).collect();
        Ok(CursorPage { records, next, server_time: Some(self.clock.now()), ..CursorPage::default() })
    }

    async fn one(&self, id: &str) -> Result<Option<Incoming<Note>>> {
        let inner = self.lock();
        Ok(inner.notes.get(id).map(|note| Self::incoming(&inner, note)))
    }
}

#[async_trait]
impl InboxSource for Desk {
    type Record = Note;

    fn kind(&self) -> &'static str {
        "desk/tray"
    }

    async fn fetch(&self) -> Result<InboxBatch<Note>> {
        self.clock.sleep(Duration::from_millis(100)).await;
        let inner = self.lock();
        let waits = inner.notes.values().filter(|note| inner.done.get(&note.id) != Some(&note.version));
        Ok(InboxBatch { records: waits.map(|note| Self::incoming(&inner, note)).collect(), more: false })
    }

    async fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<()> {
        let mut inner = self.lock();
        let version = inner.notes.get(&acknowledgement.id).map(|note| note.version);
        inner.done.extend(version.map(|version| (acknowledgement.id.clone(), version)));
        inner.told.push(acknowledgement.clone());
        Ok(())
    }
}

/// The adapter of the desk.
#[derive(Debug, Clone)]
pub(crate) struct Clerk {
    desk: Desk,
    policy: ConflictPolicy,
    brake: Brake,
}

/// A note that begins with `!` can never be written, one that begins with `-` is not to stand at Clio.
fn map(note: &Note) -> Mapped {
    if let Some(reason) = note.text.strip_prefix('!') {
        return Mapped::Reject(reason.to_owned());
    }
    if let Some(reason) = note.text.strip_prefix('-') {
        return Mapped::Delete(reason.to_owned());
    }
    let draft = TimeEntry::on(Id::new(note.matter), "2026-03-02".parse().expect("a date"))
        .duration(Seconds(note.seconds))
        .note(note.text.clone())
        .user(Id::new(note.user));
    Mapped::Upsert(hub::activity(&draft, &note.text).expect("an entry"))
}

#[async_trait]
impl Adapter for Clerk {
    fn name(&self) -> &'static str {
        "desk"
    }

    fn flows(&self) -> Vec<Flow> {
        vec![Flow::new("notes"), Flow::new("tray")]
    }

    async fn reconcile(&self, flow: &FlowKey, pass: &mut Pass<'_>) -> Result<()> {
        let target = hub::activities(&pass.clio()?);
        if flow.path() == TRAY {
            return pass.receive(self.desk.clone(), map).into(target).await;
        }
        pass.pull(self.desk.clone(), map).brake(self.brake).conflicts(self.policy).into(target).await
    }
}

/// A write as it left the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) conditional: bool,
}

/// Notes the writes that pass, with whether they have a condition.
#[derive(Debug)]
struct Ear {
    inner: Arc<dyn Transport>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[async_trait]
impl Transport for Ear {
    async fn send(
        &self,
        request: http::Request<Payload>,
        limits: Limits,
    ) -> std::result::Result<http::Response<Payload>, TransportError> {
        if request.method() != http::Method::GET {
            let conditional = request.headers().contains_key(http::header::IF_MATCH);
            let asked = Asked { method: request.method().to_string(), conditional };
            self.asked.lock().expect("no panic holds it").push(asked);
        }
        self.inner.send(request, limits).await
    }
}

/// A desk beside a firm at Clio, and the engines that keep them in step.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) desk: Desk,
    pub(crate) policy: ConflictPolicy,
    pub(crate) brake: Brake,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::at(|clio| clio)
    }

    /// At a Clio that behaves in another way.
    pub(crate) fn at(change: impl FnOnce(ClioWorldBuilder) -> ClioWorldBuilder) -> Self {
        let scene = Scene::quiet_at(change);
        let inner = Arc::new(Mutex::new(Inner { page: 3, ..Inner::default() }));
        let desk = Desk { clock: scene.clock.clone(), inner };
        let (policy, brake) = (ConflictPolicy::default(), Brake::default());
        Self { scene, desk, policy, brake, asked: Arc::default() }
    }

    /// With these notes on the desk, and at Clio.
    pub(crate) async fn with(notes: &[(&str, &str)]) -> Self {
        let stage = Self::new();
        stage.fill(notes).await;
        stage
    }

    /// Puts these notes on the desk, and has them written.
    pub(crate) async fn fill(&self, notes: &[(&str, &str)]) {
        for (id, text) in notes {
            self.add(id, text);
        }
        self.run().await;
    }

    /// Puts a new note on the desk. Each has a matter, a user and a length of its own, as far as there are enough of them.
    pub(crate) fn add(&self, id: &str, text: &str) {
        let (matters, users) = (self.scene.clio.matters(), self.scene.clio.users());
        let now = self.scene.clock.now();
        let mut inner = self.desk.lock();
        inner.versions += 1;
        let at = usize::try_from(inner.versions).expect("a few notes");
        let note = Note {
            id: id.to_owned(),
            text: text.to_owned(),
            matter: matters[at % matters.len()].id,
            user: users[at % users.len()].id,
            seconds: 600 + 60 * i64::try_from(at).expect("a few notes"),
            version: inner.versions,
            changed: now,
            created: Some(now),
        };
        inner.notes.insert(id.to_owned(), note);
    }

    /// An engine of a process of its own.
    pub(crate) fn firm(&self) -> Firm {
        self.firm_of(self.scene.setup())
    }

    /// The same, out of these parts.
    pub(crate) fn firm_of(&self, mut setup: Setup) -> Firm {
        setup.clio = Arc::new(Ear { inner: setup.clio, asked: self.asked.clone() });
        let firm = setup.firm();
        firm.attach(Clerk { desk: self.desk.clone(), policy: self.policy, brake: self.brake });
        firm
    }

    /// Runs the notes until nothing is pending.
    pub(crate) async fn run(&self) -> Report {
        self.firm().run_to_rest(NOTES).await.expect("a run")
    }

    /// Sweeps the desk once, and goes on until nothing is pending.
    pub(crate) async fn sweep(&self) -> Report {
        let firm = self.firm();
        let mut report = firm.run_scoped(NOTES, Scope::Sweep).await.expect("a sweep");
        report.merge(firm.run_to_rest(NOTES).await.expect("a run"));
        report
    }

    /// The texts at Clio, in order.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> =
            self.scene.clio.activities().into_iter().map(|activity| activity.note).collect();
        texts.sort();
        texts
    }

    /// The activity of this text.
    pub(crate) fn activity(&self, text: &str) -> ActivityRecord {
        let mut found = self.scene.clio.activities().into_iter().filter(|activity| activity.note == text);
        let first = found.next().expect("an activity of this text");
        assert_eq!(found.count(), 0, "only one says {text}");
        first
    }

    /// The methods of the writes that left an engine since this was asked last.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.take().into_iter().map(|asked| asked.method).collect()
    }

    /// The writes that left an engine since this was asked last.
    pub(crate) fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().expect("no panic holds it"))
    }

    /// How many writes of this method Clio carried out.
    pub(crate) fn applied(&self, method: &str) -> usize {
        self.scene.clio.calls().iter().filter(|call| call.method == method && call.applied).count()
    }

    pub(crate) fn store(&self) -> SqliteStore {
        self.scene.store()
    }

    /// What a note is linked to.
    pub(crate) async fn link(&self, id: &str) -> Option<Linked> {
        self.firm().link("desk", KIND, id, ACTIVITY).await.expect("a link")
    }

    /// All that the store can be asked for.
    pub(crate) async fn remembered(&self) -> String {
        let store = self.store();
        let flow = FlowKey { firm: FIRM.into(), adapter: "desk".into(), flow: "notes".into() };
        let mut all = vec![format!("{:?}", store.cursor(&flow).await.expect("a cursor"))];
        for &state in IntentState::ALL {
            for intent in store.intents(FIRM, state).await.expect("intents") {
                let attempts = store.attempts(FIRM, &intent.key).await.expect("attempts");
                all.push(format!("{intent:?} {:?} {attempts:?}", intent.linked));
            }
        }
        all.push(format!("{:?}", store.dead_letters(FIRM).await.expect("dead letters")));
        all.push(format!("{:?}", store.flows(FIRM).await.expect("flows")));
        all.push(format!("{:?}", store.backlog(FIRM).await.expect("a backlog")));
        all.push(format!("{:?}", store.due_acknowledgements(&flow, 99).await.expect("acknowledgements")));
        all.join("\n")
    }
}

/// The outcomes of this record, in order.
pub(crate) fn outcomes(report: &Report, id: &str) -> Vec<LineOutcome> {
    report.lines.iter().filter(|line| line.id == id).map(|line| line.outcome).collect()
}

/// The only line of this record.
pub(crate) fn line(report: &Report, id: &str) -> Line {
    let mut lines = report.lines.iter().filter(|line| line.id == id);
    let first = lines.next().expect("a line of this record");
    assert_eq!(lines.count(), 0, "only one line of {id}");
    first.clone()
}
