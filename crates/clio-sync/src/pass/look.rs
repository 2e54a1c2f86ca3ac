//! Which of the records that a look found is which write. Pure.

use std::collections::{BTreeSet, HashSet};

use crate::{Fingerprint, Found, Intent};

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

/// Matches the writes of a flow with unlinked records.
///
/// `waiting` are writes of unknown outcome whose time has not come, and those of other flows: they get no verdict, but a
/// record that is theirs must not count as that of another.
///
/// A record that says by a marker which write it is of needs no comparing; of several with one marker the one with the
/// lowest id counts, and the others are told by an audit. Where the flow writes markers, a record without one is no proof,
/// however equal: a person may have taken the marker out, and if it is near, the write waits for a person.
pub(crate) fn match_up(
    due: &[Intent],
    waiting: &[Intent],
    found: &[Found],
    lossy: &BTreeSet<String>,
    fingerprint: &Fingerprint,
) -> Vec<Verdict> {
    let (exact, near_miss) = (fingerprint.is_exact(), fingerprint.near_miss());
    let order = in_order(found);
    let by_marker = |intent: &Intent| {
        let marker = crate::marker(&intent.key);
        order.iter().copied().find(|&at| found[at].marker.as_deref() == Some(&marker))
    };
    let is_bare = |record: &Found| match &record.marker {
        None => true,
        Some(_) if exact => false,
        // Words of a person may look like one. Only what open writes are known by is surely theirs.
        Some(marker) => !due.iter().chain(waiting).any(|intent| crate::marker(&intent.key) == *marker),
    };
    let bare: Vec<usize> = (0..found.len()).filter(|&at| is_bare(&found[at])).collect();
    let records: Vec<Found> = bare.iter().map(|&at| found[at].clone()).collect();
    let missing = |intents: &mut dyn Iterator<Item = &Intent>| -> Vec<Intent> {
        intents.filter(|intent| by_marker(intent).is_none()).cloned().collect()
    };
    // What another flow knows by its content is its own, if it is equal.
    let foreign = |intent: &&Intent| exact && due.first().is_some_and(|own| own.flow != intent.flow);
    let first = missing(&mut waiting.iter().filter(foreign));
    let last = missing(&mut waiting.iter().filter(|intent| !foreign(intent)));
    let writes = Writes { first, due: missing(&mut due.iter()), last };
    let mut others = match_by_content(&writes, &records, lossy, near_miss).into_iter();
    // Where a target tells markers out of what a record contains, one record may fit several writes: it is given out once.
    let mut given = HashSet::new();
    due.iter()
        .map(|intent| match by_marker(intent) {
            Some(_) => {
                let marker = crate::marker(&intent.key);
                let fits = |at: &usize| found[*at].marker.as_deref() == Some(&marker);
                let mut free = order.iter().copied().filter(fits);
                match free.find(|&at| given.insert(found[at].remote_id.as_str())) {
                    Some(at) => Verdict::Found(at),
                    None => Verdict::Absent,
                }
            }
            None => match others.next() {
                Some(Verdict::Found(at)) if !exact => Verdict::Found(bare[at]),
                Some(Verdict::Found(at) | Verdict::NearMiss(at)) if !near_miss.is_empty() => {
                    Verdict::NearMiss(bare[at])
                }
                Some(Verdict::Indistinct) if !exact => Verdict::Indistinct,
                _ => Verdict::Absent,
            },
        })
        .collect()
}

/// The writes that are matched at once, in the order in which they choose. Only those that are `due` get a verdict.
struct Writes {
    first: Vec<Intent>,
    due: Vec<Intent>,
    last: Vec<Intent>,
}

/// Records that agree in everything come first, given out in the order of ids, so that `k` equal writes claim at most `k`
/// records. Then come those that agree but for fields which the target is known to change. Near misses are sought among
/// the leftovers.
fn match_by_content(
    writes: &Writes,
    found: &[Found],
    lossy: &BTreeSet<String>,
    near_miss: &[&[&str]],
) -> Vec<Verdict> {
    let mut records = Records::new(found);
    let all: Vec<&Intent> = writes.first.iter().chain(&writes.due).chain(&writes.last).collect();
    let mut verdicts: Vec<Option<Verdict>> =
        all.iter().map(|intent| records.claim(intent, &BTreeSet::new())).collect();
    let open: Vec<usize> = (0..all.len()).filter(|&at| verdicts[at].is_none() && !lossy.is_empty()).collect();
    for &at in &open {
        // Two writes that differ only in what the target changes cannot be told apart by what is left.
        let rival = |&other: &usize| {
            alike(all[at], all[other], lossy) && all[at].write.content != all[other].write.content
        };
        verdicts[at] = if open.iter().any(rival) {
            records.peek(all[at], lossy).map(Verdict::NearMiss)
        } else {
            records.claim(all[at], lossy)
        };
    }
    let distinct = |intent: &Intent| near_miss.iter().any(|group| comparable(intent, group, lossy));
    writes
        .due
        .iter()
        .zip(verdicts.into_iter().skip(writes.first.len()))
        .map(|(intent, verdict)| {
            if !distinct(intent) && !matches!(verdict, Some(Verdict::Found(_)) if lossy.is_empty()) {
                return Verdict::Indistinct;
            }
            verdict.unwrap_or_else(|| records.near(intent, lossy, near_miss))
        })
        .collect()
}

/// What was found, and which of it was given out.
struct Records<'a> {
    found: &'a [Found],
    /// Positions in the order of ids.
    order: Vec<usize>,
    claimed: Vec<bool>,
}

impl<'a> Records<'a> {
    fn new(found: &'a [Found]) -> Self {
        Self { found, order: in_order(found), claimed: vec![false; found.len()] }
    }

    /// The first record left that agrees with the write, but for the fields left out.
    fn peek(&self, intent: &Intent, but_for: &BTreeSet<String>) -> Option<usize> {
        let free = |at: &usize| !self.claimed[*at] && equal(intent, &self.found[*at], but_for);
        self.order.iter().copied().find(free)
    }

    /// Gives that record out.
    fn claim(&mut self, intent: &Intent, but_for: &BTreeSet<String>) -> Option<Verdict> {
        let at = self.peek(intent, but_for)?;
        self.claimed[at] = true;
        Some(Verdict::Found(at))
    }

    fn near(&self, intent: &Intent, lossy: &BTreeSet<String>, near_miss: &[&[&str]]) -> Verdict {
        let is_near = |at: usize| near_miss.iter().any(|group| near(intent, &self.found[at], group, lossy));
        let mut left = self.order.iter().copied().filter(|&at| !self.claimed[at]);
        left.find(|&at| is_near(at)).map_or(Verdict::Absent, Verdict::NearMiss)
    }
}

/// Both were written alike, but for the fields left out.
fn alike(one: &Intent, other: &Intent, but_for: &BTreeSet<String>) -> bool {
    let kept = |intent: &Intent| -> Vec<(String, serde_json::Value)> {
        let fields = intent.write.content.iter().filter(|(name, _)| !but_for.contains(*name));
        fields.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    kept(one) == kept(other)
}

/// Positions in the order of ids.
fn in_order(found: &[Found]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|&a, &b| by_id(&found[a].remote_id, &found[b].remote_id));
    order
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
    const CONTENT: Fingerprint = Fingerprint::Content { near_miss: GROUPS };
    const MARKED: Fingerprint = Fingerprint::NoteMarker { near_miss: GROUPS };

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
            linked: None,
            conflict: None,
        }
    }

    fn found(id: &str, note: &str, matter: i64, seconds: i64) -> Found {
        Found::new(id, None, content(note, matter, seconds))
    }

    #[test]
    fn a_marker_decides_and_the_lowest_id_counts() {
        let keyed = |key: &str, note| Intent { key: key.into(), ..intent(note, 1, 60) };
        let marked = |id, key: &str| Found { marker: Some(crate::marker(key)), ..found(id, "x", 1, 1) };
        let due = [keyed("a", "n"), keyed("b", "n")];
        let there = [marked("12", "a"), marked("9", "a"), marked("10", "other")];
        let verdicts = match_up(&due, &[], &there, &BTreeSet::new(), &MARKED);
        assert_eq!(verdicts, [Verdict::Found(1), Verdict::Absent]);
        // The same words without the marker: a person may have taken it out.
        let bare = [marked("9", "a"), found("11", "n", 1, 60)];
        let verdicts = match_up(&due, &[], &bare, &BTreeSet::new(), &MARKED);
        assert_eq!(verdicts, [Verdict::Found(0), Verdict::NearMiss(1)]);
        // Without groups of near misses, only the marker counts.
        let verdicts = match_up(&due, &[], &bare, &BTreeSet::new(), &Fingerprint::ExternalProperty);
        assert_eq!(verdicts, [Verdict::Found(0), Verdict::Absent]);
    }

    #[test]
    fn one_record_is_never_that_of_two_writes() {
        let due = ["a", "b", "c"].map(|key| Intent { key: key.into(), ..intent("n", 1, 60) });
        let fits = |id, key: &str| Found { marker: Some(crate::marker(key)), ..found(id, "n", 1, 60) };
        // Two versions that look alike, and three writes of which any may be either.
        let there: Vec<Found> =
            ["7/12", "7/13"].into_iter().flat_map(|id| ["a", "b", "c"].map(|key| fits(id, key))).collect();
        let verdicts = match_up(&due, &[], &there, &BTreeSet::new(), &Fingerprint::ExternalProperty);
        assert_eq!(verdicts, [Verdict::Found(0), Verdict::Found(4), Verdict::Absent]);
    }

    #[test]
    fn two_flows_know_their_records_in_two_ways() {
        let of = |flow: &str, key: &str, note| {
            let mut intent = Intent { key: key.into(), ..intent(note, 1, 60) };
            intent.flow.flow = flow.into();
            intent
        };
        let by_content = of("content", "c", "n");
        let by_marker = of("marked", "m", "other");
        let marked = Found { marker: Some(crate::marker("m")), ..found("9", "other", 1, 60) };
        // The record of the marked one is near the other: they are of one matter, user and day.
        let there = [marked, found("10", "n", 1, 60)];
        let (content, marks) = ([by_content], [by_marker]);
        assert_eq!(verdicts(&content, &marks, &there), [Verdict::Found(1)]);
        assert_eq!(verdicts(&content, &marks, &there[..1]), [Verdict::Absent]);
        assert_eq!(verdicts(&content, &[], &there[..1]), [Verdict::NearMiss(0)]);
        let verdicts = |found| match_up(&marks, &content, found, &BTreeSet::new(), &MARKED);
        assert_eq!(verdicts(&there), [Verdict::Found(0)]);
        assert_eq!(verdicts(&there[1..]), [Verdict::Absent], "it is the other's");
        let edited = [found("10", "put in better words", 1, 60)];
        assert_eq!(verdicts(&edited), [Verdict::NearMiss(0)], "it may be of either");
    }

    fn verdicts(due: &[Intent], waiting: &[Intent], found: &[Found]) -> Vec<Verdict> {
        match_up(due, waiting, found, &BTreeSet::new(), &CONTENT)
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
        assert_eq!(match_up(&due, &[], &there, &lossy, &CONTENT), [Verdict::Found(0)]);
        // Another write of other words could be it as well: neither is decided.
        let rivals = [intent("n", 1, 60), intent("m", 1, 60)];
        let changed = [found("9", "N!", 1, 60)];
        assert_eq!(
            match_up(&rivals, &[], &changed, &lossy, &CONTENT),
            [Verdict::NearMiss(0), Verdict::NearMiss(0)]
        );
        assert_eq!(match_up(&rivals, &[], &there, &lossy, &CONTENT), [Verdict::Found(0), Verdict::Absent]);
        let lossy = BTreeSet::from(["note".to_owned(), "date".to_owned()]);
        assert_eq!(match_up(&due, &[], &there, &lossy, &CONTENT), [Verdict::Indistinct]);
    }
}
