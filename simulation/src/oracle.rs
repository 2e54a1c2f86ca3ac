//! What the worlds say of it all.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
    ops::AddAssign,
};

use chrono::NaiveDate;
use clio_fixtures::{ActivityRecord, ChangeKind, GroupState, GroupStatus, Origin};
use clio_sync::{Intent, IntentState, Store};
use serde_json::Value;

use crate::Scene;

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
        let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
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
}

/// What went wrong, counted; and what is worth knowing and no failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Records that stand at Clio by our token beyond those wanted.
    pub doubled: usize,
    /// Wanted records that were never written, and wait for nobody.
    pub lost: usize,
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
    /// What failed, in words.
    pub told: Vec<String>,
}

impl Verdict {
    /// Nothing went wrong.
    pub fn is_clean(&self) -> bool {
        self.failures().iter().all(|(_, count)| *count == 0)
    }

    /// What counts as a failure.
    pub fn failures(&self) -> [(&'static str, usize); 8] {
        [
            ("doubled", self.doubled),
            ("lost", self.lost),
            ("touched without a link", self.touched),
            ("parked without a person", self.parked),
            ("wrongly acknowledged", self.wrong_acknowledgements),
            ("unaccounted for", self.unaccounted),
            ("over budget", self.over_budget),
            ("written by a second pass", self.restless),
        ]
    }

    fn tell(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.doubled += other.doubled;
        self.lost += other.lost;
        self.touched += other.touched;
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
            seen.insert(id.clone()).then_some(Wanted { flow, id, states: vec![work], optional: false })
        })
        .collect()
}

/// Judges a firm that has come to rest.
pub(crate) async fn judge(scene: &Scene) -> Verdict {
    let mut verdict = Verdict::default();
    let evidence = Evidence::gather(scene).await;
    evidence.weigh_works(&mut verdict);
    evidence.look_for_touched(scene, &mut verdict);
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
    /// What people did something to, or recorded.
    by_people: Vec<Work>,
    intents: Vec<Intent>,
}

impl Evidence {
    async fn gather(scene: &Scene) -> Self {
        let (store, mut intents) = (scene.store(), Vec::new());
        for state in [
            IntentState::Planned,
            IntentState::Sending,
            IntentState::Uncertain,
            IntentState::Confirmed,
            IntentState::Rejected,
            IntentState::Parked,
        ] {
            intents.extend(store.intents(&scene.name, state).await.expect("the intents"));
        }
        let (mut ours, mut deleted) = (HashMap::new(), HashSet::new());
        let mut by_people = scene.recorded.lock().expect("no panic holds it").clone();
        for change in scene.clio.history().iter().filter(|change| change.object == "Activity") {
            match (change.kind, &change.by) {
                (ChangeKind::Created, Origin::Token { call }) => {
                    let work = scene.witness.written(*call).expect("a record that a call asked for");
                    ours.insert(change.id, work);
                }
                (ChangeKind::Deleted, _) => {
                    deleted.insert(change.id);
                    by_people.extend(ours.get(&change.id).cloned());
                }
                (_, Origin::Person(_)) => by_people.extend(ours.get(&change.id).cloned()),
                _ => {}
            }
        }
        Self { wanted: scene.wanted(), ours, deleted, by_people, intents }
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
        }
        for (id, work) in &self.ours {
            let scale = scales.entry(as_one(work)).or_default();
            scale.made += 1;
            scale.standing += usize::from(!self.deleted.contains(id));
        }
        for work in self.in_state(IntentState::Parked).filter_map(asked_of) {
            scales.entry(as_one(&work)).or_default().parked += 1;
            if self.near_a_person(&work) {
                verdict.parked_after_a_person += 1;
            } else {
                verdict.parked += 1;
                verdict.tell(format!("{work:?} is parked"));
            }
        }
        for intent in self.in_state(IntentState::Confirmed) {
            let id = intent.remote_id.as_deref().and_then(|id| id.parse::<i64>().ok());
            let theirs = id.is_some_and(|id| !self.ours.contains_key(&id));
            if let Some(work) = asked_of(intent).filter(|_| theirs) {
                verdict.claimed += 1;
                scales.entry(as_one(&work)).or_default().claimed += 1;
            }
        }
        for (work, scale) in scales {
            scale.read(&work, verdict);
        }
    }

    fn look_for_touched(&self, scene: &Scene, verdict: &mut Verdict) {
        let linked: HashSet<&str> =
            self.intents.iter().filter_map(|intent| intent.remote_id.as_deref()).collect();
        for change in scene.clio.history() {
            let by_us = matches!(change.by, Origin::Token { .. }) && change.kind != ChangeKind::Created;
            if by_us && WRITTEN.contains(&change.object) && !linked.contains(change.id.to_string().as_str()) {
                verdict.touched += 1;
                verdict.tell(format!("{} {} was {:?}", change.object, change.id, change.kind));
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
            .map(|letter| (letter.flow.path(), letter.source_id))
            .collect();
        let mut newest: BTreeMap<(String, &str), &Intent> = BTreeMap::new();
        for intent in &self.intents {
            let kept = newest.entry((intent.flow.path(), &intent.source_id)).or_insert(intent);
            if intent.generation > kept.generation {
                *kept = intent;
            }
        }
        for wanted in &self.wanted {
            let state = newest.remove(&(wanted.flow.clone(), wanted.id.as_str())).map(|intent| intent.state);
            let letter = letters.contains(&(wanted.flow.clone(), wanted.id.clone()));
            let right = match state {
                Some(IntentState::Confirmed | IntentState::Parked) => !letter,
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
            let judged = [crate::POSTED_TIME, crate::LEDGER].contains(&flow.as_str());
            if judged && intent.state != IntentState::Rejected {
                verdict.unaccounted += 1;
                verdict.tell(format!("{flow} {id} is {:?}, and nobody wanted it", intent.state));
            }
        }
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
}

impl Scale {
    fn read(self, work: &Work, verdict: &mut Verdict) {
        let Self { most, least, made, standing, parked, claimed } = self;
        if standing > most {
            verdict.doubled += standing - most;
            verdict.tell(format!("{work:?} stands {standing} times instead of {most}"));
        } else if made > most {
            verdict.written_again += made - most;
        }
        let there = made + parked + claimed;
        if there < least {
            verdict.lost += least - there;
            verdict.tell(format!("{work:?} was written {there} times instead of {least}"));
        }
    }
}

/// The work that an intent is to write.
fn asked_of(intent: &Intent) -> Option<Work> {
    let body: Value = serde_json::from_str(&intent.write.payload).ok()?;
    Work::asked(body.get("data").unwrap_or(&body))
}
