//! The states of an intent, and the verbs that lead from one to another.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::support::{
    Bench, FIRM, HOUR, STATES, TARGET, VERBS, Verb, begin, cases, confirmation, create, refused, remote_of,
    upsert,
};
use crate::{Confirmed, IntentState, Store};

cases![
    every_verb_from_every_state,
    all_or_nothing,
    nothing_to_do,
    attempts_are_counted,
    the_floor_is_of_the_first_attempt,
    a_look_that_takes_lends_its_floor,
    waits_and_looks,
    waits_of_any_length,
    reasons_are_kept,
    confirmed_is_linked,
    a_newer_generation_keeps_its_link,
    taken_by_another_record,
    taken_within_one_call,
    lossy_fields_are_collected,
    one_of_many_sends,
];

async fn every_verb_from_every_state(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for &from in STATES {
        for verb in VERBS {
            let key = bench.bring(&format!("{verb:?} from {from:?}"), from).await;
            let before = bench.snapshot().await;
            let result = verb.call(&*store, &bench.lease, std::slice::from_ref(&key)).await;
            match verb.leads(from) {
                None => {
                    refused(result, &format!("{verb:?} from {from:?}"));
                    assert_eq!(bench.snapshot().await, before, "{verb:?} from {from:?} was refused");
                }
                Some(to) => {
                    if let Err(error) = result {
                        panic!("{verb:?} leads from {from:?} to {to:?}, but: {error:?}");
                    }
                    assert_eq!(bench.intent(&key).await.state, to, "{verb:?} from {from:?}");
                }
            }
        }
    }
    for verb in VERBS {
        let before = bench.snapshot().await;
        let nobody = ["no such key".to_owned()];
        refused(verb.call(&*store, &bench.lease, &nobody).await, &format!("{verb:?} of an unknown key"));
        assert_eq!(bench.snapshot().await, before);
    }
}

async fn all_or_nothing(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for verb in VERBS
        .into_iter()
        .filter(|verb| !matches!(verb, Verb::Reject | Verb::Park | Verb::Rebase | Verb::Waive))
    {
        let allowed =
            STATES.iter().copied().find(|from| verb.leads(*from).is_some()).expect("each leads somewhere");
        let good = bench.bring(&format!("{verb:?} good"), allowed).await;
        let bad = bench.bring(&format!("{verb:?} bad"), IntentState::Confirmed).await;
        let before = bench.snapshot().await;
        refused(
            verb.call(&*store, &bench.lease, &[good, bad]).await,
            &format!("{verb:?} of one that is {allowed:?} and one that is Confirmed"),
        );
        assert_eq!(bench.snapshot().await, before, "{verb:?} changes all that it is given, or none");
    }
}

async fn nothing_to_do(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for verb in VERBS
        .into_iter()
        .filter(|verb| !matches!(verb, Verb::Reject | Verb::Park | Verb::Rebase | Verb::Waive))
    {
        verb.call(&*store, &bench.lease, &[]).await.expect("no keys: nothing to do");
    }
    assert_eq!(store.linked(FIRM, TARGET, &[]).await.expect("linked").len(), 0);
}

async fn attempts_are_counted(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    let key = bench.plan(create("a", "1", "A")).await;
    for (verb, attempt) in [
        (Verb::BeginSend, 1),
        (Verb::AbortSend, 0),
        (Verb::BeginSend, 1),
        (Verb::MarkUncertain, 1),
        (Verb::LookAgain, 1),
        (Verb::Replan, 1),
        (Verb::BeginSend, 2),
        (Verb::AbortSend, 1),
        (Verb::BeginSend, 2),
        (Verb::Replan, 2),
        (Verb::BeginSend, 3),
        (Verb::Park, 3),
    ] {
        bench.call(verb, &key).await;
        assert_eq!(bench.intent(&key).await.attempt, attempt, "after {verb:?}");
    }
}

async fn the_floor_is_of_the_first_attempt(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.plan(create("a", "1", "A")).await;
    let now = store.now().await.expect("now");
    store.begin_send(&bench.lease, std::slice::from_ref(&key), &begin(Some(now))).await.expect("begin_send");
    let first = bench.intent(&key).await.floor.expect("begin_send sets the floor");
    assert!(first <= now, "a floor is never later than it was given: a look would miss the record");
    assert!(now - first < TimeDelta::seconds(1), "nor much earlier");
    bench.calls(&[Verb::MarkUncertain, Verb::Replan], &key).await;
    let later = begin(Some(now + HOUR));
    store.begin_send(&bench.lease, std::slice::from_ref(&key), &later).await.expect("begin_send");
    assert_eq!(bench.intent(&key).await.floor, Some(first), "the floor is kept from the first attempt");
    let bare = bench.plan(create("b", "1", "B")).await;
    bench.call(Verb::BeginSend, &bare).await;
    assert_eq!(bench.intent(&bare).await.floor, None, "none was given");
}

/// What a look gives to one write may have been written by another, which then has to find what the first one left.
async fn a_look_that_takes_lends_its_floor(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other_firm = Bench::of_firm(store.clone(), "other-law").await;
    let now = store.now().await.expect("now");
    let (early, late) = (now - HOUR, now);
    let sent = async |bench: &Bench, id: &str, floor| {
        let key = bench.plan(create(id, "1", "A")).await;
        let begin = begin(Some(floor));
        store.begin_send(&bench.lease, std::slice::from_ref(&key), &begin).await.expect("begin_send");
        key
    };
    let reach = async |bench: &Bench, key: &str| bench.intent(key).await.floor.expect("a floor");
    let elsewhere = sent(&other_firm, "elsewhere", late).await;
    let sending = sent(&bench, "sending", late).await;
    let uncertain = sent(&bench, "uncertain", late).await;
    bench.call(Verb::MarkUncertain, &uncertain).await;

    let answered = sent(&bench, "answered", early).await;
    bench.call(Verb::Confirm, &answered).await;
    for key in [&sending, &uncertain] {
        let floor = reach(&bench, key).await;
        assert!(late - floor < TimeDelta::seconds(1), "an answer takes nothing from anybody");
    }
    let looked_for = sent(&bench, "looked for", early).await;
    bench.calls(&[Verb::MarkUncertain, Verb::Confirm], &looked_for).await;
    for (key, state) in [(&sending, "SENDING"), (&uncertain, "UNCERTAIN")] {
        assert!(reach(&bench, key).await <= early, "{state}: it looks as far back as the one that was found");
    }
    let floor = reach(&other_firm, &elsewhere).await;
    assert!(late - floor < TimeDelta::seconds(1), "another firm has other records");
    let later = sent(&bench, "later", late).await;
    let floor = reach(&bench, &later).await;
    assert!(late - floor < TimeDelta::seconds(1), "what is sent afterwards was written after it");
    bench.calls(&[Verb::MarkUncertain, Verb::Confirm], &later).await;
    assert!(reach(&bench, &sending).await <= early, "a floor never rises");
}

async fn waits_and_looks(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = bench.bring("a", IntentState::Sending).await;
    assert_eq!(bench.intent(&key).await.not_before, None, "what is being sent has no wait");
    let slack = TimeDelta::seconds(1);
    for (verb, looks) in [
        (Verb::MarkUncertain, 0),
        (Verb::LookAgain, 1),
        (Verb::LookAgain, 2),
        (Verb::MarkUncertain, 0),
        (Verb::LookAgain, 1),
    ] {
        let before = store.now().await.expect("now");
        bench.call(verb, &key).await;
        let after = store.now().await.expect("now");
        let intent = bench.intent(&key).await;
        let due = intent.not_before.expect("it is to be waited for");
        assert!(
            before + HOUR - slack <= due && due <= after + HOUR + slack,
            "{verb:?} waits from now: {due}"
        );
        assert_eq!(intent.looks, looks, "after {verb:?}");
    }
    bench.call(Verb::Replan, &key).await;
    bench.calls(&[Verb::BeginSend, Verb::MarkUncertain], &key).await;
    assert_eq!(bench.intent(&key).await.looks, 0, "looks count since the last attempt");
}

async fn waits_of_any_length(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let key = [bench.bring("a", IntentState::Sending).await];
    store.mark_uncertain(&bench.lease, &key, Duration::ZERO, "no answer").await.expect("mark_uncertain");
    let due = bench.intent(&key[0]).await.not_before;
    let now = store.now().await.expect("now");
    assert!(due.is_none_or(|due| due <= now), "a wait of no length is over");
    store.mark_uncertain(&bench.lease, &key, Duration::MAX, "no answer").await.expect("mark_uncertain");
    let due = bench.intent(&key[0]).await.not_before.expect("it is to be waited for");
    assert!(due > now + 1000 * HOUR, "a very long wait is very long");
    let lease = store.take_lease(FIRM, &bench.lease.holder, Duration::MAX).await.expect("a very long lease");
    let forever = crate::BeginSend { within: Duration::MAX, floor: None, lease: Duration::MAX };
    let next = [bench.plan(create("b", "1", "B")).await];
    store.begin_send(&lease, &next, &forever).await.expect("begin_send");
}

async fn reasons_are_kept(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    for (verb, reason) in
        [(Verb::MarkUncertain, "no answer"), (Verb::Reject, "refused"), (Verb::Park, "who knows")]
    {
        let key = bench.bring(&format!("{verb:?}"), IntentState::Sending).await;
        bench.call(verb, &key).await;
        assert_eq!(bench.intent(&key).await.reason.as_deref(), Some(reason), "after {verb:?}");
    }
}

async fn confirmed_is_linked(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let other = Bench::of_firm(store.clone(), "other-law").await;
    for from in [IntentState::Sending, IntentState::Uncertain] {
        let key = bench.bring(&format!("{from:?}"), from).await;
        let id = remote_of(&key);
        let ids = [id.clone(), "nobody's".to_owned()];
        assert_eq!(store.linked(FIRM, TARGET, &ids).await.expect("linked").len(), 0, "not linked yet");
        bench.call(Verb::Confirm, &key).await;
        let intent = bench.intent(&key).await;
        assert_eq!(intent.remote_id.as_ref(), Some(&id));
        assert_eq!(intent.not_before, None, "nothing is to be waited for any more");
        let linked = store.linked(FIRM, TARGET, &ids).await.expect("linked");
        assert_eq!(linked, HashSet::from([id.clone()]), "exactly what is linked");
        assert_eq!(store.linked(FIRM, "clio/matter", &ids).await.expect("linked").len(), 0);
        assert_eq!(store.linked(other.firm(), TARGET, &ids).await.expect("linked").len(), 0);
        // An id means another record at another firm.
        let theirs = other.plan(create(&format!("{from:?}"), "1", "A")).await;
        other.confirm(&theirs, &id).await;
    }
}

async fn a_newer_generation_keeps_its_link(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    for text in ["A", "B", "C"] {
        let key = bench.plan(upsert("a", text, text)).await;
        bench.confirm(&key, "r-1").await;
    }
    assert_eq!(bench.all().await.len(), 3, "the same record three times is no conflict");
    let ids = ["r-1".to_owned()];
    assert_eq!(store.linked(FIRM, TARGET, &ids).await.expect("linked").len(), 1);
}

async fn taken_by_another_record(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let owner = bench.plan(create("owner", "1", "A")).await;
    bench.confirm(&owner, "r-1").await;
    for from in [IntentState::Sending, IntentState::Uncertain] {
        let key = bench.bring(&format!("{from:?}"), from).await;
        let before = bench.snapshot().await;
        let mut claim = confirmation(&key, "r-1");
        claim.lossy.insert("note".into());
        let confirmed = store.confirm(&bench.lease, &[claim]).await.expect("confirm");
        assert_eq!(confirmed, [Confirmed::Taken], "a record belongs to one source record");
        assert_eq!(bench.snapshot().await, before, "Taken changes nothing");
        bench.call(Verb::MarkUncertain, &key).await;
    }
}

async fn taken_within_one_call(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    let mut claims = Vec::new();
    for (id, remote_id) in [("a", "r-1"), ("b", "r-1"), ("c", "r-2")] {
        claims.push(confirmation(&bench.bring(id, IntentState::Sending).await, remote_id));
    }
    let confirmed = store.confirm(&bench.lease, &claims).await.expect("confirm");
    assert_eq!(confirmed, [Confirmed::Linked, Confirmed::Taken, Confirmed::Linked], "answers are in order");
    assert_eq!(bench.intent(&claims[1].key).await.state, IntentState::Sending);
    assert_eq!(bench.intent(&claims[2].key).await.state, IntentState::Confirmed);
}

async fn lossy_fields_are_collected(store: Arc<dyn Store>) {
    let bench = Bench::new(store.clone()).await;
    assert_eq!(store.lossy_fields(FIRM, TARGET).await.expect("lossy_fields"), BTreeSet::new());
    for (id, fields) in [("a", &["note", "price"][..]), ("b", &[]), ("c", &["date", "note"])] {
        let mut claim = confirmation(&bench.bring(id, IntentState::Sending).await, id);
        claim.lossy = fields.iter().map(|field| (*field).to_owned()).collect();
        store.confirm(&bench.lease, &[claim]).await.expect("confirm");
    }
    let all = ["date", "note", "price"].map(str::to_owned);
    assert_eq!(store.lossy_fields(FIRM, TARGET).await.expect("lossy_fields"), BTreeSet::from(all));
    for (firm, target) in [(FIRM, "clio/matter"), ("other-law", TARGET)] {
        let none = store.lossy_fields(firm, target).await.expect("lossy_fields");
        assert_eq!(none, BTreeSet::new(), "each firm and each target has its own");
    }
}

async fn one_of_many_sends(store: Arc<dyn Store>) {
    let bench = Bench::new(store).await;
    race(&vec![bench.store.clone(); 16], &bench).await;
}

/// Each of these handles tries to send the same intent at the same time, as a program with a defect would.
pub(super) async fn race(handles: &[Arc<dyn Store>], bench: &Bench) {
    let keys = [bench.plan(create("race", "1", "A")).await];
    let tries = handles.iter().map(|store| Verb::BeginSend.call(&**store, &bench.lease, &keys));
    let won = join_all(tries).await.into_iter().flatten().count();
    assert_eq!(won, 1, "exactly one of those who race for an intent sends it");
    let intent = bench.intent(&keys[0]).await;
    assert_eq!((intent.state, intent.attempt), (IntentState::Sending, 1));
}
