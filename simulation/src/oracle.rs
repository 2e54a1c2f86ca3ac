//! What the worlds say of it all.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
    ops::AddAssign,
};

use chrono::{DateTime, NaiveDate, Utc};
use clio_core::Clock;
use clio_fixtures::{ActivityRecord, ChangeKind, GroupState, GroupStatus, Origin};
use clio_sync::{FlowKey, Intent, IntentState, Store};
use serde_json::Value;

use crate::{Keeping, Scene};

/// What makes two pieces of work the same. Blanks of the note are left out of account: some Clios trim them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Work {
    /// The id of the matter.
    pub matter: i64,
    /// The id of the user.
    pub user: i64,
    /// The day.
    pub date: NaiveDate,
    /// How long.
    pub seconds: i64,
    /// What.
    pub note: String,
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { matter, user, date, seconds, note } = self;
        write!(f, "{note:?} ({seconds} s, matter {matter}, user {user}, {date})")
    }
}

impl Work {
    /// This work.
    pub fn new(matter: i64, user: i64, date: NaiveDate, seconds: i64, note: &str) -> Self {
        let note = without_marker(note).split_whitespace().collect::<Vec<_>>().join(" ");
        Self { matter, user, date, seconds, note }
    }

    /// What the body of a write asks for: the members of its `data`.
    pub fn asked(data: &Value) -> Option<Self> {
        let id = |name: &str| data.get(name)?.get("id")?.as_i64();
        let (date, seconds) = (data.get("date")?.as_str()?.parse().ok()?, data.get("quantity")?.as_i64()?);
        let note = data.get("note").and_then(Value::as_str).unwrap_or_default();
        Some(Self::new(id("matter")?, id("user")?, date, seconds, note))
    }

    /// What an activity is now.
    pub fn of(activity: &ActivityRecord) -> Self {
        let matter = activity.matter.unwrap_or_default();
        Self::new(matter, activity.user, activity.date, activity.quantity_seconds, &activity.note)
    }

    /// An engine that lost sight of one may take the other for it, changed by a person.
    fn is_near(&self, other: &Self) -> bool {
        self.note == other.note
            || (self.matter, self.user, self.date) == (other.matter, other.user, other.date)
    }
}

/// A note without the code by which a target knows its own.
fn without_marker(note: &str) -> &str {
    let inner = note.trim_end().strip_suffix(']').and_then(|note| note.rsplit_once(" [#"));
    inner.filter(|(_, code)| code.len() == 16).map_or(note, |(note, _)| note)
}

/// A record of a source that should stand at Clio once.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The flow that brings it there: `ledger/time`.
    pub flow: String,
    /// Its id at the source.
    pub id: String,
    /// Every state that it had; any of them is right. One at least.
    pub states: Vec<Work>,
    /// It may also be missing.
    pub optional: bool,
    /// It is to stand in its newest state, and not at all once it is gone at the source.
    pub follows: bool,
    /// When it was changed last.
    pub changed: DateTime<Utc>,
}

impl Wanted {
    /// What it is at its source, or was before it went.
    pub fn newest(&self) -> &Work {
        self.states.last().expect("a state")
    }

    /// It must not stand any more.
    fn is_gone(&self) -> bool {
        self.follows && self.optional
    }
}

/// What went wrong, counted; and what is worth knowing and no failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Records that stand at Clio by our token beyond those wanted.
    pub doubled: usize,
    /// Wanted records that were never written, and wait for nobody.
    pub lost: usize,
    /// Records that do not stand in the newest state of their source.
    pub stale: usize,
    /// Changes that asked for no version, changes of what a person had changed, deletions of what its source still has.
    pub without_leave: usize,
    /// Changes and deletes by our token of records that no link of ours names.
    pub touched: usize,
    /// Records that wait for a person although no person did anything near them.
    pub parked: usize,
    /// The source was told something that is not so.
    pub wrong_acknowledgements: usize,
    /// A record with no outcome, with two, or with one that does not fit what it is.
    pub unaccounted: usize,
    /// Requests that Clio refused because there were too many, where one engine had the token for itself.
    pub over_budget: usize,
    /// Writes of a second pass, after everything had come to rest.
    pub restless: usize,
    /// No failure: records that wait for a person after a person did something near them.
    pub parked_after_a_person: usize,
    /// No failure: entries of people that were taken for ours, as they equal ours to the minute.
    pub claimed: usize,
    /// No failure: records written again after a person had deleted them while their outcome was unknown.
    pub written_again: usize,
    /// No failure by themselves: drafts that are never billed, which an audit has to report.
    pub drafts: usize,
    /// What failed, in words.
    pub told: Vec<String>,
}

impl Verdict {
    /// Nothing went wrong.
    pub fn is_clean(&self) -> bool {
        self.failures().iter().all(|(_, count)| *count == 0)
    }

    /// What counts as a failure.
    pub fn failures(&self) -> [(&'static str, usize); 10] {
        [
            ("doubled", self.doubled),
            ("lost", self.lost),
            ("touched without a link", self.touched),
            ("parked without a person", self.parked),
            ("wrongly acknowledged", self.wrong_acknowledgements),
            ("unaccounted for", self.unaccounted),
            ("over budget", self.over_budget),
            ("written by a second pass", self.restless),
            ("stale", self.stale),
            ("changed or deleted without leave", self.without_leave),
        ]
    }

    pub(crate) fn tell(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.doubled += other.doubled;
        self.lost += other.lost;
        self.touched += other.touched;
        self.stale += other.stale;
        self.without_leave += other.without_leave;
        self.drafts += other.drafts;
        self.parked += other.parked;
        self.wrong_acknowledgements += other.wrong_acknowledgements;
        self.unaccounted += other.unaccounted;
        self.over_budget += other.over_budget;
        self.restless += other.restless;
        self.parked_after_a_person += other.parked_after_a_person;
        self.claimed += other.claimed;
        self.written_again += other.written_again;
        self.told.extend(other.told);
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed: Vec<String> = self
            .failures()
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        let failed = if failed.is_empty() { "all is well".to_owned() } else { failed.join(", ") };
        write!(f, "{failed}")?;
        if !self.told.is_empty() {
            write!(f, ": {}", self.told.join("; "))?;
        }
        Ok(())
    }
}

/// The objects that our targets write.
const WRITTEN: &[&str] =
    &["Activity", "CalendarEntry", "Communication", "Document", "Folder", "Note", "Task"];

/// The groups that have to become an activity. By the same rules as [`clio_fixtures::posted_time`], but with their notes.
pub(crate) fn of_wisetime(scene: &Scene) -> Vec<Wanted> {
    let matters: HashSet<i64> = scene.clio.matters().into_iter().map(|matter| matter.id).collect();
    let users: HashMap<String, i64> =
        scene.clio.users().into_iter().map(|user| (user.email.to_lowercase(), user.id)).collect();
    let work = |group: &Value| {
        let seconds = group.get("totalDurationSecs")?.as_i64().filter(|seconds| *seconds >= 0)?;
        let date = group.get("localDate")?.as_str()?.parse().ok()?;
        let mut rows = group.get("timeRows").and_then(Value::as_array).into_iter().flatten();
        if !rows.all(|row| row.get("durationSecs").is_some_and(Value::is_i64)) {
            return None;
        }
        let [tag] = group.get("tags")?.as_array()?.as_slice() else { return None };
        let matter = tag.get("externalId")?.as_str()?.parse().ok().filter(|id| matters.contains(id))?;
        let user = users.get(&group.get("user")?.get("email")?.as_str()?.to_lowercase())?;
        Some(Work::new(matter, *user, date, seconds, group.get("description")?.as_str()?))
    };
    let mut seen = HashSet::new();
    let groups = scene.wisetime.groups().into_iter();
    groups
        .filter_map(|group| {
            let (id, work) = (group.group_id.clone()?, work(&group.json)?);
            let flow = crate::POSTED_TIME.to_owned();
            let changed = scene.clock.now();
            let wanted = Wanted { flow, id, states: vec![work], optional: false, follows: false, changed };
            seen.insert(wanted.id.clone()).then_some(wanted)
        })
        .collect()
}

/// Judges a firm that has come to rest.
pub(crate) async fn judge(scene: &Scene) -> Verdict {
    let mut verdict = Verdict::default();
    let evidence = Evidence::gather(scene).await;
    evidence.weigh_works(&mut verdict);
    evidence.look_for_touched(scene, &mut verdict);
    evidence.look_for_trespasses(scene, &mut verdict).await;
    evidence.check_accounts(scene, &mut verdict).await;
    evidence.check_acknowledgements(scene, &mut verdict);
    verdict
}

/// What is known of a firm: from the worlds, and from the state file what the engine believes.
struct Evidence {
    wanted: Vec<Wanted>,
    /// Every activity that our token made, by id, as it was meant to be.
    ours: HashMap<i64, Work>,
    /// Activities that were deleted.
    deleted: HashSet<i64>,
    /// Those of ours that a person changed or deleted, and when last.
    touched: HashMap<i64, DateTime<Utc>>,
    /// Those that a person deleted.
    deleted_by_people: HashSet<i64>,
    /// What stands, and whether it is billed.
    standing: HashMap<i64, (Work, bool)>,
    keeping: Keeping,
    /// What people did something to, or recorded.
    by_people: Vec<Work>,
    intents: Vec<Intent>,
}

impl Evidence {
    async fn gather(scene: &Scene) -> Self {
        let (store, mut intents) = (scene.store(), Vec::new());
        for state in IntentState::ALL {
            intents.extend(store.intents(&scene.name, *state).await.expect("the intents"));
        }
        let (mut ours, mut deleted) = (HashMap::new(), HashSet::new());
        let (mut touched, mut deleted_by_people) = (HashMap::new(), HashSet::new());
        let mut by_people = scene.recorded.lock().expect("no panic holds it").clone();
        for change in scene.clio.history().iter().filter(|change| change.object == "Activity") {
            match (change.kind, &change.by) {
                (ChangeKind::Created, Origin::Token { call }) => {
                    let work = scene.witness.written(*call).expect("a record that a call asked for");
                    ours.insert(change.id, work);
                }
                (ChangeKind::Deleted, by) => {
                    deleted.insert(change.id);
                    if matches!(by, Origin::Person(_)) {
                        by_people.extend(ours.get(&change.id).cloned());
                        deleted_by_people.insert(change.id);
                        touched.insert(change.id, change.at);
                    }
                }
                (_, Origin::Person(_)) => {
                    by_people.extend(ours.get(&change.id).cloned());
                    touched.insert(change.id, change.at);
                }
                _ => {}
            }
        }
        let activities = scene.clio.activities().into_iter();
        let standing = activities.map(|one| (one.id, (Work::of(&one), !one.non_billable))).collect();
        let (wanted, keeping) = (scene.wanted(), scene.book.keeping());
        Self { wanted, ours, deleted, touched, deleted_by_people, standing, keeping, by_people, intents }
    }

    fn linked(&self) -> HashSet<&str> {
        self.intents.iter().filter_map(|intent| intent.remote_id.as_deref()).collect()
    }

    /// The work that an intent is about.
    fn work_of(&self, intent: &Intent) -> Option<Work> {
        let of = |wanted: &&Wanted| {
            wanted.id == intent.source_id && wanted.flow.starts_with(intent.flow.adapter.as_str())
        };
        let newest = || self.wanted.iter().find(of).map(|wanted| wanted.newest().clone());
        asked_of(intent).or_else(newest)
    }

    fn in_state(&self, state: IntentState) -> impl Iterator<Item = &Intent> {
        self.intents.iter().filter(move |intent| intent.state == state)
    }

    fn near_a_person(&self, work: &Work) -> bool {
        self.by_people.iter().any(|other| other.is_near(work))
    }

    /// All states of one record weigh as its first.
    fn canonical(&self) -> HashMap<&Work, &Work> {
        let mut canonical = HashMap::new();
        for wanted in &self.wanted {
            let first = wanted.states.first().expect("a state");
            for state in &wanted.states {
                canonical.entry(state).or_insert(first);
            }
        }
        canonical
    }

    /// Doubled, lost, parked, claimed.
    fn weigh_works(&self, verdict: &mut Verdict) {
        let canonical = self.canonical();
        let as_one = |work: &Work| (*canonical.get(work).unwrap_or(&work)).clone();
        let mut scales: BTreeMap<Work, Scale> = BTreeMap::new();
        for wanted in &self.wanted {
            let scale = scales.entry(as_one(wanted.states.first().expect("a state"))).or_default();
            scale.most += 1;
            scale.least += usize::from(!wanted.optional);
            if wanted.follows {
                scale.follows = true;
                scale.gone += usize::from(wanted.is_gone());
                scale.newest.extend((!wanted.is_gone()).then(|| wanted.newest().clone()));
                scale.changed = scale.changed.max(Some(wanted.changed));
            }
        }
        let linked = self.linked();
        for (id, work) in &self.ours {
            let scale = scales.entry(as_one(work)).or_default();
            scale.made += 1;
            match self.standing.get(id) {
                Some((_, false)) if self.keeping == Keeping::Strict => scale.drafts += 1,
                Some((now, _)) => {
                    scale.standing += 1;
                    scale.now.push(now.clone());
                }
                None => {}
            }
            scale.touched = scale.touched.max(self.touched.get(id).copied());
            let known = linked.contains(id.to_string().as_str());
            scale.refused += usize::from(known && self.deleted_by_people.contains(id));
        }
        for intent in self.in_state(IntentState::Parked) {
            let Some(work) = self.work_of(intent) else { continue };
            let scale = scales.entry(as_one(&work)).or_default();
            scale.parked += 1;
            if scale.touched.is_some() || self.near_a_person(&work) {
                verdict.parked_after_a_person += 1;
            } else {
                verdict.parked += 1;
                verdict.tell(format!("{work:?} is parked"));
            }
        }
        for intent in self.in_state(IntentState::Confirmed) {
            let id = intent.remote_id.as_deref().and_then(|id| id.parse::<i64>().ok());
            let theirs = id.is_some_and(|id| !self.ours.contains_key(&id));
            let marks = self.keeping.marks() && intent.flow.path() == self.keeping.flows()[0];
            if let Some(work) = asked_of(intent).filter(|_| theirs) {
                verdict.claimed += 1;
                // Where a record says whose it is, that of a person is not ours.
                scales.entry(as_one(&work)).or_default().claimed += usize::from(!marks);
            }
        }
        for (work, scale) in scales {
            verdict.drafts += scale.drafts;
            scale.read(&work, self.keeping, verdict);
        }
    }

    fn look_for_touched(&self, scene: &Scene, verdict: &mut Verdict) {
        let linked = self.linked();
        let strict = self.keeping == Keeping::Strict;
        for change in scene.clio.history() {
            let by_us = matches!(change.by, Origin::Token { .. }) && change.kind != ChangeKind::Created;
            // A draft of ours that another one was preferred to.
            if strict && change.kind == ChangeKind::Deleted && self.ours.contains_key(&change.id) {
                continue;
            }
            if by_us && WRITTEN.contains(&change.object) && !linked.contains(change.id.to_string().as_str()) {
                verdict.touched += 1;
                verdict.tell(format!("{} {} was {:?}", change.object, change.id, change.kind));
            }
        }
    }

    /// What nobody allowed: it shows in what was done, whatever stands in the end.
    async fn look_for_trespasses(&self, scene: &Scene, verdict: &mut Verdict) {
        let unconditional = scene.witness.unconditional();
        if unconditional > 0 {
            verdict.without_leave += unconditional;
            verdict.tell(format!("{unconditional} changes under no condition"));
        }
        let canonical = self.canonical();
        let of = |id: i64| self.ours.get(&id).map(|work| *canonical.get(work).unwrap_or(&work));
        let lossy = scene.store().lossy_fields(&scene.name, "clio/activity").await.expect("the fields");
        let gone: HashSet<&Work> = self
            .wanted
            .iter()
            .filter(|wanted| wanted.is_gone())
            .map(|wanted| canonical[&wanted.states[0]])
            .collect();
        let mut theirs: HashSet<(i64, &str)> = HashSet::new();
        let mut billed: HashMap<&Work, HashSet<i64>> = HashMap::new();
        for change in scene.clio.history().iter().filter(|change| change.object == "Activity") {
            let Some(work) = of(change.id) else { continue };
            let by_us = matches!(change.by, Origin::Token { .. });
            match change.kind {
                ChangeKind::Deleted if by_us && self.keeping.follows() && !gone.contains(work) => {
                    verdict.without_leave += 1;
                    verdict.tell(format!("{work:?} was deleted, and its source has it"));
                }
                ChangeKind::Updated if by_us && self.keeping == Keeping::Edited => {
                    for field in change.fields.iter().filter(|field| !lossy.contains(**field)) {
                        if theirs.contains(&(change.id, *field)) {
                            verdict.without_leave += 1;
                            verdict.tell(format!("the {field} of {work:?} was a person's"));
                        }
                    }
                }
                ChangeKind::Updated if !by_us => {
                    theirs.extend(change.fields.iter().map(|field| (change.id, *field)));
                }
                _ => {}
            }
            if self.keeping == Keeping::Strict {
                let billed = billed.entry(work).or_default();
                match (change.kind, &change.by) {
                    (ChangeKind::Created, Origin::Token { call }) if scene.witness.was_billable(*call) => {
                        billed.insert(change.id);
                    }
                    (ChangeKind::Updated, _) if change.fields.contains(&"non_billable") => {
                        billed.insert(change.id);
                    }
                    (ChangeKind::Deleted, _) => {
                        billed.remove(&change.id);
                    }
                    _ => {}
                }
                let most = self.wanted.iter().filter(|wanted| wanted.states.contains(work)).count();
                if billed.len() > most {
                    verdict.doubled += 1;
                    verdict.tell(format!("{work:?} could be billed {} times", billed.len()));
                }
            }
        }
    }

    /// Every record of a source is one of these: written, among the dead letters, or waiting for somebody.
    async fn check_accounts(&self, scene: &Scene, verdict: &mut Verdict) {
        let letters: BTreeSet<(String, String)> = scene
            .store()
            .dead_letters(&scene.name)
            .await
            .expect("the dead letters")
            .into_iter()
            .map(|letter| (self.path(&letter.flow), letter.source_id))
            .collect();
        let mut newest: BTreeMap<(String, &str), &Intent> = BTreeMap::new();
        for intent in &self.intents {
            let kept = newest.entry((self.path(&intent.flow), &intent.source_id)).or_insert(intent);
            // What waits for a person holds up what comes after it.
            let waits = |intent: &Intent| intent.state == IntentState::Parked;
            if (waits(intent), intent.generation) > (waits(kept), kept.generation) {
                *kept = intent;
            }
        }
        for wanted in &self.wanted {
            let state = newest.remove(&(wanted.flow.clone(), wanted.id.as_str())).map(|intent| intent.state);
            let letter = letters.contains(&(wanted.flow.clone(), wanted.id.clone()));
            let right = match state {
                Some(IntentState::Confirmed | IntentState::Parked) => !letter,
                // Others decided about it: it was deleted here, or there.
                Some(IntentState::Waived) if wanted.follows => !letter,
                None => wanted.optional && !letter,
                Some(_) => false,
            };
            if !right {
                verdict.unaccounted += 1;
                verdict.tell(format!("{} {}: {state:?}, dead letter: {letter}", wanted.flow, wanted.id));
            }
        }
        // What is left should not have been written; nor should it hang about.
        for ((flow, id), intent) in newest {
            let judged = flow == crate::POSTED_TIME || flow == self.keeping.flows()[0];
            if judged && intent.state != IntentState::Rejected {
                verdict.unaccounted += 1;
                verdict.tell(format!("{flow} {id} is {:?}, and nobody wanted it", intent.state));
            }
        }
    }

    /// The flow that names what it brings: beside one that sweeps, the other one.
    fn path(&self, flow: &FlowKey) -> String {
        let (path, flows) = (flow.path(), self.keeping.flows());
        if flows.contains(&path.as_str()) { flows[0].to_owned() } else { path }
    }

    /// What WiseTime was told is so.
    fn check_acknowledgements(&self, scene: &Scene, verdict: &mut Verdict) {
        let statuses = scene.wisetime.statuses();
        let wanted: HashMap<&str, &Wanted> = self
            .wanted
            .iter()
            .filter(|wanted| wanted.flow == crate::POSTED_TIME)
            .map(|wanted| (wanted.id.as_str(), wanted))
            .collect();
        let mut named: HashMap<i64, &str> = HashMap::new();
        let mut wrong = Vec::new();
        for status in &statuses {
            let group = wanted.get(status.group_id.as_str());
            match (status.status, group) {
                (GroupStatus::Success, Some(wanted)) => {
                    let id = status.external_id.as_deref().and_then(|id| id.parse::<i64>().ok());
                    let right = id.is_some_and(|id| match self.ours.get(&id) {
                        Some(work) => wanted.states.contains(work),
                        None => {
                            matches!(scene.clio.origin("Activity", id), Some(Origin::Person(_)))
                                || self.deleted.contains(&id)
                        }
                    });
                    let other = id.and_then(|id| named.insert(id, &wanted.id));
                    if !right || other.is_some_and(|other| other != wanted.id) {
                        wrong.push(format!("{} was told to be {:?}", wanted.id, status.external_id));
                    }
                }
                (GroupStatus::Failure, Some(wanted)) => {
                    wrong.push(format!("{} was told to have failed", wanted.id));
                }
                (GroupStatus::Success, None) if status.external_id.is_some() => {
                    wrong.push(format!("{} was told to be written", status.group_id));
                }
                _ => {}
            }
        }
        let parked: HashSet<&str> =
            self.in_state(IntentState::Parked).map(|intent| intent.source_id.as_str()).collect();
        for group in scene.wisetime.groups() {
            let ended = matches!(group.state, GroupState::Success | GroupState::Failure);
            let id = group.group_id.unwrap_or_default();
            if !ended && !parked.contains(id.as_str()) {
                wrong.push(format!("{id} was told nothing"));
            }
        }
        verdict.wrong_acknowledgements += wrong.len();
        verdict.told.extend(wrong);
    }
}

/// What counts of one piece of work.
#[derive(Default)]
struct Scale {
    most: usize,
    least: usize,
    made: usize,
    standing: usize,
    parked: usize,
    claimed: usize,
    /// Never billed.
    drafts: usize,
    /// It is to be as its source has it.
    follows: bool,
    /// Gone at the source.
    gone: usize,
    /// Deleted by a person after the engine knew of it: to stay so.
    refused: usize,
    /// The newest states of what is not gone.
    newest: Vec<Work>,
    /// What stands.
    now: Vec<Work>,
    /// When its source changed it last.
    changed: Option<DateTime<Utc>>,
    /// When a person changed one of its records last.
    touched: Option<DateTime<Utc>>,
}

impl Scale {
    fn read(mut self, work: &Work, keeping: Keeping, verdict: &mut Verdict) {
        self.compare(work, keeping, verdict);
        let Self { most, least, made, standing, parked, claimed, gone, refused, .. } = self;
        // Of twins nobody can tell which one a person deleted.
        let refused = if self.follows && gone == 0 { refused } else { 0 };
        // What waits for a person may stand although its source has it no more; so may ours, if an equal one of a person
        // was taken for it and went in its place.
        let may_stand = (most - gone + gone.min(parked + claimed)).saturating_sub(refused);
        if standing > may_stand {
            verdict.doubled += standing - may_stand;
            verdict.tell(format!("{work:?} stands {standing} times instead of {may_stand}"));
        } else if made > most {
            verdict.written_again += made - most;
        }
        // A draft alone is not what was wanted.
        let made = if keeping == Keeping::Strict { made - self.drafts.min(made) } else { made };
        let there = made + parked + claimed;
        if there < least {
            verdict.lost += least - there;
            verdict.tell(format!("{work:?} was written {there} times instead of {least}"));
        }
    }

    /// What stands is as the source has it, unless a person has a say in it.
    fn compare(&mut self, work: &Work, keeping: Keeping, verdict: &mut Verdict) {
        if !self.follows || self.parked > 0 || self.claimed > 0 || self.refused > 0 {
            return;
        }
        let theirs_is_newer = self.touched >= self.changed;
        // Of twins nobody can tell which one a person changed.
        if self.touched.is_some() && (keeping != Keeping::EditedOurs || theirs_is_newer || self.most > 1) {
            return;
        }
        self.newest.sort();
        self.now.sort();
        if self.newest != self.now {
            verdict.stale += 1;
            verdict.tell(format!("{work:?} stands as {:?}, and is to be {:?}", self.now, self.newest));
        }
    }
}

/// The work that an intent is to write.
pub(crate) fn asked_of(intent: &Intent) -> Option<Work> {
    let body: Value = serde_json::from_str(&intent.write.payload).ok()?;
    Work::asked(body.get("data").unwrap_or(&body))
}
