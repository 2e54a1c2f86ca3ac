//! What can go wrong with a call, and when it shall.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// One thing that goes wrong with one call.
///
/// Each is a way in which the world's state and what the caller learns fall apart. In memory a broken connection is a
/// [`TransportError`](clio_core::TransportError), and "never answered" is a future that stays pending, so that the
/// caller's own [`Deadline`](clio_core::Deadline) has to give up. On a socket the connection is closed or held open.
/// wiremock can neither break nor hold a connection: there both are an answer that comes after an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No byte left: `not_sent(Connect)`. On a socket the connection is closed before the body is read.
    Refuse,
    /// Applied; the connection breaks before the answer: `perhaps_sent(Interrupted)`.
    AnswerLost,
    /// Not applied; the connection breaks: `perhaps_sent(Interrupted)`, which looks the same as [`Fault::AnswerLost`].
    RequestLost,
    /// Never answered, and applied that much later. See [`ClioWorld`](crate::ClioWorld) for when it becomes visible.
    AppliedLate(Duration),
    /// Never applied, never answered.
    TimesOut,
    /// Applied at once, never answered.
    AppliedThenHangs,
    /// Applied; answered with status 500 and a page of HTML, as by something in front of the API.
    ServerErrorApplied,
    /// Not applied; answered with status 502 and a page of HTML.
    ServerErrorNotApplied,
    /// Not applied; answered with status 429.
    RateLimitedNotApplied,
    /// Applied; answered with status 429 all the same.
    RateLimitedApplied,
    /// Applied; the answer has a status of success and the first half of its body.
    Truncated,
    /// Applied; the answer has status 200 and no body.
    EmptyAnswer,
}

impl Fault {
    /// Every fault once, for tests that go through all of them. The late one comes 60 seconds late.
    pub const ALL: &[Self] = &[
        Self::Refuse,
        Self::AnswerLost,
        Self::RequestLost,
        Self::AppliedLate(Duration::from_secs(60)),
        Self::TimesOut,
        Self::AppliedThenHangs,
        Self::ServerErrorApplied,
        Self::ServerErrorNotApplied,
        Self::RateLimitedNotApplied,
        Self::RateLimitedApplied,
        Self::Truncated,
        Self::EmptyAnswer,
    ];

    /// Whether the request is executed in spite of the fault, at once or late.
    pub fn applies(self) -> bool {
        !matches!(
            self,
            Self::Refuse
                | Self::RequestLost
                | Self::TimesOut
                | Self::ServerErrorNotApplied
                | Self::RateLimitedNotApplied
        )
    }
}

/// The schedule of faults of one world. Where several rules match a call, the one that was added first counts.
///
/// ```
/// use clio_fixtures::{ClioWorld, Fault};
///
/// let world = ClioWorld::firm(7).start();
/// world.faults().at_call(3, Fault::TimesOut);
/// world.faults().at_nth("POST", "/activities.json", 1, Fault::AnswerLost);
/// ```
#[derive(Debug, Default)]
pub struct Faults {
    rules: Mutex<Vec<(When, Fault)>>,
}

#[derive(Debug)]
enum When {
    Call(u64),
    Nth { method: String, suffix: String, n: u64 },
    Always { method: String, suffix: String },
}

impl Faults {
    /// At the `n`-th call to this world, counted from 1 and from its start, whatever the call is.
    pub fn at_call(&self, n: u64, fault: Fault) {
        self.add(When::Call(n), fault);
    }

    /// At the `n`-th call (from 1, since the world's start) with this method whose path ends with `path_suffix`.
    pub fn at_nth(&self, method: &str, path_suffix: &str, n: u64, fault: Fault) {
        self.add(When::Nth { method: method.to_owned(), suffix: path_suffix.to_owned(), n }, fault);
    }

    /// At every call with this method whose path ends with `path_suffix`, until [`Faults::clear`].
    pub fn always(&self, method: &str, path_suffix: &str, fault: Fault) {
        self.add(When::Always { method: method.to_owned(), suffix: path_suffix.to_owned() }, fault);
    }

    /// From here on nothing goes wrong, except that what was delayed still comes.
    pub fn clear(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn add(&self, when: When, fault: Fault) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push((when, fault));
    }

    /// The fault of the call with this number. `earlier` are the method and path of every call before it.
    pub(crate) fn pick<'a>(
        &self,
        number: u64,
        method: &str,
        path: &str,
        earlier: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
    ) -> Option<Fault> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let hit = rules.iter().find(|(when, _)| match when {
            When::Call(n) => *n == number,
            When::Always { method: m, suffix } => matches(m, suffix, method, path),
            When::Nth { method: m, suffix, n } => {
                matches(m, suffix, method, path)
                    && earlier.clone().filter(|(method, path)| matches(m, suffix, method, path)).count()
                        as u64
                        == n.saturating_sub(1)
            }
        });
        hit.map(|(_, fault)| *fault)
    }
}

fn matches(wanted: &str, suffix: &str, method: &str, path: &str) -> bool {
    wanted.eq_ignore_ascii_case(method) && path.ends_with(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_match_by_number_by_count_and_always() {
        let faults = Faults::default();
        faults.at_call(2, Fault::Refuse);
        faults.at_nth("post", "/tag", 2, Fault::AnswerLost);
        faults.always("GET", ".json", Fault::Truncated);
        let earlier = [("POST", "/a/tag"), ("GET", "/a/tag")];
        let pick = |number, method, path| faults.pick(number, method, path, &earlier.into_iter());
        assert_eq!(pick(2, "PUT", "/"), Some(Fault::Refuse));
        assert_eq!(pick(3, "POST", "/a/tag"), Some(Fault::AnswerLost));
        assert_eq!(pick(3, "GET", "/a.json"), Some(Fault::Truncated));
        assert_eq!(pick(3, "POST", "/a.json"), None);
        faults.clear();
        assert_eq!(pick(2, "PUT", "/"), None);
    }
}
