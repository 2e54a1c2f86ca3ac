use std::fmt;

use clio_core::{Id, schema::objects};
use serde::{Deserialize, Serialize};

use super::Stage;
use crate::Error;

/// What of Clio a rule of a [`StageMap`] is about.
///
/// Names are compared without the blanks around them and without regard to case: people type them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StageKey {
    /// This stage, whatever it is called. It survives that the firm renames the stage.
    Id(Id<objects::MatterStage>),
    /// The stages of this name in this practice area.
    InArea(Id<objects::PracticeArea>, String),
    /// The stages of this name in any practice area.
    Named(String),
}

impl StageKey {
    fn is_of(&self, stage: &Stage) -> bool {
        match self {
            Self::Id(id) => *id == stage.id,
            Self::InArea(area, name) => *area == stage.practice_area && same_name(name, &stage.name),
            Self::Named(name) => same_name(name, &stage.name),
        }
    }

    /// The lower, the more it says.
    const fn rank(&self) -> u8 {
        match self {
            Self::Id(_) => 0,
            Self::InArea(..) => 1,
            Self::Named(_) => 2,
        }
    }

    fn is_about_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Id(one), Self::Id(two)) => one == two,
            (Self::InArea(area, one), Self::InArea(other, two)) => area == other && same_name(one, two),
            (Self::Named(one), Self::Named(two)) => same_name(one, two),
            _ => false,
        }
    }
}

impl fmt::Debug for StageKey {
    /// Shows ids only: names are data of the firm.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::InArea(area, _) => f.debug_tuple("InArea").field(area).finish_non_exhaustive(),
            Self::Named(_) => f.debug_tuple("Named").finish_non_exhaustive(),
        }
    }
}

fn same_name(one: &str, two: &str) -> bool {
    one.trim().to_lowercase() == two.trim().to_lowercase()
}

/// What a stage of Clio's is in the other system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mapping<T> {
    /// A rule says so.
    Mapped(T),
    /// No rule says anything of it; this is what such stages are.
    ByDefault(T),
    /// No rule says anything of it, and there is no default: to be reported, not guessed.
    Unmapped,
}

impl<T> Mapping<T> {
    /// What it is, by a rule or by default.
    pub fn target(self) -> Option<T> {
        match self {
            Self::Mapped(target) | Self::ByDefault(target) => Some(target),
            Self::Unmapped => None,
        }
    }
}

/// Which stages of Clio's are which stages of another system.
///
/// A stage is looked up by its id, then by its name in its practice area, then by its name alone, then there may be a
/// default. A name that two practice areas share is thus no trouble: who means only one of them says which.
///
/// ```
/// use clio_core::Id;
/// use clio_model::stages::{Mapping, Stage, StageKey, StageMap};
///
/// let mut map = StageMap::new();
/// map.set(StageKey::Named("Discovery".into()), "Gathering evidence");
/// map.set(StageKey::InArea(Id::new(4), "discovery".into()), "Looking for assets");
///
/// let discovery = |area| Stage { id: Id::new(7), practice_area: Id::new(area), name: "Discovery ".into(), order: 2 };
/// assert_eq!(map.get(&discovery(3)), Mapping::Mapped(&"Gathering evidence"));
/// assert_eq!(map.get(&discovery(4)), Mapping::Mapped(&"Looking for assets"));
/// assert_eq!(map.get(&Stage { name: "Trial".into(), ..discovery(3) }), Mapping::Unmapped);
/// ```
///
/// It is stored as `{"rules":[{"name":"Discovery","to":..}],"default":..}`; a rule names a `stage` by its id, or a
/// `practice_area` and a `name`, or a `name`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored<T>", into = "Stored<T>")]
#[serde(bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct StageMap<T> {
    rules: Vec<Rule<T>>,
    default: Option<T>,
}

#[derive(Clone, PartialEq, Eq)]
struct Rule<T> {
    of: StageKey,
    to: T,
}

impl<T> StageMap<T> {
    /// A map that knows no stage.
    pub const fn new() -> Self {
        Self { rules: Vec::new(), default: None }
    }

    /// Says what stages are. A rule of the same stage, or of the same name, is replaced.
    pub fn set(&mut self, of: StageKey, to: T) {
        match self.rules.iter_mut().find(|rule| rule.of.is_about_the_same_as(&of)) {
            // In its place: what is stored of a map does not move around.
            Some(rule) => *rule = Rule { of, to },
            None => self.rules.push(Rule { of, to }),
        }
    }

    /// Takes a rule away.
    pub fn remove(&mut self, of: &StageKey) {
        self.rules.retain(|rule| !rule.of.is_about_the_same_as(of));
    }

    /// What all stages are that no rule is about; `None`: they are unmapped.
    pub fn set_default(&mut self, to: impl Into<Option<T>>) {
        self.default = to.into();
    }

    /// What this stage is.
    pub fn get(&self, stage: &Stage) -> Mapping<&T> {
        let fitting = self.rules.iter().filter(|rule| rule.of.is_of(stage));
        match (fitting.min_by_key(|rule| rule.of.rank()), &self.default) {
            (Some(rule), _) => Mapping::Mapped(&rule.to),
            (None, Some(default)) => Mapping::ByDefault(default),
            (None, None) => Mapping::Unmapped,
        }
    }

    /// The rules, in the order in which they were first set.
    pub fn rules(&self) -> impl Iterator<Item = (&StageKey, &T)> {
        self.rules.iter().map(|rule| (&rule.of, &rule.to))
    }

    /// The rules that are about none of these stages: the firm renamed or deleted what they meant.
    pub fn unused<'a>(&'a self, stages: &'a [Stage]) -> impl Iterator<Item = &'a StageKey> {
        let keys = self.rules.iter().map(|rule| &rule.of);
        keys.filter(|key| !stages.iter().any(|stage| key.is_of(stage)))
    }
}

impl<T> Default for StageMap<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for StageMap<T> {
    /// Shows what it is about by ids, and nothing of the other system.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.rules.iter().map(|rule| &rule.of)).finish()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
struct Stored<T> {
    rules: Vec<StoredRule<T>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<T>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRule<T> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<Id<objects::MatterStage>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    practice_area: Option<Id<objects::PracticeArea>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    to: T,
}

impl<T> From<StageMap<T>> for Stored<T> {
    fn from(map: StageMap<T>) -> Self {
        let rules = map.rules.into_iter().map(|rule| {
            let (stage, practice_area, name) = match rule.of {
                StageKey::Id(id) => (Some(id), None, None),
                StageKey::InArea(area, name) => (None, Some(area), Some(name)),
                StageKey::Named(name) => (None, None, Some(name)),
            };
            StoredRule { stage, practice_area, name, to: rule.to }
        });
        Self { rules: rules.collect(), default: map.default }
    }
}

impl<T> TryFrom<Stored<T>> for StageMap<T> {
    type Error = Error;

    fn try_from(stored: Stored<T>) -> Result<Self, Error> {
        let mut map = Self { rules: Vec::new(), default: stored.default };
        for rule in stored.rules {
            let of = match (rule.stage, rule.practice_area, rule.name) {
                (Some(id), None, None) => StageKey::Id(id),
                (None, Some(area), Some(name)) => StageKey::InArea(area, name),
                (None, None, Some(name)) => StageKey::Named(name),
                _ => {
                    let message = "a rule names a `stage`, or a `practice_area` and a `name`, or a `name`";
                    return Err(Error::invalid(message));
                }
            };
            if map.rules.iter().any(|known| known.of.is_about_the_same_as(&of)) {
                return Err(Error::invalid("two rules are about the same stage or name"));
            }
            map.rules.push(Rule { of, to: rule.to });
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(id: i64, area: i64, name: &str) -> Stage {
        Stage { id: Id::new(id), practice_area: Id::new(area), name: name.into(), order: 1 }
    }

    fn map() -> StageMap<String> {
        let mut map = StageMap::new();
        map.set(StageKey::Named("Intake".into()), "by name".into());
        map.set(StageKey::InArea(Id::new(3), "Intake".into()), "by area and name".into());
        map.set(StageKey::Id(Id::new(7)), "by id".into());
        map
    }

    #[test]
    fn what_says_more_wins() {
        let mut map = map();
        for (given, to) in [
            (stage(7, 3, "intake"), "by id"),
            (stage(7, 4, "renamed"), "by id"),
            (stage(8, 3, " INTAKE "), "by area and name"),
            (stage(9, 4, "Intake"), "by name"),
        ] {
            assert_eq!(map.get(&given), Mapping::Mapped(&to.to_owned()), "{given:?}");
        }
        let other = stage(10, 4, "Trial");
        assert_eq!(map.get(&other), Mapping::Unmapped);
        assert_eq!(map.get(&other).target(), None);
        map.set_default("else".to_owned());
        assert_eq!(map.get(&other), Mapping::ByDefault(&"else".to_owned()));
        map.set_default(None);
        assert_eq!(map.get(&other), Mapping::Unmapped);
    }

    #[test]
    fn a_rule_replaces_the_one_about_the_same() {
        let mut map = map();
        map.set(StageKey::Named(" inTAKE".into()), "new".into());
        assert_eq!(map.rules().count(), 3);
        assert_eq!(map.get(&stage(9, 4, "Intake")).target().unwrap(), "new");
        map.remove(&StageKey::Id(Id::new(7)));
        assert_eq!(map.get(&stage(7, 3, "intake")).target().unwrap(), "by area and name");
    }

    /// What is stored of a map does not change by saying again what it says.
    #[test]
    fn a_rule_that_is_set_again_keeps_its_place() {
        let mut again = map();
        again.set(StageKey::Named("Intake".into()), "by name".into());
        assert_eq!(again, map());
    }

    #[test]
    fn a_rule_that_no_stage_fits_is_told() {
        let map = map();
        let stages = [stage(8, 3, "Intake")];
        let unused: Vec<_> = map.unused(&stages).cloned().collect();
        assert_eq!(unused, [StageKey::Id(Id::new(7))]);
    }

    #[test]
    fn is_stored_and_read_back() {
        let mut map = map();
        for default in [None, Some("else".to_owned())] {
            map.set_default(default);
            let json = serde_json::to_string(&map).unwrap();
            assert_eq!(serde_json::from_str::<StageMap<String>>(&json).unwrap(), map, "{json}");
        }
        let json = serde_json::to_string(&map).unwrap();
        let rules = r#"[{"name":"Intake","to":"by name"},{"practice_area":3,"name":"Intake","to":"by area and name"}"#;
        assert_eq!(json, format!(r#"{{"rules":{rules},{{"stage":7,"to":"by id"}}],"default":"else"}}"#));
        for wrong in [r#"{"to":1}"#, r#"{"stage":1,"name":"a","to":1}"#, r#"{"practice_area":1,"to":1}"#] {
            let json = format!(r#"{{"rules":[{wrong}]}}"#);
            assert!(serde_json::from_str::<StageMap<i32>>(&json).is_err(), "{wrong}");
        }
        for twice in
            [r#"{"name":"a","to":1},{"name":" A","to":2}"#, r#"{"stage":1,"to":1},{"stage":1,"to":1}"#]
        {
            let json = format!(r#"{{"rules":[{twice}]}}"#);
            assert!(serde_json::from_str::<StageMap<i32>>(&json).is_err(), "{twice}");
        }
    }

    #[test]
    fn debug_shows_no_names() {
        let text = format!("{:?} {:?}", map(), stage(1, 2, "Intake"));
        assert!(!text.contains("ntake") && !text.contains("by"), "{text}");
    }
}
