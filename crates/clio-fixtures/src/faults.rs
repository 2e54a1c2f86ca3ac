//! When something shall go wrong.

use std::{
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};

use crate::{Fault, SeededRandom};

/// The schedule of faults of one world. Where several rules match a call, the one that was added first counts.
///
/// A kind of call is a method and the end of a path. An empty method is any method, an empty end any path.
///
/// ```
/// use clio_fixtures::{ClioWorld, Fault};
///
/// let world = ClioWorld::firm(7).start();
/// world.faults().at_call(3, Fault::TimesOut);
/// world.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
/// world.faults().with_probability("", "", 0.05, &[Fault::ResetApplied, Fault::ServerErrorNotApplied]);
/// ```
#[derive(Debug, Default)]
pub struct Faults {
    schedule: Mutex<Schedule>,
}

#[derive(Debug, Default)]
struct Schedule {
    seed: u64,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    when: When,
    kind: Kind,
    /// More than one only for a rule of chance.
    faults: Vec<Fault>,
}

#[derive(Debug)]
enum When {
    Call(u64),
    Nth(u64),
    Always,
    During(Range<DateTime<Utc>>),
    Chance(f64),
}

/// A method and the end of a path; each matches everything when it is empty.
#[derive(Debug, Default)]
struct Kind {
    method: String,
    suffix: String,
}

/// A call that has just arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival<'a> {
    pub(crate) number: u64,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) at: DateTime<Utc>,
}

impl Faults {
    /// A schedule without rules, whose chances follow from this seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        let faults = Self::default();
        faults.reseed(seed);
        faults
    }

    /// From here on the rules of chance follow from this seed. Without it they follow from the seed of the world.
    pub fn reseed(&self, seed: u64) {
        self.lock().seed = seed;
    }

    /// At the `n`-th call to this world, counted from 1 and from its start, whatever the call is.
    pub fn at_call(&self, n: u64, fault: Fault) {
        self.add(When::Call(n), Kind::default(), &[fault]);
    }

    /// At the `n`-th call (from 1, since the world's start) with this method whose path ends with `path_suffix`.
    pub fn at_nth(&self, method: &str, path_suffix: &str, n: u64, fault: Fault) {
        self.add(When::Nth(n), Kind::new(method, path_suffix), &[fault]);
    }

    /// At every call with this method whose path ends with `path_suffix`, until [`Faults::clear`].
    pub fn always(&self, method: &str, path_suffix: &str, fault: Fault) {
        self.add(When::Always, Kind::new(method, path_suffix), &[fault]);
    }

    /// At every call of a kind that arrives in this window of the world's time: its start included, its end not.
    pub fn during(&self, window: Range<DateTime<Utc>>, method: &str, path_suffix: &str, fault: Fault) {
        self.add(When::During(window), Kind::new(method, path_suffix), &[fault]);
    }

    /// At every call of a kind with this chance (from 0, never, to 1, always), one of these faults, each as likely as
    /// another. What happens to a call follows from the seed and the call's number alone, so a run can be replayed.
    /// No faults, no harm.
    pub fn with_probability(&self, method: &str, path_suffix: &str, chance: f64, faults: &[Fault]) {
        self.add(When::Chance(chance), Kind::new(method, path_suffix), faults);
    }

    /// From here on nothing goes wrong, except that what was delayed still comes.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, when: When, kind: Kind, faults: &[Fault]) {
        self.lock().rules.push(Rule { when, kind, faults: faults.to_vec() });
    }

    /// The fault of a call. `earlier` are the method and path of every call before it.
    pub(crate) fn pick<'a>(
        &self,
        call: Arrival<'_>,
        earlier: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
    ) -> Option<Fault> {
        let schedule = self.lock();
        schedule.rules.iter().enumerate().find_map(|(at, rule)| {
            let first = rule.faults.first().copied()?;
            if !rule.kind.matches(call.method, call.path) {
                return None;
            }
            let before =
                || earlier.clone().filter(|(method, path)| rule.kind.matches(method, path)).count() as u64;
            let hit = match &rule.when {
                When::Call(n) => *n == call.number,
                When::Nth(n) => before() == n.saturating_sub(1),
                When::Always => true,
                When::During(window) => window.contains(&call.at),
                When::Chance(chance) => return draw(schedule.seed, call.number, at, *chance, &rule.faults),
            };
            hit.then_some(first)
        })
    }
}

/// Each call and rule has a stream of its own, so that a call more or less does not change what happens to the others.
fn draw(seed: u64, call: u64, rule: usize, chance: f64, faults: &[Fault]) -> Option<Fault> {
    let own = call.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(rule as u64);
    let random = SeededRandom::new(seed ^ own);
    let part = u32::try_from(random.below(1 << 32)).unwrap_or(u32::MAX);
    let hit = f64::from(part) / 4_294_967_296.0 < chance;
    hit.then(|| random.pick(faults).copied()).flatten()
}

impl Kind {
    fn new(method: &str, suffix: &str) -> Self {
        Self { method: method.to_owned(), suffix: suffix.to_owned() }
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        (self.method.is_empty() || self.method.eq_ignore_ascii_case(method)) && path.ends_with(&self.suffix)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn rules_match_by_number_by_count_and_always() {
        let faults = Faults::default();
        faults.at_call(2, Fault::Refuse);
        faults.at_nth("post", "/tag", 2, Fault::AnswerLost);
        faults.always("GET", ".json", Fault::Truncated);
        let earlier = [("POST", "/a/tag"), ("GET", "/a/tag")];
        let pick = |number, method, path| {
            faults.pick(Arrival { number, method, path, at: at(0) }, &earlier.into_iter())
        };
        assert_eq!(pick(2, "PUT", "/"), Some(Fault::Refuse));
        assert_eq!(pick(3, "POST", "/a/tag"), Some(Fault::AnswerLost));
        assert_eq!(pick(3, "GET", "/a.json"), Some(Fault::Truncated));
        assert_eq!(pick(3, "POST", "/a.json"), None);
        faults.clear();
        assert_eq!(pick(2, "PUT", "/"), None);
    }

    #[test]
    fn a_window_of_time_has_its_start_and_not_its_end() {
        let faults = Faults::default();
        faults.during(at(10)..at(20), "", "", Fault::Refuse);
        let hit = |seconds| {
            let call = Arrival { number: 1, method: "GET", path: "/", at: at(seconds) };
            faults.pick(call, &std::iter::empty()).is_some()
        };
        assert_eq!([9, 10, 19, 20].map(hit), [false, true, true, false]);
    }

    #[test]
    fn chance_follows_from_the_seed_and_the_number_of_the_call() {
        let hits = |seed: u64, chance: f64| -> Vec<Option<Fault>> {
            let faults = Faults::seeded(seed);
            faults.with_probability("GET", "", chance, &[Fault::Refuse, Fault::TimesOut]);
            let call = |number| Arrival { number, method: "GET", path: "/", at: at(0) };
            (1..=1000).map(|number| faults.pick(call(number), &std::iter::empty())).collect()
        };
        let count = |of: &[Option<Fault>], fault| of.iter().filter(|one| **one == Some(fault)).count();
        let tenth = hits(7, 0.1);
        assert_eq!(tenth, hits(7, 0.1));
        assert_ne!(tenth, hits(8, 0.1));
        let found = [count(&tenth, Fault::Refuse), count(&tenth, Fault::TimesOut)];
        assert!(found.iter().all(|count| (25..=80).contains(count)), "{found:?}");
        assert_eq!(count(&hits(7, 0.0), Fault::Refuse), 0);
        assert!(hits(7, 1.0).iter().all(Option::is_some));
        assert!(hits(7, f64::NAN).iter().all(Option::is_none));
    }
}
