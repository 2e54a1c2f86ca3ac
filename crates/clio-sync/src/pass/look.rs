//! Which of the records that a look found is which write. Pure.

use std::collections::BTreeSet;

use crate::{Found, Intent};

/// What a look says of a write of unknown outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It stands there as this record (by position in what was found).
    Found(usize),
    /// It may stand there as this record, changed by a person.
    NearMiss(usize),
    /// It does not stand there.
    Absent,
    /// Nothing distinctive can be compared: looking cannot tell.
    Indistinct,
}

/// Matches writes with unlinked records.
///
/// `waiting` are writes of unknown outcome whose time has not come: they get no verdict, but a record that is theirs must
/// not count as a near miss of another. Exact matches come first and are given out in the order of ids, so that `k`
/// equal writes claim at most `k` records; near misses are sought among the leftovers.
pub(crate) fn match_up(
    due: &[Intent],
    waiting: &[Intent],
    found: &[Found],
    lossy: &BTreeSet<String>,
    near_miss: &[&[&str]],
) -> Vec<Verdict> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|&a, &b| by_id(&found[a].remote_id, &found[b].remote_id));
    let mut claimed = vec![false; found.len()];
    let mut claim = |intent: &Intent| {
        let at = order.iter().copied().find(|&at| !claimed[at] && equal(intent, &found[at], lossy))?;
        claimed[at] = true;
        Some(at)
    };
    let distinct = |intent: &Intent| near_miss.iter().any(|group| comparable(intent, group, lossy));
    let exact: Vec<Option<usize>> =
        due.iter().map(|intent| distinct(intent).then(|| claim(intent)).flatten()).collect();
    for intent in waiting {
        claim(intent);
    }
    let leftovers: Vec<usize> = order.iter().copied().filter(|&at| !claimed[at]).collect();
    due.iter()
        .zip(exact)
        .map(|(intent, exact)| match exact {
            Some(at) => Verdict::Found(at),
            None if !distinct(intent) => Verdict::Indistinct,
            None => leftovers
                .iter()
                .copied()
                .find(|&at| near_miss.iter().any(|group| near(intent, &found[at], group, lossy)))
                .map_or(Verdict::Absent, Verdict::NearMiss),
        })
        .collect()
}

/// Ids are numbers at Clio; where they are not, they are compared as texts.
fn by_id(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<i64>(), b.parse::<i64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

fn equal(intent: &Intent, found: &Found, lossy: &BTreeSet<String>) -> bool {
    intent
        .write
        .content
        .iter()
        .filter(|(name, _)| !lossy.contains(*name))
        .all(|(name, value)| found.content.get(name) == Some(value))
}

/// All fields of the group were written with a value, and come back as they were written.
fn comparable(intent: &Intent, group: &[&str], lossy: &BTreeSet<String>) -> bool {
    group.iter().all(|&name| {
        let value = intent.write.content.get(name);
        !lossy.contains(name) && value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
    })
}

fn near(intent: &Intent, found: &Found, group: &[&str], lossy: &BTreeSet<String>) -> bool {
    comparable(intent, group, lossy)
        && group.iter().all(|&name| found.content.get(name) == intent.write.content.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, Effect, FlowKey, IntentState, Write};

    const GROUPS: &[&[&str]] = &[&["note"], &["matter.id", "user.id", "date"]];

    fn content(note: &str, matter: i64, seconds: i64) -> Content {
        let fields: [(&str, serde_json::Value); 5] = [
            ("note", note.into()),
            ("matter.id", matter.into()),
            ("user.id", 1.into()),
            ("date", "2026-03-02".into()),
            ("quantity", seconds.into()),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn intent(note: &str, matter: i64, seconds: i64) -> Intent {
        let write =
            Write { payload: String::new(), content: content(note, matter, seconds), label: String::new() };
        let flow = FlowKey { firm: "f".into(), adapter: "a".into(), flow: "x".into() };
        Intent {
            key: String::new(),
            flow,
            source_id: String::new(),
            effect: Effect::Create,
            generation: 1,
            write,
            state: IntentState::Uncertain,
            attempt: 1,
            looks: 0,
            not_before: None,
            floor: None,
            remote_id: None,
            reason: None,
        }
    }

    fn found(id: &str, note: &str, matter: i64, seconds: i64) -> Found {
        Found { remote_id: id.into(), etag: None, content: content(note, matter, seconds) }
    }

    fn verdicts(due: &[Intent], waiting: &[Intent], found: &[Found]) -> Vec<Verdict> {
        match_up(due, waiting, found, &BTreeSet::new(), GROUPS)
    }

    #[test]
    fn equal_writes_claim_in_the_order_of_ids_and_never_twice() {
        let due = [intent("n", 1, 60), intent("n", 1, 60), intent("n", 1, 60)];
        let there = [found("10", "n", 1, 60), found("9", "n", 1, 60)];
        assert_eq!(verdicts(&due, &[], &there), [Verdict::Found(1), Verdict::Found(0), Verdict::Absent]);
    }

    #[test]
    fn an_edited_record_is_a_near_miss() {
        let note_edited = [found("9", "other", 1, 60)];
        assert_eq!(verdicts(&[intent("n", 1, 60)], &[], &note_edited), [Verdict::NearMiss(0)]);
        let moved = [found("9", "n", 2, 60)];
        assert_eq!(verdicts(&[intent("n", 1, 60)], &[], &moved), [Verdict::NearMiss(0)]);
        let unrelated = [found("9", "other", 2, 60)];
        assert_eq!(verdicts(&[intent("n", 1, 60)], &[], &unrelated), [Verdict::Absent]);
    }

    #[test]
    fn the_record_of_a_write_that_still_settles_is_no_near_miss_of_another() {
        let there = [found("9", "b", 1, 120)];
        let due = [intent("a", 1, 60)];
        assert_eq!(verdicts(&due, &[intent("b", 1, 120)], &there), [Verdict::Absent]);
        assert_eq!(verdicts(&due, &[], &there), [Verdict::NearMiss(0)]);
    }

    #[test]
    fn a_lossy_field_is_left_out_and_without_a_distinctive_one_a_look_cannot_tell() {
        let there = [found("9", "n", 1, 60)];
        let lossy = BTreeSet::from(["note".to_owned()]);
        let due = [intent("n  ", 1, 60)];
        assert_eq!(match_up(&due, &[], &there, &lossy, GROUPS), [Verdict::Found(0)]);
        let lossy = BTreeSet::from(["note".to_owned(), "date".to_owned()]);
        assert_eq!(match_up(&due, &[], &there, &lossy, GROUPS), [Verdict::Indistinct]);
    }
}
