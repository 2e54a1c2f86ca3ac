use chrono::{DateTime, Utc};
use clio_core::{
    Id, Known, Takes,
    schema::objects::{self, matter, matter_stage},
};
use serde::{Deserialize, Serialize};

/// What was seen of one matter's stage at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StageObservation {
    /// When Clio answered so.
    pub observed_at: DateTime<Utc>,
    /// When the stage last changed, as Clio tells it (`matter_stage_updated_at`).
    pub changed_at: Option<DateTime<Utc>>,
    /// The stage of the matter, which may be in none.
    pub stage: Option<Id<objects::MatterStage>>,
}

impl StageObservation {
    /// What a selection of a matter tells, when Clio answered it at that moment. The ready one is
    /// [`MatterDetail`](crate::matters::MatterDetail).
    ///
    /// ```
    /// use chrono::{DateTime, Utc};
    /// use clio_core::{Selection, schema::objects};
    /// use clio_model::stages::{MatterStage, StageObservation};
    ///
    /// #[derive(Selection)]
    /// #[clio(object = "Matter")]
    /// struct Mine {
    ///     matter_stage: Option<MatterStage>,
    ///     matter_stage_updated_at: Option<DateTime<Utc>>,
    /// }
    ///
    /// let json = r#"{"matter_stage":null,"matter_stage_updated_at":"2026-03-02T09:00:00Z"}"#;
    /// let mine: Mine = clio_core::decode::<objects::Matter, _>(json)?;
    /// assert_eq!(StageObservation::of(&mine, DateTime::UNIX_EPOCH).stage, None);
    /// # Ok::<(), clio_core::Error>(())
    /// ```
    ///
    /// One that does not take the time of the change does not compile:
    ///
    /// ```compile_fail
    /// # use chrono::{DateTime, Utc};
    /// # use clio_core::{Selection, schema::objects};
    /// # use clio_model::stages::{MatterStage, StageObservation};
    /// #[derive(Selection)]
    /// #[clio(object = "Matter")]
    /// struct Mine {
    ///     matter_stage: Option<MatterStage>,
    /// }
    ///
    /// fn observe(mine: &Mine, now: DateTime<Utc>) -> StageObservation {
    ///     StageObservation::of(mine, now)
    /// }
    /// ```
    pub fn of<S, N>(matter: &S, observed_at: DateTime<Utc>) -> Self
    where
        S: Takes<matter::matter_stage, Value = Option<N>>
            + Takes<matter::matter_stage_updated_at, Value: Known<DateTime<Utc>>>,
        N: Takes<matter_stage::id, Value = Id<objects::MatterStage>>,
    {
        let stage = Takes::<matter::matter_stage>::taken(matter).as_ref();
        let changed_at = Takes::<matter::matter_stage_updated_at>::taken(matter).known();
        Self { observed_at, changed_at: changed_at.copied(), stage: stage.map(|stage| *stage.taken()) }
    }
}

/// What happened between two observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StageStep {
    /// The last moment at which the matter was seen where it had been.
    pub after: DateTime<Utc>,
    /// The first moment at which something else was seen.
    pub by: DateTime<Utc>,
    /// Where it had been.
    pub from: Option<Id<objects::MatterStage>>,
    /// Where it was seen then.
    pub to: Option<Id<objects::MatterStage>>,
    /// When the last of the changes in between was, if Clio told it.
    pub changed_at: Option<DateTime<Utc>>,
    /// How it can be known.
    pub kind: StepKind,
}

/// How a [`StageStep`] can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StepKind {
    /// The stage is another one. There may have been more stages in between.
    Moved,
    /// The stage is the same, but Clio's time of the last change is a later one: it changed at least once, and was changed
    /// back. By which way, nobody can know.
    MovedAndBack,
}

/// Where a matter is, compared with where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetChange {
    /// Where it was.
    pub from: Option<Id<objects::MatterStage>>,
    /// Where it is.
    pub to: Option<Id<objects::MatterStage>>,
    /// When the last change was, if Clio told it.
    pub changed_at: Option<DateTime<Utc>>,
}

/// The stages of one matter, as they were observed. Clio keeps only the time of the last change; this keeps what a program
/// saw, and says no more than follows from it.
///
/// Observations may come twice and out of order: the history depends on which there are, not on how they came. Of two of
/// one moment the one with the later change stands (then the one with the higher stage id: our choice, so that there is
/// one answer). An observation whose time of change is before one that was seen earlier is an old answer, as lists lag
/// after a change: it is kept, and nothing follows from it.
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc};
/// use clio_core::Id;
/// use clio_model::stages::{StageHistory, StageObservation, StepKind};
///
/// let night = |n: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(n);
/// let seen = |at, stage, changed| StageObservation {
///     observed_at: night(at),
///     changed_at: Some(night(changed)),
///     stage: Some(Id::new(stage)),
/// };
/// let history: StageHistory = [seen(1, 7, 0), seen(2, 8, 1), seen(3, 7, 2)].into_iter().collect();
/// assert_eq!(history.net_change(night(1)), None, "there and back");
/// assert_eq!(history.net_change(night(2)).unwrap().to, Some(Id::new(7)));
///
/// let unseen: StageHistory = [seen(1, 7, 0), seen(3, 7, 2)].into_iter().collect();
/// assert_eq!(unseen.steps().next().unwrap().kind, StepKind::MovedAndBack);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<StageObservation>", into = "Vec<StageObservation>")]
pub struct StageHistory {
    // By moment, one of each.
    observations: Vec<StageObservation>,
}

impl StageHistory {
    /// A history in which nothing was seen.
    pub const fn new() -> Self {
        Self { observations: Vec::new() }
    }

    /// Adds what was seen. `false`: that was known, or what is known of that moment is better.
    pub fn record(&mut self, seen: StageObservation) -> bool {
        match self.observations.binary_search_by_key(&seen.observed_at, |known| known.observed_at) {
            Err(at) => self.observations.insert(at, seen),
            // The order of the fields: a later change, then a higher id.
            Ok(at) if self.observations[at] < seen => self.observations[at] = seen,
            Ok(_) => return false,
        }
        true
    }

    /// All that was seen, earliest first.
    pub fn observations(&self) -> &[StageObservation] {
        &self.observations
    }

    /// Where the matter was when it was last seen; `None`: never seen.
    pub fn latest(&self) -> Option<StageObservation> {
        self.current().last()
    }

    /// What happened, as far as it was seen, earliest first.
    pub fn steps(&self) -> impl Iterator<Item = StageStep> {
        self.current().zip(self.current().skip(1)).filter_map(|(was, is)| {
            let kind = if was.stage != is.stage {
                StepKind::Moved
            } else if is.changed_at > was.changed_at && was.changed_at.is_some() {
                StepKind::MovedAndBack
            } else {
                return None;
            };
            Some(StageStep {
                after: was.observed_at,
                by: is.observed_at,
                from: was.stage,
                to: is.stage,
                // The time that stood before tells nothing of this change.
                changed_at: is.changed_at.filter(|_| is.changed_at != was.changed_at),
                kind,
            })
        })
    }

    /// Where the matter is, if that is not where it was last seen at `since` or before. `None`: it is where it was, be it
    /// that it moved there and back; or it was not seen by then, so that there is nothing to compare with.
    ///
    /// What counts is what had been seen by then, not what had happened: a change that was made before `since` and seen
    /// after it is a change to who has to tell of it.
    pub fn net_change(&self, since: DateTime<Utc>) -> Option<NetChange> {
        let was = self.current().take_while(|seen| seen.observed_at <= since).last()?;
        let is = self.latest()?;
        (was.stage != is.stage).then_some(NetChange {
            from: was.stage,
            to: is.stage,
            changed_at: is.changed_at.filter(|_| is.changed_at != was.changed_at),
        })
    }

    /// Forgets what was seen before that moment, but for the last of it: with it, [`StageHistory::net_change`] since then
    /// and later says the same as before.
    pub fn forget_before(&mut self, moment: DateTime<Utc>) {
        let past: Vec<_> = self.current().take_while(|seen| seen.observed_at < moment).collect();
        // By the last time of change that Clio told, old answers are known later on.
        let needed = past.iter().rfind(|seen| seen.changed_at.is_some()).or(past.last());
        if let Some(needed) = needed {
            self.observations.retain(|seen| seen.observed_at >= needed.observed_at);
        }
    }

    /// The observations that are not old answers.
    fn current(&self) -> impl Iterator<Item = StageObservation> {
        let mut latest_change = None;
        self.observations.iter().copied().filter(move |seen| {
            let old = seen.changed_at.is_some() && seen.changed_at < latest_change;
            latest_change = latest_change.max(seen.changed_at);
            !old
        })
    }
}

impl FromIterator<StageObservation> for StageHistory {
    fn from_iter<I: IntoIterator<Item = StageObservation>>(seen: I) -> Self {
        let mut history = Self::new();
        history.extend(seen);
        history
    }
}

impl Extend<StageObservation> for StageHistory {
    fn extend<I: IntoIterator<Item = StageObservation>>(&mut self, seen: I) {
        for one in seen {
            self.record(one);
        }
    }
}

impl From<Vec<StageObservation>> for StageHistory {
    fn from(seen: Vec<StageObservation>) -> Self {
        seen.into_iter().collect()
    }
}

impl From<StageHistory> for Vec<StageObservation> {
    fn from(history: StageHistory) -> Self {
        history.observations
    }
}

#[cfg(test)]
mod tests;
