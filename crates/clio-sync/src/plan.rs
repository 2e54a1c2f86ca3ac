//! What a run would do, before it does it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Committed, Content, Effect, Error, ErrorKind, FlowKey, Result, Write, fingerprint, link::id_alone,
};

/// What a run of a flow would write, made by the same code that writes: made by `Firm::plan`, carried out by `Firm::apply`.
///
/// A plan is plain data: it can be shown (`Display`, one line a write), kept, sent as JSON, and applied by another process
/// days later. Whatever it relied on is looked at again then, and if anything has changed, nothing is written.
///
/// It holds what is to be written, which is client data; `Debug` leaves that out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// Names the plan: a hash of what it says.
    pub id: String,
    /// The flow.
    pub flow: FlowKey,
    /// What was read.
    pub scope: Scope,
    /// When it was made, by the store's time.
    pub made: DateTime<Utc>,
    /// What would be done, in order. What would not be touched is not listed.
    pub steps: Vec<Step>,
    /// How many records would stay as they are.
    pub unchanged: usize,
    /// How many would be left out, with or without reason.
    pub skipped: usize,
}

/// Which records of its sources a run reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// Those that changed since the last run.
    #[default]
    Changes,
    /// All of them, to see which are gone, too.
    Sweep,
    /// All of them, and however many are gone is believed: for a person who has looked.
    SweepWithoutBrake,
    /// The one with this id at the source.
    One(String),
}

impl Scope {
    pub(crate) fn sweeps(&self) -> bool {
        matches!(self, Self::Sweep | Self::SweepWithoutBrake)
    }
}

/// What recording a record would lead to: answered by [`Store::preview_page`](crate::Store::preview_page).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The record's id at the source.
    pub source_id: String,
    /// What would become of it.
    pub committed: Committed,
    /// The effect that would be planned.
    pub effect: Option<Effect>,
    /// The how-many-th effect on this record that would be, from 1.
    pub generation: u32,
    /// The hash of what would be written.
    pub hash: String,
    /// The record at the target that it would be written upon.
    pub remote_id: Option<String>,
    /// The version of that which the store knows.
    pub etag: Option<String>,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview")
            .field("source_id", &self.source_id)
            .field("committed", &self.committed)
            .field("effect", &self.effect)
            .field("generation", &self.generation)
            .field("remote_id", &self.remote_id.as_deref().map(id_alone))
            .finish_non_exhaustive()
    }
}

/// One write of a [`Plan`], or one record that would go to the dead letters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// The kind of the source.
    pub source: String,
    /// The kind of the target.
    pub target: String,
    /// What the store would plan.
    pub preview: Preview,
    /// What would be written.
    pub write: Option<Write>,
    /// The record at the target as it stands now, and its version, for an update or a deletion.
    pub before: Option<(Content, Option<String>)>,
    /// What to say of it: why it is deleted or rejected.
    pub reason: Option<String>,
}

impl fmt::Debug for Step {
    /// Leaves the values out: they are client data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step")
            .field("source", &self.source)
            .field("target", &self.target)
            .field("preview", &self.preview)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("id", &self.id)
            .field("flow", &self.flow)
            .field("scope", &self.scope)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

/// A plan in the making.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) steps: Vec<Step>,
    pub(crate) unchanged: usize,
    pub(crate) skipped: usize,
}

impl Draft {
    pub(crate) fn plan(self, flow: FlowKey, scope: Scope, made: DateTime<Utc>) -> Plan {
        let Self { steps, unchanged, skipped } = self;
        let said = serde_json::to_string(&(&flow, &scope, &steps)).unwrap_or_default();
        let id = fingerprint([said.as_str()])[..16].to_owned();
        Plan { id, flow, scope, made, steps, unchanged, skipped }
    }
}

impl Plan {
    /// Nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.preview.committed != Committed::Planned)
    }

    /// As JSON, to be kept or sent.
    pub fn to_json(&self) -> String {
        // Maps with text keys, numbers and texts: nothing that serde_json refuses.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A plan out of its JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the text is no plan.
    pub fn from_json(json: &str) -> Result<Self> {
        serde_json::from_str(json)
            .map_err(|error| Error::new(ErrorKind::Configuration, "this is no plan").with_source(error))
    }

    /// Refuses unless the world still is what this plan was made upon: `now` is the same plan, made again.
    pub(crate) fn check(&self, now: &Self) -> Result<()> {
        let id = |step: &Step| (step.source.clone(), step.target.clone(), step.preview.source_id.clone());
        let stale = |step: &Step, what: &str| Err(stale(&step.preview.source_id, &step.source, what));
        for step in &self.steps {
            match now.steps.iter().find(|other| id(other) == id(step)) {
                None => return stale(step, "there is nothing to be written any more"),
                Some(other) if other != step => return stale(step, &difference(step, other)),
                Some(_) => {}
            }
        }
        match now.steps.iter().find(|step| !self.steps.iter().any(|known| id(known) == id(step))) {
            Some(step) => stale(step, "it has come up since"),
            None => Ok(()),
        }
    }
}

/// What the plan says of this record of this source does not hold any more.
pub(crate) fn stale(id: &str, source: &str, what: &str) -> Error {
    let message = format!("the plan is out of date: record {id} of {source}: {what}; make a new plan");
    Error::new(ErrorKind::Stale, message)
}

/// What has changed about a step. No values: errors are logged.
fn difference(planned: &Step, now: &Step) -> String {
    if planned.preview.effect != now.preview.effect || planned.preview.committed != now.preview.committed {
        return "something else would be done now".into();
    }
    if planned.preview.generation != now.preview.generation {
        return "it was written since".into();
    }
    if planned.preview.remote_id != now.preview.remote_id || planned.preview.etag != now.preview.etag {
        return "its link has changed".into();
    }
    if planned.preview.hash != now.preview.hash || planned.write != now.write {
        return "the source has changed".into();
    }
    if planned.before != now.before {
        return format!("the record at {} has changed", planned.target);
    }
    "the reason has changed".into()
}

impl fmt::Display for Plan {
    /// One line a write: `+` for one that is created, `~` for one that is changed with its fields, `-` for one that is
    /// deleted, `!` for one that cannot be written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        let count = |sign| self.steps.iter().filter(|step| step.sign() == sign).count();
        write!(
            f,
            "{}: {} to create, {} to change, {} to delete, {} cannot be written; {} unchanged, {} skipped",
            self.flow.path(),
            count('+'),
            count('~'),
            count('-'),
            count('!'),
            self.unchanged,
            self.skipped
        )
    }
}

impl Step {
    /// It is about this record.
    pub(crate) fn is_of(&self, source: &str, target: &str, source_id: &str) -> bool {
        self.source == source && self.target == target && self.preview.source_id == source_id
    }

    fn sign(&self) -> char {
        match (self.preview.committed, self.preview.effect, &self.preview.remote_id) {
            (Committed::Planned, Some(Effect::Delete), _) => '-',
            (Committed::Planned, _, Some(_)) => '~',
            (Committed::Planned, _, None) => '+',
            _ => '!',
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.write.as_ref().map(|write| write.label.as_str()).unwrap_or_default();
        let label = if label.is_empty() { &self.preview.source_id } else { label };
        write!(f, "{} {} {label}", self.sign(), self.target)?;
        if let (Some(write), Some((before, _))) = (&self.write, &self.before) {
            for (name, value) in write.content.iter().filter(|(name, value)| before.get(*name) != Some(value))
            {
                let old = before.get(name).map_or_else(|| "nothing".to_owned(), plain);
                write!(f, "; {name}: {old} becomes {}", plain(value))?;
            }
        }
        match &self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
