//! What a person decides: about writes that wait for them, and about dead letters.

use std::sync::Arc;

use clio_core::Etag;

use super::support::{
    Bench, FIRM, STATES, Verb, bad, begin, cases, create, flow_of, gone, parked, refused, skipped, upsert,
    write, written,
};
use crate::{Committed, Conflict, ConflictField, Content, IntentState, Store, Verdict};

cases![
    parked_with_a_conflict,
    verdicts_from_every_state,
    it_stands,
    it_stands_as_another_ones_record,
    it_is_to_be_sent,
    it_is_dropped,
    in_a_conflict_the_person_has_seen_theirs,
    a_refused_write_that_was_overtaken,
    attempts_are_told,
    a_letter_is_retried,
    a_letter_is_put_away,
    a_refused_record_is_put_away,
];

fn verdicts() -> [Verdict; 3] {
    [
        Verdict::Stands { remote_id: "r-9".into() },
        Verdict::SendAgain,
        Verdict::Drop { reason: "not wanted".into() },
    ]
}

async fn settle(bench: &Bench, key: &str, verdict: Verdict) {
    bench.store.settle(&bench.lease, key, &verdict).await.expect("settle");
}

/// Others have set the note to `theirs`, where A was written and B is wanted.
fn conflict() -> Conflict {
    let field = ConflictField {
        name: "note".into(),
        base: Some("A".into()),
        ours: Some("B".into()),
        theirs: Some("theirs".into()),
    };
    Conflict { fields: vec![field], etag: Some("\"7\"".into()) }
}

/// A record that was written as A, whose change to B is parked.
async fn in_conflict(bench: &Bench, id: &str) -> String {
    let key = bench.plan(upsert(id, "1", "A")).await;
    bench.confirm(&key, &format!("r-{id}")).await;
    let key = bench.plan(upsert(id, "2", "B")).await;
    bench.call(Verb::BeginSend, &key).await;
    bench.store.park(&bench.lease, &key, "others did", Some(&conflict())).await.expect("park");
    key
}

async fn parked_with_a_conflict(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = in_conflict(&bench, "a").await;
    let intent = bench.intent(&key).await;
    assert_eq!((intent.state, intent.conflict), (IntentState::Parked, Some(conflict())), "with all values");
    assert_eq!(bench.told().await, [parked("a", "others did")]);
    let bare = bench.bring("b", IntentState::Parked).await;
    assert_eq!(bench.intent(&bare).await.conflict, None);
}

async fn verdicts_from_every_state(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for &from in STATES {
        for (at, verdict) in verdicts().into_iter().enumerate() {
            let key = bench.bring(&format!("{from:?} {at}"), from).await;
            let before = bench.snapshot().await;
            let result = store.settle(&bench.lease, &key, &verdict).await;
            let allowed = from == IntentState::Parked
                || (from == IntentState::Rejected && verdict == Verdict::SendAgain);
            if allowed {
                result.expect("settle");
                let to = [IntentState::Confirmed, IntentState::Planned, IntentState::Waived][at];
                assert_eq!(bench.intent(&key).await.state, to, "{verdict:?} from {from:?}");
            } else {
                refused(result, &format!("{verdict:?} from {from:?}"));
                assert_eq!(bench.snapshot().await, before, "{verdict:?} from {from:?} was refused");
            }
        }
    }
    for verdict in verdicts() {
        refused(store.settle(&bench.lease, "no such key", &verdict).await, "of an unknown key");
    }
}

async fn it_stands(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.bring("a", IntentState::Parked).await;
    settle(&bench, &key, Verdict::Stands { remote_id: "r-9".into() }).await;
    let intent = bench.intent(&key).await;
    assert_eq!((intent.state, intent.remote_id.as_deref()), (IntentState::Confirmed, Some("r-9")));
    let linked = bench.link("a").await.expect("a person says so");
    assert_eq!((linked.remote_id.as_str(), linked.etag), ("r-9", None), "nobody has told its version");
    assert_eq!(linked.written, write("a").content);
    assert_eq!(bench.told().await, [written("a", "r-9")]);
}

async fn it_stands_as_another_ones_record(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let owner = bench.plan(upsert("owner", "1", "A")).await;
    bench.confirm(&owner, "r-1").await;
    let key = bench.bring("a", IntentState::Parked).await;
    let before = bench.snapshot().await;
    let stands = Verdict::Stands { remote_id: "r-1".into() };
    refused(store.settle(&bench.lease, &key, &stands).await, "a record belongs to one source record");
    assert_eq!(bench.snapshot().await, before);
    let other = Bench::of_firm(store, "other-law").await;
    let key = other.bring("a", IntentState::Parked).await;
    settle(&other, &key, stands).await;
}

async fn it_is_to_be_sent(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for state in [IntentState::Parked, IntentState::Rejected] {
        let id = format!("{state:?}");
        let key = bench.bring(&id, state).await;
        settle(&bench, &key, Verdict::SendAgain).await;
        let intent = bench.intent(&key).await;
        assert_eq!((intent.state, intent.attempt, intent.looks), (IntentState::Planned, 0, 0), "anew");
        assert_eq!(intent.write, write(&id));
        assert_eq!(bench.told().await, [], "its outcome is open");
        assert_eq!(store.dead_letters(FIRM).await.expect("dead_letters"), [], "its letter goes");
        assert_eq!(bench.due().await, [id.as_str()]);
        bench.confirm(&key, &format!("r-{id}")).await;
        bench.accept_all().await;
    }
    // What came after it waits, and comes after it.
    let key = bench.plan(upsert("b", "1", "A")).await;
    bench.call(Verb::BeginSend, &key).await;
    let behind = bench.plan(upsert("b", "2", "B")).await;
    bench.call(Verb::Park, &key).await;
    settle(&bench, &key, Verdict::SendAgain).await;
    bench.confirm(&key, "r-b").await;
    assert!(!bench.intent(&behind).await.creates());
}

async fn it_is_dropped(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.bring("a", IntentState::Parked).await;
    settle(&bench, &key, Verdict::Drop { reason: "not wanted".into() }).await;
    let intent = bench.intent(&key).await;
    assert_eq!((intent.state, intent.reason.as_deref()), (IntentState::Waived, Some("not wanted")));
    assert_eq!(bench.told().await, [skipped("a", "not wanted")]);
    for version in ["1", "2"] {
        assert_eq!(bench.one(create("a", version, "a")).await, Committed::Unchanged, "it stays dropped");
    }
    assert_eq!(bench.due().await, [""; 0]);
}

async fn in_a_conflict_the_person_has_seen_theirs(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let theirs = Content::from([("note".to_owned(), "theirs".into())]);
    for verdict in [Verdict::SendAgain, Verdict::Drop { reason: "theirs is right".into() }] {
        let id = if verdict == Verdict::SendAgain { "sent" } else { "dropped" };
        let key = in_conflict(&bench, id).await;
        settle(&bench, &key, verdict).await;
        let linked = bench.link(id).await.expect("it stands there");
        assert_eq!(linked.written, theirs, "what is there now is no conflict any more");
        assert_eq!(linked.etag, Some(Etag::new("\"7\"")), "only what changes after that is");
        assert_eq!(bench.intent(&key).await.conflict.is_none(), id == "sent");
    }
    assert_eq!(bench.due().await, ["sent"]);
    let key = in_conflict(&bench, "as it is").await;
    settle(&bench, &key, Verdict::Stands { remote_id: "r-as it is".into() }).await;
    assert_eq!(bench.link("as it is").await.expect("it stands there").written, write("B").content);
}

/// The record was corrected and written since: to send the old state would undo that.
async fn a_refused_write_that_was_overtaken(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let old = bench.bring("a", IntentState::Rejected).await;
    let new = bench.plan(upsert("a", "2", "corrected")).await;
    for _ in 0..2 {
        let before = bench.snapshot().await;
        refused(store.settle(&bench.lease, &old, &Verdict::SendAgain).await, "a newer state was decided on");
        assert_eq!(bench.snapshot().await, before);
        if bench.intent(&new).await.state == IntentState::Planned {
            bench.confirm(&new, "r-1").await;
        }
    }
}

async fn attempts_are_told(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.plan(create("a", "1", "A")).await;
    assert_eq!(store.attempts(FIRM, &key).await.expect("attempts"), []);
    bench.calls(&[Verb::BeginSend, Verb::MarkUncertain, Verb::Replan, Verb::BeginSend], &key).await;
    let attempts = store.attempts(FIRM, &key).await.expect("attempts");
    let numbers: Vec<u32> = attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2], "oldest first");
    assert_eq!(attempts[0].outcome.as_deref(), Some("no answer"), "in a few words");
    assert!(attempts[0].ended.is_some_and(|ended| ended >= attempts[0].began));
    assert_eq!((attempts[1].ended, attempts[1].outcome.as_deref()), (None, None), "it is under way");
    assert!(attempts.iter().all(|attempt| attempt.epoch == bench.lease.epoch));
    bench.call(Verb::Reject, &key).await;
    let attempts = store.attempts(FIRM, &key).await.expect("attempts");
    assert!(attempts[1].ended.is_some() && attempts[1].outcome.is_some());
    assert_eq!(store.attempts("other-law", &key).await.expect("attempts"), []);
    assert_eq!(store.attempts(FIRM, "no such key").await.expect("attempts"), []);
}

async fn a_letter_is_retried(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let flow = bench.flow();
    let retry = |id: &'static str| store.retry_dead_letter(&bench.lease, &flow, id);
    assert!(!retry("nobody").await.expect("retry_dead_letter"), "nothing to be retried");
    // It could not be mapped: it counts as new.
    bench.one(bad("unmapped", "1", "no matter")).await;
    assert_eq!(bench.one(bad("unmapped", "1", "no matter")).await, Committed::Unchanged);
    assert!(!retry("unmapped").await.expect("retry_dead_letter"));
    assert_eq!(store.dead_letters(FIRM).await.expect("dead_letters"), []);
    assert_eq!(bench.one(bad("unmapped", "1", "no matter")).await, Committed::Rejected, "as if new");
    // The target refused it: it is sent again.
    let key = bench.bring("refused", IntentState::Rejected).await;
    let elsewhere = flow_of(FIRM, "expenses");
    let other = store.retry_dead_letter(&bench.lease, &elsewhere, "refused").await;
    assert!(!other.expect("retry_dead_letter"), "another flow's record of the same id is another");
    assert_eq!(bench.intent(&key).await.state, IntentState::Rejected);
    assert!(retry("refused").await.expect("retry_dead_letter"));
    let intent = bench.intent(&key).await;
    assert_eq!((intent.state, intent.attempt, intent.reason), (IntentState::Planned, 0, None));
    assert!(bench.told().await.iter().all(|told| told.id != "refused"), "its outcome is open");
    assert_eq!(bench.due().await, ["refused"]);
    bench.confirm(&key, "r-1").await;
    assert!(!retry("refused").await.expect("retry_dead_letter"), "it stands there");
}

async fn a_letter_is_put_away(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let flow = bench.flow();
    let letters = || async { store.dead_letters(FIRM).await.expect("dead_letters").len() };
    store.discard_dead_letter(&bench.lease, &flow, "nobody").await.expect("nothing to be put away");
    bench.one(bad("a", "1", "no matter")).await;
    store.discard_dead_letter(&bench.lease, &flow, "a").await.expect("discard_dead_letter");
    assert_eq!(letters().await, 0);
    for _ in 0..2 {
        assert_eq!(bench.told().await, [skipped("a", "a person put it away")], "the source is told");
        bench.accept_all().await;
        assert_eq!(bench.one(bad("a", "1", "no matter")).await, Committed::Unchanged);
        assert_eq!(letters().await, 0, "it does not come back");
    }
    assert_eq!(bench.told().await.len(), 1, "handed out again, told again");
    assert_eq!(bench.one(bad("a", "2", "no matter")).await, Committed::Rejected);
    assert_eq!(letters().await, 1, "the record has changed");
    store.discard_dead_letter(&bench.lease, &flow, "a").await.expect("discard_dead_letter");
    assert_eq!(bench.one(create("a", "3", "A")).await, Committed::Planned, "and can be written by now");
}

async fn a_refused_record_is_put_away(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.bring("a", IntentState::Rejected).await;
    store.discard_dead_letter(&bench.lease, &bench.flow(), "a").await.expect("discard_dead_letter");
    assert_eq!(bench.intent(&key).await.state, IntentState::Waived);
    assert_eq!(store.dead_letters(FIRM).await.expect("dead_letters"), []);
    let away = skipped("a", "a person put it away");
    assert_eq!(bench.told().await, std::slice::from_ref(&away));
    bench.accept_all().await;
    assert_eq!(bench.one(create("a", "1", "a")).await, Committed::Unchanged, "it stays away");
    assert_eq!(bench.told().await, [away]);
    assert_eq!(bench.one(create("a", "2", "corrected")).await, Committed::Planned, "the record has changed");
    // A change that was refused: the record stands as it was.
    let first = bench.plan(upsert("b", "1", "A")).await;
    bench.confirm(&first, "r-b").await;
    let second = bench.plan(upsert("b", "2", "B")).await;
    store.begin_send(&bench.lease, std::slice::from_ref(&second), &begin(None)).await.expect("begin_send");
    bench.call(Verb::Reject, &second).await;
    store.discard_dead_letter(&bench.lease, &bench.flow(), "b").await.expect("discard_dead_letter");
    assert_eq!(bench.link("b").await.expect("it stands there").written, write("A").content);
    bench.plan(gone("b", "3")).await;
}
